"""What the camera dialog says when there is no picture: the state, what is wrong, and what to do next."""

from typing import NamedTuple


class Fault(NamedTuple):
    """chip: a word for the state; title, hint: what is wrong and what to do; again: trying again may help."""

    chip: str
    title: str
    hint: str
    again: bool = True


FAULTS = {
    "no_multimedia": Fault(
        "ใช้กล้องไม่ได้",
        "เครื่องนี้ไม่มีส่วนประกอบสำหรับกล้อง",
        "โปรดแจ้งผู้ดูแลระบบให้ติดตั้งใหม่ ระหว่างนี้ใช้เครื่องสแกน USB เปิดไฟล์ภาพ หรือพิมพ์เลข",
        again=False,
    ),
    "no_camera": Fault(
        "ไม่พบกล้อง",
        "ไม่พบกล้องในเครื่องนี้",
        "เสียบกล้อง USB แล้วภาพจะขึ้นเอง หรือใช้เครื่องสแกน เปิดไฟล์ภาพ หรือพิมพ์เลข",
    ),
    "camera_right": Fault(
        "ไม่มีสิทธิ์ใช้กล้อง",
        "ผู้ใช้ของเครื่องนี้ยังไม่มีสิทธิ์ใช้กล้อง",
        "โปรดแจ้งผู้ดูแลระบบให้เพิ่มผู้ใช้เข้ากลุ่ม video แล้วเข้าเครื่องใหม่ ระหว่างนี้ใช้วิธีอื่นด้านล่าง",
    ),
    "camera_refused": Fault(
        "เปิดกล้องไม่ได้",
        "กล้องไม่ยอมให้โปรแกรมใช้",
        "ปิดโปรแกรมอื่นที่ใช้กล้องอยู่ ใน Windows เปิดสิทธิ์ที่ การตั้งค่า > ความเป็นส่วนตัว > กล้อง แล้วกดลองอีกครั้ง",
    ),
    "camera_gone": Fault("กล้องหลุด", "กล้องถูกถอดออก", "เสียบกล้องกลับแล้วภาพจะขึ้นเอง หรือใช้วิธีอื่นด้านล่าง"),
    "camera_silent": Fault("กล้องไม่ส่งภาพ", "เปิดกล้องแล้วแต่ไม่มีภาพมา", "ถอดกล้องแล้วเสียบใหม่ หรือเลือกกล้องตัวอื่น แล้วกดลองอีกครั้ง"),
}
