"""The office's details, and its short messages."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from app.domain import petition_states
from app.domain.errors import Refused
from app.services import required_papers
from ui.settings.section import FormSection
from ui.widgets.fields import Chooser

ADDRESS = {
    "house_no": "เลขที่", "moo": "หมู่ที่", "soi": "ซอย", "road": "ถนน", "subdistrict": "ตำบล/แขวง", "district": "อำเภอ/เขต",
    "province": "จังหวัด", "postcode": "รหัสไปรษณีย์",
}  # fmt: skip
DAYS = {
    "similar_within_days": ("เตือนเมื่อมีเรื่องคล้ายกันในกี่วันก่อน", "0 คือไม่เตือน"),
    "reopen_within_days": ("ผู้ร้องแจ้งว่ายังไม่เรียบร้อยได้ภายในกี่วัน", "นับจากวันที่ดำเนินการแล้วเสร็จ"),
}
LIMITS = {
    "per_day": ("ส่งได้ไม่เกินกี่ข้อความต่อวัน", 1000),
    "per_number_per_day": ("ถึงเบอร์เดียวกันไม่เกินกี่ข้อความต่อวัน", 3),
}


class Ticks(QWidget):
    """Boxes to tick, in so many columns."""

    def __init__(self, choices: Mapping[str, str], columns: int = 1) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        self.boxes = {code: QCheckBox(name) for code, name in choices.items()}
        for place, box in enumerate(self.boxes.values()):
            box.setAccessibleName(box.text())
            grid.addWidget(box, place // columns, place % columns)

    def ticked(self) -> list[str]:
        """The codes that are ticked."""
        return [code for code, box in self.boxes.items() if box.isChecked()]

    def tick(self, codes: list[str]) -> None:
        """Tick these and no others."""
        for code, box in self.boxes.items():
            box.setChecked(code in codes)


class OfficeSection(FormSection):
    """Name, telephone, address, and two limits in days."""

    def __init__(self) -> None:
        super().__init__("ข้อมูลหน่วยงาน", "พิมพ์บนใบรับคำร้องและเอกสารทุกฉบับที่ออกต่อจากนี้ เรื่องที่รับไว้แล้วยังเหมือนเดิม")
        self._lines: dict[str, QLineEdit] = {}
        self._line("name", "ชื่อหน่วยงาน", required=True)
        self._line("phone", "โทรศัพท์", required=True)
        self._line("tax_id", "เลขประจำตัวผู้เสียภาษี")
        for key, label in ADDRESS.items():
            self._line(key, label)
        for key, (label, told) in DAYS.items():
            self._line(key, label, told, required=True)
        self._papers = Chooser()
        for code, name in required_papers.MODES.items():
            self._papers.addItem(name, code)
        self.add("required_papers", "เมื่อเอกสารที่ต้องมียังไม่ครบ", self._papers)
        self.finish()

    def _line(self, key: str, label: str, told: str = "", *, required: bool = False) -> None:
        line = self._lines[key] = QLineEdit()
        line.setMaxLength(200)
        self.add(key, label, line, told, required=required)

    def fill(self) -> None:
        """The office as it is set."""
        assert self.facts is not None
        document = self.facts.document
        for key, line in self._lines.items():
            line.setText(str(document["address"].get(key, "") if key in ADDRESS else document[key]))
        self._papers.setCurrentIndex(max(0, self._papers.findData(document["required_papers"])))

    def wanted(self) -> dict[str, Any]:
        """Name, phone, tax_id, address and the two limits."""
        for key, label in (("name", "ชื่อหน่วยงาน"), ("phone", "โทรศัพท์")):
            if not self.text(key):
                raise Refused("required", f"ยังไม่ได้ใส่{label}", f"ใส่{label}", key)
        return {
            **{key: self.text(key) for key in ("name", "phone", "tax_id")},
            "address": {key: self.text(key) for key in ADDRESS if self.text(key)},
            **{key: self.whole(key, "จำนวนวัน") for key in DAYS},
            "required_papers": str(self._papers.currentData()),
        }


class SmsSection(FormSection):
    """Which short messages go out, and how many."""

    def __init__(self) -> None:
        super().__init__("ข้อความ SMS", "ส่งจากเครื่องแม่ข่ายกลาง หรือโมเด็มของเครื่องนี้ ข้อความมีเพียงเลขคำร้อง สถานะ และลิงก์")
        states = {
            state: name
            for state, (name, _) in petition_states.PETITION.items()
            if state not in ("draft", "discarded", "new")
        }
        self._on, self._registered, self._states = (
            QCheckBox("ส่ง SMS ถึงผู้ร้อง"),
            QCheckBox("ส่งเลขคำร้องเมื่อรับเรื่อง"),
            Ticks(states, 2),
        )
        self.add("enabled", "ใช้งาน", self._on)
        self.add("registered", "เมื่อรับเรื่อง", self._registered)
        self.add("states", "ส่งเมื่อเรื่องเปลี่ยนเป็นสถานะ", self._states)
        for key, (label, _usual) in LIMITS.items():
            self.add(key, label, QLineEdit(), required=True)
        self.add("from", "ไม่ส่งตั้งแต่เวลา", QLineEdit(), "เช่น 20:00 เว้นว่างทั้งสองช่องถ้าส่งได้ตลอดเวลา")
        self.add("to", "ถึงเวลา", QLineEdit(), "เช่น 07:00")
        self.finish()

    def fill(self) -> None:
        """The office's wishes."""
        assert self.facts is not None
        sms = self.facts.document["sms"]
        self._on.setChecked(sms.get("enabled", False))
        self._registered.setChecked(sms.get("registered", True))
        self._states.tick(sms.get("states", ["done", "rejected"]))
        for key, (_label, usual) in LIMITS.items():
            self._set(key, str(sms.get(key, usual)))
        for key in ("from", "to"):
            self._set(key, sms.get("quiet", {}).get(key, ""))

    def _set(self, key: str, text: str) -> None:
        line = self.rows[key].control
        assert isinstance(line, QLineEdit)
        line.setText(text)

    def wanted(self) -> dict[str, Any]:
        """The table [sms], what is not asked for here kept."""
        assert self.facts is not None
        quiet = {key: self.text(key) for key in ("from", "to")}
        if bool(quiet["from"]) != bool(quiet["to"]):
            key = "to" if quiet["from"] else "from"
            raise Refused("quiet", "ต้องใส่เวลาทั้งสองช่อง", "หรือเว้นว่างทั้งสองช่อง", key)
        sms = {
            **self.facts.document["sms"],
            "enabled": self._on.isChecked(),
            "registered": self._registered.isChecked(),
            "states": self._states.ticked(),
            **{key: self.whole(key, "จำนวนข้อความ") for key in LIMITS},
            "quiet": quiet if quiet["from"] else {},
        }
        return {"sms": sms}
