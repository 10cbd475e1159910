"""A telephone line on loopback: so many bytes a second each way for all connections together, a delay, and a cut of
everything every so often.

A new connection costs a round trip before anything passes. What is on its way when the line is cut is lost, on both
sides, and so is what the machines had still to send.
"""

import asyncio
import contextlib
import socket
import struct
import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from typing import Self
from urllib.parse import urlsplit

PACKET = 1_400
"""Bytes that pass at a time: the most that a connection waits for another one's turn."""
BUFFER = 4_096
"""Bytes that the system may take in ahead of the line from each connection."""
LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
SLACK = 0.05
"""Seconds that the line may catch up when it was not given the processor in time."""


@dataclass(slots=True)
class _Way:
    """One direction, shared by all connections: packets pass one after the other, in the order of asking."""

    rate: float
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    carried: int = 0

    async def carry(self, size: int) -> None:
        """Wait for the turn of a packet, and for as long as it takes."""
        loop = asyncio.get_running_loop()
        async with self.turn:
            self.carried += size
            if self.rate:
                self.free_at = max(self.free_at, loop.time() - SLACK) + size / self.rate
                if (wait := self.free_at - loop.time()) > 0:
                    await asyncio.sleep(wait)


class ThinLine:
    """A line to one server, while a `with` block lasts. rate: bytes a second each way, 0 for as fast as it goes;
    round_trip and cut_every in seconds, 0 for none. url: the server by way of this line."""

    def __init__(self, upstream: str, rate: float = 0, round_trip: float = 0, cut_every: float = 0) -> None:
        self._upstream = ("127.0.0.1", urlsplit(upstream).port or 80)
        self._delay = round_trip / 2
        self._cut_every = cut_every
        self._out, self._back = _Way(rate), _Way(rate)
        self._open: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self.cuts = self.connections = 0
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self._listener.setblocking(False)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),), daemon=True)

    @property
    def out(self) -> int:
        """Bytes that were put on the line towards the server, those that a cut lost among them."""
        return self._out.carried

    @property
    def back(self) -> int:
        """The same towards the counter."""
        return self._back.carried

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)
        self._loop.close()
        self._listener.close()

    async def _run(self) -> None:
        tasks = [asyncio.create_task(self._accept())]
        if self._cut_every:
            tasks.append(asyncio.create_task(self._cut_now_and_then()))
        await self._ended.wait()
        for task in (*tasks, *self._open):
            task.cancel()
        await asyncio.gather(*tasks, *self._open, return_exceptions=True)

    async def _accept(self) -> None:
        while True:
            client, _ = await self._loop.sock_accept(self._listener)
            self.connections += 1
            task = asyncio.create_task(self._relay(client))
            self._open.add(task)
            task.add_done_callback(partial(self._over, client))

    def _over(self, client: socket.socket, task: asyncio.Task[None]) -> None:
        """Also of a connection that was cut before it was looked at."""
        client.close()
        self._open.discard(task)

    async def _cut_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._cut_every)
            for task in self._open:
                task.cancel()
            self.cuts += 1

    async def _relay(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            for end in (client, server):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.sleep(2 * self._delay)
            await self._loop.sock_connect(server, self._upstream)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(client, server, self._out))
                both.create_task(self._pass(server, client, self._back))
        except* OSError:
            _tear(client, server)
        except* asyncio.CancelledError:
            _tear(client, server)
        finally:
            server.close()

    async def _pass(self, source: socket.socket, target: socket.socket, way: _Way) -> None:
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._deliver(on_the_way, target))
            while data := await self._loop.sock_recv(source, PACKET):
                await way.carry(len(data))
                await on_the_way.put((self._loop.time() + self._delay, data))
            await on_the_way.put((self._loop.time() + self._delay, b""))

    async def _deliver(self, on_the_way: "asyncio.Queue[tuple[float, bytes]]", target: socket.socket) -> None:
        """What was put on the line arrives `delay` later, in order; the empty packet is the end."""
        while True:
            due, data = await on_the_way.get()
            if (wait := due - self._loop.time()) > 0:
                await asyncio.sleep(wait)
            if not data:
                with contextlib.suppress(OSError):
                    target.shutdown(socket.SHUT_WR)
                return
            await self._loop.sock_sendall(target, data)


def _tear(*ends: socket.socket) -> None:
    """Closed from now on without a farewell: both sides hear that the line is gone, and lose what they had not read."""
    for end in ends:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
