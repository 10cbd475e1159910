"""What the office's log says about its cases: one row a case, for citizens' pages and for the check of numbers.

A batch is first gone through in memory, event by event, against what the tables hold about its records and runs; what
follows from it is written at the end in a few statements. An event of a kind that this server does not know, from a
newer counter, is kept in the log and changes nothing here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from app.domain import (
    case_way,
    destruction,
    office_changes,
    permit_number,
    petition_states,
    receiving_number,
    request_number,
)
from app.domain.errors import Refused
from sync.protocol import Event
from sync.server import offices, tables
from sync.server.accounts import CHANGED, Accounts
from sync.server.database import insert_all
from sync.server.files import uploads
from sync.server.known import Known, Payload
from sync.server.receipts import Receipts

case, void = tables.case, tables.number_void


class Projection:
    """The cases and voids of one batch of one device. The office is locked while it lives."""

    def __init__(
        self, connection: Connection, device: Row[Any], events: Sequence[tuple[Event, Payload]], known: Known
    ) -> None:
        self.connection = connection
        self.device = device
        self.blocks = known.blocks
        self.standing = known.cases
        self._kinds: dict[str, str] | None = None
        self.taken, self.voided = known.taken, known.voided
        self.new: dict[bytes, dict[str, Any]] = {}
        self.changed: dict[bytes, dict[str, Any]] = {}
        self.new_voids: list[dict[str, Any]] = []
        self.files: dict[bytes, int] = {}
        self.settings_changed = False
        told = [(event, payload) for event, payload in events if event.kind in MONEY]
        self.receipts = Receipts(connection, device, told)
        self.accounts = Accounts(connection, device.office)

    def apply(self, event: Event, payload: Payload) -> None:
        """Bring the projection up to this event. Refused, with a reason for the clerk, when it cannot be true."""
        if payload.get("office_code", self.device.office) != self.device.office:
            raise Refused("office_mismatch", "รายการนี้เป็นของ อปท. อื่น", "แจ้งผู้ดูแลระบบ")
        handler = KINDS.get(event.kind)
        if handler is not None:
            handler(self, event, payload)

    def write(self) -> None:
        """Write what the batch has changed."""
        if self.new:
            insert_all(self.connection, case, list(self.new.values()))
        for values in self.changed.values():
            self.connection.execute(_update(frozenset(values)), values)
        self.receipts.write()
        if self.new_voids:
            insert_all(self.connection, void, self.new_voids)
        uploads.expect(self.connection, self.device.office, self.files)

    def kind_of(self, service: str) -> str:
        """ "petition", "permit" or "filing": by the office's own definitions; "petition" for a service unknown here."""
        if self._kinds is None:
            definitions = offices.settings(self.connection, self.device.office).services
            self._kinds = {str(one.get("code")): str(one.get("kind")) for one in definitions}
        kind = self._kinds.get(service, "")
        return kind if kind in petition_states.TABLES else "petition"

    def change(self, record: bytes, values: dict[str, Any]) -> None:
        """Note new values of a case."""
        if record in self.new:
            self.new[record] |= values
            return
        changed = self.changed.setdefault(record, {"its_office": self.device.office, "its_record": record})
        changed |= values

    def number_of(self, record: bytes) -> str:
        """The number of a case, "" for a record that is none."""
        if record in self.new:
            return str(self.new[record]["number"])
        asked = select(case.c.number).where(case.c.office == self.device.office, case.c.record == record)
        return str(self.connection.execute(asked).scalar() or "")

    def holds_of(self, keys: Sequence[str]) -> bool:
        """Whether a legal hold stands on one of these numbers or keys, as far as the office's log tells."""
        return any(self.accounts.held(key) for key in set(keys) if key)

    def holds(self, series: str, run: int) -> bool:
        """Whether the run lies inside a block of this device."""
        return any(name == series and first <= run <= last for name, first, last in self.blocks)


def _registered(cases: Projection, event: Event, payload: Payload) -> None:
    number = request_number.parse(_text(payload, "number"))
    if number.text != payload["number"]:
        raise Refused("number_form", "เลขคำร้องไม่อยู่ในรูปที่กำหนด", "แจ้งผู้ดูแลระบบ")
    if not cases.holds(number.series, number.run):
        raise Refused(
            "number_not_leased", f"เลข {number.text} ไม่อยู่ในชุดเลขที่จัดสรรให้เครื่องนี้", "แจ้งผู้ดูแลระบบให้ตรวจทะเบียนชุดเลข"
        )
    run = (number.series, number.run)
    if run in cases.taken or event.record in cases.standing:
        raise Refused("number_taken", f"เลข {number.text} หรือเรื่องนี้ลงทะเบียนไว้แล้ว", "แจ้งผู้ดูแลระบบ ห้ามออกเลขนี้ซ้ำ")
    if run in cases.voided:
        raise Refused("number_voided", f"เลข {number.text} ถูกยกเลิกไปแล้ว", "แจ้งผู้ดูแลระบบ ห้ามออกเลขนี้ซ้ำ")
    cases.new[event.record] = _case_row(cases.device, event, payload, number)
    cases.taken.add(run)
    cases.standing[event.record] = (_text(payload, "service"), _text(payload, "status"))


def _case_row(device: Row[Any], event: Event, payload: Payload, number: request_number.RequestNumber) -> dict[str, Any]:
    document = _part(payload, "document")
    return {
        "office": device.office,
        "series": number.series,
        "run": number.run,
        "number": number.text,
        "record": event.record,
        "device": device.id,
        "service": _text(payload, "service"),
        "status": _text(payload, "status"),
        "status_at": event.at,
        "registered_at": event.at,
        "due_on": _text(payload, "due_on"),
        "division": _text(payload, "division"),
        "division_name": _text(document, "division"),
        "last4": _last4(_part(document, "applicant")) or _text(_part(document, "filed_by"), "phone")[-4:],
    }


def _status_changed(cases: Projection, event: Event, payload: Payload) -> None:
    """A step that the table does not have is refused. One that another counter forestalled is taken and changes nothing
    (app/domain/case_way.py): it is in the log, and every timeline shows it."""
    if event.record not in cases.standing:
        raise Refused("case_unknown", "เครื่องแม่ข่ายกลางยังไม่มีเรื่องนี้", "ส่งรายการลงทะเบียนของเรื่องนี้ให้สำเร็จก่อน")
    service, status = cases.standing[event.record]
    to = _text(payload, "to")
    if not to:
        raise Refused("status_missing", "รายการเปลี่ยนสถานะไม่มีสถานะใหม่", "แจ้งผู้ดูแลระบบ")
    division = _text(payload, "division")
    somewhere = bool(division or _text(payload, "agency"))
    kind = cases.kind_of(service)
    petition_states.check_step(
        _text(payload, "from"), to, kind, note=_text(payload, "note").strip(), somewhere=somewhere
    )
    if case_way.outcome(status, kind, event.kind, payload) != case_way.COUNTED:
        return
    values: dict[str, Any] = {"status": to, "status_at": event.at}
    if division:
        values |= {"division": division, "division_name": _text(payload, "division_name")}
    if payload.get("due_on"):
        values["due_on"] = _text(payload, "due_on")
    cases.standing[event.record] = (service, to)
    cases.change(event.record, values)


def _assignment_changed(cases: Projection, event: Event, payload: Payload) -> None:
    if event.record not in cases.standing:
        raise Refused("case_unknown", "เครื่องแม่ข่ายกลางยังไม่มีเรื่องนี้", "ส่งรายการลงทะเบียนของเรื่องนี้ให้สำเร็จก่อน")
    if payload.get("division"):
        cases.change(
            event.record, {"division": _text(payload, "division"), "division_name": _text(payload, "division_name")}
        )


def _number_voided(cases: Projection, event: Event, payload: Payload) -> None:
    series, run = _text(payload, "series"), payload.get("run")
    if not isinstance(run, int) or isinstance(run, bool):
        raise Refused("void_form", "รายการยกเลิกเลขไม่มีลำดับเลข", "แจ้งผู้ดูแลระบบ")
    if not cases.holds(series, run):
        raise Refused("number_not_leased", "เลขที่ยกเลิกไม่อยู่ในชุดเลขที่จัดสรรให้เครื่องนี้", "แจ้งผู้ดูแลระบบ")
    if (series, run) in cases.voided:
        return
    values = {"office": cases.device.office, "series": series, "run": run, "reason": _text(payload, "reason")}
    cases.new_voids.append({**values, "by": event.by, "at": event.at})
    cases.voided.add((series, run))


def _receiving_numbered(cases: Projection, event: Event, payload: Payload) -> None:
    """Kept in the log only; refused where two papers might come to carry one number."""
    series, run = _text(payload, "series"), payload.get("run")
    if not isinstance(run, int) or isinstance(run, bool) or not receiving_number.is_series(series):
        raise Refused("receiving_form", "รายการลงทะเบียนรับไม่มีเลขที่รับ", "แจ้งผู้ดูแลระบบ")
    if not cases.holds(series, run):
        raise Refused("number_not_leased", "เลขที่รับไม่อยู่ในชุดเลขที่จัดสรรให้เครื่องนี้", "แจ้งผู้ดูแลระบบให้ตรวจทะเบียนชุดเลข")


def _permit_numbered(cases: Projection, event: Event, payload: Payload) -> None:
    """The same for the number of a permit."""
    series, run = _text(payload, "series"), payload.get("run")
    if not isinstance(run, int) or isinstance(run, bool) or not permit_number.is_series(series):
        raise Refused("permit_form", "รายการหนังสืออนุญาตไม่มีเลขที่", "แจ้งผู้ดูแลระบบ")
    if not cases.holds(series, run):
        title = "เลขที่หนังสืออนุญาตไม่อยู่ในชุดเลขที่จัดสรรให้เครื่องนี้"
        raise Refused("number_not_leased", title, "แจ้งผู้ดูแลระบบให้ตรวจทะเบียนชุดเลข")


def _attached(cases: Projection, _event: Event, payload: Payload) -> None:
    sha256, size = uploads.content_of(payload)
    cases.files[sha256] = size


def _office_changed(cases: Projection, event: Event, payload: Payload) -> None:
    """What a counter changed in the office's settings: a new revision, which every counter gets with its next sync."""
    cases.accounts.require_admin(event.by)
    offices.change(cases.connection, cases.device.office, office_changes.check(payload.get("changes")))
    cases.settings_changed = True


def _office_record(cases: Projection, event: Event, payload: Payload) -> None:
    cases.accounts.changed(event, payload)


def _receipt_issued(cases: Projection, event: Event, payload: Payload) -> None:
    if event.record not in cases.standing:
        raise Refused("case_unknown", "เครื่องแม่ข่ายกลางยังไม่มีเรื่องนี้", "ส่งรายการลงทะเบียนของเรื่องนี้ให้สำเร็จก่อน")
    cases.receipts.issued(event, payload)


def _receipt_voided(cases: Projection, event: Event, payload: Payload) -> None:
    cases.receipts.void(event, payload)
    service, status = cases.standing.get(event.record, ("", ""))
    to = _text(payload, "to")
    if to and case_way.outcome(status, cases.kind_of(service), event.kind, payload) == case_way.COUNTED:
        cases.standing[event.record] = (service, to)
        cases.change(event.record, {"status": to, "status_at": event.at})


def _book_entered(cases: Projection, event: Event, payload: Payload) -> None:
    cases.receipts.entered(event, payload)


MONEY = ("receipt_issued", "receipt_voided", "receipt_book_entered")


def _corrected(cases: Projection, event: Event, payload: Payload) -> None:
    """The newest telephone number proves a citizen, as it is the one that he is told by."""
    changes = _part(payload, "fields")
    for change in changes.values():
        if not isinstance(change, dict) or not isinstance(change.get("value"), str):
            raise Refused("payload", "ข้อมูลการแก้ไขของรายการผิดรูปแบบ", "แจ้งผู้ดูแลระบบ")
    phone = changes.get("applicant.phone", {}).get("value", "")
    if phone and event.record in cases.standing:
        cases.change(event.record, {"last4": phone[-4:]})


def _chosen(cases: Projection, event: Event, payload: Payload) -> None:
    change = {"value": _text(payload, "value")}
    _corrected(cases, event, {"fields": {_text(payload, "field"): change}})


def _destroyed(cases: Projection, event: Event, payload: Payload) -> None:
    """Two people of the office have to stand behind it; what goes from the log is the intake's business."""
    destruction.check(payload)
    held = cases.holds_of([_text(payload, "number"), cases.number_of(event.record)])
    if held:
        raise Refused("destruction_held", "เรื่องนี้ระงับการทำลายอยู่", "ดูรายการระงับการทำลาย ข้อมูลที่ส่วนกลางและเครื่องอื่นยังอยู่")


def _record_destroyed(cases: Projection, event: Event, payload: Payload) -> None:
    destruction.check_record(event.record, payload)
    if cases.holds_of([_text(payload, "key")]):
        raise Refused("destruction_held", "รายการนี้ระงับการทำลายอยู่", "ดูรายการระงับการทำลาย ข้อมูลที่ส่วนกลางและเครื่องอื่นยังอยู่")


KINDS: Mapping[str, Callable[[Projection, Event, Payload], None]] = {
    "petition_registered": _registered,
    "filing_registered": _registered,
    "status_changed": _status_changed,
    "assignment_changed": _assignment_changed,
    "number_voided": _number_voided,
    "receipt_issued": _receipt_issued,
    "receipt_voided": _receipt_voided,
    "receipt_book_entered": _book_entered,
    "receiving_numbered": _receiving_numbered,
    "permit_numbered": _permit_numbered,
    office_changes.KIND: _office_changed,
    "attachment_added": _attached,
    "office_file_added": _attached,
    CHANGED: _office_record,
    "case_corrected": _corrected,
    "conflict_chosen": _chosen,
    destruction.KIND: _destroyed,
    destruction.RECORD_KIND: _record_destroyed,
}


def _update(columns: frozenset[str]) -> Any:
    """The statement that changes these columns of a case; built once each."""
    statement = UPDATES.get(columns)
    if statement is None:
        statement = UPDATES[columns] = (
            update(case)
            .where(case.c.office == bindparam("its_office"), case.c.record == bindparam("its_record"))
            .values({name: bindparam(name) for name in columns if not name.startswith("its_")})
        )
    return statement


UPDATES: dict[frozenset[str], Any] = {}


def _text(payload: Payload, key: str) -> str:
    value = payload.get(key, "")
    if not isinstance(value, str):
        raise Refused("payload", f"ข้อมูล {key} ของรายการผิดรูปแบบ", "แจ้งผู้ดูแลระบบ")
    return value


def _part(payload: Payload, key: str) -> Payload:
    value = payload.get(key, {})
    if not isinstance(value, dict):
        raise Refused("payload", f"ข้อมูล {key} ของรายการผิดรูปแบบ", "แจ้งผู้ดูแลระบบ")
    return value


def _last4(applicant: Payload) -> str:
    """What a citizen proves himself with: the phone's last four digits, else those of the citizen number."""
    return (_text(applicant, "phone") or _text(applicant, "citizen_id"))[-4:]
