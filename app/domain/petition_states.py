"""The states of a case, their Thai names, and which may follow which: one explicit table for each kind of service."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.errors import Refused

Table = Mapping[str, tuple[str, tuple[str, ...]]]
"""State -> (Thai text, states that may follow)."""

# Beside the steps of the state model (design: services, 2.6): who asked may withdraw in every open state, and say that
# it is not yet in order also after a rating (docs/adr/0014).
PETITION: Final[Table] = MappingProxyType(
    {
        "draft": ("ร่าง", ("new", "discarded")),
        "new": ("คำร้องใหม่", ("received", "rejected", "cancelled")),
        "received": ("รับเรื่องแล้ว", ("assigned", "forwarded", "rejected", "cancelled")),
        "assigned": ("มอบหมายแล้ว", ("in_progress", "forwarded", "cancelled")),
        "in_progress": ("กำลังดำเนินการ", ("waiting_info", "forwarded", "done", "cancelled")),
        "waiting_info": ("รอเอกสาร/ข้อมูลเพิ่มเติม", ("in_progress", "cancelled")),
        "forwarded": ("ส่งต่อหน่วยงานอื่น", ("received", "closed_external", "cancelled")),
        "done": ("ดำเนินการแล้ว", ("reopened", "rated")),
        "reopened": ("ผู้ร้องแจ้งว่ายังไม่เรียบร้อย", ("in_progress", "cancelled")),
        "rated": ("ประเมินความพึงพอใจแล้ว", ("reopened",)),
        "closed_external": ("หน่วยงานอื่นดำเนินการ", ()),
        "rejected": ("ไม่รับเรื่อง", ()),
        "cancelled": ("ยกเลิกโดยผู้ร้อง", ()),
        "discarded": ("ทิ้งร่างแล้ว", ()),
    }
)

PERMIT: Final[Table] = MappingProxyType(
    {
        "draft": ("ร่าง", ("received", "discarded")),
        "received": ("รับคำขอแล้ว", ("document_check", "cancelled")),
        "document_check": ("ตรวจเอกสาร", ("officer_opinion", "waiting_info", "rejected", "cancelled")),
        "waiting_info": ("รอเอกสาร/ข้อมูลเพิ่มเติม", ("document_check", "rejected", "cancelled")),
        "officer_opinion": ("เจ้าหน้าที่เสนอความเห็น", ("approved", "rejected", "cancelled")),
        "approved": ("อนุญาต รอชำระค่าธรรมเนียม", ("fee_paid", "cancelled")),
        "fee_paid": ("ชำระค่าธรรมเนียมแล้ว", ("permit_issued",)),
        "permit_issued": ("ออกหนังสืออนุญาตแล้ว", ("expired",)),
        "expired": ("สิ้นสุดระยะเวลาอนุญาต", ("removed_confirmed", "removal_overdue")),
        "removal_overdue": ("เกินกำหนดรื้อถอน", ("removed_confirmed",)),
        "removed_confirmed": ("รื้อถอนแล้ว", ()),
        "rejected": ("ไม่อนุญาต", ()),
        "cancelled": ("ยกเลิกโดยผู้ขอ", ()),
        "discarded": ("ทิ้งร่างแล้ว", ()),
    }
)

FILING: Final[Table] = MappingProxyType(
    {
        "draft": ("ร่าง", ("submitted", "discarded")),
        "submitted": ("ยื่นแบบแล้ว", ("returned_for_fix", "assessed", "cancelled")),
        "returned_for_fix": ("ส่งคืนให้แก้ไข", ("submitted", "cancelled")),
        "assessed": ("ประเมินแล้ว", ("awaiting_payment", "returned_for_fix", "cancelled")),
        "awaiting_payment": ("รอชำระเงิน", ("paid", "cancelled")),
        "paid": ("ชำระเงินแล้ว", ("receipted",)),
        "receipted": ("ออกใบเสร็จแล้ว", ()),
        "cancelled": ("ยกเลิก", ()),
        "discarded": ("ทิ้งร่างแล้ว", ()),
    }
)

TABLES: Final[Mapping[str, Table]] = MappingProxyType({"petition": PETITION, "permit": PERMIT, "filing": FILING})
"""By the kind of the service definition."""

_NEEDS_REASON: Final = frozenset({"rejected", "cancelled", "returned_for_fix", "reopened"})
_NEEDS_DIVISION: Final = frozenset({"forwarded"})
_ASKED_OF_CITIZEN: Final = frozenset({"waiting_info", "returned_for_fix"})
_TOLD_TO_CITIZEN: Final = _NEEDS_REASON | _ASKED_OF_CITIZEN
_GRANTED: Final = frozenset({"permit_issued", "expired"})
_DONE: Final = frozenset({"done", "rated"})
"""Closed, and yet to be reopened."""
_CLOCK_STOPS: Final = _ASKED_OF_CITIZEN | _DONE

_PAYMENT_WAY: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "permit": {"approved": ("fee_paid",)},
        "filing": {
            "submitted": ("assessed", "awaiting_payment", "paid", "receipted"),
            "assessed": ("awaiting_payment", "paid", "receipted"),
            "awaiting_payment": ("paid", "receipted"),
        },
    }
)
_DECISIONS: Final = frozenset({"approved", "rejected", "permit_issued"})
_UNPAID: Final[Mapping[str, str]] = MappingProxyType(
    {"fee_paid": "approved", "paid": "awaiting_payment", "receipted": "awaiting_payment"}
)


def payment_way(state: str, kind: str) -> tuple[str, ...]:
    """The states that a case of this kind goes through when it is paid; empty where no money may be taken now."""
    return _PAYMENT_WAY.get(kind, {}).get(state, ())


def states_to_pay(kind: str) -> tuple[str, ...]:
    """The states in which money may be taken."""
    return tuple(_PAYMENT_WAY.get(kind, {}))


def needs_receipt(state: str) -> bool:
    """Whether the state says that money came: only a receipt leads there."""
    return state in _UNPAID


def unpaid_state(state: str) -> str:
    """Where a paid case goes back to when its receipt is cancelled; "" for a state that does not say paid."""
    return _UNPAID.get(state, "")


def approves(state: str, kind: str) -> bool:
    """Whether the step to this state is a decision that wants the right to approve."""
    return kind == "permit" and state in _DECISIONS


def is_state(state: str, kind: str = "petition") -> bool:
    """Whether cases of this kind know the state."""
    return state in TABLES[kind]


def text(state: str, kind: str = "petition") -> str:
    """The Thai name of a state as citizens read it; an unknown state, from a newer program, is shown as it is."""
    entry = TABLES[kind].get(state)
    return entry[0] if entry else state


def next_states(state: str, kind: str = "petition") -> tuple[tuple[str, str], ...]:
    """The steps that may follow: (state, Thai text)."""
    entry = TABLES[kind].get(state)
    return tuple((following, text(following, kind)) for following in entry[1]) if entry else ()


def is_closed(state: str, kind: str = "petition") -> bool:
    """Whether work on the case has ended; a petition that is done or rated may still be reopened."""
    return state in _DONE or not next_states(state, kind)


def is_finished(state: str, kind: str = "petition") -> bool:
    """Whether no time limit runs any more: closed, or what was asked for has been granted."""
    return state in _GRANTED or is_closed(state, kind)


def needs_reason(state: str) -> bool:
    """Whether the step into this state must say why."""
    return state in _NEEDS_REASON


def needs_division(state: str) -> bool:
    """Whether the step into this state must say to which division or agency."""
    return state in _NEEDS_DIVISION


def clock_stops(state: str) -> bool:
    """Whether the time limit pauses in this state: the citizen owes papers, or may still say that it is not done."""
    return state in _CLOCK_STOPS


def told_to_citizen(state: str) -> bool:
    """Whether the note of the step into this state is meant for the citizen unless the clerk says otherwise."""
    return state in _TOLD_TO_CITIZEN


def check_step(from_: str, to: str, kind: str, *, note: str, somewhere: bool) -> None:
    """Refused unless the table allows the step and it brings what it must.

    somewhere: a division or an agency outside is named.
    """
    check_transition(from_, to, kind)
    if needs_reason(to) and not note:
        raise Refused("reason_needed", "ต้องระบุเหตุผลของสถานะนี้", "พิมพ์เหตุผลให้ผู้ร้องเข้าใจ แล้วบันทึกอีกครั้ง", "note")
    if needs_division(to) and not somewhere:
        hint = "เลือกสำนัก/กองที่รับเรื่องต่อ หรือพิมพ์ชื่อหน่วยงานภายนอก"
        raise Refused("division_needed", "ต้องระบุหน่วยงานที่ส่งต่อ", hint, "division")


def check_transition(from_: str, to: str, kind: str = "petition") -> None:
    """Refused "unknown_state" or "transition" unless the table allows the step."""
    if not is_state(to, kind):
        known = ", ".join(TABLES[kind])
        raise Refused("unknown_state", "ไม่มีสถานะนี้", f"โปรดเลือกจาก: {known}", "state")
    following = next_states(from_, kind)
    if any(state == to for state, _ in following):
        return
    allowed = ", ".join(f"{name} ({state})" for state, name in following)
    hint = f"ขั้นตอนถัดไปที่เลือกได้: {allowed}" if allowed else "เรื่องนี้สิ้นสุดแล้ว หากมีเรื่องใหม่โปรดลงรับเป็นคำร้องใหม่"
    title = f"เปลี่ยนสถานะจาก “{text(from_, kind)}” เป็น “{text(to, kind)}” ไม่ได้"
    raise Refused("transition", title, hint, "state")
