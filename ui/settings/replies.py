"""Reply templates: what clerks may pick for a note, with a preview of what the citizen would read."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout

from app.domain import petition_states
from app.domain.errors import Refused
from app.services import reply_templates
from ui.settings.office import Ticks
from ui.settings.section import RowsSection
from ui.style import GAP, give_role
from ui.widgets.fields import LongText
from ui.widgets.labels import ThaiLabel

PLACES = {
    "number": ("เลขคำร้อง", "KT1201169000042"),
    "subject": ("หัวข้อ", "ไฟฟ้าสาธารณะดับหน้าวัด"),
    "division": ("สำนัก/กอง", "กองช่าง"),
    "due_on": ("กำหนดเสร็จ", "25 พฤศจิกายน 2569"),
    "office": ("ชื่อหน่วยงาน", ""),
    "phone": ("โทรศัพท์", ""),
}
"""Placeholder -> (what it is, an example)."""


class RepliesSection(RowsSection):
    """The house's texts and the office's own."""

    def __init__(self) -> None:
        places = " ".join(f"{{{key}}} {name}" for key, (name, _example) in PLACES.items())
        super().__init__(
            "ข้อความสำเร็จรูป", f"เลือกใช้ตอนเขียนหมายเหตุ คำในปีกกาจะถูกแทนด้วยข้อมูลของเรื่อง: {places}",
            "ยังไม่มีข้อความ กด “เพิ่ม…”", remove="เลิกใช้",
        )  # fmt: skip
        states = {
            state: name
            for state, (name, _) in petition_states.PETITION.items()
            if state not in ("draft", "new", "discarded", "rated")
        }
        self._name, self._text, self._states = QLineEdit(), LongText(4), Ticks(states)
        self._public, self._active = QCheckBox("ผู้ร้องเห็นได้"), QCheckBox("ให้เลือกได้")
        self._name.setMaxLength(100)
        self.add("name", "ชื่อ", self._name, required=True)
        self.add("text", "ข้อความ", self._text, "Shift+Enter ขึ้นบรรทัดใหม่", required=True)
        self._preview = ThaiLabel()
        frame = give_role(QFrame(), "note_info")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(GAP, GAP, GAP, GAP)
        inside.addWidget(ThaiLabel("ตัวอย่างที่จะอ่านได้", role="small"))
        inside.addWidget(self._preview)
        self._form.box.addWidget(frame)
        self.add("states", "ใช้กับขั้นตอน (ไม่เลือกเลย คือบันทึกที่ไม่เปลี่ยนสถานะ)", self._states)
        self.add("public", "ใครเห็น", self._public)
        self.add("active", "ใช้งาน", self._active)
        self.finish()
        self._text.textChanged.connect(self._show_preview)

    def _rows(self) -> Mapping[str, Mapping[str, Any]]:
        assert self.facts is not None
        return reply_templates.everything(self.facts.document)

    def listed(self) -> Sequence[tuple[str, str]]:
        """The office's own first."""
        return [(code, f"{row['name']}\n{self._told(row)}") for code, row in self._rows().items()]

    def _told(self, row: Mapping[str, Any]) -> str:
        states = " · ".join(petition_states.text(state) for state in row["states"]) or "บันทึกที่ไม่เปลี่ยนสถานะ"
        marks = ("ผู้ร้องเห็น" if row["public"] else "ภายใน", "" if row["active"] else "เลิกใช้แล้ว")
        return " · ".join(part for part in (states, *marks) if part)

    def show_row(self, key: str) -> None:
        """A text, or empty fields."""
        row = self._rows().get(key, {"name": "", "text": "", "states": [], "public": True, "active": True})
        self._name.setText(row["name"])
        self._text.setPlainText(row["text"])
        self._states.tick(list(row["states"]))
        self._public.setChecked(row["public"])
        self._active.setChecked(row["active"])
        self._show_preview()

    def _show_preview(self) -> None:
        document = self.facts.document if self.facts else {}
        values = {key: str(document.get("name" if key == "office" else key, "")) or example
                  for key, (_name, example) in PLACES.items()}  # fmt: skip
        self._preview.show_text(reply_templates.put_in(self.text("text"), values) or "…")

    @property
    def preview(self) -> str:
        """What the citizen would read."""
        return self._preview.shown_text()

    def wanted(self) -> dict[str, Any]:
        """The office's rows with this text."""
        for key, label in (("name", "ชื่อ"), ("text", "ข้อความ")):
            if not self.text(key):
                raise Refused("required", f"ยังไม่ได้ใส่{label}", f"ใส่{label}", key)
        row = {
            "code": self.key or self._unused(),
            "name": self.text("name"),
            "text": self.text("text"),
            "states": self._kept_states() + self._states.ticked(),
            "public": self._public.isChecked(),
            "active": self._active.isChecked(),
        }
        return self._with(row)

    def without(self) -> dict[str, Any]:
        """The office's rows with the marked text out of use."""
        return self._with({**self._rows()[self.key], "active": False})

    def _kept_states(self) -> list[str]:
        """States of other services, which are not asked for here."""
        before = self._rows().get(self.key, {}).get("states", [])
        return [state for state in before if state not in self._states.boxes]

    def _with(self, row: Mapping[str, Any]) -> dict[str, Any]:
        assert self.facts is not None
        own = {one["code"]: one for one in self.facts.document["replies"]}
        return {"replies": list({**own, row["code"]: dict(row)}.values())}

    def _unused(self) -> str:
        taken = self._rows()
        return next(code for place in range(1, 10_000) if (code := f"own_{place}") not in taken)
