"""sync --thin: petitions and files over a line of 256 kbit/s and 600 ms that is cut altogether every 20 seconds.

A real server in a process of its own, a real counter with the loop that the window runs, and the line between them
(thin_line.py). `limit` is what the line needs for zstd at level 19 over the same events as JSON, and one round trip.
What goes twice is told by the line itself, beside the same home that sent the same petitions over a line without a
fault. A scale makes the line so many times faster, its delays and the time between two cuts so many times shorter: the
bytes stay what they are, the time of the processors does not shrink with them.
"""

import io
import json
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import zstandard

from app import bootstrap
from app.catalog.documents import to_document
from app.cli.benchmarks import office
from app.cli.benchmarks import sync as clean_sync
from app.cli.benchmarks.thin_line import ThinLine
from app.cli.output import say
from app.domain.errors import CounterError, Unavailable
from app.services import attachments, cases, file_transfer, offices, registration_json, replication, staff
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.store.meta import meta_set
from app.version import VERSION
from sync import leases, outbox
from sync.exchange import SyncResult
from sync.files import FileWork
from sync.loop import FIRST_WAIT, IDLE_WAIT, SyncLoop
from sync.server import admin

RATE, ROUND_TRIP, CUT_EVERY = 32_000, 0.6, 20.0
PETITIONS, FILES, FILE_BYTES = 10_000, 50, 5_000_000
PETITION_EVERY = 45.0
"""Seconds between two petitions that are registered while files are under way."""
LIMIT_RATIO, LIMIT_TWICE, LIMIT_FILES, LIMIT_TRIPS = 1.6, 0.03, 1.03, 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """bytes a second each way, seconds there and back, seconds between two cuts."""

    rate: float = RATE
    round_trip: float = ROUND_TRIP
    cut_every: float = CUT_EVERY

    def scaled(self, times: float) -> "Line":
        """The same line so many times faster."""
        return Line(self.rate * times, self.round_trip / times, self.cut_every / times)


def measure(
    petitions: int = PETITIONS, files: int = FILES, file_bytes: int = FILE_BYTES, scale: float = 1.0
) -> dict[str, Any]:
    """Both, or what has a number; `ours` and `limit` are the seconds of the petitions, of the files where there are no
    petitions."""
    line = Line().scaled(scale)
    told: dict[str, Any] = {"unit": "seconds", "scale": scale, "line": asdict(line)}
    with TemporaryDirectory(prefix="lao-counter-bench-", ignore_cleanup_errors=True) as name:
        if petitions:
            told["petitions"] = send_petitions(Path(name) / "petitions", line, petitions)
            say(str(told["petitions"]))
        if files:
            told["files"] = send_files(Path(name) / "files", line, files, file_bytes)
    main = told.get("petitions") or told["files"]
    return {**{key: main[key] for key in ("ours", "limit", "ratio", "n")}, **told}


def send_petitions(folder: Path, line: Line, count: int) -> dict[str, Any]:
    """So many petitions, over the thin line, and the same ones over a good line to count what goes twice."""
    with _world(folder) as (counter, actor, _url):
        with counter.store.write(office.USERNAME) as work:
            leases.note(work, {counter.current.series: count})
        bootstrap.sync_now(counter)
        for text in office.lines(counter, 1_000, count):
            cases.enter(counter, actor, registration_json.parse("petition", text))
        packed = len(zstandard.ZstdCompressor(clean_sync.LEVEL).compress(clean_sync.same_as_json(counter, count)))
    good = folder.with_name("good")
    shutil.copytree(folder, good)
    with _world(good) as (counter, _, url), ThinLine(url) as straight:
        _reach(counter, straight.url)
        clean = bootstrap.sync_now(counter)
        once, answered = straight.out, straight.back
    with _world(folder) as (counter, _, url), _thin(url, line) as thin:
        _reach(counter, thin.url)
        outcomes: list[SyncResult | CounterError] = []
        started = time.monotonic()
        with _running(counter, line, outcomes.append):
            _until(lambda: not _petitions_waiting(counter), 0.02)
        took = time.monotonic() - started
        back, cuts, sent = thin.back, thin.cuts, thin.out
    bound = packed / line.rate + line.round_trip
    return {
        "ours": round(took, 2), "limit": round(bound, 2), "ratio": round(took / bound, 3), "n": count,
        "bytes": sent, "bytes_once": once, "zstd19_bytes": packed, "twice": round(max(0.0, sent / once - 1), 4),
        "bytes_back": back, "bytes_back_once": answered, "requests_once": clean.requests, "cuts": cuts,
        "syncs": len(outcomes), "limits": {"ratio": LIMIT_RATIO, "twice": LIMIT_TWICE},
    }  # fmt: skip


def send_files(folder: Path, line: Line, count: int, size: int) -> dict[str, Any]:
    """So many files of one case, and now and then a new petition in front of them."""
    with _world(folder) as (counter, actor, url):
        texts = iter(office.lines(counter, 2_000, 1 + 10 * count))
        number = cases.enter(counter, actor, registration_json.parse("petition", next(texts))).number
        for at in range(count):
            attachments.attach(counter, actor, number, [_picture(at, size)])
        bootstrap.sync_now(counter)
        trips: list[float] = []
        disturbed = 0
        with _thin(url, line) as thin:
            _reach(counter, thin.url)
            outcomes: list[SyncResult | CounterError] = []
            started = time.monotonic()
            with _running(counter, line, outcomes.append) as loop:
                due = started + 0.1 * line.cut_every
                while left := _files_waiting(counter):
                    if thin.out > line.rate and time.monotonic() >= due:
                        cuts = thin.cuts
                        took = _one_in_front(counter, actor, next(texts), loop)
                        # how long a cut takes to mend is another figure than who goes first
                        disturbed += thin.cuts != cuts
                        trips += [took / line.round_trip] if thin.cuts == cuts else []
                        due = time.monotonic() + PETITION_EVERY * line.cut_every / CUT_EVERY * random.uniform(0.8, 1.2)
                        say(f"{count - left}/{count} files, {time.monotonic() - started:.0f} s, {thin.out} bytes")
                    time.sleep(0.02)
            took = time.monotonic() - started
            sent, cuts = thin.out, thin.cuts
        _check_arrived(counter, url, number)
    bound = count * size / line.rate + line.round_trip
    return {
        "ours": round(took, 1), "limit": round(bound, 1), "ratio": round(took / bound, 3), "n": count,
        "file_bytes": count * size, "bytes": sent, "sent_ratio": round(sent / (count * size), 4), "cuts": cuts,
        "petitions_in_front": len(trips), "petitions_cut": disturbed,
        "round_trips": {"median": _round(statistics.median(trips)), "most": _round(max(trips))} if trips else None,
        "limits": {"sent_ratio": LIMIT_FILES, "round_trips": LIMIT_TRIPS},
    }  # fmt: skip


def _picture(seed: int, size: int) -> NewFile:
    """A real picture of so many bytes, which nothing can shorten."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (8, 8), (seed % 255, 9, 9)).save(target, "PNG")
    head = target.getvalue()
    return NewFile(f"ภาพ{seed}.png", head + random.Random(seed).randbytes(size - len(head)))


def _round(value: float) -> float:
    return round(value, 2)


def _one_in_front(counter: Counter, actor: Actor, text: bytes, loop: SyncLoop) -> float:
    """Seconds from the commit of a petition until the server has acknowledged it, a file being under way."""
    cases.enter(counter, actor, registration_json.parse("petition", text))
    asked = time.monotonic()
    loop.kick()
    _until(lambda: not _petitions_waiting(counter), 0.005)
    return time.monotonic() - asked


def _check_arrived(counter: Counter, url: str, number: str) -> None:
    """Every file is on the server, under its hash."""
    _reach(counter, url)
    from sync.file_line import FileLine
    from sync.link import read_link

    with counter.store.read() as connection:
        link = read_link(connection, counter.store_id)
    with FileLine(link.url, link.token) as straight:
        for one in attachments.listing(counter, number):
            if straight.offset(bytes.fromhex(one.sha256)) != one.size:
                raise Unavailable("bench_files", "ไฟล์ไปไม่ครบ", "แจ้งผู้พัฒนาโปรแกรม")


@contextmanager
def _world(folder: Path) -> Iterator[tuple[Counter, Actor, str]]:
    """A server and a counter that has joined it, both in a folder: made, or as they were left there."""
    made = folder.exists()
    folder.mkdir(exist_ok=True)
    database = f"sqlite:///{(folder / 'server.db').as_posix()}"
    document = offices.check_office(office.OFFICE)
    if not made:
        admin.add_office(database, document, [to_document(service) for service in bootstrap.built_in_services()])
    with _server(database, folder) as url:
        home = folder / "home"
        if made:
            counter = bootstrap.open_counter(home, office.PASSPHRASE)
        else:
            code, _expires_at = admin.enrol_code(database, document["code"])
            counter = clean_sync.enrolled(home, url, code)
        try:
            actor = staff.sign_in(counter, office.USERNAME, office.PASSWORD)
            if not made:
                bootstrap.sync_now(counter)
            yield counter, actor, url
        finally:
            counter.close()


@contextmanager
def _server(database: str, folder: Path) -> Iterator[str]:
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    words = [*program, "serve", "--port", "0", "--json", "--database", database, "--files", str(folder / "kept")]
    words += ["--requests-per-minute", "1000000", "--log", "error"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            if not (said := process.stdout.readline()):
                raise Unavailable("server_start", "เครื่องแม่ข่ายไม่เริ่มทำงาน", "ดูข้อความผิดพลาดบนหน้าจอ แล้วลองใหม่")
            yield json.loads(said)["url"]
        finally:
            process.terminate()


def _thin(url: str, line: Line) -> ThinLine:
    return ThinLine(url, line.rate, line.round_trip, line.cut_every)


@contextmanager
def _running(counter: Counter, line: Line, told: Callable[[SyncResult | CounterError], None]) -> Iterator[SyncLoop]:
    """The loop of the window; its waits shrink with the line."""
    faster = ROUND_TRIP / line.round_trip
    loop = SyncLoop(
        counter.store, partial(replication.apply, counter), VERSION, on_outcome=told,
        files=FileWork(counter.store, counter.blobs), first_wait=FIRST_WAIT / faster, idle_wait=IDLE_WAIT / faster,
    )  # fmt: skip
    loop.start()
    try:
        yield loop
    finally:
        loop.stop()


def _reach(counter: Counter, url: str) -> None:
    """The same server by another way."""
    with counter.store.write("sync") as work:
        meta_set(work.connection, "server_url", url)


def _until(done: Callable[[], bool], every: float) -> None:
    while not done():
        time.sleep(every)


def _petitions_waiting(counter: Counter) -> int:
    with counter.store.read() as connection:
        return outbox.pending(connection, counter.store_id)


def _files_waiting(counter: Counter) -> int:
    with counter.store.read() as connection:
        return file_transfer.waiting(connection).files
