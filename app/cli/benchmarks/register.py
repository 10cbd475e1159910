"""register: our registration beside the same rows written by sqlcipher3 alone, also when the store has grown."""

import io
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from app.cli import home as cli_home
from app.cli.benchmarks import office
from app.services import registration_lines
from app.services.counter import Counter
from app.services.model import Actor
from app.services.registration import Registered
from app.store.engine import WAL_CHECKPOINT_PAGES, WRITER_CACHE_KIB
from app.store.numbers import TAKE
from app.store.unit_of_work import UnitOfWork

ROUNDS = 24
A_ROUND = 100
GROWN = 100_000
FSYNC_CASES = 1_000
Statements = list[tuple[str, Any]]


def measure(grown: int = GROWN) -> dict[str, Any]:
    """Wall and CPU of a durable registration beside its limit; syncs each; the same after `grown` petitions.

    A twin office registers the same texts, unmeasured, and writes its statements down for the limit to repeat.
    """
    with office.office() as (counter, actor), office.office() as (twin, twin_actor):
        result = _beside_limit(counter, actor, twin, twin_actor, seed=1)
        for each, person in ((counter, actor), (twin, twin_actor)):
            office.fill(each, person, grown, seed=2)
        later = _beside_limit(counter, actor, twin, twin_actor, seed=3)
    growth = {
        "petitions": grown,
        "ours": later["ours"],
        "ratio": round(later["ours"] / result["ours"], 3),
        "ratio_of_limit": round(later["limit"] / result["limit"], 3),
    }
    return {**result, "unit": "ms wall", "growth": growth, "fsyncs_each": fsyncs_each()}


def _beside_limit(counter: Counter, actor: Actor, twin: Counter, twin_actor: Actor, seed: int) -> dict[str, Any]:
    texts = office.lines(counter, seed, ROUNDS * A_ROUND)
    wall: dict[str, list[float]] = {"ours": [], "limit": []}
    cpu: dict[str, list[float]] = {"ours": [], "limit": []}
    with TemporaryDirectory() as folder, _raw_copy(twin, Path(folder) / "raw.db") as raw:
        for number in range(ROUNDS):
            part = texts[number * A_ROUND : (number + 1) * A_ROUND]
            with _timed(wall["ours"], cpu["ours"]):
                _register(counter, actor, part)
            with _recorded() as transactions:
                _register(twin, twin_actor, part)
            with _timed(wall["limit"], cpu["limit"]):
                _replay(raw, transactions)
    ours, limit = (statistics.median(wall[key]) for key in ("ours", "limit"))
    cpu_ours, cpu_limit = (statistics.median(cpu[key]) for key in ("ours", "limit"))
    return {
        "ours": round(ours, 4),
        "limit": round(limit, 4),
        "ratio": round(ours / limit, 3),
        "n": ROUNDS * A_ROUND,
        "cpu_ours": round(cpu_ours, 4),
        "cpu_limit": round(cpu_limit, 4),
        "cpu_ratio": round(cpu_ours / cpu_limit, 3),
    }


def _register(counter: Counter, actor: Actor, texts: list[bytes]) -> None:
    """As `register --lines` does it."""
    for lines in registration_lines.arrived(io.BytesIO(b"\n".join(texts))):
        for outcome in registration_lines.enter_each(counter, actor, "petition", lines, ("slip",)):
            assert isinstance(outcome, Registered), outcome


@contextmanager
def _recorded() -> Iterator[list[Statements]]:
    """Write down each statement with its values, so that the limit writes the very same rows."""
    transactions: list[Statements] = []
    execute = UnitOfWork.execute

    def recording(self: UnitOfWork, sql: str, parameters: Any = ()) -> Any:
        if sql is TAKE:
            transactions.append([])
        transactions[-1].append((sql, parameters))
        return execute(self, sql, parameters)

    UnitOfWork.execute = recording  # type: ignore[method-assign]
    try:
        yield transactions
    finally:
        UnitOfWork.execute = execute  # type: ignore[method-assign]


def _replay(raw: Any, transactions: list[Statements]) -> None:
    cursor = raw.cursor()
    for statements in transactions:
        cursor.execute("BEGIN IMMEDIATE")
        for sql, parameters in statements:
            found = cursor.execute(sql, parameters)
            if sql.lstrip().startswith(("SELECT", "UPDATE")):
                found.fetchone()
        cursor.execute("COMMIT")


@contextmanager
def _raw_copy(counter: Counter, path: Path) -> Iterator[Any]:
    """The same database under sqlcipher3 alone, as it stands before the rounds."""
    raw = sqlcipher.connect(str(path), isolation_level=None)
    raw.execute(f"PRAGMA key = \"x'{counter.key.hex()}'\"")
    with counter.store.engine.connect() as connection:
        source = connection.connection.driver_connection
        assert source is not None
        source.backup(raw)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"wal_autocheckpoint = {WAL_CHECKPOINT_PAGES}",
        f"cache_size = -{WRITER_CACHE_KIB}",
    ):
        raw.execute(f"PRAGMA {pragma}")
    try:
        yield raw
    finally:
        raw.close()


@contextmanager
def _timed(wall: list[float], cpu: list[float]) -> Iterator[None]:
    started, used = time.perf_counter(), time.process_time()
    yield
    cpu.append((time.process_time() - used) * 1000 / A_ROUND)
    wall.append((time.perf_counter() - started) * 1000 / A_ROUND)


def fsyncs_each() -> float | None:
    """fsync and fdatasync calls a registration, counted by strace on the real command; None without strace."""
    if shutil.which("strace") is None:
        return None
    with TemporaryDirectory(prefix="lao-counter-bench-") as folder:
        home = Path(folder) / "home"
        office.make(home)
        counts = [_fsyncs(home, count, Path(folder)) for count in (1, 1 + FSYNC_CASES)]
    return round((counts[1] - counts[0]) / FSYNC_CASES, 4)


def _fsyncs(home: Path, count: int, folder: Path) -> int:
    from app import bootstrap

    counter = bootstrap.open_counter(home, office.PASSPHRASE)
    texts = office.lines(counter, count, count)
    counter.close()
    trace = folder / "trace.txt"
    command = [sys.executable, "-m", "app", "--home", str(home), "register", "petition", "-", "--lines", "--no-print"]
    environment = {**os.environ, cli_home.PASSPHRASE: office.PASSPHRASE, cli_home.PASSWORD: office.PASSWORD}
    subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace), *command],
        input=b"\n".join(texts),
        env=environment,
        check=True,
        capture_output=True,
    )
    return len(re.findall(r"\b(?:fsync|fdatasync)\(", trace.read_text()))
