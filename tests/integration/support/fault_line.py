"""A hostile line on loopback: passes bytes on between counter and server, and does to them what real lines do."""

import contextlib
import os
import queue
import re
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
SLACK = 0.5
"""Seconds that a throttled line may catch up when its thread was not given the processor in time."""


def read_request(client: socket.socket) -> bytes:
    """One HTTP request with a Content-Length, or what came of it before the sender went away."""
    data = b""
    while True:
        head, end, body = data.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        if end and len(body) >= (int(found[1]) if found else 0):
            return data
        if not (part := client.recv(65_536)):
            return data
        data += part


class FaultLine:
    """A TCP relay. Change the attributes at any time; they hold for what passes from then on.

    cut_after: bytes to the server after which a connection is torn (None: never); cut_answer_after: the same for bytes
    back; rate: bytes a second each way (0: as fast as it goes); delay: seconds until a piece arrives, besides; garble:
    answers are replaced by noise of the same length; refuse: connections are closed at once; twice: what was sent on
    a connection is sent again on a second one when the first has ended; hold: a request is taken from its sender, who
    hears that the connection was cut, and is delivered by `release`, late and in another order. out, back: bytes that
    the line has carried.
    """

    def __init__(self, upstream: str, certificate: tuple[Path, Path] | None = None) -> None:
        self._port = int(upstream.rsplit(":", 1)[1])
        self.cut_after: int | None = None
        self.cut_answer_after: int | None = None
        self.rate = 0
        self.delay = 0.0
        self.garble = self.refuse = self.twice = self.hold = False
        self.held: list[bytes] = []
        self._sent: dict[socket.socket, bytearray] = {}
        self.out = self.back = self.cuts = self.connections = 0
        self._open: dict[socket.socket, threading.Event] = {}
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        line = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                line._relay(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FaultLine":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self.cut()
        self._server.server_close()

    def reach(self, upstream: str) -> None:
        """From the next connection on, another server (the same one, started anew)."""
        self._port = int(upstream.rsplit(":", 1)[1])

    def cut(self) -> None:
        """Tear every connection that is open now."""
        for one, torn in list(self._open.items()):
            torn.set()  # a socket that is shut down may still be read from
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RDWR)

    def _relay(self, client: socket.socket) -> None:
        self.connections += 1
        if self.refuse:
            return
        with contextlib.suppress(OSError):
            if self._context is not None:
                client = self._context.wrap_socket(client, server_side=True)
            if self.hold:
                self.held.append(read_request(client))
                return
            with socket.create_connection(("127.0.0.1", self._port)) as server:
                torn = threading.Event()
                self._open |= {client: torn, server: torn}
                self._sent[client] = bytearray()
                back = threading.Thread(target=self._pass, args=(server, client, False, torn), daemon=True)
                back.start()
                self._pass(client, server, True, torn)
                back.join()
                for end in (client, server):
                    self._open.pop(end, None)
                if torn.is_set():
                    client.close()
            if self.twice:
                self._again(bytes(self._sent.pop(client, b"")))

    def release(self, order: Callable[[list[bytes]], object]) -> int:
        """Deliver what was held, its list brought into an order by `order`; returns how many requests the server
        answered. Nobody hears the answers."""
        held, self.held = self.held, []
        order(held)
        answered = 0
        for one in held:
            with contextlib.suppress(OSError):
                self._again(one)
                answered += 1
        return answered

    def _again(self, sent: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._port)) as server:
            server.sendall(sent)
            server.shutdown(socket.SHUT_WR)
            while server.recv(4096):
                pass

    def _pass(self, source: socket.socket, target: socket.socket, out: bool, torn: threading.Event) -> None:
        waiting: queue.Queue[tuple[float, bytes]] = queue.Queue(maxsize=64)
        sender = threading.Thread(target=self._deliver, args=(waiting, target), daemon=True)
        sender.start()
        passed = 0
        free_at = 0.0
        with contextlib.suppress(OSError):
            while (data := source.recv(4096)) and not torn.is_set():
                if self.rate:
                    # by the clock, so that a busy machine makes the line no slower than it is
                    free_at = max(free_at, time.monotonic() - SLACK) + len(data) / self.rate
                    time.sleep(max(0.0, free_at - time.monotonic()))
                if out:
                    self.out += len(data)
                else:
                    self.back += len(data)
                limit = self.cut_after if out else self.cut_answer_after
                if out and self.twice:
                    self._sent.setdefault(source, bytearray()).extend(data)
                if limit is not None and passed + len(data) > limit:
                    data = data[: limit - passed]
                if self.garble and not out:
                    data = os.urandom(len(data))
                waiting.put((time.monotonic() + self.delay, data))
                passed += len(data)
                if limit is not None and passed >= limit:
                    self.cuts += 1
                    break
        waiting.put((0.0, b""))
        sender.join()
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _deliver(self, waiting: "queue.Queue[tuple[float, bytes]]", target: socket.socket) -> None:
        """What was read arrives `delay` later, in order; the empty piece is the end."""
        broken = False
        while (piece := waiting.get())[1]:
            due, data = piece
            if not broken and (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
            try:
                if not broken:
                    target.sendall(data)
            except OSError:
                broken = True  # go on taking, or the reader would wait for ever
