"""What the office's log says about its cases: one row a case, for citizens' pages and for the check of numbers.

An event of a kind that this server does not know, from a newer counter, is kept in the log and changes nothing here.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from app.domain import request_number
from app.domain.errors import Refused
from sync.protocol import Event
from sync.server import leases, tables

Payload = Mapping[str, Any]
Apply = Callable[[Connection, Row[Any], Event, Payload], None]

case = tables.case


def apply(connection: Connection, device: Row[Any], event: Event) -> None:
    """Bring the projection up to this event. Refused, with a reason for the clerk, when the event cannot be true."""
    payload: Payload = json.loads(event.payload)
    office = payload.get("office_code", device.office)
    if office != device.office:
        raise Refused("office_mismatch", "รายการนี้เป็นของ อปท. อื่น", "แจ้งผู้ดูแลระบบ")
    handler = KINDS.get(event.kind)
    if handler is not None:
        handler(connection, device, event, payload)


def _registered(connection: Connection, device: Row[Any], event: Event, payload: Payload) -> None:
    number = request_number.parse(_text(payload, "number"))
    if number.text != payload["number"]:
        raise Refused("number_form", "เลขคำร้องไม่อยู่ในรูปที่กำหนด", "แจ้งผู้ดูแลระบบ")
    if not leases.holds(connection, device.office, device.id, number.series, number.run):
        raise Refused(
            "number_not_leased", f"เลข {number.text} ไม่อยู่ในชุดเลขที่จัดสรรให้เครื่องนี้", "แจ้งผู้ดูแลระบบให้ตรวจทะเบียนชุดเลข"
        )
    _check_free(connection, device.office, number, event.record)
    document = _part(payload, "document")
    connection.execute(
        insert(case).values(
            office=device.office,
            series=number.series,
            run=number.run,
            number=number.text,
            record=event.record,
            device=device.id,
            service=_text(payload, "service"),
            status=_text(payload, "status"),
            status_at=event.at,
            registered_at=event.at,
            due_on=_text(payload, "due_on"),
            division=_text(payload, "division"),
            division_name=_text(document, "division"),
            last4=_last4(_part(document, "applicant")),
        )
    )


def _check_free(connection: Connection, office: str, number: request_number.RequestNumber, record: bytes) -> None:
    taken = connection.execute(
        select(case.c.number).where(
            case.c.office == office,
            ((case.c.series == number.series) & (case.c.run == number.run)) | (case.c.record == record),
        )
    ).first()
    if taken:
        raise Refused("number_taken", f"เลข {number.text} หรือเรื่องนี้ลงทะเบียนไว้แล้ว", "แจ้งผู้ดูแลระบบ ห้ามออกเลขนี้ซ้ำ")
    void = tables.number_void
    voided = connection.execute(
        select(void.c.run).where(void.c.office == office, void.c.series == number.series, void.c.run == number.run)
    ).first()
    if voided:
        raise Refused("number_voided", f"เลข {number.text} ถูกยกเลิกไปแล้ว", "แจ้งผู้ดูแลระบบ ห้ามออกเลขนี้ซ้ำ")


def _status_changed(connection: Connection, device: Row[Any], event: Event, payload: Payload) -> None:
    values: dict[str, Any] = {"status": _text(payload, "to"), "status_at": event.at}
    if not values["status"]:
        raise Refused("status_missing", "รายการเปลี่ยนสถานะไม่มีสถานะใหม่", "แจ้งผู้ดูแลระบบ")
    if payload.get("division"):
        values |= {"division": _text(payload, "division"), "division_name": _text(payload, "division_name")}
    found = connection.execute(
        update(case).where(case.c.office == device.office, case.c.record == event.record).values(values)
    )
    if not found.rowcount:
        raise Refused("case_unknown", "เซิร์ฟเวอร์กลางยังไม่มีเรื่องนี้", "ส่งรายการลงทะเบียนของเรื่องนี้ให้สำเร็จก่อน")


def _number_voided(connection: Connection, device: Row[Any], event: Event, payload: Payload) -> None:
    series, run = _text(payload, "series"), payload.get("run")
    if not isinstance(run, int) or isinstance(run, bool):
        raise Refused("void_form", "รายการยกเลิกเลขไม่มีลำดับเลข", "แจ้งผู้ดูแลระบบ")
    if not leases.holds(connection, device.office, device.id, series, run):
        raise Refused("number_not_leased", "เลขที่ยกเลิกไม่อยู่ในชุดเลขที่จัดสรรให้เครื่องนี้", "แจ้งผู้ดูแลระบบ")
    void = tables.number_void
    known = connection.execute(
        select(void.c.run).where(void.c.office == device.office, void.c.series == series, void.c.run == run)
    ).first()
    if not known:
        connection.execute(
            insert(void).values(
                office=device.office, series=series, run=run, reason=_text(payload, "reason"), by=event.by, at=event.at
            )
        )


KINDS: Mapping[str, Apply] = {
    "petition_registered": _registered,
    "filing_registered": _registered,
    "status_changed": _status_changed,
    "number_voided": _number_voided,
}


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
