"""The citizen's pages around a sign-in: calm, Thai, readable on an old phone. They never show who somebody is."""

from html import escape

from sync.server.pages import page
from sync.server.thaid.flow import Invitation
from sync.thaid_messages import CITIZEN, LHR, STAFF

TOLD = (
    ("เลขประจำตัวประชาชน", ("pid",)),
    ("ชื่อและนามสกุล", ("given_name", "family_name", "name")),
    ("วันเกิด", ("birthdate",)),
    ("เพศ", ("gender",)),
    ("ที่อยู่", ("address", "house_address")),
)
"""What the citizen is told beforehand, by the scopes that are asked for."""
PURPOSES = {
    CITIZEN: "กรอกแบบคำร้องให้ท่านที่เคาน์เตอร์นี้ โดยไม่ต้องถ่ายสำเนาบัตร",
    STAFF: "เข้าสู่ระบบของเจ้าหน้าที่ที่เคาน์เตอร์นี้",
    LHR: "ให้ท่านดูทะเบียนประวัติของท่านเองที่เคาน์เตอร์นี้",
}


def invitation(shown: Invitation) -> str:
    """Before the citizen goes on: who asks, what for, and letters to compare with the counter's screen."""
    asked = "".join(f"<li>{text}</li>" for text, scopes in TOLD if set(scopes) & set(shown.scopes))
    purpose = PURPOSES[shown.purpose]
    if shown.purpose == LHR:
        asked += "<li>ทะเบียนประวัติของท่านในระบบ LHR แสดงบนจอชั่วคราว ไม่จัดเก็บ</li>"
    warning = (
        "<p>ทำต่อเฉพาะเมื่อท่านเป็นเจ้าหน้าที่และเริ่มรายการนี้เอง</p>"
        if shown.purpose != CITIZEN
        else "<p>ทำต่อเฉพาะเมื่อท่านอยู่ที่เคาน์เตอร์ของหน่วยงานนี้ ถ้ามีคนส่งลิงก์นี้มาให้ ให้ปิดหน้านี้</p>"
    )
    return page(
        "ยืนยันตัวตนด้วย ThaiD",
        f"""<h1>ยืนยันตัวตนด้วย ThaiD</h1><div class="card"><dl>
<div><dt>เคาน์เตอร์</dt><dd>{escape(shown.counter)}</dd></div>
<div><dt>รหัสอ้างอิง ต้องตรงกับบนจอของเจ้าหน้าที่</dt><dd class="number" id="reference">{escape(shown.reference)}</dd></div></dl>
<p>เพื่อ{purpose}</p><p>ข้อมูลที่ขอ</p><ul>{asked}</ul>{warning}
<form method="post"><button id="go">ไปที่ ThaiD</button></form>
<p class="note">ข้อมูลส่งถึงเคาน์เตอร์นี้ครั้งเดียว แล้วลบออกจากเครื่องแม่ข่าย ไม่ใช้ ThaiD ก็ยื่นเรื่องได้ บอกเจ้าหน้าที่ได้เลย</p></div>""",
        shown.office,
    )


def returned(outcome: str, reference: str) -> str:
    """After the provider: "done", "denied", "failed", "unknown"."""
    title, text = {
        "done": ("เรียบร้อยแล้ว", "กลับไปที่เคาน์เตอร์ได้แล้ว เจ้าหน้าที่ได้รับข้อมูลแล้ว ปิดหน้านี้ได้"),
        "denied": ("ท่านไม่อนุญาต", "ไม่มีข้อมูลถูกส่ง กลับไปที่เคาน์เตอร์ได้แล้ว ยื่นเรื่องด้วยบัตรประชาชนได้ตามปกติ"),
        "failed": ("ยืนยันตัวตนไม่สำเร็จ", "ไม่มีข้อมูลถูกรับ กลับไปที่เคาน์เตอร์ เจ้าหน้าที่จะเริ่มให้ใหม่ หรือใช้บัตรประชาชนแทน"),
        "unknown": ("ลิงก์นี้ใช้ไม่ได้แล้ว", "อาจใช้ไปแล้วหรือหมดเวลา กลับไปที่เคาน์เตอร์ เจ้าหน้าที่จะเริ่มให้ใหม่"),
    }[outcome]
    proof = f'<p class="note">รหัสอ้างอิง {escape(reference)}</p>' if reference else ""
    kind = "status" if outcome == "done" else ""
    return page(
        title,
        f'<h1 id="outcome" data-outcome="{outcome}">{title}</h1>'
        f'<div class="card"><p class="{kind}">{text}</p>{proof}</div>',
    )


def busy() -> str:
    """Somebody tries too often."""
    return page("กรุณารอสักครู่", '<h1>กรุณารอสักครู่</h1><div class="card"><p>มีการเปิดหน้านี้บ่อยเกินไป รอสักครู่แล้วลองใหม่</p></div>')
