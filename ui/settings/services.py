"""Which services the office offers (ระบบจัดการงานบริการ), who may sign in by which order, and where help is found."""

from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit

from app.services import office_contacts
from app.services.appointments import DEFAULT_WARN_DAYS
from ui.ports import Session
from ui.settings.office import Ticks
from ui.settings.section import FormSection


class ServicesSection(FormSection):
    """Services on and off; what is off cannot be filed, what was filed stays."""

    def __init__(self, session: Session) -> None:
        super().__init__("ระบบจัดการงานบริการ", "เปิดเฉพาะงานที่พร้อมให้บริการ งานที่ปิดจะยื่นใหม่ไม่ได้ เรื่องที่รับไว้แล้วทำต่อได้ตามปกติ")
        kind = session.counter.office.kind
        offered = [one for one in session.counter.every_definition() if kind in one.offered_by]
        self.ticks = Ticks({one.code: one.name for one in sorted(offered, key=lambda one: one.name)})
        self.add("services", "งานบริการที่เปิด", self.ticks, required=True)
        self.finish()

    def fill(self) -> None:
        """As it is set."""
        assert self.facts is not None
        self.ticks.tick(list(self.facts.document["services"]))

    def wanted(self) -> dict[str, Any]:
        """Those that stay keep their order, new ones come last."""
        assert self.facts is not None
        ticked, before = self.ticks.ticked(), list(self.facts.document["services"])
        unseen = [code for code in before if code not in self.ticks.boxes]
        kept = [code for code in before if code in ticked or code in unseen]
        return {"services": [*kept, *(code for code in ticked if code not in kept)]}


class PeopleSection(FormSection):
    """Appointment orders, and the office's contacts and helpdesk."""

    def __init__(self) -> None:
        super().__init__("ผู้ใช้และการติดต่อ", "คำสั่งแต่งตั้ง การล็อกจอ ผู้บริหาร และช่องทางติดต่อช่วยเหลือ")
        self.required = QCheckBox("ผู้ใช้ต้องมีคำสั่งแต่งตั้งที่มีผล จึงเข้าใช้ได้")
        self.required.setAccessibleName(self.required.text())
        self.add("required", "คำสั่งแต่งตั้ง", self.required, "ผู้ดูแลระบบหลักเข้าใช้ได้เสมอ")
        self.days = QLineEdit()
        self.days.setMaxLength(3)
        self.add("warn_days", "เตือนก่อนคำสั่งสิ้นสุดกี่วัน", self.days, required=True)
        self.minutes = QLineEdit()
        self.minutes.setMaxLength(2)
        told = "1 ถึง 60 นาที เครื่องที่ตั้งในทางเดินควรสั้น แบบที่กรอกค้างไว้ไม่หาย"
        self.add("lock_after_minutes", "ล็อกจอเมื่อไม่มีผู้ใช้กี่นาที", self.minutes, told, required=True)
        self.lines: dict[str, QLineEdit] = {}
        for key, (label, told) in office_contacts.FIELDS.items():
            line = self.lines[key] = QLineEdit()
            line.setMaxLength(office_contacts.LONGEST)
            self.add(key, label, line, told)
        self.finish()

    def fill(self) -> None:
        """As it is set."""
        assert self.facts is not None
        orders = self.facts.document.get("appointments") or {}
        self.required.setChecked(bool(orders.get("required", False)))
        self.days.setText(str(orders.get("warn_days", DEFAULT_WARN_DAYS)))
        self.minutes.setText(str(self.facts.document.get("lock_after_minutes", 15)))
        contacts = self.facts.document.get("contacts") or {}
        for key, line in self.lines.items():
            line.setText(str(contacts.get(key, "")))

    def wanted(self) -> dict[str, Any]:
        """Both settings, as the fields say."""
        days, minutes = self.whole("warn_days", "จำนวนวัน"), self.whole("lock_after_minutes", "จำนวนนาที")
        contacts = {key: text for key in self.lines if (text := self.text(key))}
        return {
            "appointments": {"required": self.required.isChecked(), "warn_days": days},
            "lock_after_minutes": minutes,
            "contacts": contacts,
        }
