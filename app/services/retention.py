"""How long things are kept: rules by kind with the day they begin and their legal basis; what is due; legal holds."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import destruction as rule
from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import lhr, office_records, privacy_guide, rights
from app.services.case_documents import instant
from app.services.case_rows import by_number, service_kind
from app.services.counter import Counter
from app.services.model import Actor
from app.store.meta import meta_get

RULE, HOLD = "retention", "legal_hold"
RECEIPT, DRAFT = "receipt", "draft"
MOST_YEARS = 100
DAY_MS = 86_400_000
KEY = re.compile("[0-9a-f]{32}")
"""The key of an entry of a register; the number of a case never looks like one."""
CLOSED = (
    "SELECT c.row, c.id, c.number, c.service, c.service_version, c.registered_at, c.subject, c.restricted,"
    " (SELECT max(e.at) FROM event e WHERE e.record = c.id"
    " AND e.kind NOT IN ('case_viewed', 'document_printed', 'sms')) AS closed_at,"
    " (SELECT max(r.issued_at) FROM receipt r WHERE r.case_row = c.row) AS paid_at"
    " FROM cases c LEFT JOIN destroyed d ON d.case_row = c.row"
    " WHERE c.open = 0 AND d.case_row IS NULL"
)
WAITING = (
    "SELECT 1 FROM event WHERE record = ? AND origin = ? AND (seq > ? OR seq IN (SELECT seq FROM quarantine)) LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a kind is kept, from a day on. years or days: the one that is not 0."""

    kind: str
    title: str
    since: date
    years: int
    days: int
    basis: str
    own: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A closed case, or a closed entry of a register, whose time is over. number: of the case, or the entry's key.
    of: the register, "" for a case. until: the last day it had to be kept."""

    number: str
    kind: str
    title: str
    closed_on: date
    until: date
    basis: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A case, or an entry of a register, that may not be destroyed. lifted_on: None while it holds."""

    number: str
    reason: str
    order: str
    by: str
    since: date
    lifted_on: date | None


def rules(counter: Counter) -> tuple[Rule, ...]:
    """The rule of every kind that is in force today, in the order of the file."""
    with counter.store.read() as connection:
        return tuple(in_force(connection, _today(counter)).values())


def in_force(connection: Connection, on: date) -> dict[str, Rule]:
    """The rules of a day by their kinds."""
    found = {}
    for row in privacy_guide.texts()["retention"]:
        own = office_records.get(connection, RULE, row["kind"])
        entries = [(row, False), *((entry, True) for entry in (own.document["rules"] if own else ()))]
        begun = [(entry, mine) for entry, mine in entries if entry["from"] <= on.isoformat()]
        entry, mine = max(begun, key=lambda one: (one[0]["from"], one[1]))
        found[row["kind"]] = Rule(
            row["kind"], row["title"], date.fromisoformat(entry["from"]), int(entry.get("years", 0)),
            int(entry.get("days", 0)), entry["basis"], mine, bool(entry.get("verified")),
        )  # fmt: skip
    return found


def set_rule(
    counter: Counter, actor: Actor, kind: str, length: int, *, since: str = "", basis: str, verified: bool = False
) -> None:
    """Let a kind be kept for so many years (drafts: days) from a day on; earlier rules stay for the days before."""
    rights.require(actor, rights.KEEP_PRIVACY)
    known = {row["kind"]: row for row in privacy_guide.texts()["retention"]}
    if kind not in known:
        raise Refused("kind", "ไม่มีข้อมูลประเภทนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(known)}", "kind")
    unit = "days" if "days" in known[kind] else "years"
    most = MOST_YEARS * 366 if unit == "days" else MOST_YEARS
    if not 1 <= length <= most:
        raise Refused("length", f"อายุการเก็บต้องอยู่ระหว่าง 1 ถึง {most:,}", "ใส่จำนวนใหม่", "length")
    day = thai_date.parse_date(since, field="since") if since else _today(counter)
    words = clean_text(basis, "basis", label="ฐานกฎหมายหรือคำสั่ง", max_length=300, required=True)
    entry = {"from": day.isoformat(), unit: length, "basis": words, "verified": verified}
    with counter.store.write(actor.username) as work:
        own = office_records.get(work.connection, RULE, kind)
        before = [one for one in (own.document["rules"] if own else []) if one["from"] != entry["from"]]
        entries = sorted([*before, entry], key=lambda one: str(one["from"]))
        office_records.put(work, RULE, kind, {"rules": entries})


def due(counter: Counter, actor: Actor, limit: int = 2_000) -> list[Due]:
    """Closed cases and entries of registers whose time is over, which nobody holds, which stand in no open list and
    which the server has whole, the oldest first; the registers before the cases."""
    rights.require(actor, rights.KEEP_PRIVACY)
    today = _today(counter)
    found: list[Due] = []
    with counter.store.read() as connection:
        of_today = in_force(connection, today)
        least = min((one.years for one in of_today.values() if one.years), default=MOST_YEARS)
        latest = int((counter.clock.now() - timedelta(days=365 * least)).timestamp() * 1000)
        held = holding(connection) | _planned(connection)
        found += [
            one for one in _of_registers(connection, of_today)
            if one.until < today and one.number not in held
            and not waiting(counter, connection, office_records.record_of(one.of, one.number))
        ][:limit]  # fmt: skip
        rows = connection.exec_driver_sql(f"{CLOSED} AND c.registered_at < ? ORDER BY c.row", (latest,))
        for row in rows:
            if len(found) >= limit:
                break
            one = _due(counter, row, of_today)
            if one.until < today and row.number not in held and not waiting(counter, connection, row.id):
                found.append(one)
    return found


def _planned(connection: Connection) -> frozenset[str]:
    """What stands in a list that waits for its approval or for being carried out."""
    rows = connection.exec_driver_sql(
        "SELECT json_extract(l.value, '$.number') FROM office_record r, json_each(r.document, '$.lines') l"
        " WHERE r.kind = 'destruction' AND json_extract(r.document, '$.state') IN ('listed', 'approved')"
    )
    return frozenset(rows.scalars())


def closed(counter: Counter, connection: Connection, number: str) -> Due:
    """A closed case by its number, or an entry by its key, whether its time is over or not. Refused "case_open" for one
    that goes on or is destroyed already."""
    if KEY.fullmatch(number):
        for one in _of_registers(connection, in_force(connection, _today(counter))):
            if one.number == number:
                return one
        raise Refused("case_open", "รายการนี้ยังไม่สิ้นสุด หรือทำลายไปแล้ว", "ทำลายได้เฉพาะรายการที่สิ้นสุดแล้ว", "number")
    case = by_number(connection, number, "c.row")
    row = connection.exec_driver_sql(f"{CLOSED} AND c.row = ?", (case.row,)).fetchone()
    if row is None:
        raise Refused("case_open", f"เรื่อง {number} ยังไม่สิ้นสุด หรือทำลายไปแล้ว", "ทำลายได้เฉพาะเรื่องที่สิ้นสุดแล้ว", "number")
    return _due(counter, row, in_force(connection, _today(counter)))


def waiting(counter: Counter, connection: Connection, record: bytes) -> bool:
    """Whether the server has not got everything of a case yet."""
    if counter.stand_alone:
        return False
    through = int(meta_get(connection, "accepted_through", "0"))
    return connection.exec_driver_sql(WAITING, (record, counter.store_id, through)).fetchone() is not None


def _due(counter: Counter, row: Any, of_today: Mapping[str, Rule]) -> Due:
    of = of_today[service_kind(counter, row)]
    closed_on = _day(row.closed_at or row.registered_at)
    until = _later(closed_on, of)
    if row.paid_at is not None and (after := _later(_day(row.paid_at), of_today[RECEIPT])) > until:
        of, until = of_today[RECEIPT], after
    return Due(row.number, of.kind, of.title, closed_on, until, of.basis)


def _of_registers(connection: Connection, of_today: Mapping[str, Rule]) -> Iterator[Due]:
    """Every closed entry of the registers with its time, the oldest first."""
    for kind in sorted(rule.RECORDS):
        for record in office_records.living(connection, kind):
            if (closed_on := _closed_on(record)) is not None:
                of = of_today[kind]
                yield Due(record.key, kind, of.title, closed_on, _later(closed_on, of), of.basis, kind)


def _closed_on(record: office_records.Record) -> date | None:
    """When an entry of a register was done with; None while it goes on."""
    document = record.document
    if document.get("closed_on"):
        return date.fromisoformat(document["closed_on"])
    if document.get("closed_at"):
        return _day(document["closed_at"])
    done = record.kind == lhr.REQUEST and document.get("state") == lhr.VERIFIED
    return thai_date.local(record.changed_at).date() if done else None


def reference(number: str) -> str:
    """What people read: the number of a case, or the end of an entry's key."""
    return f"ทะเบียน {number[-8:].upper()}" if KEY.fullmatch(number) else number


def _later(day: date, of: Rule) -> date:
    if of.days:
        return day + timedelta(days=of.days)
    try:
        return day.replace(year=day.year + of.years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + of.years, day=28)


def old_drafts(connection: Connection, now_ms: int, on: date) -> list[tuple[str, str]]:
    """(staff, page) of half-filled forms that nobody went on with for too long."""
    days = in_force(connection, on)[DRAFT].days
    rows = connection.exec_driver_sql(
        "SELECT staff, page FROM draft WHERE saved_at < ?", (now_ms - days * DAY_MS,)
    ).fetchall()
    return [(row.staff, row.page) for row in rows]


# legal holds -----------------------------------------------------------------------------------------------------


def hold(counter: Counter, actor: Actor, number: str, reason: str, order: str = "") -> None:
    """Nobody may destroy this case, or this entry of a register (by its key), until the hold is lifted."""
    rights.require(actor, rights.KEEP_PRIVACY)
    document = {
        "reason": clean_text(reason, "reason", label="เหตุผล", max_length=500, required=True),
        "order": clean_text(order, "order", label="เลขที่คำสั่งหรือหนังสือ", max_length=200),
        "by": actor.full_name,
        "since": _today(counter).isoformat(),
    }
    with counter.store.write(actor.username) as work:
        key = _to_hold(work.connection, number)
        if key in holding(work.connection):
            raise Refused("held", "เรื่องนี้ระงับการทำลายอยู่แล้ว", "เลิกระงับของเดิมก่อนถ้าจะเปลี่ยนเหตุผล", "number")
        office_records.put(work, HOLD, key, document)


def _to_hold(connection: Connection, number: str) -> str:
    """The number of a case, or the key of an entry, that is still there. Refused "case_destroyed"."""
    if KEY.fullmatch(number):
        found = (office_records.get(connection, kind, number) for kind in rule.RECORDS)
        record = next(filter(None, found), None)
        if record is None:
            raise Refused("unknown_number", "ไม่พบรายการนี้", "ตรวจเลขที่อีกครั้ง", "number")
        gone, key = office_records.is_destroyed(record), number
    else:
        case = by_number(connection, number, "c.row, c.number")
        asked = connection.exec_driver_sql("SELECT 1 FROM destroyed WHERE case_row = ?", (case.row,))
        gone, key = asked.fetchone() is not None, case.number
    if gone:
        raise Refused("case_destroyed", "เรื่องนี้ทำลายไปแล้ว", "ดูใบรับรองการทำลาย", "number")
    return key


def lift(counter: Counter, actor: Actor, number: str) -> None:
    """The case may be destroyed again when its time is over."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.write(actor.username) as work:
        record = office_records.get(work.connection, HOLD, number)
        if record is None or record.document.get("lifted_on"):
            raise Refused("not_held", "เรื่องนี้ไม่ได้ระงับการทำลายอยู่", "ดูรายการระงับ", "number")
        office_records.put(work, HOLD, number, {**record.document, "lifted_on": _today(counter).isoformat()})


def holds(counter: Counter, actor: Actor) -> list[Hold]:
    """Every hold, those that hold first."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        found = [_hold(record) for record in office_records.listing(connection, HOLD)]
    return sorted(found, key=lambda one: (one.lifted_on is not None, one.number))


def holding(connection: Connection) -> frozenset[str]:
    """Numbers of the cases that are held now."""
    rows = connection.exec_driver_sql("SELECT key, document FROM office_record WHERE kind = ?", (HOLD,)).fetchall()
    return frozenset(row.key for row in rows if not json.loads(row.document).get("lifted_on"))


def _hold(record: office_records.Record) -> Hold:
    document = record.document
    lifted = document.get("lifted_on")
    return Hold(
        record.key, document["reason"], document["order"], document["by"], date.fromisoformat(document["since"]),
        date.fromisoformat(lifted) if lifted else None,
    )  # fmt: skip


def _day(milliseconds: int) -> date:
    return thai_date.local(instant(milliseconds)).date()


def _today(counter: Counter) -> date:
    return thai_date.local(counter.clock.now()).date()
