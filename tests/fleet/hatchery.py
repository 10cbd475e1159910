"""A process without threads that bears others: servers that are killed, and counters that die in mid-write.

Forking beside the threads of a proxy would be a gamble; this one is forked before there are any. What the children
need is imported before, so that a birth costs a fork and not a start of the program.
"""

import gc
import importlib
import mmap
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sync.server import app
from tests.crash import moments

DIED = 9
DEADLINE = 60.0
CENTRAL, HOUSE = 0, 1
"""Servers: the central one, and the office's own."""
RELAY = {"first_wait": 0.05, "longest_wait": 0.4, "idle_wait": 0.2}
"""Seconds: the office's own server tries again sooner than in an office, so that it does in a short run."""


class Hatchery:
    """Bears processes from `works`, functions by name; close it, or use it as a context manager."""

    def __init__(self, works: dict[str, Callable[..., object]]) -> None:
        self._fuses = mmap.mmap(-1, mmap.PAGESIZE)  # shared with every process that is born
        ours, theirs = multiprocessing.Pipe()
        self._pipe = ours
        self._pid = os.fork()
        if not self._pid:
            ours.close()
            _hatch(theirs, works, self._fuses)
            os._exit(0)
        theirs.close()

    def __enter__(self) -> "Hatchery":
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        os.waitpid(self._pid, 0)

    def serve(self, which: int, database: str, port: int, *, by_hand: bool = True) -> None:
        """Start that server; returns when it answers. by_hand: it does not send on by itself."""
        self._burn(which, 0)
        self._ask("serve", which, database, port, by_hand)
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.005)

    def kill_server(self, which: int) -> None:
        """kill -9 of that server, also of one that is gone."""
        self._ask("kill", which)

    def light(self, which: int, writes: int) -> None:
        """Have that server die by kill -9 before so many more writing statements are done."""
        self._burn(which, writes)

    def burnt(self, which: int) -> bool:
        """Whether that server has died so since it was started."""
        return self._fuses[2 * which + 1] == 1

    def die_in(self, work: str, at: int, *values: object) -> bool:
        """Do `work` in a process that is killed before its `at`th writing statement; whether it came so far."""
        return bool(self._ask("die", work, at, values) == DIED)

    def _burn(self, which: int, writes: int) -> None:
        self._fuses[2 * which], self._fuses[2 * which + 1] = writes, 0

    def _ask(self, *message: object) -> Any:
        self._pipe.send(message)
        if not self._pipe.poll(DEADLINE):
            raise TimeoutError(message[0])
        return self._pipe.recv()


def _warm() -> None:
    """Read what a server otherwise reads when it starts."""
    for name in ("h11", "anyio._backends._asyncio", "uvicorn.lifespan.on", "uvicorn.loops.auto",
                 "uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto", "pydantic.v1"):  # fmt: skip
        importlib.import_module(name)
    gc.freeze()


def _hatch(pipe: Connection, works: dict[str, Callable[..., object]], fuses: mmap.mmap) -> None:
    servers: dict[int, int] = {}
    _warm()

    def kill(which: int) -> None:
        if pid := servers.pop(which, 0):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    while True:
        try:
            what, *values = pipe.recv()
        except EOFError:
            break
        answer: object = None
        if what == "serve":
            kill(values[0])
            servers[values[0]] = _child(lambda values=values: _serve(fuses, *values))
        elif what == "kill":
            kill(values[0])
        elif what == "die":
            name, at, given = values
            _, status = os.waitpid(_child(lambda name=name, at=at, given=given: _die(works[name], at, given)), 0)
            answer = os.waitstatus_to_exitcode(status)
        pipe.send(answer)
    for which in list(servers):
        kill(which)


def _child(work: Callable[[], object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:
        os._exit(1)
    os._exit(0)


def _serve(fuses: mmap.mmap, which: int, database: str, port: int, by_hand: bool) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    lock, at = threading.Lock(), 2 * which

    def heard(statement: str) -> None:
        with lock:
            if fuses[at] and moments.WRITES.match(statement):
                fuses[at] -= 1
                if not fuses[at]:
                    fuses[at + 1] = 1
                    os.kill(os.getpid(), signal.SIGKILL)
                    threading.Event().wait()

    setattr(moments.STOP, "heard", heard)  # noqa: B010 - in this process only
    moments.listen()
    setattr(app, "RelayLoop", _Resting if by_hand else partial(app.RelayLoop, **RELAY))  # noqa: B010
    app.serve("127.0.0.1", port, database, announce=lambda _url: None)


class _Resting:
    """In the place of the thread that sends on: a run says when that is done."""

    def __init__(self, relay: object) -> None:
        self.relay = relay

    def start(self) -> None:
        """Nothing begins."""

    def stop(self) -> None:
        """Nothing ends."""

    def kick(self) -> None:
        """Nobody is woken."""


def _die(work: Callable[..., object], at: int, given: tuple[Any, ...]) -> None:
    moments.listen()
    moments.STOP.arm(at, lambda: os._exit(DIED))
    work(*given)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def url(folder: Path, name: str = "server") -> str:
    """A server's database in a folder."""
    return f"sqlite:///{(folder / f'{name}.db').as_posix()}"
