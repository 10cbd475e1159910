"""The identity provider as it describes itself: discovery document and keys, fetched when needed and kept for an hour.

Paths come from the discovery document. Where it does not exist or leaves one out, the paths of ThaiD's published
samples stand in (ETDA/ThaiD-Python-RP and -CSharp-RP).
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sync.server.thaid.fetch import NotThere, Trouble, get_json, is_near

DISCOVERY = "/.well-known/openid-configuration"
FALLBACK = {
    "authorization_endpoint": "/api/v2/oauth2/auth/",
    "token_endpoint": "/api/v2/oauth2/token/",
    "userinfo_endpoint": "/api/v2/oauth2/userinfo/",
    "revocation_endpoint": "/api/v2/oauth2/revoke/",
    "jwks_uri": "/jwks/",
}
KEEP_SECONDS = 3600.0
AGAIN_SECONDS = 5.0
"""How soon the keys may be asked for again because a token names one that we do not have."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the provider listens, and what it offers."""

    authorization: str
    token: str
    userinfo: str
    revocation: str
    jwks: str
    pkce: bool
    fresh_login: bool
    """Whether it takes prompt=login: a shared browser must not sign the next citizen in as the one before."""


class Provider:
    """One issuer. Thread-safe; a fetch is made outside of the lock, by whoever needs it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._lock = threading.Lock()
        self._endpoints: tuple[float, Endpoints] | None = None
        self._keys: tuple[float, tuple[Mapping[str, Any], ...]] | None = None

    def endpoints(self) -> Endpoints:
        """Raises Trouble when the provider cannot be asked, or says that it is somebody else."""
        known = self._endpoints
        if known is None or time.monotonic() - known[0] > KEEP_SECONDS:
            known = (time.monotonic(), _endpoints(self.issuer))
            with self._lock:
                self._endpoints = known
        return known[1]

    def key(self, kid: str) -> Mapping[str, Any] | None:
        """The public key of that name as a JWK, fetched anew when it is not among those known; None: there is none."""
        known = self._keys
        if known is None or time.monotonic() - known[0] > KEEP_SECONDS:
            known = self._fetch_keys()
        found = _named(known[1], kid)
        if found is None and time.monotonic() - known[0] > AGAIN_SECONDS:
            found = _named(self._fetch_keys()[1], kid)
        return found

    def _fetch_keys(self) -> tuple[float, tuple[Mapping[str, Any], ...]]:
        document = get_json(self.endpoints().jwks)
        keys = document.get("keys")
        if not isinstance(keys, list):
            raise Trouble("thaid_provider_fault")
        known = (time.monotonic(), tuple(key for key in keys if isinstance(key, dict)))
        with self._lock:
            self._keys = known
        return known


def _named(keys: tuple[Mapping[str, Any], ...], kid: str) -> Mapping[str, Any] | None:
    return next((key for key in keys if key.get("kid") == kid), None)


def _endpoints(issuer: str) -> Endpoints:
    try:
        document = get_json(issuer + DISCOVERY)
    except NotThere:
        document = {"issuer": issuer}
    if document.get("issuer") != issuer:
        raise Trouble("thaid_discovery")
    found = {key: _address(document.get(key) or issuer + path) for key, path in FALLBACK.items()}
    return Endpoints(
        authorization=found["authorization_endpoint"],
        token=found["token_endpoint"],
        userinfo=found["userinfo_endpoint"],
        revocation=found["revocation_endpoint"],
        jwks=found["jwks_uri"],
        pkce="S256" in _list(document.get("code_challenge_methods_supported")),
        fresh_login="login" in _list(document.get("prompt_values_supported")),
    )


def _address(value: object) -> str:
    """An address that may be called: https, or plain http inside the house."""
    text = value if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme == "https" or (parts.scheme == "http" and is_near(parts.hostname or "")):
        return text
    raise Trouble("thaid_discovery")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
