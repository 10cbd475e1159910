"""Files of cases over the line, both ways: tus 1.0 up, ranges down, each going on from the byte where it was cut.

What goes up is sent in small blocks out of a small send buffer, so that it can stop for a new petition at any of them;
a request that was stopped is not lost, the next one goes on behind it.
"""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.poolmanager import PoolManager

from app.domain.errors import Refused, Unavailable
from sync import codec
from sync.client import MAX_ANSWER, Client, line_fault, refusal, translated
from sync.protocol import TUS

PATH = "/v1/files/"
BLOCK = 4 * 1024
"""Bytes between two looks whether to stop."""
SEND_BUFFER = 16 * 1024
"""Bytes that the system may hold back of what was sent: what a petition has to wait for."""
FIRST_RANGE, LARGEST_RANGE = 64 * 1024, 1024 * 1024

Stop = Callable[[], bool]


class _SmallBuffer(HTTPAdapter):
    """Connections that send little ahead."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """As requests does, with the options of the socket."""
        small = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)]
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, socket_options=small, **options
        )


class FileLine(Client):
    """The requests about files to one server. Not thread-safe; close it, or use it as a context manager."""

    def __init__(self, server_url: str, token: str, **options: Any) -> None:
        super().__init__(server_url, token, **options)
        self._session.mount("https://", _SmallBuffer())
        self._session.mount("http://", _SmallBuffer())

    def offset(self, sha256: bytes) -> int:
        """How many bytes of a file the server has. Refused "file_unknown" where no event of it has come yet."""
        with self._request("HEAD", sha256, {"Tus-Resumable": TUS}) as response:
            return _offset(response)

    def send(self, sha256: bytes, content: bytes, start: int, stop: Stop) -> int:
        """Send from `start` on, until the end or until `stop`; returns how many bytes the server has then."""
        headers = {
            "Tus-Resumable": TUS,
            "Upload-Offset": str(start),
            "Content-Type": "application/offset+octet-stream",
        }
        with self._request("PATCH", sha256, headers, self._blocks(content, start, stop)) as response:
            return _offset(response)

    def fetch(self, sha256: bytes, start: int, size: int) -> bytes:
        """At most `size` bytes from `start` on; fewer where the line was cut on the way."""
        headers = {"Range": f"bytes={start}-{start + size - 1}"}
        with self._request("GET", sha256, headers) as response:
            if response.status_code != 206 or not response.headers.get("content-range", "").startswith(
                f"bytes {start}-"
            ):
                raise line_fault("answer_broken", "คำตอบของเครื่องแม่ข่ายกลางเสียหายระหว่างทาง")
            return self._received(response, size)

    def _received(self, response: requests.Response, size: int) -> bytes:
        parts = bytearray()
        try:
            while len(parts) < size and (part := response.raw.read(BLOCK, decode_content=False)):
                parts += part
                self.traffic.bytes_in += len(part)
        except (requests.RequestException, HTTPError, OSError) as error:
            if not parts:
                raise translated(error) from None
        return bytes(parts[:size])

    def _blocks(self, content: bytes, start: int, stop: Stop) -> Iterator[bytes]:
        for at in range(start, len(content), BLOCK):
            if stop():
                return
            block = content[at : at + BLOCK]
            self.traffic.bytes_out += len(block)
            yield block

    def _request(self, method: str, sha256: bytes, headers: dict[str, str], body: Any = None) -> requests.Response:
        """The response to one request, still to be read; raises the clerk's words for every fault and refusal."""
        self.traffic.requests += 1
        # the first limit also holds for every block that is sent: on a slow line one takes longer than to connect
        limits = self.timeout if body is None else (self.timeout[1], self.timeout[1])
        try:
            response = self._session.request(
                method,
                f"{self.url}{PATH}{sha256.hex()}",
                headers={**headers, "Accept-Encoding": "identity"},
                data=body,
                timeout=limits,
                stream=True,
                allow_redirects=False,
            )
        except (requests.RequestException, HTTPError, OSError) as error:
            raise translated(error) from None
        if response.status_code < 300:
            return response
        with response:
            raise self._refused(method, response)

    def _refused(self, method: str, response: requests.Response) -> Exception:
        if method == "HEAD":  # an answer to HEAD has no words
            if response.status_code == 404 and response.headers.get("tus-resumable") == TUS:
                return Refused("file_unknown", "เครื่องแม่ข่ายกลางยังไม่ได้รับเรื่องของไฟล์นี้", "ไฟล์จะตามไปเองหลังจากเรื่องส่งถึง")
            return refusal(response.status_code, b"")
        try:
            plain = codec.decode(response.raw.read(MAX_ANSWER, decode_content=False), "", MAX_ANSWER)
        except (ValueError, requests.RequestException, HTTPError, OSError):
            plain = b""
        return refusal(response.status_code, plain)


def _offset(response: requests.Response) -> int:
    found = response.headers.get("upload-offset", "")
    if not found.isdecimal() or response.headers.get("tus-resumable") != TUS:
        raise Unavailable(
            "answer_not_ours", "คำตอบที่ได้ไม่ใช่ของเครื่องแม่ข่ายกลาง", "โปรแกรมจะส่งใหม่เอง ตรวจว่า Wi-Fi ไม่ได้รอให้เข้าสู่ระบบ"
        )
    return int(found)
