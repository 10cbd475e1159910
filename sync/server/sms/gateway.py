"""A gateway for short messages: described by a file, spoken to over HTTP, not believed without the proof it names.

What is certain decides what follows: a message that surely was not taken is tried again, one that may have been taken
is not, unless the gateway knows a message again by its key.
"""

import json
import os
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from app.domain.errors import Refused
from sync.server.thaid.fetch import is_near

SECRET_VARIABLE = "LAO_SMS_SECRET"
KEYS = frozenset({"url", "method", "timeout_seconds", "idempotent", "secret", "format", "headers", "fields", "answer"})
ANSWER_KEYS = frozenset({"sent", "again", "refused", "field", "values"})
MOST_ANSWER = 64 * 1024

SENT, REFUSED, AGAIN, UNKNOWN = "sent", "refused", "again", "unknown"
"""Taken; will never be taken; surely not taken this time; nobody knows."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway. headers and fields hold {phone} {phone_international} {text} {key} {secret} to be filled in.

    sent, again, refused: HTTP statuses; every other one leaves it unknown what became of the message. With `proof` (a
    dotted key of the JSON answer) a status of `sent` counts only when its value is one of `proof_values`.
    idempotent: the gateway takes a message with the same {key} once, so that it may be repeated.
    """

    url: str
    method: str = "POST"
    timeout_seconds: float = 20.0
    idempotent: bool = False
    format: str = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    sent: frozenset[int] = frozenset({200, 201, 202})
    again: frozenset[int] = frozenset({401, 403, 404, 429, 503})
    refused: frozenset[int] = frozenset({400, 422})
    proof: str = ""
    proof_values: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """What goes out: a Thai mobile number of ten digits, the text, and the key that is the same at every try."""

    key: str
    phone: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it, and a short reason that holds nothing personal."""

    result: str
    code: str = ""


def read(path: Path, environment: Mapping[str, str] = os.environ) -> Gateway:
    """The gateway that a TOML file describes, or its secret LAO_SMS_SECRET. Refused names the key at fault."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise Refused("sms_gateway", f"อ่านไฟล์ {path.name} ไม่ได้", "ตรวจชื่อและที่อยู่ของไฟล์ตั้งค่า SMS") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Refused("sms_gateway", f"ไฟล์ {path.name} ไม่ใช่ TOML ที่ถูกต้อง", "แก้ไฟล์แล้วลองใหม่") from None
    return check(data, environment.get(SECRET_VARIABLE, ""))


def check(data: Mapping[str, Any], secret: str = "") -> Gateway:
    """The gateway of a document; Refused naming the key at fault."""
    answer = _table(data, "answer")
    for key in (*(data.keys() - KEYS), *(f"answer.{key}" for key in answer.keys() - ANSWER_KEYS)):
        raise _fault(str(key), "ไม่รู้จักชื่อค่านี้")
    method, form = data.get("method", "POST"), data.get("format", "json")
    if method not in ("POST", "PUT"):
        raise _fault("method", "ต้องเป็น POST หรือ PUT เพราะเบอร์โทรศัพท์ต้องไม่อยู่ในที่อยู่เว็บ")
    if form not in ("json", "form"):
        raise _fault("format", "ต้องเป็น json หรือ form")
    seconds = data.get("timeout_seconds", 20)
    if not isinstance(seconds, int | float) or not 0 < seconds <= 120:
        raise _fault("timeout_seconds", "ต้องเป็นจำนวนวินาที ไม่เกิน 120")
    if not isinstance(data.get("idempotent", False), bool):
        raise _fault("idempotent", "ต้องเป็น true หรือ false")
    fields = _table(data, "fields")
    if "{phone" not in str(fields) or "{text}" not in str(fields):
        raise _fault("fields", "ต้องมี {phone} หรือ {phone_international} และ {text}")
    values = answer.get("values", [])
    if bool(answer.get("field")) != bool(values) or not isinstance(values, list):
        raise _fault("answer.values", "ต้องมีทั้ง field และ values หรือไม่มีทั้งคู่")
    statuses = {key: _statuses(answer, key) for key in ("sent", "again", "refused") if key in answer}
    return Gateway(
        url=_address(data.get("url")),
        method=method,
        timeout_seconds=float(seconds),
        idempotent=data.get("idempotent", False),
        format=form,
        headers={str(key): str(text) for key, text in _table(data, "headers").items()},
        fields=fields,
        proof=str(answer.get("field", "")),
        proof_values=tuple(str(value) for value in values),
        secret=secret or str(data.get("secret", "")),
        **statuses,
    )


def send(gateway: Gateway, message: Message) -> Outcome:
    """Hand one message over. Never raises for what the gateway or the line does."""
    fill = _filler(gateway, message)
    headers = {key: fill(text).encode() for key, text in gateway.headers.items()}
    content: dict[str, Any] = {"json" if gateway.format == "json" else "data": fill(gateway.fields)}
    until = time.monotonic() + gateway.timeout_seconds
    try:
        with (
            _session(gateway) as http,
            http.request(
                gateway.method, gateway.url, headers=headers, timeout=gateway.timeout_seconds, allow_redirects=False,
                stream=True, **content,
            ) as answer,
        ):  # fmt: skip
            return _judged(gateway, answer.status_code, _body(answer, until))
    except requests.ConnectTimeout:
        return Outcome(AGAIN, "no_connection")
    except requests.ConnectionError as error:
        return Outcome(AGAIN, "no_connection") if _never_left(error) else Outcome(UNKNOWN, "connection_lost")
    except (requests.RequestException, TimeoutError):
        return Outcome(UNKNOWN, "no_answer")


def _session(gateway: Gateway) -> requests.Session:
    """Without the proxies and passwords of the environment for a gateway inside the house."""
    http = requests.Session()
    http.trust_env = not is_near(urlsplit(gateway.url).hostname or "")
    return http


def _never_left(error: requests.ConnectionError) -> bool:
    """Whether no connection was made at all, so that nothing can have arrived."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.exceptions.ProxyError) or isinstance(reason, NewConnectionError):
        return True
    return isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)


def _body(answer: requests.Response, until: float) -> bytes:
    body = b""
    for part in answer.iter_content(4096):
        body += part
        if len(body) > MOST_ANSWER or time.monotonic() > until:
            break
    return body


def _judged(gateway: Gateway, status: int, body: bytes) -> Outcome:
    code = f"http_{status}"
    if status in gateway.again:
        return Outcome(AGAIN, code)
    if status in gateway.refused:
        return Outcome(REFUSED, code)
    if status not in gateway.sent:
        return Outcome(UNKNOWN, code)
    if not gateway.proof:
        return Outcome(SENT)
    try:
        found = json.loads(body)
        for key in gateway.proof.split("."):
            found = found[key]
    except (ValueError, KeyError, TypeError):
        return Outcome(UNKNOWN, "answer_not_understood")
    return Outcome(SENT) if str(found) in gateway.proof_values else Outcome(REFUSED, "gateway_said_no")


def _filler(gateway: Gateway, message: Message) -> Any:
    known = {
        "{phone}": message.phone,
        "{phone_international}": f"66{message.phone[1:]}",
        "{text}": message.text,
        "{key}": message.key,
        "{secret}": gateway.secret,
    }

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(each) for key, each in value.items()}
        if isinstance(value, list):
            return [fill(each) for each in value]
        if isinstance(value, str):
            for mark, text in known.items():
                value = value.replace(mark, text)
        return value

    return fill


def _statuses(answer: Mapping[str, Any], key: str) -> frozenset[int]:
    found = answer[key]
    if not isinstance(found, list) or not all(type(each) is int and 100 <= each <= 599 for each in found):
        raise _fault(f"answer.{key}", "ต้องเป็นรายการสถานะ HTTP เช่น [200, 201]")
    return frozenset(found)


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise _fault(key, "ต้องเป็นตาราง")
    return found


def _address(url: object) -> str:
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if not (parts.scheme == "https" or (parts.scheme == "http" and is_near(parts.hostname or ""))):
        raise _fault("url", "ต้องขึ้นต้นด้วย https://")
    return str(url)


def _fault(key: str, why: str) -> Refused:
    return Refused("sms_gateway", f"ค่า {key} ในการตั้งค่า SMS ไม่ถูกต้อง: {why}", "แก้ค่านี้ในไฟล์แล้วเริ่มเครื่องแม่ข่ายใหม่", key)
