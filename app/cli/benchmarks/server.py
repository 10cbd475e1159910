"""server: what one central server takes from many counters at once, and what a petition costs it.

Twice: each counter as fast as it is answered (`at_once`), which shows how much goes, and fifty counters that send the
promised petitions a second between them whether or not they were answered (`paced`), which shows how long they wait.

A real server in processes of its own, on SQLite in a temporary folder or on an empty PostgreSQL database that is named;
counters are threads that speak the protocol with petitions of a real register, each as fast as it is answered, while
one more counter of the first office reads all the time. Clients and server share the machine's processors.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from app import bootstrap
from app.catalog.documents import to_document
from app.cli.benchmarks import office
from app.cli.benchmarks.server_cost import Cost, cost_of, disk_bytes
from app.domain import request_number
from app.domain.errors import Refused, Unavailable
from app.domain.ids import uuid7, uuid_text
from app.services import offices, registration, registration_json
from app.version import VERSION
from sync import codec
from sync.json_form import to_text
from sync.protocol import EnrolRequest, Event, SyncRequest
from sync.server import admin

OFFICES, COUNTERS = 10, 50
PER_REQUEST = 10
PETITIONS = 6_000
GROWTH = 10
LEAST_HISTORY = 200
ONES = 200
LIMIT_PER_SECOND = 300
LIMIT_P99_MS = 1_000
LIMIT_GROWTH = 1.2
KINDS = 200
IDLE_SECONDS = 3.0


@dataclass
class Counter:
    """One counter: its identity, where it stands, and how long each of its requests took, in seconds."""

    url: str
    templates: Sequence[dict[str, Any]]
    store_id: str = field(default_factory=lambda: uuid_text(uuid7()))
    token: str = ""
    series: str = ""
    run: int = 0
    seq: int = 0
    cursor: int = 0
    revision: int = 0
    pulled: int = 0
    ids: set[str] = field(default_factory=set)
    took: list[float] = field(default_factory=list)
    used: float = 0.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        self.http = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def enrol(self, code: str) -> None:
        """Join, and take the first numbers."""
        answer = json.loads(self._ask("/v1/enrol", EnrolRequest(code, self.store_id, "เครื่องวัด", VERSION).to_bytes()))
        self.token = answer["token"]
        self.revision = answer["settings"]["revision"]
        _, _, self.series, self.run, _ = answer["leases"][0]

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def push(self, count: int) -> None:
        """One sync with so many new petitions, which also fetches what the office's other counters did."""
        events = tuple(self._petition() for _ in range(count))
        started = time.perf_counter()
        answer = self._sync(events)
        self.took.append(time.perf_counter() - started)
        if answer.get("rejected") or answer["accepted_through"] < self.seq:
            raise Unavailable("bench_rejected", "เครื่องแม่ข่ายไม่รับคำร้องของการวัด", str(answer.get("rejected")))

    def fetch(self) -> bool:
        """One sync with nothing new; whether there is more."""
        started = time.perf_counter()
        answer = self._sync(())
        self.took.append(time.perf_counter() - started)
        return bool(answer.get("more"))

    def _sync(self, events: tuple[Event, ...]) -> dict[str, Any]:
        request = SyncRequest(
            self.store_id, self.cursor, self.revision, VERSION, time.time_ns() // 1_000_000, events=events
        )
        answer: dict[str, Any] = json.loads(self._ask("/v1/sync", request.to_bytes()))
        changes = answer.get("changes", [])
        self.cursor = answer["cursor"]
        self.pulled += len(changes)
        self.ids.update(change[2] for change in changes)
        return answer

    def _petition(self) -> Event:
        self.seq += 1
        template = self.templates[self.seq % len(self.templates)]
        day = template["number"][3:9]
        payload = to_text({**template, "number": f"{self.series}{day}{self.run:06}"})
        self.run += 1
        now = time.time_ns() // 1_000_000
        return Event(self.seq, uuid7(), uuid7(), "petition_registered", now, "somying", payload)

    def _ask(self, path: str, body: bytes) -> bytes:
        # fifty counters have fifty processors of their own to pack with: here they would take the server's
        packed, encoding = codec.encode(body, codec.accepted_encodings(), quick=True)
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Encoding": codec.accepted_encodings()}
        if encoding:
            headers["Content-Encoding"] = encoding
        if time.monotonic() - self.used > IDLE_SECONDS:
            self.http.close()  # the server has closed it by now
        try:
            self.http.request("POST", path, packed, headers)
            answer = self.http.getresponse()
            content = codec.decode(answer.read(), answer.headers.get("content-encoding", ""), 1 << 26)
        except OSError:
            raise Unavailable("bench_line", "เครื่องแม่ข่ายของการวัดไม่ตอบ", "ดูข้อความของเครื่องแม่ข่าย แล้ววัดใหม่") from None
        self.used = time.monotonic()
        if answer.status != 200:
            raise Unavailable("bench_refused", f"เครื่องแม่ข่ายตอบ {answer.status}", content.decode()[:200])
        return content


Work = Callable[[Counter], object]
CostNow = Callable[[], Cost]


def measure(petitions: int = PETITIONS, database: str = "") -> dict[str, Any]:
    """`ours`: petitions a second from COUNTERS counters at once, `limit` the least that is promised on PostgreSQL; with
    the slowest of a hundred answers, how one sync's cost grows with ten times the history, and what a petition costs.
    """
    with TemporaryDirectory(prefix="lao-counter-bench-", ignore_cleanup_errors=True) as folder:
        url = database or f"sqlite:///{(Path(folder) / 'server.db').as_posix()}"
        if admin.list_offices(url):
            raise Refused("bench_database_used", "ฐานข้อมูลนี้มีข้อมูลอยู่แล้ว จึงไม่ใช้วัด", "สร้างฐานข้อมูลเปล่าแล้วระบุด้วย --database")
        templates = _templates()
        with _server(url, Path(folder)) as (address, process):
            counters = _counters(url, address, templates)

            def cost() -> Cost:
                return cost_of(process.pid, url)

            busy = _at_once(counters, petitions, cost)
            paced = _paced(counters, petitions, cost)
            ones = _ones_at_once(counters, cost)
            idle = _idle(counters, cost)
            growth = _growth(url, address, templates, petitions)
            for counter in counters:
                counter.close()
        busy["disk_bytes_each"] = round(disk_bytes(url) / max(1, sum(row["cases"] for row in admin.list_offices(url))))
    return {
        "ours": busy["per_second"],
        "limit": LIMIT_PER_SECOND,
        "ratio": round(busy["per_second"] / LIMIT_PER_SECOND, 2),
        "n": petitions,
        "unit": "petitions/s",
        "database": "postgresql" if database.startswith("postgres") else "sqlite",
        "counters": COUNTERS,
        "at_once": busy,
        "paced": paced,
        "one_by_one": ones,
        "nothing_new": idle,
        "history": growth,
        "limits": {"per_second": LIMIT_PER_SECOND, "p99_ms": LIMIT_P99_MS, "history_ratio": LIMIT_GROWTH, "skipped": 0},
    }


def _templates() -> list[dict[str, Any]]:
    """Registrations of a real counter, as its events say them."""
    with office.office() as (counter, actor):
        for line in office.lines(counter, 7, KINDS):
            registration.enter(counter, actor, registration_json.parse("petition", line))
        with counter.store.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT payload FROM event WHERE kind = 'petition_registered' ORDER BY seq"
            ).scalars()
            return [json.loads(row) for row in rows]


@contextmanager
def _server(url: str, folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    words = [*program, "serve", "--port", "0", "--json", "--database", url, "--files", str(folder / "files")]
    words += ["--requests-per-minute", "1000000", "--log", "error"]
    if url.startswith("postgres"):
        words += ["--processes", str(os.cpu_count() or 2)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise Unavailable("server_start", "เครื่องแม่ข่ายไม่เริ่มทำงาน", "ดูข้อความผิดพลาดบนหน้าจอ แล้วลองใหม่")
            yield json.loads(line)["url"], process
        finally:
            process.terminate()


def _new_office(url: str, number: int) -> str:
    code = f"0483{number:04}"
    document = offices.check_office({**office.OFFICE, "code": code})
    admin.add_office(url, document, [to_document(service) for service in bootstrap.built_in_services()])
    return code


def _counters(url: str, address: str, templates: Sequence[dict[str, Any]]) -> list[Counter]:
    """COUNTERS counters of OFFICES offices, and one that only reads, of the first office."""
    codes = [_new_office(url, number) for number in range(1, OFFICES + 1)]
    made = [_joined(url, address, codes[number % OFFICES], templates) for number in range(COUNTERS)]
    return [*made, _joined(url, address, codes[0], templates)]


def _joined(url: str, address: str, code: str, templates: Sequence[dict[str, Any]]) -> Counter:
    counter = Counter(address, templates)
    for _ in range(2):
        # the limit on wrong codes counts right ones as well: from one address, twenty at once
        try:
            counter.enrol(admin.enrol_code(url, code)[0])
            return counter
        except Unavailable:
            _forgive(url)
    raise Unavailable("bench_enrol", "เครื่องวัดเข้าร่วมกับเครื่องแม่ข่ายไม่ได้", "ลองใหม่")


def _forgive(url: str) -> None:
    from sync.server.allowances import Allowances

    with admin.opened(url) as database:
        Allowances(database).sweep(now=float("inf"))


def _at_once(counters: Sequence[Counter], petitions: int, cost: CostNow) -> dict[str, Any]:
    """Everybody pushes as fast as it can; the last counter reads, and must have read everything in the end."""
    *writers, reader = counters
    rounds = max(1, petitions // len(writers) // PER_REQUEST)
    told = _all(writers, rounds, lambda counter: counter.push(PER_REQUEST), PER_REQUEST, cost, reader)
    skipped = _skipped(reader, 0, rounds * PER_REQUEST * len(writers) // OFFICES)
    return {**told, "petitions_a_request": PER_REQUEST, "reader_skipped": skipped}


def _paced(counters: Sequence[Counter], petitions: int, cost: CostNow) -> dict[str, Any]:
    """Exactly the promised petitions a second, ten to a request, whether or not the request before was answered in
    time: what waits behind a slow answer counts as waiting. The last counter reads."""
    *writers, reader = counters
    rounds = max(1, petitions // len(writers) // PER_REQUEST)
    apart = PER_REQUEST * len(writers) / LIMIT_PER_SECOND
    started = time.perf_counter() + 0.1
    late: list[float] = []

    def one(counter: Counter) -> None:
        first = started + apart * writers.index(counter) / len(writers)
        for number in range(rounds):
            due = first + apart * number
            time.sleep(max(0.0, due - time.perf_counter()))
            counter.push(PER_REQUEST)
            late.append(time.perf_counter() - due)

    before, pulled = cost(), reader.pulled
    seconds = _together(writers, one, reader)
    after = cost()
    done = rounds * PER_REQUEST * len(writers)
    return {
        "per_second": round(done / seconds),
        **_spread(late),
        "server_cpu_ms_each": _each(before.server, after.server, done),
        "database_cpu_ms_each": _each(before.database, after.database, done),
        "petitions_a_request": PER_REQUEST,
        "reader_skipped": _skipped(reader, pulled, done // OFFICES),
    }


def _skipped(reader: Counter, before: int, sent: int) -> int:
    """0 when the reader has read everything once; Unavailable "bench_skipped" otherwise."""
    while reader.fetch():
        pass
    got = reader.pulled - before
    if got != sent or len(reader.ids) != reader.pulled:
        raise Unavailable("bench_skipped", f"เครื่องที่อ่านได้รับ {got} จาก {sent} คำร้อง", "แจ้งผู้พัฒนาโปรแกรม")
    return sent - got


def _ones_at_once(counters: Sequence[Counter], cost: CostNow) -> dict[str, Any]:
    """As on a working day: each request brings one petition."""
    return _all(counters[:-1], max(1, ONES * 5 // COUNTERS), lambda counter: counter.push(1), 1, cost)


def _idle(counters: Sequence[Counter], cost: CostNow) -> dict[str, Any]:
    """Requests that bring nothing and fetch nothing: what most of them are."""
    for counter in counters[:-1]:
        while counter.fetch():
            pass
    return _all(counters[:-1], max(1, ONES * 5 // COUNTERS), lambda counter: counter.fetch(), 1, cost)


def _all(
    counters: Sequence[Counter], rounds: int, work: Work, each: int, cost: CostNow, reader: Counter | None = None
) -> dict[str, Any]:
    """All do it so many times at once: how many a second (`each` to a request), how long a request takes, and the
    processor time that one costs the server's processes and its database."""
    for counter in counters:
        counter.took.clear()
    before = cost()
    seconds = _together(counters, lambda counter: _times(rounds, lambda: work(counter)), reader)
    after = cost()
    done = rounds * len(counters) * each
    return {
        "per_second": round(done / seconds),
        **_spread([took for counter in counters for took in counter.took]),
        "server_cpu_ms_each": _each(before.server, after.server, done),
        "database_cpu_ms_each": _each(before.database, after.database, done),
    }


def _growth(url: str, address: str, templates: Sequence[dict[str, Any]], petitions: int) -> dict[str, Any]:
    """One sync with one petition at a time, in an office with little history and in one with ten times as much."""
    few = max(LEAST_HISTORY, min(petitions // 4, request_number.MAX_RUN // GROWTH // 4))
    pair = []
    for number, history in ((101, few), (102, few * GROWTH)):
        code = _new_office(url, number)
        while history > 0:
            filler = _joined(url, address, code, templates)
            for start in range(0, min(history, 3_000), 250):
                filler.push(min(250, history - start))
            filler.close()
            history -= 3_000
        counter = _joined(url, address, code, templates)
        while counter.fetch():
            pass
        counter.took.clear()
        pair.append(counter)
    # interleaved: what else the machine does meets both alike
    for _ in range(ONES):
        for counter in pair:
            counter.push(1)
    for counter in pair:
        counter.close()
    small, large = (statistics.median(counter.took) * 1000 for counter in pair)
    return {
        "petitions": [few, few * GROWTH],
        "median_ms": [round(small, 2), round(large, 2)],
        "ratio": round(large / small, 3),
        "limit": LIMIT_GROWTH,
    }


def _together(counters: Sequence[Counter], work: Work, reader: Counter | None = None) -> float:
    """Seconds until all have done it, while a reader reads; the first fault is raised."""
    faults: list[BaseException] = []
    done = threading.Event()

    def one(counter: Counter) -> None:
        try:
            work(counter)
        except BaseException as error:
            faults.append(error)

    def read() -> None:
        try:
            while reader is not None and not done.wait(0.05):
                reader.fetch()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=one, args=(counter,)) for counter in counters]
    reading = threading.Thread(target=read)
    started = time.perf_counter()
    for thread in (reading, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    done.set()
    reading.join()
    if faults:
        raise faults[0]
    return seconds


def _times(count: int, work: Callable[[], object]) -> None:
    for _ in range(count):
        work()


def _spread(took: Sequence[float]) -> dict[str, float]:
    ordered = sorted(took)
    return {
        "median_ms": round(statistics.median(ordered) * 1000, 1),
        "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000, 1),
    }


def _each(before: float | None, after: float | None, count: int) -> float | None:
    return None if before is None or after is None else round((after - before) * 1000 / count, 3)
