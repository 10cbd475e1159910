"""Breaches of personal data: the form with its clock. The commission is told within 72 hours of when it was found where
there is a risk (section 37(4)); whom it concerns, where the risk is high."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.text_rules import clean_text
from app.services import office_records, privacy_guide, rights
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor, OfficeView
from app.services.office_records import Record
from app.store.meta import meta_get
from app.store.unit_of_work import milliseconds

KIND = "breach"
RISKS = {"unknown": "ยังประเมินไม่ได้", "none": "ไม่มีความเสี่ยง", "risk": "มีความเสี่ยง", "high": "มีความเสี่ยงสูง"}
TEXTS = {
    "what": ("เหตุที่เกิด", 2_000),
    "data": ("ข้อมูลที่เกี่ยวข้อง", 1_000),
    "people": ("จำนวนเจ้าของข้อมูลโดยประมาณ", 100),
    "measures": ("มาตรการแก้ไขและเยียวยา", 2_000),
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach. due_at: until when the commission is to be told; told_at, people_told_at: when that was done."""

    key: str
    found_at: datetime
    due_at: datetime
    what: str
    data: str
    people: str
    measures: str
    risk: str
    risk_text: str
    told_at: datetime | None
    people_told_at: datetime | None
    closed_at: datetime | None
    tone: str
    clock: str


@dataclass(frozen=True, slots=True)
class BreachForm:
    """What the form for the commission says."""

    office: OfficeView
    breach: Breach
    by: str
    position: str


def enter(counter: Counter, actor: Actor, found_on: str, found_time: str, **texts: str) -> str:
    """Enter a breach; its clock runs from when it was found. found_time: "13:30" or "13.30"; texts: parts of TEXTS, and
    risk. Returns its key."""
    rights.require(actor, rights.KEEP_PRIVACY)
    found = _moment(found_on, found_time)
    with counter.store.read() as connection:
        now = _now(connection, counter.clock.now())
    if found > now:
        raise Refused("found_on", "เวลาที่พบเหตุอยู่ในอนาคต", "ใส่วันและเวลาที่พบจริง", "found_on")
    risk = _checked_risk(texts.pop("risk", "unknown"))
    document: dict[str, Any] = {"found_at": milliseconds(found), "risk": risk}
    key = uuid7().hex()
    office_records.save(counter, actor, KIND, key, {**document, **_checked(texts, "what")})
    return key


def _checked_risk(risk: str) -> str:
    if risk not in RISKS:
        raise Refused("risk", "ไม่รู้จักระดับความเสี่ยงนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(RISKS)}", "risk")
    return risk


def change(counter: Counter, actor: Actor, key: str, **texts: str) -> None:
    """Say more about it; what is not named stays. risk: one of RISKS."""
    risk = texts.pop("risk", None)
    _put(counter, actor, key, {**_checked(texts), **({"risk": _checked_risk(risk)} if risk is not None else {})})


def told(counter: Counter, actor: Actor, key: str, whom: str) -> None:
    """Note that the commission ("commission") or the persons concerned ("people") were told now."""
    names = {"commission": "told_at", "people": "people_told_at"}
    if whom not in names:
        raise Refused("whom", "ไม่รู้จักผู้รับแจ้งนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(names)}", "whom")
    _put(counter, actor, key, {}, names[whom])


def close(counter: Counter, actor: Actor, key: str) -> None:
    """All is done. Refused while the risk is unknown, or those have not been told who must be."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        found = _breach(connection, _of(connection, key), counter.clock.now())
    if found.risk == "unknown":
        raise Refused("risk", "ยังไม่ได้ประเมินความเสี่ยง", "เลือกระดับความเสี่ยงก่อนปิดเหตุ", "risk")
    if found.risk in ("risk", "high") and found.told_at is None:
        raise Refused("told_at", "ยังไม่ได้แจ้ง สคส.", "แจ้ง สคส. แล้วบันทึกว่าแจ้ง ก่อนปิดเหตุ", "told_at")
    if found.risk == "high" and found.people_told_at is None:
        raise Refused("people_told_at", "ยังไม่ได้แจ้งเจ้าของข้อมูล", "แจ้งเจ้าของข้อมูลแล้วบันทึกว่าแจ้ง ก่อนปิดเหตุ", "people_told_at")
    _put(counter, actor, key, {}, "closed_at")


def form(counter: Counter, actor: Actor, key: str) -> BreachForm:
    """The form that tells the commission; that it was made is recorded."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.write(actor.username) as work:
        found = _breach(work.connection, _of(work.connection, key), counter.clock.now())
        work.audit("breach_form", key)
    return BreachForm(counter.office, found, actor.full_name, actor.position)


def listing(counter: Counter, actor: Actor) -> list[Breach]:
    """All of them, open ones first, then the newest."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        found = every(connection, counter.clock.now())
    return sorted(found, key=lambda one: (one.closed_at is None, one.found_at), reverse=True)


def every(connection: Connection, now: datetime) -> list[Breach]:
    """The same for the status bar, which asks for nobody."""
    return [_breach(connection, record, now) for record in office_records.living(connection, KIND)]


def warning(connection: Connection, now: datetime) -> str:
    """What the status bar says while a clock runs; "" where none does."""
    running = [one for one in every(connection, now) if one.tone in ("warn", "bad")]
    return min(running, key=lambda one: one.due_at).clock if running else ""


def _now(connection: Connection, here: datetime, since: datetime | None = None) -> datetime:
    """The server's time where it is known, and never before `since`: a clock set back lengthens no period."""
    now = here + timedelta(milliseconds=int(meta_get(connection, "clock_offset_ms", "0")))
    return max(now, since) if since is not None else now


def _put(counter: Counter, actor: Actor, key: str, change: Mapping[str, Any], moment: str = "") -> None:
    """moment: the part that says when this was, which is now."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.write(actor.username) as work:
        record = _of(work.connection, key)
        if record.document.get("closed_at"):
            raise Refused("state", "เหตุนี้ปิดแล้ว", "บันทึกเหตุใหม่ถ้าพบเพิ่ม", "key")
        now = _now(work.connection, counter.clock.now(), record.changed_at)
        at = {moment: milliseconds(now)} if moment else {}
        office_records.put(work, KIND, key, {**record.document, **change, **at})


def _checked(texts: Mapping[str, str], *needed: str) -> dict[str, str]:
    return {
        name: clean_text(
            texts.get(name, ""), name, label=label, max_length=most, multiline=True, required=name in needed
        )
        for name, (label, most) in TEXTS.items()
        if name in texts or name in needed
    }


def _of(connection: Connection, key: str) -> Record:
    record = office_records.get(connection, KIND, key)
    if record is None or office_records.is_destroyed(record):
        raise Refused("breach_unknown", "ไม่พบเหตุละเมิดนี้", "เปิดรายการใหม่แล้วเลือกอีกครั้ง", "key")
    return record


def _breach(connection: Connection, record: Record, now: datetime) -> Breach:
    document = record.document
    found = instant(document["found_at"])
    due = found + timedelta(hours=privacy_guide.period(connection, privacy_guide.BREACH))
    told, closed = _instant(document, "told_at"), _instant(document, "closed_at")
    tone, clock = _clock(document["risk"], due, told, closed, _now(connection, now, record.changed_at))
    texts = {name: document.get(name, "") for name in TEXTS}
    return Breach(
        record.key, found, due, **texts, risk=document["risk"], risk_text=RISKS[document["risk"]], told_at=told,
        people_told_at=_instant(document, "people_told_at"), closed_at=closed, tone=tone, clock=clock,
    )  # fmt: skip


def _clock(risk: str, due: datetime, told: datetime | None, closed: datetime | None, now: datetime) -> tuple[str, str]:
    if closed is not None:
        return "good", "ปิดเหตุแล้ว"
    if told is not None:
        return "plain", "แจ้ง สคส. แล้ว ยังไม่ปิดเหตุ"
    if risk == "none":
        return "plain", "ไม่มีความเสี่ยง ไม่ต้องแจ้ง สคส. ยังไม่ปิดเหตุ"
    minutes = int((due - now).total_seconds() // 60)
    if minutes < 0:
        return "bad", f"เลยเวลาแจ้ง สคส. {-minutes // 60:,} ชั่วโมง {-minutes % 60} นาที"
    return "warn", f"แจ้ง สคส. ภายใน {minutes // 60} ชั่วโมง {minutes % 60} นาที"


def _moment(day: str, clock: str) -> datetime:
    on = thai_date.parse_date(day, field="found_on")
    hour, _, minute = thai_date.to_arabic_digits(clock).strip().replace(".", ":").partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise Refused("found_time", "เวลาที่พบเหตุไม่ถูกต้อง", "ใส่เวลา เช่น 13:30", "found_time")
    return datetime.combine(on, time(int(hour), int(minute)), thai_date.BANGKOK)


def _instant(document: Mapping[str, Any], name: str) -> datetime | None:
    return instant(document[name]) if document.get(name) else None
