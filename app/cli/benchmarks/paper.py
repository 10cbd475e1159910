"""slip and pdf: how fast paper is made (printing.bench), how soon it reaches the printer, and a batch of 500 sheets."""

import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from app import bootstrap
from app.cli.benchmarks import office
from app.services import cases, printers, registration_json
from app.services.model import Printer
from printing import bench

FIRST_BYTE_LIMIT = 60.0
"""Milliseconds beyond the commit."""
READY = 0x12
"""What a printer with paper and a closed cover answers to a question about itself."""
BATCH = 500
BATCH_RATIO, BATCH_MB = 1.3, 200
ASKING = b"\x10\x04"


def measure_slip(rounds: int = 40) -> dict[str, Any]:
    """printing.bench.bench_slip, and ms from the commit of a registration to the slip's first byte at the printer."""
    return {**bench.bench_slip(), **first_byte(rounds)}


def first_byte(rounds: int = 40) -> dict[str, Any]:
    """Median and worst of so many registrations with their slips on a network printer of this machine."""
    times = []
    with office.office() as (counter, actor), _printer() as (address, arrived):
        printers.add(counter, actor, Printer("bench", "network", address, 576, is_default=True))
        workers = bootstrap.Workers(counter)
        workers.start()
        try:
            for line in office.lines(counter, seed=7, count=rounds + 2):
                arrived.clear()
                command = registration_json.from_json("petition", json.loads(line))
                cases.enter(counter, actor, replace(command, print_documents=("slip",)))
                committed = time.perf_counter()
                at = arrived.wait()
                times.append(max(0.0, (at - committed) * 1000))
        finally:
            workers.stop()
    times = times[2:]
    return {
        "first_byte_ms": round(statistics.median(times), 1),
        "first_byte_worst_ms": round(max(times), 1),
        "first_byte_limit_ms": FIRST_BYTE_LIMIT,
    }


class _Arrival:
    """When the first byte that is no question came in."""

    def __init__(self) -> None:
        self._came = threading.Event()
        self._at = 0.0

    def clear(self) -> None:
        self._came.clear()

    def now(self) -> None:
        if not self._came.is_set():
            self._at = time.perf_counter()
            self._came.set()

    def wait(self) -> float:
        if not self._came.wait(30.0):
            raise TimeoutError("no slip came to the printer within 30 seconds")
        return self._at


@contextmanager
def _printer() -> Iterator[tuple[str, _Arrival]]:
    """A thermal printer on a free port: answers about itself, swallows the rest."""
    arrived = _Arrival()
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(server, arrived), name="bench printer", daemon=True).start()
    try:
        yield f"127.0.0.1:{server.getsockname()[1]}", arrived
    finally:
        server.close()


def _serve(server: socket.socket, arrived: _Arrival) -> None:
    while True:
        try:
            connection, _address = server.accept()
        except OSError:
            return
        with connection:
            while data := connection.recv(65_536):
                questions = data.count(ASKING)
                if questions:
                    connection.sendall(bytes((READY,)) * questions)
                if len(data) > 3 * questions:
                    arrived.now()


def measure_pdf() -> dict[str, Any]:
    """printing.bench.bench_pdf, and a file of 500 sheets beside 500 files of one, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.benchmarks.paper_child", str(BATCH)], capture_output=True, text=True, check=True
    )
    ratio, memory = (float(part) for part in done.stdout.split())
    batch = {"batch": BATCH, "batch_ratio": ratio, "batch_ratio_limit": BATCH_RATIO, "batch_mb": memory}
    return {**bench.bench_pdf(), **batch, "batch_mb_limit": BATCH_MB}
