"""The ThaiD registration campaign: counting who registered, nobody by name, and the report of each Friday.

Counts are only added; a mistake is undone by its opposite. Every counter of the office learns of them by the events
"thaid_counted" and "thaid_week_reported", whose record is the week's.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import thai_date, thaid_week
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.services import rights, thaid_settings
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

COUNTED, REPORTED = "thaid_counted", "thaid_week_reported"
CHANGED = "office_record"
"""The kind in `Changes` of what the office keeps beside its cases."""
MOST = 100_000
"""People in one entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One count. id: hex. unit: "" for the whole office."""

    id: str
    on: date
    unit: str
    audience: str
    way: str
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the form: before (column 2) + added (column 3) = total (column 4)."""

    unit: str
    before: int
    added: int
    total: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many registered in the week and today, of an audience by a way."""

    audience: str
    way: str
    week: int
    today: int


@dataclass(frozen=True, slots=True)
class WeekReport:
    """The report of the week that ends on `week`. before_on: the day that column 2 speaks of. as_of: the day of the
    figures. reported_at: when it was sent, else None; then the rows are those that were sent. changed: counts of the
    time before came in since."""

    office: str
    brand: str
    week: date
    as_of: date
    reading: str
    before_on: date
    rows: tuple[Row, ...]
    total: Row
    tallies: tuple[Tally, ...] = ()
    reported_at: datetime | None = None
    reported_by: str = ""
    changed: bool = False

    @property
    def line(self) -> str:
        """The report in one line for the LINE group."""
        return thai_date.to_thai_digits(
            f"{self.office} รายงานการลงทะเบียน {self.brand} ข้อมูล ณ วันที่ {thai_date.long(self.as_of)}:"
            f" ณ วัน{thai_date.WEEKDAYS[self.before_on.weekday()]}ที่ {thai_date.long(self.before_on)}"
            f" {self.total.before:,} คน เพิ่มขึ้น {self.total.added:,} คน รวมปัจจุบัน {self.total.total:,} คน"
        )


def today(counter: Counter) -> date:
    """The day at the office."""
    return thai_date.local(counter.clock.now()).date()


def campaign(counter: Counter) -> thaid_settings.Campaign:
    """The settings in force."""
    return thaid_settings.of(counter.current.document)


def count(
    counter: Counter, actor: Actor, audience: str, *, way: str = "self", unit: str = "", number: int = 1, on: str = ""
) -> Entry:
    """Add people who registered; on: the day, else today. Refused naming the part at fault."""
    settings = campaign(counter)
    known = tuple(known.name for known in settings.units)
    if audience not in thaid_week.AUDIENCES:
        raise _unknown("audience", "กลุ่มนี้", thaid_week.AUDIENCES)
    if way not in thaid_week.WAYS:
        raise _unknown("way", "วิธีลงทะเบียนนี้", thaid_week.WAYS)
    if (unit or known) and unit not in known:
        hint = f"เลือกหนึ่งใน: {', '.join(known)}" if known else "หน่วยงานนี้ไม่ได้แยกหน่วย ไม่ต้องระบุ"
        raise Refused("unit", "ไม่มีหน่วยนี้ในรายงาน", hint, "unit")
    if not 1 <= number <= MOST:
        raise Refused("count", f"จำนวนต้องอยู่ระหว่าง 1 ถึง {MOST:,}", "โปรดตรวจจำนวนคน", "count")
    now = today(counter)
    day = thai_date.parse_date(on, field="on") if on else now
    if not settings.baseline_date < day <= now:
        after = thai_date.short(settings.baseline_date)
        raise Refused("day", "วันที่ลงทะเบียนอยู่นอกช่วงที่นับได้", f"ต้องหลังวันตั้งต้น {after} และไม่เกินวันนี้", "on")
    entry = Entry(uuid7().hex(), day, unit, audience, way, number)
    with counter.store.write(actor.username) as work:
        _add(work, entry, "")
    return entry


def undo(counter: Counter, actor: Actor) -> Entry:
    """Take back the newest entry that the person made here today and that still counts. Refused "nothing_to_undo"."""
    since = datetime.combine(today(counter), datetime.min.time(), thai_date.BANGKOK)
    with counter.store.write(actor.username) as work:
        row = work.run(
            "SELECT id, on_day, unit, audience, way, count AS people FROM thaid_count c"
            " WHERE origin = ? AND by = ? AND undoes IS NULL AND at >= ?"
            " AND NOT EXISTS (SELECT 1 FROM thaid_count u WHERE u.undoes = c.id) ORDER BY row DESC LIMIT 1",
            (counter.store_id, actor.username, int(since.timestamp() * 1000)),
        ).fetchone()
        if row is None:
            raise Refused("nothing_to_undo", "ไม่มีรายการของวันนี้ให้ยกเลิก", "ยกเลิกได้เฉพาะรายการที่ท่านนับที่เครื่องนี้วันนี้")
        undone = Entry(
            row.id.hex(), date.fromisoformat(row.on_day), row.unit, row.audience, row.way, int(row.people)
        )  # fmt: skip
        _add(work, Entry(uuid7().hex(), undone.on, undone.unit, undone.audience, undone.way, -undone.count), undone.id)
    return undone


def _add(work: UnitOfWork, entry: Entry, undoes: str) -> None:
    payload: dict[str, Any] = {**asdict(entry), "on": entry.on.isoformat()}
    if undoes:
        payload["undoes"] = undoes
    week = thaid_week.week_ending(entry.on)
    work.emit(COUNTED, record_of(week), payload)
    write_count(work, payload, work.by, work.now_ms, work.store_id)
    work.audit("thaid_undone" if undoes else COUNTED, week.isoformat(), f"{entry.audience} {entry.way} {entry.count}")


def write_count(work: UnitOfWork, payload: Mapping[str, Any], by: str, at: int, origin: str) -> None:
    """Keep one count; one that is known, or a second undoing of the same, changes nothing."""
    undoes = payload.get("undoes")
    work.run(
        "INSERT INTO thaid_count (id, on_day, unit, audience, way, count, undoes, at, by, origin)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            bytes.fromhex(payload["id"]), date.fromisoformat(payload["on"]).isoformat(), str(payload["unit"]),
            str(payload["audience"]), str(payload["way"]), int(payload["count"]),
            bytes.fromhex(undoes) if undoes else None, at, by, origin,
        ),
    )  # fmt: skip
    work.changed(CHANGED)


def write_report(work: UnitOfWork, payload: Mapping[str, Any], by: str, at: int) -> None:
    """Keep one report as it was sent; one that is known changes nothing."""
    work.run(
        "INSERT INTO thaid_report (id, week, document, at, by) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            bytes.fromhex(payload["id"]), date.fromisoformat(payload["week"]).isoformat(),
            canonical_json(payload["document"]), at, by,
        ),
    )  # fmt: skip
    work.changed(CHANGED)


def record_of(week: date) -> bytes:
    """The record of a week's events: the same on every counter."""
    return hashlib.blake2b(f"thaid campaign {week.isoformat()}".encode(), digest_size=16).digest()


# the report ------------------------------------------------------------------------------------------------------


def week_report(counter: Counter, week: date, *, fresh: bool = False) -> WeekReport:
    """The report of the week that ends on a Friday: as it was sent, else (or with fresh) as the figures are now.

    Refused "week" for a day that is no Friday, or a week that has not begun.
    """
    _check_week(counter, week)
    with counter.store.read() as connection:
        computed = _computed(counter, connection, week)
        sent = None if fresh else _sent(connection, week)
    if sent is None:
        return computed
    document = json.loads(sent.document)
    rows = tuple(Row(**row) for row in document["rows"])
    return WeekReport(
        office=document["office"],
        brand=document["brand"],
        week=week,
        as_of=date.fromisoformat(document["as_of"]),
        reading=document["reading"],
        before_on=date.fromisoformat(document["before_on"]),
        rows=rows,
        total=_sum(rows),
        tallies=computed.tallies,
        reported_at=instant(sent.at),
        reported_by=sent.by,
        changed=[row.total for row in rows] != [row.total for row in computed.rows],
    )


def report(counter: Counter, actor: Actor, week: date) -> WeekReport:
    """Note that the report of a week was sent, with the figures of now; sent again, the newer one counts."""
    rights.require(actor, rights.REPORT)
    _check_week(counter, week)
    with counter.store.write(actor.username) as work:
        found = _computed(counter, work.connection, week)
        document = {
            "office": found.office,
            "brand": found.brand,
            "as_of": found.as_of.isoformat(),
            "reading": found.reading,
            "before_on": found.before_on.isoformat(),
            "rows": [asdict(row) for row in found.rows],
        }
        payload = {"id": uuid7().hex(), "week": week.isoformat(), "document": document}
        work.emit(REPORTED, record_of(week), payload)
        write_report(work, payload, actor.username, work.now_ms)
        work.audit(REPORTED, week.isoformat(), str(found.total.total))
    return week_report(counter, week)


def due(counter: Counter) -> thaid_week.Due | None:
    """What is to be said about the report today; None where this office has not begun to count."""
    with counter.store.read() as connection:
        first = connection.exec_driver_sql("SELECT min(on_day) FROM thaid_count").scalar()
        sent = connection.exec_driver_sql("SELECT DISTINCT week FROM thaid_report").scalars().all()
    if first is None and not sent:
        return None
    since = min(thaid_week.week_ending(date.fromisoformat(day)) for day in (first, *sent) if day)
    return thaid_week.due(today(counter), frozenset(date.fromisoformat(week) for week in sent), since)


def _check_week(counter: Counter, week: date) -> None:
    if week.weekday() != thaid_week.FRIDAY:
        raise Refused("week", "สัปดาห์ของรายงานต้องลงท้ายด้วยวันศุกร์", "ระบุวันศุกร์ของสัปดาห์", "week")
    if not campaign(counter).baseline_date <= week <= thaid_week.week_ending(today(counter)):
        raise Refused("week", "ไม่มีรายงานของสัปดาห์นี้", "เลือกตั้งแต่วันตั้งต้นถึงสัปดาห์ปัจจุบัน", "week")


def _computed(counter: Counter, connection: Connection, week: date) -> WeekReport:
    settings, now = campaign(counter), today(counter)
    as_of = min(now, week)
    now_by = _counts(connection, settings, as_of)
    sent: dict[str, int] = {}
    before_by: dict[str, int] = {}
    before_on = settings.baseline_date
    if settings.reading == thaid_week.THIS_WEEK:
        before_on = max(week - timedelta(7), settings.baseline_date)
        last = _last_sent(connection, week)
        if last is not None:
            before_on, sent = last
        before_by = _counts(connection, settings, before_on)
    baselines = {unit.name: unit.baseline for unit in settings.units} or {"": settings.baseline_count}
    rows = []
    for unit in [*baselines, *sorted({*now_by, *before_by} - {*baselines})]:
        baseline = baselines.get(unit, 0)
        name = unit or counter.office.name
        total = baseline + now_by.get(unit, 0)
        before = sent.get(name, baseline + before_by.get(unit, 0))
        rows.append(Row(name, before, total - before, total))
    return WeekReport(
        counter.office.name, settings.brand, week, as_of, settings.reading, before_on, tuple(rows), _sum(rows),
        _tallies(connection, week, now),
    )  # fmt: skip


def _counts(connection: Connection, settings: thaid_settings.Campaign, until: date) -> dict[str, int]:
    """People by unit who registered after the baseline date and up to a day."""
    rows = connection.exec_driver_sql(
        "SELECT unit, sum(count) FROM thaid_count WHERE on_day > ? AND on_day <= ? GROUP BY unit",
        (settings.baseline_date.isoformat(), until.isoformat()),
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _last_sent(connection: Connection, week: date) -> tuple[date, dict[str, int]] | None:
    """The last report before a week, its Friday and the totals by row: what came in after it is then an increase."""
    row = connection.exec_driver_sql(
        "SELECT week, document FROM thaid_report WHERE week < ? ORDER BY week DESC, at DESC, id DESC LIMIT 1",
        (week.isoformat(),),
    ).fetchone()
    if row is None:
        return None
    return date.fromisoformat(row[0]), {one["unit"]: int(one["total"]) for one in json.loads(row[1])["rows"]}


def _sent(connection: Connection, week: date) -> Any:
    return connection.exec_driver_sql(
        "SELECT document, at, by FROM thaid_report WHERE week = ? ORDER BY at DESC, id DESC LIMIT 1",
        (week.isoformat(),),
    ).fetchone()


def _tallies(connection: Connection, week: date, now: date) -> tuple[Tally, ...]:
    rows = connection.exec_driver_sql(
        "SELECT audience, way, sum(count), sum(CASE WHEN on_day = ? THEN count ELSE 0 END) FROM thaid_count"
        " WHERE on_day > ? AND on_day <= ? GROUP BY audience, way",
        (now.isoformat(), (week - timedelta(7)).isoformat(), week.isoformat()),
    )
    found = {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}
    return tuple(
        Tally(audience, way, *found.get((audience, way), (0, 0)))
        for audience in thaid_week.AUDIENCES
        for way in thaid_week.WAYS
    )


def _sum(rows: Sequence[Row]) -> Row:
    before, added = sum(row.before for row in rows), sum(row.added for row in rows)
    return Row("รวม", before, added, before + added)


def _unknown(field: str, what: str, known: Mapping[str, str]) -> Refused:
    hint = ", ".join(f"{code} ({name})" for code, name in known.items())
    return Refused(field, f"ไม่รู้จัก{what}", f"ใช้ค่าใดค่าหนึ่งใน {hint}", field)
