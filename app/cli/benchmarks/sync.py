"""sync: what goes over the line, beside zstd at its highest level over the same events as JSON.

A real central server on this machine; bytes are counted with the headers of HTTP, in both directions.
"""

import time
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
from sync import link
from sync.server import admin
from sync.server import app as server

COUNTS = (0, 1, 100, 1_000)
LEVEL = 19


def measure() -> dict[str, Any]:
    """Bytes out for 0, 1, 100 and 1,000 petitions in one sync each; `ours` and `limit` are of the largest."""
    with TemporaryDirectory(prefix="lao-counter-bench-", ignore_cleanup_errors=True) as folder:
        database = f"sqlite:///{(Path(folder) / 'server.db').as_posix()}"
        document = offices.check_office(office.OFFICE)
        admin.add_office(database, document, [to_document(service) for service in bootstrap.built_in_services()])
        code, _expires_at = admin.enrol_code(database, document["code"])
        with server.background(database) as url:
            counter = _enrolled(Path(folder) / "home", url, code)
            try:
                actor = staff.sign_in(counter, office.USERNAME, office.PASSWORD)
                bootstrap.sync_now(counter)
                by_count = {str(count): _one(counter, actor, count) for count in COUNTS}
            finally:
                counter.close()
    return {**by_count[str(COUNTS[-1])], "n": COUNTS[-1], "unit": "bytes", "by_count": by_count}


def _enrolled(home: Path, url: str, code: str) -> Counter:
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


def _one(counter: Counter, actor: Actor, count: int) -> dict[str, Any]:
    for text in office.lines(counter, 1_000 + count, count):
        cases.enter(counter, actor, registration_json.parse("petition", text))
    same = _same_as_json(counter, count)
    limit = len(zstandard.ZstdCompressor(level=LEVEL).compress(same)) if count else 0
    started = time.perf_counter()
    result = bootstrap.sync_now(counter)
    return {
        "ours": result.bytes_out,
        "limit": limit,
        "ratio": round(result.bytes_out / limit, 3) if limit else None,
        "requests": result.requests,
        "bytes_in": result.bytes_in,
        "ms": round((time.perf_counter() - started) * 1000, 1),
    }


def _same_as_json(counter: Counter, count: int) -> bytes:
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT payload FROM event ORDER BY seq DESC LIMIT ?", (count,)).scalars()
        return "\n".join(rows).encode()
