"""How a case's state looks: the word tells it, the tone of the ground only helps."""

_TONES = {
    "done": "good", "rated": "good", "closed_external": "good", "approved": "good", "fee_paid": "good",
    "permit_issued": "good", "removed_confirmed": "good", "paid": "good", "receipted": "good",
    "rejected": "bad", "cancelled": "plain", "removal_overdue": "bad", "expired": "warn",
    "waiting_info": "warn", "reopened": "warn", "returned_for_fix": "warn", "awaiting_payment": "warn",
    "new": "accent", "received": "accent", "submitted": "accent",
}  # fmt: skip
_VERBS = {
    "received": "รับเรื่อง", "assigned": "มอบหมาย", "in_progress": "เริ่มดำเนินการ", "waiting_info": "ขอเอกสารเพิ่ม",
    "forwarded": "ส่งต่อ", "done": "เสร็จแล้ว", "reopened": "เปิดเรื่องอีกครั้ง", "rejected": "ไม่รับเรื่อง",
    "cancelled": "ผู้ร้องยกเลิก", "rated": "บันทึกผลประเมิน", "closed_external": "หน่วยงานอื่นรับไปแล้ว",
}  # fmt: skip


def verb(before: str, state: str, text: str) -> str:
    """What the button of a step says: what is done, where the state's name tells only what was."""
    if (before, state) == ("waiting_info", "in_progress"):
        return "ได้เอกสารแล้ว"
    return _VERBS.get(state, text)


def tone(status: str) -> str:
    """Tone of a state's chip."""
    return _TONES.get(status, "plain")
