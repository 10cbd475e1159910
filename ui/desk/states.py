"""How a case's state and time limit look: the word tells it, the tone of the ground only helps."""

from datetime import date

from app.domain import thai_date

_TONES = {
    "done": "good", "rated": "good", "closed_external": "good", "approved": "good", "fee_paid": "good",
    "permit_issued": "good", "removed_confirmed": "good", "paid": "good", "receipted": "good",
    "rejected": "bad", "cancelled": "plain", "removal_overdue": "bad", "expired": "warn",
    "waiting_info": "warn", "reopened": "warn", "returned_for_fix": "warn", "awaiting_payment": "warn",
    "new": "accent", "received": "accent", "submitted": "accent",
}  # fmt: skip
FINISHED = frozenset(
    {"done", "rated", "closed_external", "rejected", "cancelled", "permit_issued", "removed_confirmed", "receipted"}
)
SOON_DAYS = 1


def tone(status: str) -> str:
    """Tone of a state's chip."""
    return _TONES.get(status, "plain")


def due(due_on: date | None, status: str, today: date) -> tuple[str, str]:
    """Words and tone of a time limit; nothing once the case is finished or where there is none."""
    if due_on is None or status in FINISHED:
        return "", "plain"
    left = (due_on - today).days
    if left < 0:
        return f"เกินกำหนด {-left} วัน", "bad"
    if left == 0:
        return "ครบกำหนดวันนี้", "warn"
    if left <= SOON_DAYS:
        return "ครบกำหนดพรุ่งนี้", "warn"
    return f"กำหนด {thai_date.short(due_on)}", "plain"
