"""The papers of a day: chosen by ticks, to the A4 printer or into one PDF."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.money import formatted
from app.services import day_papers
from app.services.day_papers import DayState
from app.services.office_papers import MoneyPapers
from ui.cashier.dialogs import MoneyDialog
from ui.cashier.paper_out import NO_PRINTER, save
from ui.ports import Session
from ui.widgets.fields import Action, FieldRow
from ui.widgets.labels import ThaiLabel

WAIT_MS = 150


class DayPapersDialog(MoneyDialog):
    """Slip, voucher, the registers of a day."""

    def __init__(self, session: Session, parent: QWidget, on: date) -> None:
        super().__init__(session, parent, "เอกสารสิ้นวัน", "พิมพ์ A4")
        self.told = ""
        """What was done, for the note of the page."""
        self.day = QLineEdit(f"{on.day}/{on.month}/{thai_date.year_be(on)}")
        self.add(FieldRow("on", "วันที่", self.day, "วันที่รับเงิน เช่น 20/11/2569"))
        self.state = ThaiLabel()
        self.box.addWidget(self.state)
        self.ticks: dict[str, QCheckBox] = {}
        for name, text in day_papers.PAPERS.items():
            tick = QCheckBox(text)
            tick.setChecked(True)
            self.ticks[name] = tick
            self.box.addWidget(tick)
        self.keep = Action("Ctrl+S  บันทึก PDF…", key="Ctrl+S", tip="บันทึกเอกสารที่เลือกเป็น PDF ไฟล์เดียว")
        self.keep.clicked.connect(self.save)
        self.finish(460, 400, self.keep)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._ask)
        self.day.textEdited.connect(lambda _text: self._timer.start())
        self._ask()

    def work(self) -> Callable[[], object]:
        """Print what is ticked."""
        printer, paper = self._session.counter.printer_for("a4"), self._session.paper
        if printer is None:
            raise NO_PRINTER
        make = self._make()
        self.told = f"ส่งเอกสารไปที่ {printer.name} แล้ว"
        return lambda: paper.print_office(make(), printer)

    def save(self) -> None:
        """Ctrl+S: one PDF with all that is ticked."""
        try:
            on = self._on()
        except Refused as error:
            self.tell(error)
            return
        name = f"เอกสารการเงิน {on.isoformat()}.pdf"
        chosen, _kind = QFileDialog.getSaveFileName(self, "บันทึกเอกสาร", name, "PDF (*.pdf)")
        if not chosen:
            return
        target, paper, make = Path(chosen), self._session.paper, self._make()
        self.told = f"บันทึก {target.name} แล้ว"
        self.keep.setEnabled(False)
        self._session.tasks.command(
            self, lambda: save(target, paper.office_file(make(), ".pdf")), self._done, self.tell
        )

    def tell(self, error: Exception) -> None:
        """Say what is wrong."""
        self.keep.setEnabled(True)
        super().tell(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+S saves."""
        if event.key() == Qt.Key.Key_S and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.keep.click()
        else:
            super().keyPressEvent(event)

    def _on(self) -> date:
        return thai_date.parse_date(self.day.text(), field="on")

    def _make(self) -> Callable[[], MoneyPapers]:
        wanted = tuple(name for name, tick in self.ticks.items() if tick.isChecked() and tick.isEnabled())
        return partial(day_papers.make, self._session.counter, self._session.actor, self._on(), wanted)

    def _ask(self) -> None:
        counter = self._session.counter
        try:
            on = self._on()
        except Refused:
            self.state.show_text("")
            return
        self._session.tasks.query(self, lambda: day_papers.state(counter, on), self._show, self.tell, topic="state")

    def _show(self, state: DayState) -> None:
        self.rows["on"].clear_error()
        parts = [
            f"ปิดยอดแล้ว {state.closed:,} ลิ้นชัก",
            f"ใบเสร็จ {state.receipts:,} ฉบับ ยกเลิก {state.voided:,} ฉบับ",
            f"รวม {formatted(state.total_satang)} บาท",
        ]
        if state.open:
            parts.append(f"ยังไม่ปิดยอด: {', '.join(state.open)}")
        self.state.show_text("\n".join(parts))
        self.ticks[day_papers.SLIPS].setEnabled(state.closed > 0)
