"""One listening socket for several processes, which share what comes: each takes one connection and looks again.

asyncio takes as many connections at one waking as it may let wait. Fifty counters whose line came back together were
then all of one process, and each waited for forty-nine others while a processor had nothing to do.
"""

import socket
import sys
from multiprocessing import reduction
from typing import Any

WAITING = 2_048
"""Connections that the operating system keeps until a process takes them."""
AT_ONE_WAKING = WAITING if sys.platform == "win32" else 1
"""For uvicorn's `backlog`, which asyncio takes for both numbers. On Windows a process gets a plain socket."""


class SharedListener(socket.socket):
    """A listening socket that keeps WAITING connections, however many a process wants to take at one waking."""

    def listen(self, backlog: int = WAITING, /) -> None:
        """Listen; the number is not asked for."""
        super().listen(max(backlog, WAITING))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (reduction.DupFd(self.fileno()),)


def shared(listener: socket.socket) -> socket.socket:
    """The same listening socket, to be handed to processes."""
    return listener if sys.platform == "win32" else SharedListener(fileno=listener.detach())


def _again(handle: Any) -> socket.socket:
    return SharedListener(fileno=handle.detach())
