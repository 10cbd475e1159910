"""Every way a sign-in can end badly, in words for the clerk: what happened, and what to do next.

The codes are stable: they stand in the server's log, in the counter's message and in docs/thaid.md.
"""

OTHER_WAYS = "เสียบบัตรอ่านจากชิป หรือดูบัตรแล้วพิมพ์เลข 13 หลักแทนได้"
AGAIN = f"เริ่มใหม่ได้ทันที หรือ{OTHER_WAYS}"
TELL = f"แจ้งผู้ดูแลเครื่องแม่ข่าย ระหว่างนี้{OTHER_WAYS}"

NOT_TRUSTED = "ข้อมูลจาก ThaiD ตรวจสอบไม่ผ่าน จึงไม่รับ"
NOT_TRUSTED_HINT = f"อย่าใช้ข้อมูลนี้ {AGAIN} หากเกิดซ้ำแจ้งผู้ดูแลเครื่องแม่ข่าย"

_WORDS = {
    "thaid_denied": ("ประชาชนไม่อนุญาตให้ใช้ ThaiD", f"ไม่ต้องใช้ ThaiD ก็รับเรื่องได้ {OTHER_WAYS}"),
    "thaid_expired": ("หมดเวลารอ ThaiD", AGAIN),
    "thaid_cancelled": ("ยกเลิกการใช้ ThaiD แล้ว", AGAIN),
    "thaid_fetched": ("ข้อมูลจาก ThaiD ถูกรับไปแล้วและลบออกจากเครื่องแม่ข่ายแล้ว", AGAIN),
    "thaid_not_configured": ("เครื่องแม่ข่ายกลางยังไม่ได้ตั้งค่า ThaiD", TELL),
    "thaid_provider_silent": ("ระบบ ThaiD ไม่ตอบ", AGAIN),
    "thaid_provider_fault": ("ระบบ ThaiD ขัดข้อง", AGAIN),
    "thaid_provider_error": ("ระบบ ThaiD ไม่รับคำขอ", TELL),
    "thaid_client_refused": ("ระบบ ThaiD ไม่รับรหัสของหน่วยงาน", TELL),
    "thaid_code_refused": ("ระบบ ThaiD ไม่รับรหัสยืนยันนี้ อาจใช้ไปแล้วหรือไม่ใช่ของรายการนี้", AGAIN),
    "thaid_other_browser": ("การยืนยันกลับมาจากเครื่องหรือเบราว์เซอร์อื่น", f"ให้ประชาชนสแกนและยืนยันในเครื่องเดียวกัน {AGAIN}"),
    "thaid_interrupted": ("การตรวจข้อมูลจาก ThaiD ขาดกลางทาง", AGAIN),
    "lhr_not_configured": (
        "เครื่องแม่ข่ายกลางยังไม่ได้ตั้งค่าการดูทะเบียนประวัติ (LHR)",
        "ผู้ดูแลเครื่องแม่ข่ายขอที่อยู่และสิทธิ์จากกรมส่งเสริมการปกครองท้องถิ่น แล้วเริ่มเครื่องแม่ข่ายด้วย serve --lhr",
    ),
    "lhr_not_valid": (
        "การตั้งค่า LHR ของเครื่องแม่ข่ายกลางยังไม่ถึงวันเริ่มใช้หรือหมดอายุแล้ว",
        "แจ้งผู้ดูแลเครื่องแม่ข่ายให้ตรวจกับกรมส่งเสริมการปกครองท้องถิ่นแล้วปรับ from และ until",
    ),
    "lhr_used": ("การยืนยันนี้ใช้เปิดทะเบียนประวัติไปแล้วหรือหมดเวลา", "ยืนยันด้วย ThaiD ใหม่ แล้วเปิดอีกครั้ง"),
    "lhr_busy": ("มีผู้เปิดทะเบียนประวัติพร้อมกันหลายคน", "รอสักครู่แล้วเปิดใหม่"),
    "lhr_silent": ("ระบบ LHR ไม่ตอบภายในเวลาที่กำหนด", "รอสักครู่แล้วเปิดใหม่ หรือเปิดในระบบ LHR โดยตรง"),
    "lhr_fault": ("ระบบ LHR ขัดข้องหรือปิดปรับปรุง", "รอสักครู่แล้วเปิดใหม่ หรือเปิดในระบบ LHR โดยตรง"),
    "lhr_form": ("อ่านคำตอบของระบบ LHR ไม่ได้", "แจ้งผู้ดูแลเครื่องแม่ข่ายให้ปรับไฟล์ตั้งค่า LHR ให้ตรงกับระบบ"),
    "lhr_token_refused": ("ระบบ LHR ไม่รับการยืนยันของ ThaiD", "แจ้งผู้ดูแลเครื่องแม่ข่ายให้ตรวจ scopes และ resource ในไฟล์ตั้งค่า LHR"),
    "lhr_no_record": ("ระบบ LHR ไม่มีทะเบียนประวัติของท่าน", "แจ้งเจ้าหน้าที่ผู้รับผิดชอบทะเบียนประวัติของหน่วยงาน"),
    "lhr_other_person": ("ระบบ LHR ส่งทะเบียนประวัติของผู้อื่นมา จึงไม่รับและไม่แสดง", "แจ้งผู้ดูแลเครื่องแม่ข่ายทันที อย่าเปิดซ้ำ"),
    "lhr_owner": ("คำตอบของระบบ LHR ไม่บอกว่าเป็นของใคร จึงไม่แสดง", "แจ้งผู้ดูแลเครื่องแม่ข่ายให้ตรวจค่า owner ในไฟล์ตั้งค่า LHR"),
    "thaid_claims": ("ThaiD ไม่ได้ส่งเลขประจำตัวประชาชนที่ใช้ได้มา", AGAIN),
}
NOT_TRUSTED_CODES = frozenset(
    {
        "thaid_discovery", "thaid_algorithm", "thaid_key", "thaid_signature", "thaid_token", "thaid_issuer",
        "thaid_audience", "thaid_token_expired", "thaid_nonce", "thaid_at_hash", "thaid_subject",
    }
)  # fmt: skip
"""Somebody cheats, or the provider is not what it was: nothing of the answer is used."""


def words(code: str) -> tuple[str, str]:
    """(title, hint) of a code."""
    return _WORDS.get(code, (f"{NOT_TRUSTED} ({code})", NOT_TRUSTED_HINT))
