"""HTTP to the central server: one class, two requests, and every way they can fail in words for the clerk.

Whatever goes wrong is `Unavailable` (trying again may help) or `Refused` (the server said no, in its own words); no
exception of a library gets out of here, and nothing in the store is changed by any of them.
"""

import io
import ipaddress
import json
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Self, TypeVar
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, IncompleteRead, NameResolutionError, ReadTimeoutError, SSLError
from urllib3.util import SKIP_HEADER

from app.domain.errors import CounterError, Refused, Unavailable
from sync import codec
from sync.json_form import Malformed, parse
from sync.protocol import EnrolAnswer, EnrolRequest, SyncAnswer

T = TypeVar("T")

CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0
MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer, unfolded."""
_READ = 64 * 1024
SAFE = "งานที่บันทึกแล้วอยู่ในเครื่องครบ"

LINE_FAULTS = frozenset({"answer_cut", "answer_broken", "server_silent", "connection_cut", "body_broken"})
"""Codes of faults of the line: a smaller batch may pass."""


@dataclass(slots=True)
class Traffic:
    """What went over the line, headers included."""

    requests: int = 0
    bytes_out: int = 0
    bytes_in: int = 0


class _Bearer(AuthBase):
    """Sets the token itself: otherwise requests would prefer an entry of the user's .netrc."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Client:
    """A connection to one server. Not thread-safe; close it, or use it as a context manager."""

    def __init__(
        self,
        server_url: str,
        token: str = "",
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self.url = checked_url(server_url)
        self.timeout = (connect_seconds, read_seconds)
        self._patience = read_seconds
        self.traffic = Traffic()
        self.encodings = codec.accepted_encodings()
        self.in_pieces = 0
        """Bytes of the last body that went in pieces as a whole."""
        self._last: tuple[bytes, bytes, str] | None = None
        self._session = requests.Session()
        self._session.auth = _Bearer(token)
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": SKIP_HEADER, "Accept-Encoding": codec.accepted_encodings()})
        if _is_loopback(urlsplit(self.url).hostname or ""):
            self._session.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()

    def begin_again(self, first_read_seconds: float) -> None:
        """The connection was idle: count anew, and wait only so long for its next answer, later ones as usual."""
        self.traffic = Traffic()
        self.timeout = (self.timeout[0], first_read_seconds)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Ask to join the office of a one-time code."""
        return _read(EnrolAnswer.from_json, self._ask("/v1/enrol", request.to_bytes()))

    def sync(self, request: bytes) -> SyncAnswer:
        """One round trip."""
        return _read(SyncAnswer.from_json, self._ask("/v1/sync", request))

    def ask(self, path: str, request: bytes, build: Callable[[dict[str, Any]], T]) -> T:
        """One request of a smaller protocol beside the sync; `build` raises Malformed for what is none of its own."""
        return _read(build, self._ask(path, request))

    def carry(self, bundle: BinaryIO) -> tuple[int, int, bytes]:
        """Send another counter's bundle on: (events that were new, files that were, the answer to carry back)."""
        try:
            with self._session.post(
                self.url + "/v1/bundle", data=bundle, timeout=self.timeout, stream=True, allow_redirects=False
            ) as response:
                self.traffic.requests += 1
                body = self._raw(response)
                if response.status_code != 200:
                    raise refusal(response.status_code, body)
                counts = [response.headers.get(name, "0") for name in ("lao-events", "lao-files")]
        except (requests.RequestException, HTTPError, OSError) as error:
            raise translated(error) from None
        if not all(count.isdecimal() for count in counts):
            raise _not_ours()
        return int(counts[0]), int(counts[1]), body

    def packed_size(self, request: bytes) -> int:
        """Bytes that a request takes on the line: its size decides how much goes in it."""
        return len(self._packed(request)[0])

    def goes_in_pieces(self, request: bytes) -> bool:
        """Whether a request is so large that it is packed while it goes; `in_pieces` tells its size afterwards."""
        return codec.goes_in_pieces(request, self.encodings)

    def _packed(self, body: bytes) -> tuple[bytes, str]:
        if self._last is None or self._last[0] is not body:
            self._last = (body, *codec.encode(body, self.encodings))
        return self._last[1:]

    def _ask(self, path: str, body: bytes) -> bytes:
        ready = self._last is not None and self._last[0] is body
        large = not ready and self.goes_in_pieces(body)
        packed, encoding = (body, "zstd") if large else self._packed(body)
        try:
            return self._post(path, self._pieces(body) if large else io.BytesIO(packed), len(packed), encoding)
        except Refused as error:
            if error.code != "encoding_unknown" or not encoding:
                raise
        # an older server: what every one reads, from now on
        self.encodings, self._last = ("zstd" if codec.WITH_DICTIONARY in self.encodings else ""), None
        return self._ask(path, body)

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        """The body, packed while it goes; a chunk of HTTP each."""
        size = 0
        for piece in codec.pieces(body):
            self.traffic.bytes_out += len(f"{len(piece):x}\r\n\r\n") + len(piece)
            size += len(piece)
            yield piece
        self.in_pieces = size

    def _post(self, path: str, body: BinaryIO | Iterator[bytes], size: int, encoding: str) -> bytes:
        # no Content-Type: there is one kind of message, and a petition's request is to fit in 700 bytes
        headers = {"Content-Encoding": encoding} if encoding else {}
        try:
            # as a file the body goes out in blocks, each with its own time limit: a slow line is not a dead one
            with self._session.post(
                self.url + path,
                data=body,
                headers=headers,
                timeout=self.timeout,
                stream=True,
                allow_redirects=False,
            ) as response:
                self._count_request(response, size if isinstance(body, io.BytesIO) else len("0\r\n\r\n"))
                self.timeout = (self.timeout[0], self._patience)
                return self._answer(response)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise translated(error) from None

    def _answer(self, response: requests.Response) -> bytes:
        raw = self._raw(response)
        try:
            plain = codec.decode(raw, response.headers.get("content-encoding", ""), MAX_ANSWER)
        except codec.UnknownEncodingError:
            raise _not_ours() from None
        except ValueError:
            raise line_fault("answer_broken", "คำตอบของเครื่องแม่ข่ายกลางเสียหายระหว่างทาง") from None
        if response.status_code == 200:
            return plain
        raise refusal(response.status_code, plain)

    def _raw(self, response: requests.Response) -> bytes:
        """The body as sent; urllib3 raises IncompleteRead when it ends before its Content-Length."""
        deadline = time.monotonic() + 10 * self.timeout[1]
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read(_READ, decode_content=False):
            parts.append(part)
            size += len(part)
            self.traffic.bytes_in += len(part)
            if size > MAX_ANSWER or time.monotonic() > deadline:
                raise line_fault("server_silent", "เครื่องแม่ข่ายกลางตอบช้าเกินไป")
        return b"".join(parts)

    def _count_request(self, response: requests.Response, body: int) -> None:
        sent = response.request
        host = urlsplit(self.url).netloc
        headers = {name: value for name, value in sent.headers.items() if value != SKIP_HEADER}
        self.traffic.requests += 1
        self.traffic.bytes_out += len(f"POST {sent.path_url} HTTP/1.1\r\nHost: {host}\r\n\r\n") + _size(headers) + body
        self.traffic.bytes_in += len(f"HTTP/1.1 {response.status_code} {response.reason}\r\n\r\n") + _size(
            response.headers
        )


def checked_url(text: str) -> str:
    """The root of a server without a slash at its end. Refused "server_url", and "https_needed" for plain http that
    would leave the house: what is sent are personal data."""
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Refused("server_url", "ที่อยู่เครื่องแม่ข่ายกลางไม่ถูกต้อง", "ใส่ที่อยู่เต็ม เช่น https://sync.example.go.th", "url")
    if parts.scheme == "http" and not _is_near(parts.hostname):
        raise Refused(
            "https_needed",
            "เครื่องแม่ข่ายกลางบนอินเทอร์เน็ตต้องใช้ https",
            "เปลี่ยน http เป็น https ข้อมูลส่วนบุคคลจะได้ไม่ถูกอ่านระหว่างทาง",
            "url",
        )
    return text.strip().rstrip("/")


def _is_near(host: str) -> bool:
    """This machine or the office's own network: a name without dots, or a private address."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _size(headers: Any) -> int:
    return sum(len(f"{name}: {value}\r\n") for name, value in headers.items())


def _read(build: Callable[[dict[str, Any]], T], body: bytes) -> T:
    try:
        return build(parse(body))
    except Malformed:
        raise _not_ours() from None


def refusal(status: int, body: bytes) -> CounterError:
    """The server's own words; anything else was said by somebody in between."""
    try:
        words = json.loads(body)
        code, title, hint = words["code"], words["title"], words["hint"]
        ours = all(isinstance(word, str) for word in (code, title, hint))
    except (ValueError, KeyError, TypeError, RecursionError):
        ours = False
    if status >= 500:
        title = title if ours else "เครื่องแม่ข่ายกลางขัดข้อง"
        return Unavailable("server_error", title, f"{SAFE} โปรแกรมจะส่งใหม่เอง หากไม่หายแจ้งผู้ดูแลเครื่องแม่ข่าย (HTTP {status})")
    if not ours:
        return _not_ours()
    if status == 429 or code in LINE_FAULTS:
        return Unavailable(code, title, hint)
    return Refused(code, title, hint)


def _not_ours() -> Unavailable:
    return Unavailable(
        "answer_not_ours",
        "คำตอบที่ได้ไม่ใช่ของเครื่องแม่ข่ายกลาง",
        f"{SAFE} ตรวจว่า Wi-Fi ไม่ได้รอให้เข้าสู่ระบบ และที่อยู่เครื่องแม่ข่ายถูกต้อง",
    )


def line_fault(code: str, title: str) -> Unavailable:
    """A fault of the line: trying again may help."""
    return Unavailable(code, title, f"{SAFE} โปรแกรมจะส่งใหม่เอง ตรวจสายหรือสัญญาณอินเทอร์เน็ต")


def translated(error: BaseException) -> CounterError:
    """Which of the known ways a request failed; found by the causes inside, because libraries wrap them variously."""
    causes = list(_causes(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if has(SSLError, ssl.SSLError, requests.exceptions.SSLError):
        return Unavailable(
            "server_certificate",
            "ใบรับรองความปลอดภัยของเครื่องแม่ข่ายกลางไม่ถูกต้อง",
            f"{SAFE} ตรวจวันเวลาของเครื่องและที่อยู่เครื่องแม่ข่าย แล้วแจ้งผู้ดูแลระบบ",
        )
    if has(NameResolutionError):
        return Unavailable(
            "server_name", "ไม่พบชื่อเครื่องแม่ข่ายกลางในเครือข่าย", f"{SAFE} ตรวจอินเทอร์เน็ตและที่อยู่เครื่องแม่ข่าย แล้วลองใหม่"
        )
    if has(requests.exceptions.ReadTimeout, ReadTimeoutError):
        return line_fault("server_silent", "เครื่องแม่ข่ายกลางไม่ตอบภายในเวลาที่กำหนด")
    if has(IncompleteRead, requests.exceptions.ChunkedEncodingError):
        return line_fault("answer_cut", "คำตอบของเครื่องแม่ข่ายกลางขาดกลางทาง")
    if has(requests.exceptions.ConnectTimeout, ConnectionRefusedError):
        return Unavailable(
            "server_unreachable", "ติดต่อเครื่องแม่ข่ายกลางไม่ได้", f"{SAFE} และจะส่งเองเมื่อติดต่อได้ ตรวจสายหรือสัญญาณอินเทอร์เน็ต"
        )
    if has(ConnectionError, TimeoutError) or "aborted" in str(error).lower():
        return line_fault("connection_cut", "การเชื่อมต่อกับเครื่องแม่ข่ายกลางขาดกลางทาง")
    return Unavailable(
        "server_unreachable", "ติดต่อเครื่องแม่ข่ายกลางไม่ได้", f"{SAFE} และจะส่งเองเมื่อติดต่อได้ ตรวจสายหรือสัญญาณอินเทอร์เน็ต"
    )


def _causes(error: BaseException) -> Any:
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
