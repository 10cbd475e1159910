"""Each failure of PC/SC in the clerk's words, with the next step. Codes as winscard.h and pcsc-lite number them."""

from app.domain.errors import Unavailable

CANCELLED = 0x80100002
INVALID_HANDLE = 0x80100003
UNKNOWN_READER = 0x80100009
TIMEOUT = 0x8010000A
SHARING_VIOLATION = 0x8010000B
NO_SMARTCARD = 0x8010000C
PROTOCOL_MISMATCH = 0x8010000F
INTERNAL_COMMUNICATION = 0x80100013
NOT_TRANSACTED = 0x80100016
READER_UNAVAILABLE = 0x80100017
NO_SERVICE = 0x8010001D
SERVICE_STOPPED = 0x8010001E
NO_READERS = 0x8010002E
COMMUNICATION_LOST = 0x8010002F
UNSUPPORTED_CARD = 0x80100065
UNRESPONSIVE_CARD = 0x80100066
UNPOWERED_CARD = 0x80100067
RESET_CARD = 0x80100068
REMOVED_CARD = 0x80100069

_AGAIN = "แล้วลองอีกครั้ง"
_BY_EYE = "ถ้ายังไม่ได้ ให้ตรวจบัตรด้วยตาแล้วกรอกข้อมูลเอง"

MESSAGES: dict[str, tuple[str, str]] = {
    "card_support_missing": (
        "เครื่องนี้ยังไม่ได้ติดตั้งส่วนอ่านบัตรประชาชน",
        "ให้ผู้ดูแลระบบติดตั้งส่วนเสริม card (บน Linux ต้องมี libpcsclite1 และ pcscd ด้วย) ระหว่างนี้กรอกข้อมูลเองได้",
    ),
    "card_service": (
        "บริการอ่านบัตรของเครื่องนี้ไม่ทำงาน",
        f"โปรดเสียบเครื่องอ่านบัตร{_AGAIN} ถ้ายังไม่ได้ ให้ผู้ดูแลระบบเปิดบริการ Smart Card (Windows) หรือ pcscd (Linux)",
    ),
    "no_reader": ("ไม่พบเครื่องอ่านบัตร", f"โปรดเสียบสาย USB ของเครื่องอ่านบัตร{_AGAIN}"),
    "reader_missing": ("ไม่พบเครื่องอ่านบัตรที่ระบุ", f"โปรดเสียบเครื่องอ่านบัตรนั้น หรือเลือกเครื่องอ่านอื่น{_AGAIN}"),
    "reader_unplugged": ("เครื่องอ่านบัตรถูกถอดออก", f"โปรดเสียบสาย USB ของเครื่องอ่านบัตรให้แน่น{_AGAIN}"),
    "no_card": ("ไม่มีบัตรในเครื่องอ่านบัตร", f"โปรดเสียบบัตรประชาชนด้านที่มีชิปให้สุด{_AGAIN}"),
    "card_removed": (
        "บัตรถูกดึงออกก่อนอ่านเสร็จ",
        "ยังไม่ได้ใช้ข้อมูลจากบัตร โปรดเสียบบัตรใหม่ให้สุด และรอจนอ่านเสร็จจึงดึงออก",
    ),
    "card_unresponsive": (
        "บัตรไม่ตอบสนอง",
        f"โปรดดึงบัตรออก เช็ดหน้าสัมผัสสีทองของชิป ตรวจว่าไม่ได้เสียบกลับด้าน แล้วเสียบใหม่ {_BY_EYE}",
    ),
    "card_protocol": (
        "เครื่องอ่านนี้ใช้กับบัตรใบนี้ไม่ได้",
        f"โปรดดึงบัตรออกแล้วเสียบใหม่ หรือใช้เครื่องอ่านบัตรอื่น {_BY_EYE}",
    ),
    "card_busy": (
        "โปรแกรมอื่นกำลังใช้เครื่องอ่านบัตรอยู่",
        f"โปรดรอสักครู่ หรือปิดโปรแกรมอ่านบัตรอื่นในเครื่องนี้ {_AGAIN}",
    ),
    "card_reset": (
        "โปรแกรมอื่นตัดการอ่านบัตรกลางคัน",
        f"โปรดปิดโปรแกรมอ่านบัตรอื่นในเครื่องนี้ {_AGAIN}",
    ),
    "card_interrupted": (
        "สื่อสารกับบัตรไม่สำเร็จ",
        f"โปรดดึงบัตรออก เช็ดหน้าสัมผัสสีทองของชิป แล้วเสียบใหม่ให้สุด {_BY_EYE}",
    ),
}
"""Code of the error -> title and hint."""

_CODES = {
    INVALID_HANDLE: "card_service",
    INTERNAL_COMMUNICATION: "card_service",
    NO_SERVICE: "card_service",
    SERVICE_STOPPED: "card_service",
    NO_READERS: "no_reader",
    UNKNOWN_READER: "reader_unplugged",
    READER_UNAVAILABLE: "reader_unplugged",
    NO_SMARTCARD: "no_card",
    REMOVED_CARD: "card_removed",
    UNSUPPORTED_CARD: "card_unresponsive",
    UNRESPONSIVE_CARD: "card_unresponsive",
    UNPOWERED_CARD: "card_unresponsive",
    PROTOCOL_MISMATCH: "card_protocol",
    SHARING_VIOLATION: "card_busy",
    RESET_CARD: "card_reset",
    NOT_TRANSACTED: "card_interrupted",
    COMMUNICATION_LOST: "card_interrupted",
}

PASSING = frozenset({"card_unresponsive", "card_protocol", "card_reset", "card_interrupted"})
"""What a card that was put in a moment ago may show once: trying again after a wait is worth it."""


def fault(code: str) -> Unavailable:
    """The error of this code, ready to be raised."""
    title, hint = MESSAGES[code]
    return Unavailable(code, title, hint, "card")


def fault_of(status: int) -> Unavailable:
    """The error for a return value of PC/SC; one that nobody foresaw is told with its number."""
    status &= 0xFFFFFFFF
    code = _CODES.get(status)
    if code is not None:
        return fault(code)
    hint = f"โปรดดึงบัตรออกแล้วเสียบใหม่ {_BY_EYE} (แจ้งผู้ดูแลระบบ: PC/SC 0x{status:08X})"
    return Unavailable("card_failed", "อ่านบัตรไม่สำเร็จ", hint, "card")
