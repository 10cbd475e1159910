"""A bell between the worker threads, which change sessions, and the polls, which wait for that without a thread."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator


class Bell:
    """Wakes the polls that listen for a key. Thread-safe; polls live on the server's event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[bytes, list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    @contextlib.contextmanager
    def listening(self, key: bytes) -> Iterator[asyncio.Event]:
        """An event that is set when the bell rings for `key`, from now on."""
        listener = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._listeners.setdefault(key, []).append(listener)
        try:
            yield listener[1]
        finally:
            with self._lock:
                self._listeners[key].remove(listener)
                if not self._listeners[key]:
                    del self._listeners[key]

    async def wait(self, heard: asyncio.Event, seconds: float) -> None:
        """Until the bell rings, or the time is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(heard.wait(), seconds)
        heard.clear()

    def ring(self, key: bytes) -> None:
        """Something has changed at `key`."""
        with self._lock:
            listeners = list(self._listeners.get(key, ()))
        _wake(listeners)

    def ring_all(self) -> None:
        """The server stops."""
        with self._lock:
            listeners = [listener for several in self._listeners.values() for listener in several]
        _wake(listeners)


def _wake(listeners: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
    for loop, event in listeners:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(event.set)
