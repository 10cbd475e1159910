"""sync: what goes over the line, beside zstd at level 19 over the same events as JSON, ids and times included.

A real central server on this machine, one counter that sends and one that takes; bytes are counted with the headers of
HTTP.
"""

import json
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import zstandard

from app import bootstrap
from app.catalog.documents import to_document
from app.cli.benchmarks import office
from app.domain.clock import SystemClock
from app.domain.ids import uuid7, uuid_text
from app.services import cases, offices, registration_json, setup, staff
from app.services.counter import Counter
from app.services.model import Actor
from app.version import VERSION
from sync import leases, link
from sync.json_form import pack_id, to_text
from sync.server import admin
from sync.server import app as server

COUNTS = (0, 1, 100, 10_000)
LEVEL = 19


def measure() -> dict[str, Any]:
    """Bytes for 0, 1, 100 and 10,000 petitions in one sync each, sent and (`down`) taken by another counter; `ours` and
    `limit` are of the largest, sent."""
    with TemporaryDirectory(prefix="lao-counter-bench-", ignore_cleanup_errors=True) as folder:
        database = f"sqlite:///{(Path(folder) / 'server.db').as_posix()}"
        document = offices.check_office(office.OFFICE)
        admin.add_office(database, document, [to_document(service) for service in bootstrap.built_in_services()])
        with server.background(database) as url, ExitStack() as stack:
            counters = []
            for name in ("sends", "takes"):
                code, _expires_at = admin.enrol_code(database, document["code"])
                counters.append(enrolled(Path(folder) / name, url, code))
                stack.callback(counters[-1].close)
                bootstrap.sync_now(counters[-1])
            with counters[0].store.write(office.USERNAME) as work:
                leases.note(work, {counters[0].current.series: COUNTS[-1]})
            bootstrap.sync_now(counters[0])
            actor = staff.sign_in(counters[0], office.USERNAME, office.PASSWORD)
            by_count = {str(count): _one(counters[0], counters[1], actor, count) for count in COUNTS}
    return {**by_count[str(COUNTS[-1])], "n": COUNTS[-1], "unit": "bytes", "by_count": by_count}


def enrolled(home: Path, url: str, code: str) -> Counter:
    """A counter that has joined, open."""
    store_id = uuid_text(uuid7())
    joined = link.ask(url, code, store_id, "เคาน์เตอร์ 1", VERSION)
    setup.set_up(
        home,
        link.office_document(joined.settings.office),
        bootstrap.built_in_services(),
        setup.Administrator(office.USERNAME, office.PASSWORD),
        SystemClock(),
        office.PASSPHRASE,
        store_id=store_id,
        join=lambda work: link.enter(work, url, joined),
    )
    return bootstrap.open_counter(home, office.PASSPHRASE)


def _one(counter: Counter, other: Counter, actor: Actor, count: int) -> dict[str, Any]:
    for text in office.lines(counter, 1_000 + count, count):
        cases.enter(counter, actor, registration_json.parse("petition", text))
    same = same_as_json(counter, count)
    limit = len(zstandard.ZstdCompressor(level=LEVEL).compress(same)) if count else 0
    started = time.perf_counter()
    up = bootstrap.sync_now(counter)
    sent = time.perf_counter()
    down = bootstrap.sync_now(other)
    taken = time.perf_counter()
    return {
        "ours": up.bytes_out,
        "limit": limit,
        "ratio": _ratio(up.bytes_out, limit),
        "requests": up.requests,
        "bytes_in": up.bytes_in,
        "ms": round((sent - started) * 1000, 1),
        "down": {
            "ours": down.bytes_in,
            "ratio": _ratio(down.bytes_in, limit),
            "requests": down.requests,
            "bytes_out": down.bytes_out,
            "events": down.pulled,
            "ms": round((taken - sent) * 1000, 1),
        },
    }


def _ratio(ours: int, limit: int) -> float | None:
    return round(ours / limit, 3) if limit else None


def same_as_json(counter: Counter, count: int) -> bytes:
    """The newest events in the form of the uncompressed wire."""
    sql = "SELECT seq, id, record, kind, at, by, payload FROM event ORDER BY seq DESC LIMIT ?"
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(sql, (count,)).fetchall()
    events = (
        [row.seq, pack_id(row.id), pack_id(row.record), row.kind, row.at, row.by, json.loads(row.payload)]
        for row in reversed(rows)
    )
    return "\n".join(map(to_text, events)).encode()
