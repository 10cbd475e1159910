"""Seeing a whole number: a right, a reason, an entry in the access log first; shown for seconds, then gone."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from app.domain import citizen_id, phone
from app.domain.errors import CounterError
from app.services import people
from ui import faults
from ui.ports import Session
from ui.style import FAR, GAP, give_role
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import FlowLayout

SHOWN_MS = 20_000
REASONS = ("ทวนเลขกับบัตรตัวจริง", "ติดต่อผู้ร้องทางโทรศัพท์", "กรอกในแบบของหน่วยงานอื่น")
FIELDS = {
    "citizen_id": "เลขประจำตัว",
    "phone": "เบอร์โทรศัพท์",
    "representative_id": "เลขประจำตัวผู้แทน",
    "passport": "เลขหนังสือเดินทาง",
}
FORMATS = {"citizen_id": citizen_id.formatted, "representative_id": citizen_id.formatted, "phone": phone.formatted}


class UnmaskDialog(QDialog):
    """Asks for the reason, then shows one number at a time. Nothing of it reaches the form."""

    def __init__(self, session: Session, person: int, fields: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._person = session, person
        self.setWindowTitle("ดูเลขฉบับเต็ม")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._reason = Chooser(editable=True)
        self._reason.addItems(REASONS)
        self._reason.setCurrentIndex(-1)
        self._reason.clearEditText()
        told = "ชื่อของท่าน เวลา และเหตุผลจะถูกบันทึกในประวัติการเข้าถึงข้อมูล"
        self.row = FieldRow("reason", "เหตุผลที่ขอดู", self._reason, told, required=True)
        self._reason.editTextChanged.connect(lambda _text: self.row.clear_error())
        self._whole = give_role(QLabel(), "number")
        self._whole.setTextFormat(Qt.TextFormat.PlainText)
        self._whole.hide()
        self._message = ThaiLabel(role="error")
        self._message.hide()
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        self.buttons: dict[str, Action] = {}
        for field in fields:
            button = Action(f"ดู{FIELDS[field]}", tip=f"บันทึกเหตุผล แล้วดู{FIELDS[field]}")
            button.clicked.connect(lambda _checked=False, field=field: self._ask(field))
            self.buttons[field] = button
            flow.addWidget(button)
        stop = Action("ปิด", role="quiet", key="Esc")
        stop.clicked.connect(self.reject)
        flow.addWidget(stop)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        for widget in (self.row, ThaiLabel(told, role="small"), self._whole, self._message, buttons):
            box.addWidget(widget)
        self.setMinimumWidth(min(session.look.pixels(300), self.screen().availableGeometry().width() - 40))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.mask_again)
        self._reason.setFocus()

    @property
    def shown(self) -> str:
        """The whole number while it is shown."""
        return "" if self._whole.isHidden() else self._whole.text()

    @property
    def said(self) -> str:
        """Why it was refused, or empty."""
        return self.row.error or ("" if self._message.isHidden() else self._message.shown_text())

    def give_reason(self, reason: str) -> None:
        """As if the clerk had typed a reason."""
        self._reason.setEditText(reason)

    def mask_again(self) -> None:
        """The number goes from the screen."""
        self._whole.clear()
        self._whole.hide()

    def done(self, result: int) -> None:
        """However it ends, nothing stays."""
        self._timer.stop()
        self.mask_again()
        super().done(result)

    def _ask(self, field: str) -> None:
        self.mask_again()
        self._message.hide()
        counter, actor, person = self._session.counter, self._session.actor, self._person
        reason = self._reason.currentText()
        self._session.tasks.command(
            self,
            lambda: people.unmask(counter, actor, person, field, reason),
            lambda value: self._show(field, value),
            self._refused,
        )

    def _show(self, field: str, value: str) -> None:
        if not self.isVisible():
            return
        self._whole.setText(FORMATS[field](value) if field in FORMATS and value else value or "ไม่มีข้อมูล")
        self._whole.show()
        self._timer.start()

    def _refused(self, error: Exception) -> None:
        if isinstance(error, CounterError) and error.field == "reason":
            self.row.show_error(error.title, error.hint)
            self._reason.setFocus()
            return
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, hint = faults.words(error)
        self._message.show_text(f"▲ {title} {hint}".rstrip())
        self._message.show()
