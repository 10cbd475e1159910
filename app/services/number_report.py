"""The proof that every number is accounted for."""

from dataclasses import asdict
from typing import Any

from app.domain.errors import Refused
from app.services.counter import Counter
from app.store import numbers

COUNTS = ("issued", "voided", "unused", "returned", "unexplained", "duplicates")


def report(counter: Counter, series: str | None = None) -> dict[str, Any]:
    """The sums over all series (or of the one asked for), and under "by_series" each of them."""
    with counter.store.read() as connection:
        rows = numbers.report(connection, counter.store_id)
    if series is not None:
        rows = [row for row in rows if row.series == series]
        if not rows:
            raise Refused("unknown_series", "ไม่มีเลขชุดนี้ในเครื่อง", "ดูชุดเลขที่มีด้วยคำสั่ง numbers", "series")
    names = ", ".join(row.series for row in rows)
    sums = {key: sum(getattr(row, key) for row in rows) for key in COUNTS}
    return {"series": names, **sums, "by_series": [asdict(row) for row in rows]}
