"""Receipts in the settings: their paper and wording, and where a pre-printed leaf is filled, with a live preview."""

from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from app.domain.errors import CounterError, Refused
from app.services import offices, receipt_settings
from ui import faults
from ui.counter.preview import Picture
from ui.ports import Session
from ui.settings.section import Section
from ui.style import GAP
from ui.widgets.fields import Chooser
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Column

PAUSE: Final = 250
"""Milliseconds without a key press before the preview is drawn."""
PAPERS: Final = {"a5": "A5", "a4": "A4", "slip": "กระดาษความร้อน 80 มม."}
PLACES: Final = {
    "date": "วันที่", "payer": "ได้รับเงินจาก", "tax_id": "เลขประจำตัวผู้เสียภาษี", "address": "ที่อยู่", "number": "เลขที่เรื่อง",
    "items": "รายการ (บรรทัดแรก)", "amounts": "จำนวนเงิน (ขอบขวา บรรทัดแรก)", "total": "รวมเงิน (ขอบขวา)",
    "total_text": "จำนวนเงินตัวอักษร", "method": "วิธีชำระ", "cashier": "ชื่อผู้รับเงิน", "position": "ตำแหน่งผู้รับเงิน",
}  # fmt: skip
"""The places of receipt_settings.OVERLAY_FIELDS, as they are called here."""
FORM = "พิมพ์ ระยะจากซ้าย, ระยะจากบน เป็นมิลลิเมตร เช่น 95, 30.5"


class ReceiptsSection(Section):
    """Paper, place, closing line and, for books printed before, twelve places in millimetres."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            "ใบเสร็จรับเงิน",
            "ใช้กับใบเสร็จที่ออกต่อจากนี้ ใบที่ออกแล้วพิมพ์ซ้ำได้เหมือนเดิม ถ้าใช้ใบเสร็จเล่มพิมพ์สำเร็จ ใส่ตำแหน่งของแต่ละช่องเป็น"
            " ซ้าย, บน มิลลิเมตรจากมุมซ้ายบนของใบ เช่น 95, 30.5 เว้นว่างคือไม่พิมพ์ช่องนั้น เว้นว่างทุกช่องคือเขียนด้วยมือ",
        )
        self._session = session
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.draw)
        self.paper, self.picture = Chooser(), Picture("ตัวอย่างใบเสร็จ")
        self._trouble = ThaiLabel(role="error")
        self._trouble.hide()
        for code, name in PAPERS.items():
            self.paper.addItem(name, code)
        self.add("paper", "กระดาษ", self.paper)
        self._lines = {key: QLineEdit() for key in ("place", "footer", *PLACES)}
        self.add("place", "ออกให้ที่", self._lines["place"])
        self.add("footer", "ข้อความท้ายใบเสร็จ", self._lines["footer"])
        for key, name in PLACES.items():
            self._lines[key].setPlaceholderText("ไม่พิมพ์")
            self.add(key, f"ตำแหน่ง {name}", self._lines[key])
        self.finish()
        sheet = Column()
        sheet.box.addWidget(self._trouble)
        sheet.box.addWidget(self.picture)
        sheet.box.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(ThaiLabel("ตัวอย่าง (กรอบคือขอบของใบ)", role="small"))
        right.addWidget(sheet, 1)
        both = QHBoxLayout()
        both.setSpacing(GAP)
        both.addWidget(self._form, 6)
        both.addLayout(right, 5)
        self.box.addLayout(both, 1)

    def fill(self) -> None:
        """What the office has set, usual values where it has not."""
        assert self.facts is not None
        known = receipt_settings.receipts(dict(self.facts.document))
        self.paper.setCurrentIndex(max(0, self.paper.findData(known["paper"])))
        for key in ("place", "footer"):
            self._lines[key].setText(str(known[key]))
        for key in PLACES:
            place = known["overlay"].get(key)
            self._lines[key].setText(", ".join(f"{part:g}" for part in place) if place else "")
        self._pause.start()

    def wanted(self) -> dict[str, Any]:
        """The table [receipts], what is not asked for here kept. Refused with the field at fault."""
        assert self.facts is not None
        overlay = {key: _place(key, self.text(key)) for key in PLACES if self.text(key)}
        told = {"paper": str(self.paper.currentData()), "place": self.text("place"), "footer": self.text("footer")}
        usual = receipt_settings.RECEIPTS
        known = self.facts.document.get("receipts") or {}
        found = {**known, **told, "overlay": overlay}
        return {"receipts": {key: value for key, value in found.items() if key in known or value != usual[key]}}

    # preview ---------------------------------------------------------------------------------------------------

    def _touched(self) -> None:
        super()._touched()
        self._pause.start()

    def draw(self) -> None:
        """Show the receipt as it would be printed, or what is wrong with a place."""
        if self.facts is None:
            return
        try:
            document = offices.check_office({**self.facts.document, **self.wanted()})
        except Refused as error:
            self._say(error)
            return
        self._trouble.hide()
        office, settings = offices.view(document), receipt_settings.receipts(document)
        paper = self._session.paper
        self._session.tasks.query(
            self, lambda: QImage.fromData(paper.receipt_sample_png(office, settings)), self.picture.show_image,
            self._not_drawn, topic="receipt sample",
        )  # fmt: skip

    def _say(self, error: CounterError) -> None:
        self._trouble.show_text(f"▲ {error.title} {error.hint}".rstrip())
        self._trouble.show()

    def _not_drawn(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self._say(error)
        else:
            faults.record(error)


def _place(key: str, text: str) -> list[float]:
    """ "95, 30.5" -> [95.0, 30.5]. Refused with the field."""
    parts = text.replace(",", " ").split()
    try:
        if len(parts) != 2 or not text.isascii():
            raise ValueError
        found = [float(part) for part in parts]
    except ValueError:
        raise Refused("place", f"ตำแหน่ง{PLACES[key]}ไม่ถูกต้อง", FORM, key) from None
    if not all(0 <= part <= receipt_settings.LARGEST_MM for part in found):
        raise Refused("place", f"ตำแหน่ง{PLACES[key]}อยู่นอกกระดาษ", f"ใส่ 0–{receipt_settings.LARGEST_MM} มิลลิเมตร", key)
    return found
