"""A process without threads that bears others: the server that is killed, and counters that die in mid-write.

Forking beside the threads of a proxy would be a gamble; this one is forked before there are any.
"""

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.crash import moments

DIED = 9
DEADLINE = 60.0


class Hatchery:
    """Bears processes from `works`, functions by name; close it, or use it as a context manager."""

    def __init__(self, works: dict[str, Callable[..., object]]) -> None:
        ours, theirs = multiprocessing.Pipe()
        self._pipe = ours
        self._pid = os.fork()
        if not self._pid:
            ours.close()
            _hatch(theirs, works)
            os._exit(0)
        theirs.close()

    def __enter__(self) -> "Hatchery":
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        os.waitpid(self._pid, 0)

    def serve(self, database: str, port: int) -> None:
        """Start the server there; returns when it answers."""
        self._ask("serve", database, port)
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def kill_server(self) -> None:
        """kill -9 of the server."""
        self._ask("kill")

    def die_in(self, work: str, at: int, *values: object) -> bool:
        """Do `work` in a process that is killed before its `at`th writing statement; whether it came so far."""
        return bool(self._ask("die", work, at, values) == DIED)

    def _ask(self, *message: object) -> Any:
        self._pipe.send(message)
        if not self._pipe.poll(DEADLINE):
            raise TimeoutError(message[0])
        return self._pipe.recv()


def _hatch(pipe: Connection, works: dict[str, Callable[..., object]]) -> None:
    server = 0
    while True:
        try:
            what, *values = pipe.recv()
        except EOFError:
            break
        answer: object = None
        if what == "serve":
            server = _child(lambda values=values: _serve(*values))
        elif what == "kill" and server:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
            server = 0
        elif what == "die":
            name, at, given = values
            _, status = os.waitpid(_child(lambda name=name, at=at, given=given: _die(works[name], at, given)), 0)
            answer = os.waitstatus_to_exitcode(status)
        pipe.send(answer)
    if server:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)


def _child(work: Callable[[], object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:
        os._exit(1)
    os._exit(0)


def _serve(database: str, port: int) -> None:
    from sync.server import app

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    app.serve("127.0.0.1", port, database, announce=lambda _url: None)


def _die(work: Callable[..., object], at: int, given: tuple[Any, ...]) -> None:
    moments.listen()
    moments.STOP.arm(at, lambda: os._exit(DIED))
    work(*given)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def url(folder: Path) -> str:
    """The server's database in a folder."""
    return f"sqlite:///{(folder / 'server.db').as_posix()}"
