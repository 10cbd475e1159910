"""Who may do what beyond the ordinary work of the counter. One table, so that an office can later set its own."""

from app.domain.errors import Refused
from app.services.model import Actor

UNMASK = "unmask"
"""See a whole citizen number, passport number or telephone number."""
MERGE_PEOPLE = "merge_people"
"""Join two persons of the register, or part them again."""
VIEW_RESTRICTED = "view_restricted"
"""Read and work on cases of restricted types (complaints of corruption)."""
RECEIVE_MONEY = "receive_money"
"""Take money and issue receipts."""
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

RIGHTS = {
    UNMASK: "ดูเลขประจำตัวและเบอร์โทรศัพท์ฉบับเต็ม",
    MERGE_PEOPLE: "รวมหรือแยกประวัติบุคคล",
    VIEW_RESTRICTED: "ดูเรื่องที่จำกัดผู้เข้าถึง",
    RECEIVE_MONEY: "รับเงินและออกใบเสร็จ",
    APPROVE_VOID: "อนุมัติการยกเลิกใบเสร็จ",
    REPRINT_RECEIPT: "พิมพ์ใบเสร็จซ้ำ",
    MANAGE_BOOKS: "เบิกและปิดเล่มใบเสร็จ",
    OFFICE_SETTINGS: "ตั้งค่าหน่วยงาน",
    HR_RECORDS: "ดูแลทะเบียนประวัติบุคลากร (LHR)",
    WAIVE_LATE: "บันทึกคำสั่งลดเงินเพิ่มหรือเบี้ยปรับ",
    READ_AUDIT: "ดูบันทึกการใช้งาน",
    KEEP_PRIVACY: "ดูแลงานข้อมูลส่วนบุคคล",
    APPROVE_DESTRUCTION: "อนุมัติการทำลายข้อมูล",
}
BY_ROLE = {"admin": frozenset(RIGHTS), "user": frozenset({MERGE_PEOPLE, RECEIVE_MONEY})}


def may(actor: Actor, right: str) -> bool:
    """Whether the person has this right."""
    return right in BY_ROLE.get(actor.role, frozenset())


def require(actor: Actor, right: str) -> None:
    """Refused "right_needed" where the person does not have it."""
    if not may(actor, right):
        raise Refused("right_needed", f"ไม่มีสิทธิ์{RIGHTS[right]}", "ขอให้ผู้ดูแลระบบหรือผู้ที่มีสิทธิ์เป็นผู้ทำรายการ", "as")
