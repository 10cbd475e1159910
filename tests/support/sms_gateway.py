"""A gateway for short messages: a real HTTP server that keeps what it is given and can behave as badly as any."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HTML = b"<!doctype html><title>Wi-Fi</title><h1>Please sign in</h1>"


class Receiver:
    """What arrived, and how the next answers are given: "ok", "no", "html", "silent", "cut", or an HTTP status."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[str | int] = []
        self.release = threading.Event()
        self.changed = threading.Condition()
        self.url = ""

    def take(self, message: dict[str, Any], headers: dict[str, str]) -> str | int:
        with self.changed:
            self.got.append(message)
            self.headers.append(headers)
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else "ok"

    def wait_for(self, count: int, seconds: float = 30) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.got) >= count, seconds), f"{len(self.got)} of {count} arrived"


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = self.receiver.take(json.loads(body), {key.lower(): text for key, text in self.headers.items()})
        if answer == "silent":
            self.receiver.release.wait(60)
            answer = "cut"
        if answer == "cut":
            self.close_connection = True
            return
        content = {"ok": b'{"result": {"status": "ok"}}', "no": b'{"result": {"status": "bad number"}}'}
        body = HTML if answer == "html" or isinstance(answer, int) else content[answer]
        self.send_response(answer if isinstance(answer, int) else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def receiver() -> Iterator[Receiver]:
    """A gateway on a free port; those whom it keeps waiting are let go at the end."""
    made = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"receiver": made}))
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_address[1]}/send"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.release.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
