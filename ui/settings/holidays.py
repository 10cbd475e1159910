"""The office's holidays and opening hours: what working days are counted by."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtWidgets import QLineEdit

from app.domain import thai_date
from app.domain.errors import Refused
from app.services import holiday_lists
from ui.settings.section import FormSection, RowsSection
from ui.widgets.fields import LongText


class HolidaysSection(RowsSection):
    """A day and its name, or many typed or pasted at once."""

    def __init__(self) -> None:
        super().__init__(
            "วันหยุด", "วันเสาร์และอาทิตย์ไม่ต้องใส่ กำหนดเวลาของเรื่องใหม่นับตามรายการนี้",
            "ยังไม่มีวันหยุด กด “เพิ่ม…” แล้วใส่ทีละวัน หรือวางรายการของทางราชการทั้งปี", remove="ลบวันนี้",
        )  # fmt: skip
        self._day, self._name, self._many = QLineEdit(), QLineEdit(), LongText(4)
        self._name.setMaxLength(100)
        self._many.setPlaceholderText("31 ธ.ค. 2569 วันสิ้นปี\n1 ม.ค. 2570 วันขึ้นปีใหม่")
        self.add("day", "วันที่", self._day, "เช่น 31 ธ.ค. 2569 หรือ 31/12/2569")
        self.add("name", "ชื่อวันหยุด", self._name)
        self.add("many", "หรือหลายวัน บรรทัดละวัน", self._many, "Shift+Enter ขึ้นบรรทัดใหม่ วันที่ก่อน แล้วชื่อวันหยุด")
        self.finish()

    def listed(self) -> Sequence[tuple[str, str]]:
        """By day."""
        assert self.facts is not None
        names = self.facts.document["holiday_names"]
        days = self.facts.document["holidays"]
        return [
            (day, f"{thai_date.long(date.fromisoformat(day))}\n{names.get(day, '')}".rstrip()) for day in sorted(days)
        ]

    def show_row(self, key: str) -> None:
        """Day and name; the field for many only for new ones."""
        assert self.facts is not None
        self._day.setText(thai_date.short(date.fromisoformat(key)) if key else "")
        self._name.setText(self.facts.document["holiday_names"].get(key, ""))
        self._many.setPlainText("")
        self.rows["many"].setVisible(not key)

    def wanted(self) -> dict[str, Any]:
        """The holidays with what was written."""
        assert self.facts is not None
        typed = holiday_lists.read(self.text("many"), "many") if self.text("many") else []
        if self.text("day") or not typed:
            typed.append((thai_date.parse_date(self.text("day"), field="day"), self.text("name")))
        return self._with(typed)

    def without(self) -> dict[str, Any]:
        """The holidays without the marked one."""
        return self._with([])

    def _with(self, added: Sequence[tuple[date, str]]) -> dict[str, Any]:
        assert self.facts is not None
        kept = [day for day in self.facts.document["holidays"] if day != self.key]
        names = {**self.facts.document["holiday_names"], **{day.isoformat(): name for day, name in added if name}}
        days = sorted({*kept, *(day.isoformat() for day, _name in added)})
        return {"holidays": days, "holiday_names": {day: names[day] for day in days if names.get(day)}}


class HoursSection(FormSection):
    """When the office opens and closes."""

    def __init__(self) -> None:
        super().__init__("เวลาทำการ", "เรื่องที่ยื่นหลังเวลาปิดหรือในวันหยุด นับเวลาจากวันทำการถัดไป เว้นว่างทั้งสองช่องถ้านับวันที่ยื่นเสมอ")
        self._open, self._close = QLineEdit(), QLineEdit()
        self.add("open", "เปิด", self._open, "เช่น 08:30")
        self.add("close", "ปิด", self._close, "เช่น 16:30")
        self.finish()

    def fill(self) -> None:
        """The hours that are set."""
        assert self.facts is not None
        self._open.setText(self.facts.document["hours"].get("open", ""))
        self._close.setText(self.facts.document["hours"].get("close", ""))

    def wanted(self) -> dict[str, Any]:
        """The hours, or none."""
        hours = {key: self.text(key).replace(".", ":") for key in ("open", "close")}
        for key, text in hours.items():
            if not text and any(hours.values()):
                raise Refused("hours", "ต้องใส่เวลาทั้งสองช่อง", "หรือเว้นว่างทั้งสองช่อง", key)
        return {"hours": hours if hours["open"] else {}}
