"""How the cashier's day stands, in words."""

from app.domain import thai_date
from app.domain.money import formatted
from app.services.cashier import Day


def day_words(day: Day) -> tuple[str, str, str]:
    """(word of the chip, its tone, the sentence beside it)."""
    shift = day.shift
    if day.closed:
        return "ปิดยอดแล้ว", "plain", "ปิดยอดของวันนี้แล้ว รับเงินได้อีกในวันทำการถัดไป"
    if shift is None:
        return "ยังไม่เปิดลิ้นชัก", "warn", "เปิดลิ้นชักก่อนรับเงิน หรือรับเงินได้เลยโดยไม่มีเงินทอนตั้งต้น"
    if day.stale:
        return f"ลิ้นชักของ {thai_date.short(shift.business_on)}", "bad", "ปิดยอดของวันก่อนให้เสร็จก่อนรับเงิน"
    told = f"ใบเสร็จ {shift.receipts:,} ฉบับ  เงินสดในลิ้นชัก {formatted(shift.expected_satang)} บาท"
    return "เปิดลิ้นชักแล้ว", "good", told
