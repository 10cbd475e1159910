"""The record of processing activities (PDPA, section 39): what the office does with personal data, on whose behalf and
how long, with the requests it refused. It begins with what the program's own services do."""

from dataclasses import dataclass
from datetime import date

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import data_requests, office_records, privacy_guide, rights
from app.services.counter import Counter
from app.services.model import Actor

KIND = "processing"
PARTS = {
    "activity": "กิจกรรม",
    "purpose": "วัตถุประสงค์",
    "basis": "ฐานทางกฎหมาย",
    "subjects": "เจ้าของข้อมูล",
    "data": "ข้อมูลที่เก็บ",
    "recipients": "ผู้รับข้อมูล",
    "retention": "ระยะเวลาเก็บ",
    "security": "มาตรการรักษาความปลอดภัย",
}


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity, with the parts of PARTS. own: whether the office has put it in its own words."""

    key: str
    activity: str
    purpose: str
    basis: str
    subjects: str
    data: str
    recipients: str
    retention: str
    security: str
    own: bool


@dataclass(frozen=True, slots=True)
class ProcessingRecord:
    """The whole record on a day. refused: requests refused, each (day, kind, reason), nobody by name."""

    office: str
    contact: str
    as_of: date
    activities: tuple[Activity, ...]
    refused: tuple[tuple[date, str, str], ...]


def record(counter: Counter, actor: Actor) -> ProcessingRecord:
    """The record as it stands."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        own = {found.key: found.document for found in office_records.listing(connection, KIND)}
    begun = {row["key"]: row for row in privacy_guide.texts()["processing"]}
    activities = tuple(
        Activity(key, **{part: str(parts[part]) for part in PARTS}, own=key in own)
        for key, parts in {**begun, **own}.items()
        if not parts.get("left")
    )
    refused = tuple(
        (one.closed_on or one.received_on, one.title, one.answer)
        for one in data_requests.listing(counter, actor)
        if one.state == data_requests.REFUSED
    )
    return ProcessingRecord(
        counter.office.name, counter.office.phone, thai_date.local(counter.clock.now()).date(), activities, refused
    )


def save(counter: Counter, actor: Actor, key: str, **parts: str) -> None:
    """Put an activity in the office's own words; what is not named stays, a new key is a new activity."""
    rights.require(actor, rights.KEEP_PRIVACY)
    if not (key.isascii() and key.replace("_", "").isalnum() and len(key) <= 40):
        raise Refused("key", "รหัสกิจกรรมใช้ได้เฉพาะตัวอักษรอังกฤษ ตัวเลข และ _", "เช่น cctv หรือ training", "key")
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        raise Refused("part", f"ไม่มีช่อง {unknown[0]}", f"ใช้ช่องใดช่องหนึ่งใน {', '.join(PARTS)}", unknown[0])
    known = next((one for one in record(counter, actor).activities if one.key == key), None)
    before = {part: getattr(known, part) if known else "" for part in PARTS}
    document = {
        part: clean_text(
            parts.get(part, before[part]), part, label=label, max_length=1_000, multiline=True,
            required=part in ("activity", "purpose", "basis"),
        )
        for part, label in PARTS.items()
    }  # fmt: skip
    office_records.save(counter, actor, KIND, key, document)


def remove(counter: Counter, actor: Actor, key: str) -> None:
    """The office does this no more; its entry stays in the past."""
    rights.require(actor, rights.KEEP_PRIVACY)
    known = next((one for one in record(counter, actor).activities if one.key == key), None)
    if known is None:
        raise Refused("activity_unknown", "ไม่พบกิจกรรมนี้", "เปิดรายการใหม่แล้วเลือกอีกครั้ง", "key")
    document = {part: getattr(known, part) for part in PARTS}
    office_records.save(counter, actor, KIND, key, {**document, "left": True})
