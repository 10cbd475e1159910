"""Calls from the server to the identity provider: bounded in time and size, JSON only, never followed elsewhere.

Whatever goes wrong is one of four `Trouble` codes; answer and request are in no exception and no log.
"""

import ipaddress
import json
import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

TIMEOUT = (5.0, 10.0)
MOST_SECONDS = 20.0
MAX_ANSWER = 256 * 1024
MISSING = frozenset({404, 410})


class Trouble(Exception):
    """Why a sign-in did not come to a good end; `code` is a key of sync.server.thaid.words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotThere(Trouble):
    """The address does not exist at the provider."""


class _Header(AuthBase):
    """Sets the Authorization header itself: requests would prefer an entry of the user's .netrc."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.value:
            request.headers["Authorization"] = self.value
        return request


def basic(client_id: str, client_secret: str) -> str:
    """The value of the Authorization header, as the provider's own samples make it."""
    return "Basic " + b64encode(f"{client_id}:{client_secret}".encode()).decode()


def get_json(url: str, authorization: str = "") -> dict[str, Any]:
    """The JSON object at `url`."""
    return _call("GET", url, None, authorization)


def post_form(url: str, form: Mapping[str, str], authorization: str) -> dict[str, Any]:
    """The JSON object that answers a form."""
    return _call("POST", url, form, authorization)


def _call(method: str, url: str, form: Mapping[str, str] | None, authorization: str) -> dict[str, Any]:
    with requests.Session() as session:
        session.auth = _Header(authorization)
        if is_loopback(urlsplit(url).hostname or ""):
            session.trust_env = False
        try:
            with session.request(
                method, url, data=form, headers={"Accept": "application/json"}, timeout=TIMEOUT, stream=True,
                allow_redirects=False,
            ) as response:  # fmt: skip
                return _object(response.status_code, _body(response))
        except (requests.RequestException, OSError):
            raise Trouble("thaid_provider_silent") from None


def _body(response: requests.Response) -> bytes:
    deadline = time.monotonic() + MOST_SECONDS
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(16 * 1024):
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER or time.monotonic() > deadline:
            raise Trouble("thaid_provider_fault")
    return b"".join(parts)


def _object(status: int, body: bytes) -> dict[str, Any]:
    if status in MISSING:
        raise NotThere("thaid_provider_fault")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    error = value.get("error") if isinstance(value, dict) else None
    if status == 401 or (400 <= status < 500 and error in ("invalid_client", "unauthorized_client")):
        raise Trouble("thaid_client_refused")
    if 400 <= status < 500:
        raise Trouble("thaid_code_refused")
    if status != 200 or not isinstance(value, dict):
        raise Trouble("thaid_provider_fault")
    return value


def is_near(host: str) -> bool:
    """This machine or the office's own network: a name without dots, or a private address."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return bool(host) and ("." not in host or host.endswith((".local", ".localhost", ".internal")))


def is_loopback(host: str) -> bool:
    """This machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
