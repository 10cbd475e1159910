"""Who may do what: with each service (app/domain/grants.py) and beyond. Every service function asks here.

What a person holds is worked out at sign-in (app/services/staff.py) and carried by the Actor; an Actor made without it
holds what the template of its role says.
"""

from collections.abc import Mapping

from app.domain import grants
from app.domain.errors import Refused
from app.services import role_templates
from app.services.model import Actor

VIEW, CREATE, EDIT, APPROVE = "view", "create", "edit", "approve"
RECEIVE_MONEY = "receive_money"
"""Take money and issue receipts."""
PRINT, REPORT = "print", "report"
UNMASK = "unmask"
"""See a whole citizen number, passport number or telephone number."""
MERGE_PEOPLE = "merge_people"
"""Join two persons of the register, or part them again."""
VIEW_RESTRICTED = "view_restricted"
"""Read and work on cases of restricted types (complaints of corruption)."""
APPROVE_VOID = "approve_void"
"""Approve that somebody else's receipt is cancelled."""
REPRINT_RECEIPT = "reprint_receipt"
"""Print a receipt a second time, as a counted copy."""
MANAGE_BOOKS = "manage_books"
"""Draw, close and retire receipt books."""
WAIVE_LATE = "waive_late"
"""Enter orders that waive what a late payment has added."""
OFFICE_SETTINGS = "office_settings"
"""Change the office's settings."""
HR_RECORDS = "hr_records"
"""Keep the list of staff for LHR and put their records right."""
READ_AUDIT = "read_audit"
"""Read and export what everybody did, and check the chain."""
KEEP_PRIVACY = "keep_privacy"
"""Keep requests of data subjects, breaches, the record of processing and retention."""
APPROVE_DESTRUCTION = "approve_destruction"
"""Approve what somebody else has listed for destruction."""
RECORDS = (READ_AUDIT, KEEP_PRIVACY, APPROVE_DESTRUCTION)
"""Each opens a part of the page of records."""
MANAGE_STAFF = "manage_staff"
"""Keep accounts, rights and appointment orders."""

GENERAL: Mapping[str, str] = {
    MERGE_PEOPLE: "รวมหรือแยกประวัติบุคคล",
    VIEW_RESTRICTED: "ดูเรื่องที่จำกัดผู้เข้าถึง",
    APPROVE_VOID: "อนุมัติการยกเลิกใบเสร็จ",
    REPRINT_RECEIPT: "พิมพ์ใบเสร็จซ้ำ",
    MANAGE_BOOKS: "เบิกและปิดเล่มใบเสร็จ",
    WAIVE_LATE: "บันทึกคำสั่งลดเงินเพิ่มหรือเบี้ยปรับ",
    OFFICE_SETTINGS: "ตั้งค่าหน่วยงาน",
    HR_RECORDS: "ดูแลทะเบียนประวัติบุคลากร (LHR)",
    READ_AUDIT: "ดูบันทึกการใช้งาน",
    KEEP_PRIVACY: "ดูแลงานข้อมูลส่วนบุคคล",
    APPROVE_DESTRUCTION: "อนุมัติการทำลายข้อมูล",
    MANAGE_STAFF: "จัดการผู้ใช้และสิทธิ์",
}
"""Rights beyond the services."""
RIGHTS: Mapping[str, str] = {
    VIEW: "ดูเรื่อง",
    CREATE: "ลงรับเรื่อง",
    EDIT: "แก้ไขและดำเนินการเรื่อง",
    APPROVE: "อนุมัติ",
    RECEIVE_MONEY: "รับเงินและออกใบเสร็จ",
    PRINT: "พิมพ์เอกสาร",
    REPORT: "ออกรายงาน",
    UNMASK: "ดูเลขประจำตัวและเบอร์โทรศัพท์ฉบับเต็ม",
    **GENERAL,
}
ALWAYS_ADMIN = frozenset({OFFICE_SETTINGS, MANAGE_STAFF})
"""What nobody can take from an administrator: otherwise an office could lock itself out."""


def templates() -> Mapping[str, role_templates.RoleTemplate]:
    """The role templates by their codes."""
    return role_templates.templates(tuple(GENERAL))


def of_template(code: str) -> frozenset[str]:
    """What a template gives; nothing for one that this program does not know."""
    found = templates().get(code)
    if found is None:
        return frozenset()
    return frozenset({f"{verb}:{grants.EVERY}" for verb in found.may} | set(found.general))


def held(actor: Actor) -> frozenset[str]:
    """The rights that the person holds."""
    return of_template(actor.role) if actor.held is None else actor.held


def may(actor: Actor, right: str, service: str = "") -> bool:
    """Whether the person has this right; for a right with services without one: with any of them."""
    return grants.allows(held(actor), right, service)


def require(actor: Actor, right: str, service: str = "", named: str = "") -> None:
    """Refused "right_needed" where the person does not have it. named: the Thai name of the service."""
    if not may(actor, right, service):
        of = f"ของบริการ{named}" if named else ""
        raise Refused("right_needed", f"ไม่มีสิทธิ์{RIGHTS[right]}{of}", "ขอให้ผู้ดูแลระบบหรือผู้ที่มีสิทธิ์เป็นผู้ทำรายการ", "as")


def why_not(actor: Actor, *wanted: str) -> str:
    """What to say on a button that the person may not use: "" where one of the rights is held."""
    if not wanted or any(may(actor, right) for right in wanted):
        return ""
    return f"ไม่มีสิทธิ์{RIGHTS[wanted[0]]}"
