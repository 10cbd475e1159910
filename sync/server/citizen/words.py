"""What the citizens' pages say, in Thai and in English. Names of offices and staff's notes stay as they are."""

from datetime import date
from typing import Final

from app.domain import petition_states, satisfaction, thai_date

LANGUAGES: Final = ("th", "en")
MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

STATES_EN: Final = {
    "new": "New request",
    "received": "Received",
    "assigned": "Assigned",
    "in_progress": "In progress",
    "waiting_info": "Waiting for papers or information",
    "forwarded": "Forwarded to another unit",
    "done": "Done",
    "reopened": "Reported as not yet in order",
    "rated": "Done and rated",
    "closed_external": "Handled by another agency",
    "rejected": "Not accepted",
    "cancelled": "Withdrawn",
    "document_check": "Checking documents",
    "officer_opinion": "Under consideration",
    "approved": "Approved, fee to be paid",
    "fee_paid": "Fee paid",
    "permit_issued": "Permit issued",
    "expired": "Permit period has ended",
    "removed_confirmed": "Removal confirmed",
    "removal_overdue": "Removal overdue",
    "submitted": "Submitted",
    "returned_for_fix": "Returned for correction",
    "assessed": "Assessed",
    "awaiting_payment": "Awaiting payment",
    "paid": "Paid",
    "receipted": "Receipt issued",
}

SCORES: Final = {
    "th": satisfaction.SCORES,
    "en": {5: "Very satisfied", 4: "Satisfied", 3: "Neutral", 2: "Dissatisfied", 1: "Very dissatisfied"},
}

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "office": ("ศูนย์บริการประชาชน องค์กรปกครองส่วนท้องถิ่น", "Citizen service of local administrative organizations"),
    "form_title": ("ติดตามเรื่องที่ยื่นไว้", "Follow your request"),
    "number": ("เลขที่คำร้อง", "Request number"),
    "number_hint": ("อยู่บนใบรับคำร้อง เช่น KT1080767000011", "On your slip, for example KT1080767000011"),
    "last4": ("เบอร์โทรศัพท์ 4 ตัวท้าย", "Last 4 digits of your phone number"),
    "last4_hint": (
        "ถ้าไม่ได้ให้เบอร์โทรศัพท์ไว้ ใช้เลขประจำตัวประชาชน 4 ตัวท้าย",
        "If you gave no phone number: the last 4 digits of your citizen number",
    ),
    "search": ("ค้นหา", "Search"),
    "not_found": (
        "ไม่พบเรื่องที่ตรงกับเลขที่คำร้องและเลข 4 ตัวท้ายนี้ ตรวจแล้วลองใหม่",
        "No request has this number and these 4 digits. Please check them and try again.",
    ),
    "result_title": ("ผลการติดตามเรื่อง", "Your request"),
    "status": ("สถานะ", "Status"),
    "status_on": ("ปรับปรุงเมื่อ", "Updated"),
    "registered_on": ("วันที่ยื่น", "Filed"),
    "due_on": ("กำหนดแล้วเสร็จ", "Due"),
    "division": ("หน่วยงานที่รับผิดชอบ", "Responsible unit"),
    "history": ("ความเป็นมา", "History"),
    "told": ("ข้อความจากหน่วยงาน", "Message from the office"),
    "by_citizen": ("โดยผู้ร้อง", "by you"),
    "permit_number": ("หนังสืออนุญาตเลขที่", "Permit number"),
    "permit_since": ("อนุญาตตั้งแต่", "Permitted from"),
    "permit_until": ("อนุญาตถึง", "Permitted until"),
    "permit_remove_by": ("เก็บหรือรื้อถอนภายใน", "To be removed by"),
    "genuine": ("ใบรับนี้เป็นของจริง ออกโดยหน่วยงานนี้", "This slip is genuine: it was issued by this office"),
    "on_its_way_title": ("ใบรับถูกต้อง", "The slip is genuine"),
    "on_its_way": (
        "หน่วยงานรับเรื่องนี้แล้ว ข้อมูลกำลังส่งมาจากเคาน์เตอร์ กรุณากลับมาดูอีกครั้งภายหลัง",
        "The office has your request. Its details are still on the way from the counter; please look again later.",
    ),
    "not_genuine_title": ("ตรวจใบรับนี้ไม่ได้", "This slip cannot be verified"),
    "not_genuine": ("เลขที่และรหัสบนใบรับไม่ตรงกัน", "Number and code of the slip do not belong together"),
    "not_genuine_hint": (
        "สแกน QR บนใบรับอีกครั้ง หรือสอบถามหน่วยงานที่ออกใบรับ",
        "Scan the QR code again, or ask the office that issued the slip.",
    ),
    "link_title": ("เปิดดูเรื่องของท่าน", "Open your request"),
    "link_unknown_title": ("ลิงก์นี้ใช้ไม่ได้", "This link does not work"),
    "link_unknown": (
        "ตรวจลิงก์ในข้อความ SMS อีกครั้ง หรือค้นด้วยเลขที่คำร้อง",
        "Check the link in your SMS, or search by request number.",
    ),
    "wait_title": ("กรุณารอสักครู่", "Please wait"),
    "wait": ("มีการค้นหาที่ไม่ตรงหลายครั้ง ลองใหม่ได้ในอีก {time}", "Too many searches did not match. Try again in {time}."),
    "wait_everywhere": (
        "มีผู้พยายามเดาเลขของเรื่องนี้ จึงหยุดการค้นด้วยเลข 4 ตัวไว้ก่อน สแกน QR บนใบรับเพื่อดูได้ทันที หรือลองใหม่ในอีก {time}",
        "Somebody is guessing this request's digits, so searching by 4 digits is paused. Scan the QR code on your "
        "slip to see it now, or try again in {time}.",
    ),
    "expired_title": ("หน้านี้หมดเวลาแล้ว", "This page has expired"),
    "expired": (
        "เพื่อความปลอดภัย หน้าผลเปิดได้ 15 นาที กรุณาค้นหาใหม่",
        "For your safety a result stays open for 15 minutes. Please search again.",
    ),
    "again": ("ติดตามเรื่องอื่น", "Follow another request"),
    "back": ("กลับไปดูเรื่อง", "Back to the request"),
    "rate_title": ("ประเมินความพึงพอใจในการบริการ", "How satisfied are you with the service?"),
    "rate_last": (
        "ถ้ายังไม่เรียบร้อย แจ้งด้านล่างก่อน เพราะประเมินแล้วเรื่องจะปิด",
        "If it is not in order, tell us below first: rating closes the request.",
    ),
    "contact": ("สอบถามหน่วยงาน โทร", "Questions? Call the office:"),
    "rate_score": ("ความพึงพอใจ", "Satisfaction"),
    "rate_comment": ("ความเห็นเพิ่มเติม (ไม่บังคับ)", "Comment (optional)"),
    "no_personal": (
        "เจ้าหน้าที่จะเห็นข้อความนี้ โปรดอย่าใส่ชื่อ เบอร์โทรศัพท์ หรือเลขประจำตัว",
        "Staff will read this. Please give no names, phone numbers or ID numbers.",
    ),
    "rate_button": ("ส่งการประเมิน", "Send rating"),
    "reopen_title": ("ยังไม่เรียบร้อย", "Not yet in order?"),
    "reopen_until": ("แจ้งได้ถึงวันที่ {day}", "You can tell us until {day}"),
    "reopen_reason": ("สิ่งที่ยังไม่เรียบร้อย", "What is not in order"),
    "reopen_button": ("แจ้งให้ดำเนินการต่อ", "Ask to have it opened again"),
    "withdraw_title": ("ยกเลิกเรื่องนี้", "Withdraw this request"),
    "withdraw_warning": (
        "เมื่อยกเลิกแล้ว หน่วยงานจะหยุดดำเนินการ และนำกลับมาไม่ได้ ต้องยื่นเรื่องใหม่",
        "The office will stop working on it. This cannot be undone; you would have to file a new request.",
    ),
    "withdraw_reason": ("เหตุผลที่ยกเลิก", "Reason"),
    "withdraw_button": ("ยืนยันการยกเลิก", "Withdraw"),
    "done_rated": ("ขอบคุณสำหรับการประเมิน", "Thank you for your rating"),
    "done_reopened": ("รับแจ้งแล้ว หน่วยงานจะดำเนินการต่อ", "Thank you. The office will take it up again."),
    "done_cancelled": ("ยกเลิกเรื่องแล้ว", "Your request is withdrawn"),
    "bad_score": ("เลือกระดับความพึงพอใจก่อน", "Please choose how satisfied you are"),
    "bad_reason": ("พิมพ์เหตุผลก่อนส่ง", "Please write the reason"),
    "bad_text": ("ข้อความยาวเกินไปหรือมีอักขระที่ใช้ไม่ได้ แก้แล้วส่งใหม่", "The text is too long or has unusable characters."),
    "bad_personal": (
        "ข้อความนี้ดูเหมือนมีเบอร์โทรศัพท์หรือเลขประจำตัว ลบออกแล้วส่งใหม่",
        "This text seems to hold a phone or ID number. Please take it out.",
    ),
    "bad_last4": ("เลข 4 ตัวท้ายไม่ตรงกับที่ให้ไว้", "These are not the 4 digits you gave"),
    "bad_state": (
        "สถานะของเรื่องเปลี่ยนไปแล้ว หรือทำรายการนี้ไปแล้ว ดูสถานะล่าสุดด้านล่าง",
        "The request has moved on, or this was done already. Its present status is below.",
    ),
    "error": ("ข้อผิดพลาด", "Error"),
    "busy_title": ("ระบบขัดข้องชั่วคราว", "Temporarily out of order"),
    "busy": ("ยังไม่มีอะไรถูกบันทึก กรุณารอสักครู่แล้วลองใหม่", "Nothing was saved. Please wait a moment and try again."),
    "minutes": ("{n} นาที", "{n} min"),
    "hours": ("{n} ชั่วโมง", "{n} h"),
}


def language(text: str | None) -> str:
    """The language asked for; Thai unless it is a known one."""
    return text if text in LANGUAGES else "th"


def say(lang: str, key: str) -> str:
    """The words of a key."""
    return TEXTS[key][LANGUAGES.index(lang)]


def state(lang: str, key: str, kind: str) -> str:
    """The citizen's word for a state; a state of a newer program is shown as it is."""
    thai = petition_states.text(key, kind)
    return STATES_EN.get(key, thai) if lang == "en" else thai


def day(lang: str, on: date) -> str:
    """ "8 กรกฎาคม 2567"; "8 July 2567 BE (2024)"."""
    if lang == "th":
        return thai_date.long(on)
    return f"{on.day} {MONTHS_EN[on.month - 1]} {thai_date.year_be(on)} BE ({on.year})"


def span(lang: str, seconds: int) -> str:
    """A time to wait, rounded up."""
    minutes = max(1, -(-seconds // 60))
    if minutes <= 90:
        return say(lang, "minutes").format(n=minutes)
    return say(lang, "hours").format(n=-(-minutes // 60))
