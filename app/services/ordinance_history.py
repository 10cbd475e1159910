"""Who changed the rates, late charges and confirmations of the office, when, and from what to what."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection

from app.catalog.schema import Service
from app.domain import office_changes
from app.services import offices, ordinance_rates
from app.services.case_documents import instant
from app.services.counter import Counter

KEYS: Final = ("rate", "late", "confirmed", "ordinances")
LATE_TEXTS: Final[Mapping[str, str]] = {
    "surcharge_percent_per_month": "เงินเพิ่มร้อยละ {} ต่อเดือน",
    "surcharge_cap_percent": "เงินเพิ่มไม่เกินร้อยละ {} ของภาษี",
    "interest_percent_per_year": "ดอกเบี้ยร้อยละ {} ต่อปี",
    "penalty_multiplier": "เบี้ยปรับ {} เท่า",
}
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. by: username, "" where only the central server knows. before, after: what was and is, in Thai."""

    at: datetime
    by: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def entries(counter: Counter) -> list[Entry]:
    """Every change of the ordinance's figures, the newest first, MOST at most."""
    services = counter.every_definition()
    with counter.store.read() as connection:
        revisions = connection.exec_driver_sql(
            "SELECT revision, document, received_at FROM office ORDER BY revision"
        ).fetchall()
        makers = _Makers(connection)
        found = []
        for old, new in pairwise(revisions):
            before, after = _document(old.document), _document(new.document)
            if any(before[key] != after[key] for key in KEYS):
                gone, come = _told(before, services), _told(after, services)
                by = makers.of(new.received_at, before, after)
                found.append(
                    Entry(
                        instant(new.received_at),
                        by,
                        tuple(line for line in gone if line not in come),
                        tuple(line for line in come if line not in gone),
                    )
                )
    return found[: -MOST - 1 : -1]


def _document(text: str) -> dict[str, Any]:
    return {**offices.DEFAULTS, **json.loads(text)}


def _told(document: Mapping[str, Any], services: Iterable[Service]) -> list[str]:
    services = list(services)
    known = ordinance_rates.items(services)
    found = [
        f"{one.item.name} {one.text}{_due(one.document)}"
        for one in ordinance_rates.rows(document, known, instant(0).date())
    ]
    names = {one.code: one.short_name for one in services}
    found += [late_text(row, names) for row in late_rows(document)]
    for code, name in ordinance_rates.confirmable(services).items():
        if code in document["confirmed"]:
            found.append(f"ยืนยัน{name}แล้ว {ordinance_rates.confirmation(document, code)}".rstrip())
    return found


def _due(row: Mapping[str, Any]) -> str:
    if not row.get("due_day"):
        return ""
    rule = ordinance_rates.DUE_RULES[row.get("due_rule", "next_month_day")]
    roll = " เลื่อนเมื่อตรงวันหยุด" if row.get("holiday_roll") else ""
    return f" ครบกำหนดวันที่ {row['due_day']} {rule}{roll}"


def late_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of [late]; one table counts as one row."""
    late = document["late"]
    rows = [late] if isinstance(late, Mapping) else list(late)
    return [dict(row) for row in rows if row]


def late_text(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """One row of [late] in a line."""
    what = names.get(str(row.get("service", "")), "ทุกรายการ")
    days = [f"{word} {row[key]}" for key, word in (("from", "ตั้งแต่"), ("to", "ถึง")) if row.get(key)]
    figures = [text.format(row[key]) for key, text in LATE_TEXTS.items() if row.get(key)]
    return " ".join((what, ", ".join(figures) or "ไม่คิดเงินเพิ่ม", *days))


class _Makers:
    """Who made a revision: the audit of that very moment, or a change that the central server was sent."""

    def __init__(self, connection: Connection) -> None:
        audited = connection.exec_driver_sql("SELECT at, by FROM audit WHERE action = 'office_changed'")
        self._here = {int(row.at): str(row.by) for row in audited}
        sent = "SELECT at, by, payload FROM event WHERE kind = ? ORDER BY at DESC"
        self._sent = connection.exec_driver_sql(sent, (office_changes.KIND,)).fetchall()

    def of(self, at: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
        """Username, or "" where nothing here tells."""
        if at in self._here:
            return self._here[at]
        wanted = [key for key in KEYS if before[key] != after[key]]
        for event in self._sent:
            made = office_changes.applied(before, json.loads(event.payload)["changes"])
            if all(made.get(key) == after[key] for key in wanted):
                return str(event.by)
        return ""
