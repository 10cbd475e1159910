"""The office's ordinances: rates with their dates, what being late adds, and what was compared with the ordinance."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit

from app.catalog import filings
from app.catalog.schema import Service
from app.domain import thai_date
from app.domain.errors import Refused
from app.services import ordinance_examples, ordinance_rates
from app.services.ordinance_history import Entry, late_rows, late_text
from app.services.ordinance_rates import Item, Row
from ui.settings.section import RowsSection, Section
from ui.widgets.fields import Chooser
from ui.widgets.labels import ThaiLabel

LATE_FIELDS = {
    "surcharge_percent_per_month": ("เงินเพิ่ม ร้อยละต่อเดือน", "เศษของเดือนนับเป็นหนึ่งเดือน เช่น 1.5"),
    "surcharge_cap_percent": ("เงินเพิ่มไม่เกิน ร้อยละของภาษี", "เช่น 100 คือไม่เกินตัวภาษี"),
    "interest_percent_per_year": ("ดอกเบี้ยผิดนัด ร้อยละต่อปี", "นับรายวัน ปีละ 365 วัน"),
    "penalty_multiplier": ("เบี้ยปรับ กี่เท่าของภาษี", "เฉพาะแบบที่ยื่นเกินกำหนด เช่น 1"),
}
MOST_SHOWN = 12
CONFIRM = "ข้อบัญญัติ"
"""Name of the part where the figures are compared with the ordinance."""


def ordinance_sections(services: Iterable[Service]) -> dict[str, Callable[[], Section]]:
    """What makes the parts of an office with these services, by their names; none where nothing has a rate."""
    codes = ordinance_rates.confirmable(services)
    if not codes:
        return {}
    late: dict[str, Callable[[], Section]] = {"เงินเพิ่ม": LateSection} if ordinance_rates.LATE in codes else {}
    return {"อัตรา": RatesSection, **late, CONFIRM: ConfirmSection}


def _day(text: object) -> str:
    return thai_date.short(date.fromisoformat(str(text))) if text else ""


class OrdinanceSection(RowsSection):
    """A section with an example and the changes below its fields."""

    def __init__(self, title: str, told: str, empty: str, remove: str) -> None:
        super().__init__(title, told, empty, remove=remove)
        self.example = ThaiLabel(role="small")
        self.history = ThaiLabel(role="small")

    def finish(self) -> None:
        """The example above the buttons, the changes below them."""
        self._form.box.addWidget(self.example)
        super().finish()
        self._form.box.insertWidget(self._form.box.count() - 1, self.history)

    @property
    def document(self) -> Mapping[str, Any]:
        """The settings as they were read."""
        assert self.facts is not None
        return self.facts.document

    @property
    def services(self) -> Sequence[Service]:
        """The services that are switched on."""
        assert self.facts is not None
        return self.facts.services

    def show_history(self, entries: Sequence[Entry]) -> None:
        """The newest changes of all figures."""
        lines = []
        for one in entries[:MOST_SHOWN]:
            at = thai_date.local(one.at)
            lines.append(f"{thai_date.short(at.date())} {at:%H:%M} {one.by or 'เครื่องแม่ข่ายกลาง'}")
            lines += [f"   เดิม: {line}" for line in one.before]
            lines += [f"   เป็น: {line}" for line in one.after]
        self.history.show_text("\n".join(("ประวัติการแก้ไข", *(lines or ("ยังไม่เคยแก้ไข",)))))

    def _show_state(self) -> None:
        super()._show_state()
        if self.facts is not None:
            self.example.show_text(self.told())
            self.example.setVisible(bool(self.example.shown_text()))

    def told(self) -> str:
        """The example, by what the fields say."""
        raise NotImplementedError

    def example_of(self, settings: Mapping[str, Any], service: Service | None, since: date) -> str:
        """The worked example of a service by settings that need not be in force."""
        assert self.facts is not None
        if service is None:
            return ""
        holidays = frozenset(date.fromisoformat(day) for day in self.document["holidays"])
        return ordinance_examples.told({**self.document, **settings}, service, since, holidays)

    def service(self, code: str) -> Service | None:
        """A service that is switched on."""
        return next((one for one in self.services if one.code == code), None)


class RatesSection(OrdinanceSection):
    """Every rate with the days on which it holds."""

    def __init__(self) -> None:
        super().__init__(
            "อัตราตามข้อบัญญัติ", "อัตราใหม่เพิ่มเป็นแถวใหม่ตั้งแต่วันที่มีผล เดือนเก่าใช้อัตราของเดือนนั้นเสมอ",
            "ยังไม่มีอัตรา กด “เพิ่ม…” แล้วใส่อัตราตามข้อบัญญัติ", "ลบอัตรานี้",
        )  # fmt: skip
        self._item, self._rule = Chooser(), Chooser()
        for code, name in ordinance_rates.DUE_RULES.items():
            self._rule.addItem(name, code)
        self._lines = {key: QLineEdit() for key in ("value", "from", "to", "due_day", "ordinance")}
        self._lines["ordinance"].setMaxLength(ordinance_rates.LONGEST)
        self._roll = QCheckBox("ตรงวันหยุดให้เลื่อนไปวันทำการถัดไป")
        self.add("item", "อัตราของ", self._item, required=True)
        self.add("value", "อัตรา", self._lines["value"], "ตัวเลขตามข้อบัญญัติ เช่น 1 หรือ 4.54", required=True)
        self.add("from", "ใช้ตั้งแต่", self._lines["from"], "วันแรกที่มีผล เช่น 1 ต.ค. 2569", required=True)
        self.add("to", "ถึง", self._lines["to"], "เว้นว่างถ้าใช้ต่อไปจนมีอัตราใหม่")
        self.add("due_day", "ครบกำหนดชำระวันที่", self._lines["due_day"], "เลขวันที่ 1–31 เว้นว่างถ้าข้อบัญญัติไม่ได้กำหนด")
        self.add("due_rule", "นับใน", self._rule)
        self.add("holiday_roll", "วันหยุด", self._roll)
        self.add("ordinance", "อ้างถึงข้อ", self._lines["ordinance"], "ข้อของข้อบัญญัติ เว้นว่างได้")
        self.finish()
        self._form.box.insertWidget(3, self.example)  # below rate and day, where it is seen while they are typed
        self._item.currentIndexChanged.connect(self._fit)

    @property
    def _known(self) -> list[Item]:
        return ordinance_rates.items(self.services)

    def _rows(self) -> list[Row]:
        assert self.facts is not None
        return ordinance_rates.rows(self.document, self._known, self.facts.today)

    def listed(self) -> Sequence[tuple[str, str]]:
        """By item, the newest first."""
        return [
            (str(row.place), f"{row.item.name}\n{row.text} · {ordinance_rates.STATES[row.state]}")
            for row in self._rows()
        ]

    def show_row(self, key: str) -> None:
        """A rate, or empty fields."""
        row = next((one for one in self._rows() if str(one.place) == key), None)
        chosen = row.item.key if row else str(self._item.currentData() or "")
        self._item.blockSignals(True)
        self._item.clear()
        for item in self._known:
            self._item.addItem(item.name, item.key)
        self._item.setCurrentIndex(max(0, self._item.findData(chosen)))
        self._item.blockSignals(False)
        document = row.document if row else {}
        self._lines["value"].setText(row.value if row else "")
        for name in ("from", "to"):
            self._lines[name].setText(_day(document.get(name)))
        self._lines["due_day"].setText(str(document.get("due_day", "")))
        self._rule.setCurrentIndex(max(0, self._rule.findData(document.get("due_rule", "next_month_day"))))
        self._roll.setChecked(bool(document.get("holiday_roll")))
        self._lines["ordinance"].setText(str(document.get("ordinance", "")))
        self._fit()

    def _fit(self) -> None:
        """Only taxes of a month have a day of payment."""
        item = self._chosen()
        for key in ("due_day", "due_rule", "holiday_roll"):
            self.rows[key].setVisible(item is not None and item.monthly)
        self.rows["value"].rename(f"อัตรา ({item.unit_text})" if item and item.unit_text else "อัตรา", required=True)

    def _chosen(self) -> Item | None:
        return next((item for item in self._known if item.key == self._item.currentData()), None)

    def _given(self) -> dict[str, Any]:
        return {
            "item": self._item.currentData(),
            **{key: self.text(key) for key in self._lines},
            "due_rule": self._rule.currentData(),
            "holiday_roll": self._roll.isChecked(),
        }

    def wanted(self) -> dict[str, Any]:
        """The rates with this one."""
        assert self.facts is not None
        place = int(self.key) if self.key else None
        return ordinance_rates.with_row(self.document, self._known, self._given(), self.facts.today, place)

    def without(self) -> dict[str, Any]:
        """The rates without the marked one. Refused where it holds."""
        assert self.facts is not None
        return ordinance_rates.without_row(self.document, int(self.key), self.facts.today)

    def told(self) -> str:
        """The ceiling of the law, and what the fields come to."""
        assert self.facts is not None
        item = self._chosen()
        if item is None:
            return ""
        service, since = self.service(item.service), self.facts.today
        try:
            since = thai_date.parse_date(self.text("from"))
            settings = self.wanted() if self.dirty or not self.key else {}
        except Refused:
            return _ceiling(service, item, since)
        shown = self.example_of(settings, service, since)
        return "\n".join(line for line in (_ceiling(service, item, since), shown) if line)


def _ceiling(service: Service | None, item: Item, on: date) -> str:
    highest = filings.ceiling(service, item.unit, on) if service is not None else None
    if highest is None:
        return ""
    law = f" ({highest.law})" if highest.law else ""
    return f"เพดานของกฎหมาย {ordinance_rates.amount(item, f'{highest.value:f}')}{law}"


class LateSection(OrdinanceSection):
    """Surcharge, interest and penalty, by tax and by dates; nothing where the ordinance says nothing."""

    def __init__(self) -> None:
        super().__init__(
            "เงินเพิ่มและเบี้ยปรับ", "คิดเฉพาะที่ใส่ไว้ เว้นว่างถ้าข้อบัญญัติไม่ได้กำหนด",
            "ยังไม่ได้ตั้ง จึงไม่คิดเงินเพิ่มเมื่อชำระล่าช้า กด “เพิ่ม…” เมื่อตรวจข้อบัญญัติแล้ว", "ลบแถวนี้",
        )  # fmt: skip
        self._service = Chooser()
        self._lines = {key: QLineEdit() for key in (*LATE_FIELDS, "from", "to")}
        self.add("service", "ใช้กับ", self._service)
        for key, (label, told) in LATE_FIELDS.items():
            self.add(key, label, self._lines[key], told)
        self.add("from", "ครบกำหนดชำระตั้งแต่", self._lines["from"], "เว้นว่างถ้าใช้ตลอด")
        self.add("to", "ถึง", self._lines["to"], "เว้นว่างถ้าใช้ต่อไป")
        self.finish()

    @property
    def _names(self) -> dict[str, str]:
        return {one.code: one.short_name for one in self.services if one.filing.ceilings}

    def listed(self) -> Sequence[tuple[str, str]]:
        """In the office's order."""
        return [(str(place), late_text(row, self._names)) for place, row in enumerate(late_rows(self.document))]

    def show_row(self, key: str) -> None:
        """One row, or empty fields."""
        row = late_rows(self.document)[int(key)] if key else {}
        self._service.blockSignals(True)
        self._service.clear()
        self._service.addItem("ทุกรายการ", "")
        for code, name in self._names.items():
            self._service.addItem(name, code)
        self._service.setCurrentIndex(max(0, self._service.findData(row.get("service", ""))))
        self._service.blockSignals(False)
        for name in LATE_FIELDS:
            self._lines[name].setText(str(row.get(name, "")))
        for name in ("from", "to"):
            self._lines[name].setText(_day(row.get(name)))

    def wanted(self) -> dict[str, Any]:
        """What being late adds, with this row."""
        row = {key: ordinance_rates.decimal_text(self.text(key), key) for key in LATE_FIELDS if self.text(key)}
        if not row:
            raise Refused("required", "ยังไม่ได้ใส่ตัวเลข", "ใส่อย่างน้อยหนึ่งช่อง", "surcharge_percent_per_month")
        row |= {
            key: thai_date.parse_date(self.text(key), field=key).isoformat() for key in ("from", "to") if self.text(key)
        }
        if self._service.currentData():
            row["service"] = str(self._service.currentData())
        rows = late_rows(self.document)
        if self.key:
            rows[int(self.key)] = row
        else:
            rows.append(row)
        return _late(rows, self.document)

    def without(self) -> dict[str, Any]:
        """The same without the marked row."""
        return _late(
            [row for place, row in enumerate(late_rows(self.document)) if str(place) != self.key], self.document
        )

    def told(self) -> str:
        """A late filing by what the fields say."""
        assert self.facts is not None
        code = str(self._service.currentData() or "") or next(iter(self._names), "")
        try:
            settings = self.wanted() if self.dirty or not self.key else {}
        except Refused:
            return ""
        return self.example_of(settings, self.service(code), self.facts.today)


def _late(rows: list[dict[str, Any]], document: Mapping[str, Any]) -> dict[str, Any]:
    confirmed = [code for code in document["confirmed"] if code != ordinance_rates.LATE]
    return {"late": rows if len(rows) > 1 else (rows[0] if rows else {}), "confirmed": confirmed}


class ConfirmSection(OrdinanceSection):
    """What the office has compared with its ordinance: number and day of it."""

    def __init__(self) -> None:
        super().__init__(
            "ยืนยันกับข้อบัญญัติ", "ตรวจอัตรากับข้อบัญญัติของท่านก่อน แล้วใส่เลขที่และวันที่ จนกว่าจะยืนยัน ใบประเมินและใบแจ้งชำระจะขึ้นเตือน",
            "ไม่มีบริการที่ใช้อัตราตามข้อบัญญัติ", "ถอนการยืนยัน",
        )  # fmt: skip
        self._number, self._on = QLineEdit(), QLineEdit()
        self._number.setMaxLength(ordinance_rates.LONGEST)
        self.add("number", "ข้อบัญญัติ เลขที่", self._number, "เช่น 2/2566 หรือชื่อเต็ม", required=True)
        self.add("on", "ลงวันที่", self._on, "เช่น 1 ก.ย. 2566", required=True)
        self.finish()
        self._new.hide()

    def listed(self) -> Sequence[tuple[str, str]]:
        """Everything that has rates, what is open first."""
        found = ordinance_rates.confirmable(self.services)
        confirmed = self.document["confirmed"]
        return [
            (code, f"{name}\n{self._told(code)}")
            for code, name in sorted(found.items(), key=lambda one: one[0] in confirmed)
        ]

    def _told(self, code: str) -> str:
        named = ordinance_rates.confirmation(self.document, code)
        if code in self.document["confirmed"]:
            return f"ยืนยันแล้ว {named}".rstrip()
        return "▲ ยังไม่ได้ยืนยัน" + (f" (เดิม {named})" if named else "")

    def show_row(self, key: str) -> None:
        """The ordinance of what is confirmed; what is open is asked for."""
        named = self.document["ordinances"].get(key) if key in self.document["confirmed"] else None
        named = named or {}
        self._number.setText(named.get("number", ""))
        self._on.setText(_day(named.get("on")))

    def begin_new(self) -> None:
        """Nothing is added here: what has rates is there already."""

    def wanted(self) -> dict[str, Any]:
        """The marked figures confirmed."""
        if not self.key:
            raise Refused("required", "ยังไม่ได้เลือกรายการ", "เลือกรายการที่ตรวจแล้วทางซ้าย", "number")
        return ordinance_rates.confirm(self.document, self.services, self.key, self.text("number"), self.text("on"))

    def without(self) -> dict[str, Any]:
        """The confirmation taken back. Refused where there is none."""
        return ordinance_rates.withdraw(self.document, self.key)

    def told(self) -> str:
        """The figures that are about to be confirmed."""
        assert self.facts is not None
        if self.key == ordinance_rates.LATE:
            return "\n".join(late_text(row, {}) for row in late_rows(self.document)) or "ไม่คิดเงินเพิ่ม"
        known = ordinance_rates.items(self.services)
        rows = ordinance_rates.rows(self.document, known, self.facts.today)
        lines = [
            f"{row.item.name} {row.text}"
            for row in rows
            if row.item.service == self.key and row.state != ordinance_rates.PAST
        ]
        return "\n".join((*lines, self.example_of({}, self.service(self.key), self.facts.today)))
