"""The two things done to an open case, asked for in place: the next step, and a copy of a paper."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.errors import CounterError
from ui.style import GAP, give_role
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import FlowLayout

WHY_WHOLE = ("ติดต่อผู้ร้องเรื่องนี้", "ตรวจกับเอกสารตัวจริง", "ผู้ร้องขอให้ทวนข้อมูล")
REASONS = ("ประชาชนทำใบเดิมหาย", "กระดาษติดหรือหมึกจาง", "ประชาชนขอสำเนาเพิ่ม")


class Panel(QFrame):
    """A frame with fields and two buttons; Esc closes it, Enter goes on, F9 does it."""

    wanted = Signal()
    closed = Signal()

    def __init__(self, title: str, action: str) -> None:
        super().__init__()
        give_role(self, "note_info")
        self.rows: dict[str, FieldRow] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(GAP, GAP, GAP, GAP)
        self._box.setSpacing(GAP)
        self._heading = heading(title)
        self._box.addWidget(self._heading)
        self._message = ThaiLabel(role="error")
        self._message.hide()
        self._do = Action(f"F9  {action}", role="primary", key="F9", tip=action)
        self._do.clicked.connect(self.wanted)
        close = Action("ยกเลิก", key="Esc")
        close.clicked.connect(self.leave)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self._do)
        flow.addWidget(close)
        self._buttons = buttons
        self.hide()

    def add(self, row: FieldRow) -> None:
        """Add a field above the buttons."""
        self.rows[row.key] = row
        self._box.addWidget(row)

    def finish(self) -> None:
        """Put message and buttons below the fields."""
        self._box.addWidget(self._message)
        self._box.addWidget(self._buttons)

    def clear_errors(self) -> None:
        """Take every message away."""
        self._message.hide()
        for row in self.rows.values():
            row.clear_error()

    def show_error(self, error: CounterError) -> None:
        """Show an error at its field, or above the buttons."""
        row = self.rows.get(error.field or "")
        if row is None:
            self._message.show_text(f"▲ {error.title} {error.hint}".rstrip())
            self._message.show()
            return
        row.show_error(error.title, error.hint)
        row.control.setFocus()

    def leave(self) -> None:
        """Close without doing anything."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9 does it, Esc leaves."""
        if event.key() == Qt.Key.Key_F9:
            self.wanted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


class CopyPanel(Panel):
    """Print a paper again: always with a reason, which is printed and kept."""

    def __init__(self) -> None:
        super().__init__("พิมพ์ซ้ำ", "พิมพ์")
        self.document = ""
        self._reason = Chooser(editable=True)
        self._reason.addItems(REASONS)
        self.add(FieldRow("copy_reason", "เหตุผลที่พิมพ์ซ้ำ", self._reason, "เลือกหรือพิมพ์เหตุผลเอง จะเก็บไว้ในประวัติ"))
        self.finish()
        self._reason.editTextChanged.connect(lambda _text: self.clear_errors())

    def ask(self, document: str, name: str, printed_before: bool) -> None:
        """Open for a paper; the first print of a paper is no copy and needs no reason."""
        self.document = document
        self.clear_errors()
        self._heading.setText(f"พิมพ์{name} เป็นสำเนา" if printed_before else f"พิมพ์{name}")
        self.rows["copy_reason"].setVisible(printed_before)
        self._reason.setCurrentIndex(0)
        self.show()
        (self._reason if printed_before else self._do).setFocus()

    def value(self) -> str:
        """The reason, or "" for an original."""
        return "" if self.rows["copy_reason"].isHidden() else self._reason.currentText().strip()


class WholePanel(Panel):
    """See the applicant's numbers in full: always with a reason, which is kept."""

    def __init__(self) -> None:
        super().__init__("ดูเลขประจำตัวและเบอร์โทรศัพท์เต็ม", "เปิดดู")
        self._reason = Chooser(editable=True)
        self._reason.addItems(WHY_WHOLE)
        self.add(FieldRow("reason", "เหตุผลที่ขอดู", self._reason, "เลือกหรือพิมพ์เหตุผลเอง จะเก็บไว้พร้อมชื่อผู้ดู"))
        self.finish()
        self._reason.editTextChanged.connect(lambda _text: self.clear_errors())

    def ask(self) -> None:
        """Open with the most usual reason."""
        self.clear_errors()
        self._reason.setCurrentIndex(0)
        self.show()
        self._reason.setFocus()

    def value(self) -> str:
        """The reason."""
        return self._reason.currentText().strip()
