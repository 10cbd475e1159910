"""Types and sub-types of petitions: name, division, time limit, who may read; put out of use, never deleted."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit

from app.domain.errors import Refused
from app.services import office_categories
from app.services.office_categories import Entry
from ui.settings.section import RowsSection
from ui.widgets.fields import Chooser

OWN = "own"


class CategoriesSection(RowsSection):
    """Every sub-type, the office's own and the house's."""

    def __init__(self) -> None:
        super().__init__(
            "ประเภทเรื่อง", "มีผลกับเรื่องใหม่เท่านั้น เรื่องที่รับไว้แล้วยังเป็นประเภทเดิม ประเภทที่เลิกใช้ยังอ่านได้ในเรื่องเดิม",
            "ยังไม่มีบริการที่มีประเภท", remove="เลิกใช้",
        )  # fmt: skip
        self._main, self._name, self._division = Chooser(editable=True), QLineEdit(), Chooser()
        self._days, self._restricted, self._active = QLineEdit(), QCheckBox("เฉพาะผู้มีสิทธิ์เปิดดูได้"), QCheckBox("ให้เลือกได้")
        self._name.setMaxLength(office_categories.LONGEST_NAME)
        self.add("category_name", "กลุ่ม", self._main, "เลือกกลุ่มที่มี หรือพิมพ์ชื่อกลุ่มใหม่", required=True)
        self.add("name", "ประเภทย่อย", self._name, required=True)
        self.add("division", "สำนัก/กองที่รับผิดชอบ", self._division, required=True)
        self.add("working_days", "กำหนดเวลา (วันทำการ)", self._days, "เว้นว่างถ้าใช้กำหนดทั่วไปของคำร้อง 0 คือภายในวันเดียวกัน")
        self.add("restricted", "เรื่องอ่อนไหว", self._restricted, "เช่น แจ้งเบาะแสการทุจริต ทุกครั้งที่เปิดดูถูกบันทึก")
        self.add("active", "ใช้งาน", self._active)
        self.finish()

    def listed(self) -> Sequence[tuple[str, str]]:
        """By main type, in the order of the lists."""
        assert self.facts is not None
        return [(entry.key, self._told(entry)) for entry in self.facts.categories]

    def _told(self, entry: Entry) -> str:
        divisions = dict(self._divisions(entry.service))
        days = "กำหนดทั่วไป" if entry.working_days is None else f"{entry.working_days} วันทำการ"
        marks = [
            "" if entry.active else "เลิกใช้แล้ว",
            "เฉพาะผู้มีสิทธิ์" if entry.restricted else "",
            "เพิ่มเอง" if entry.own else "แก้ไขแล้ว" if entry.changed else "",
        ]
        facts = " · ".join(part for part in (divisions.get(entry.division, entry.division), days, *marks) if part)
        return f"{entry.category_name} : {entry.name}\n{facts}"

    def _divisions(self, service: str) -> Sequence[tuple[str, str]]:
        assert self.facts is not None
        return self.facts.divisions.get(service, ())

    def _entry(self, key: str) -> Entry | None:
        assert self.facts is not None
        return next((entry for entry in self.facts.categories if entry.key == key), None)

    def _service(self) -> str:
        entry = self._entry(self.key)
        assert self.facts is not None
        return entry.service if entry else next(iter(self.facts.divisions), "petition")

    def show_row(self, key: str) -> None:
        """A sub-type, or empty fields."""
        assert self.facts is not None
        entry = self._entry(key)
        service = entry.service if entry else self._service()
        mains = {one.category: one.category_name for one in self.facts.categories if one.service == service}
        self._main.clear()
        for code, name in mains.items():
            self._main.addItem(name, code)
        self._division.clear()
        for code, name in self._divisions(service):
            self._division.addItem(name, code)
        self._main.setCurrentIndex(self._main.findData(entry.category) if entry else -1)
        if entry is None:
            self._main.setEditText("")
        self._main.setEnabled(entry is None)
        self._name.setText(entry.name if entry else "")
        self._division.setCurrentIndex(self._division.findData(entry.division) if entry else 0)
        self._days.setText("" if entry is None or entry.working_days is None else str(entry.working_days))
        self._restricted.setChecked(bool(entry and entry.restricted))
        self._active.setChecked(entry is None or entry.active)

    def wanted(self) -> dict[str, Any]:
        """The office's rows with this sub-type as it is written."""
        return self._with(self._written())

    def without(self) -> dict[str, Any]:
        """The office's rows with the marked sub-type out of use."""
        entry = self._entry(self.key)
        assert entry is not None
        return self._with(replace(entry, active=False))

    def _with(self, entry: Entry) -> dict[str, Any]:
        assert self.facts is not None
        rows = {f"{row['service']}/{row['category']}/{row['code']}": row for row in self.facts.document["categories"]}
        return {"categories": list({**rows, entry.key: office_categories.row_of(entry)}.values())}

    def _written(self) -> Entry:
        for key, label in (("category_name", "กลุ่ม"), ("name", "ประเภทย่อย")):
            if not self.text(key):
                raise Refused("required", f"ยังไม่ได้ใส่{label}", f"ใส่{label}", key)
        days = self.whole("working_days", "กำหนดเวลา") if self.text("working_days") else None
        entry = self._entry(self.key) or self._new_entry()
        return replace(
            entry,
            name=self.text("name"),
            division=str(self._division.currentData()),
            working_days=days,
            restricted=self._restricted.isChecked(),
            active=self._active.isChecked(),
        )

    def _new_entry(self) -> Entry:
        """Codes are given by the program: people never see them, and a name may be changed later."""
        assert self.facts is not None
        service, name = self._service(), self.text("category_name")
        known = [entry for entry in self.facts.categories if entry.service == service]
        if any((entry.category_name, entry.name) == (name, self.text("name")) for entry in known):
            raise Refused("category_known", "มีประเภทย่อยนี้ในกลุ่มนี้แล้ว", "เลือกจากรายการเพื่อแก้ไข หรือใช้ชื่ออื่น", "name")
        mains = {entry.category_name: entry.category for entry in known}
        main = mains.get(name) or _unused(set(mains.values()))
        code = _unused({entry.code for entry in known if entry.category == main})
        return Entry(service, main, name, code, "", "", None, False, True, own=True)


def _unused(taken: set[str]) -> str:
    return next(code for place in range(1, 10_000) if (code := f"{OWN}_{place}") not in taken)
