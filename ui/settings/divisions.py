"""Divisions (กอง/สำนัก) of the office, and each service's own settings: who receives it, its form's name, its limit."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit

from app.catalog.schema import Service
from app.domain.errors import Refused
from app.services import office_services
from app.services.office_services import Entry
from ui.settings.section import RowsSection
from ui.widgets.fields import Chooser

OWN = "own"


class DivisionsSection(RowsSection):
    """Every division, the office's own and those of the house."""

    def __init__(self) -> None:
        super().__init__(
            "สำนัก/กอง", "เพิ่ม เปลี่ยนชื่อ หรือเลิกใช้ มีผลกับเรื่องใหม่เท่านั้น เรื่องที่รับไว้แล้วใช้ชื่อเดิม", "ยังไม่มีสำนัก/กอง", remove="เลิกใช้",
        )  # fmt: skip
        self._name, self._active = QLineEdit(), QCheckBox("ให้เลือกได้")
        self._name.setMaxLength(office_services.LONGEST_NAME)
        self.add("name", "ชื่อสำนัก/กอง", self._name, "ชื่อตามโครงสร้างส่วนราชการของหน่วยงาน", required=True)
        self.add("active", "ใช้งาน", self._active)
        self.finish()

    def listed(self) -> Sequence[tuple[str, str]]:
        """By name, what the office added last."""
        assert self.facts is not None
        return [(entry.code, self._told(entry)) for entry in self.facts.office_divisions]

    def _told(self, entry: Entry) -> str:
        mark = "เพิ่มเอง" if entry.own else "แก้ไขแล้ว" if entry.changed else "ตามที่มากับโปรแกรม"
        return f"{entry.name}\n{mark if entry.active else f'เลิกใช้แล้ว · {mark}'}"

    def _entry(self, key: str) -> Entry | None:
        assert self.facts is not None
        return next((entry for entry in self.facts.office_divisions if entry.code == key), None)

    def show_row(self, key: str) -> None:
        """A division, or empty fields."""
        entry = self._entry(key)
        self._name.setText(entry.name if entry else "")
        self._active.setChecked(entry is None or entry.active)

    def wanted(self) -> dict[str, Any]:
        """The office's rows with this division as it is written."""
        if not self.text("name"):
            raise Refused("required", "ยังไม่ได้ใส่ชื่อสำนัก/กอง", "ใส่ชื่อสำนัก/กอง", "name")
        return self._with(self.key or self._unused(), self.text("name"), self._active.isChecked())

    def without(self) -> dict[str, Any]:
        """The office's rows with the marked division out of use."""
        entry = self._entry(self.key)
        assert entry is not None
        return self._with(entry.code, entry.name, False)

    def _with(self, code: str, name: str, active: bool) -> dict[str, Any]:
        assert self.facts is not None
        rows = {row["code"]: row for row in self.facts.document[office_services.DIVISIONS]}
        rows[code] = {"code": code, "name": name, "active": active}
        return {office_services.DIVISIONS: list(rows.values())}

    def _unused(self) -> str:
        """Codes are given by the program: people never see them, and a name may be changed later."""
        return next(code for place in range(1, 10_000) if self._entry(code := f"{OWN}_{place}") is None)


class EachServiceSection(RowsSection):
    """What the office sets of a service that is switched on."""

    def __init__(self) -> None:
        super().__init__(
            "ค่าของแต่ละบริการ", "สำนัก/กองที่รับเรื่อง ชื่อแบบ และกำหนดเวลา มีผลกับเรื่องใหม่", "ยังไม่มีบริการที่เปิด",
            remove="กลับเป็นค่าตั้งต้น",
        )  # fmt: skip
        self._new.hide()
        self._division, self._form_code, self._days = Chooser(), QLineEdit(), QLineEdit()
        self._form_code.setMaxLength(60)
        self._days.setMaxLength(3)
        self.add("division", "สำนัก/กองที่รับเรื่อง", self._division, "ใช้เมื่อประเภทเรื่องไม่ได้กำหนดไว้", required=True)
        self.add("form_code", "ชื่อแบบ", self._form_code, "เช่น ร.ส.1 เว้นว่างถ้าใช้ชื่อที่มากับโปรแกรม")
        self.add("working_days", "กำหนดเวลา (วันทำการ)", self._days, "0 คือภายในวันเดียวกัน")
        self.finish()

    def begin_new(self) -> None:
        """Services are not made here."""

    def listed(self) -> Sequence[tuple[str, str]]:
        """Those that are switched on."""
        assert self.facts is not None
        return [(service.code, self._told(service)) for service in self._services()]

    def _services(self) -> list[Service]:
        assert self.facts is not None
        wanted = self.facts.document["services"]
        return sorted((one for one in self.facts.each_service if one.code in wanted), key=lambda one: one.name)

    def _told(self, service: Service) -> str:
        assert self.facts is not None
        names = {entry.code: entry.name for entry in self.facts.office_divisions}
        days = "" if service.due.rule == "none" else f"{service.due.working_days} วันทำการ"
        parts = (names.get(service.default_division, ""), self._code_of(service), days)
        return f"{service.name}\n{' · '.join(part for part in parts if part)}"

    def _code_of(self, service: Service) -> str:
        assert self.facts is not None
        return str(self.facts.document["form_codes"].get(service.code, service.form_code))

    def _service(self) -> Service | None:
        return next((one for one in self._services() if one.code == self.key), None)

    def show_row(self, key: str) -> None:
        """A service; nothing is marked at first, then there is nothing to fill in."""
        assert self.facts is not None
        service = next((one for one in self._services() if one.code == key), None)
        self._division.clear()
        for entry in self.facts.office_divisions:
            if entry.active or (service is not None and entry.code == service.default_division):
                self._division.addItem(entry.name, entry.code)
        self._division.setCurrentIndex(self._division.findData(service.default_division) if service else -1)
        self._form_code.setText(self._code_of(service) if service else "")
        timed = service is not None and service.due.rule != "none"
        self._days.setText(str(service.due.working_days) if service is not None and timed else "")
        for control in (self._division, self._form_code):
            control.setEnabled(service is not None)
        self.rows["working_days"].setVisible(timed)

    def wanted(self) -> dict[str, Any]:
        """The row of this service, and its form's name."""
        service = self._service()
        if service is None:
            raise Refused("required", "ยังไม่ได้เลือกบริการ", "เลือกบริการจากรายการ", "division")
        row: dict[str, Any] = {"service": service.code, "division": str(self._division.currentData())}
        if service.due.rule != "none":
            row["working_days"] = self.whole("working_days", "กำหนดเวลา")
        return self._with(service.code, row, self.text("form_code"))

    def without(self) -> dict[str, Any]:
        """As the service came."""
        return self._with(self.key, None, "")

    def _with(self, code: str, row: dict[str, Any] | None, form_code: str) -> dict[str, Any]:
        assert self.facts is not None
        kept = [one for one in self.facts.document[office_services.SETTINGS] if one["service"] != code]
        names = {key: name for key, name in self.facts.document["form_codes"].items() if key != code}
        house = next((one.form_code for one in self.facts.each_service if one.code == code), "")
        if form_code and form_code != house:
            names[code] = form_code
        return {office_services.SETTINGS: [*kept, *([row] if row else [])], "form_codes": names}
