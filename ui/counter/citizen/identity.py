"""The number in the form: masked, where it came from, and what is odd about it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from app.domain import citizen_id
from ui.counter.citizen import filling
from ui.style import give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ElidedLabel, ThaiLabel
from ui.widgets.layouts import FlowLayout

UNSURE = "▲ เลขหลักสุดท้ายไม่ตรงตามสูตร ตรวจกับเอกสารตัวจริงอีกครั้ง"
CONFIRM = "ตรวจกับเอกสารตัวจริงแล้ว เลขตรงกัน"
WHOLE_MS = 20_000
"""How long a whole number stays on the screen."""


class IdentityLine(QWidget):
    """Hidden while there is no number."""

    changed = Signal()
    forgotten = Signal()
    whole_wanted = Signal()
    """The clerk asks to see the whole number."""

    def __init__(self) -> None:
        super().__init__()
        give_role(self, "plain")
        self._number = ""
        self._kind = "thai"
        self._masked = give_role(QLabel(), "strong")
        self._came = ElidedLabel(role="small")
        self.whole = Action("ดูเลข", role="quiet", tip="ดูเลขเต็ม ต้องมีสิทธิ์และเหตุผล และถูกบันทึกไว้")
        self.whole.clicked.connect(self.whole_wanted)
        self.whole.hide()
        forget = Action("ล้าง", role="quiet", tip="เอาเลขประจำตัวออกจากแบบ")
        forget.clicked.connect(self.forgotten)
        line = QWidget()
        flow = FlowLayout(line)
        flow.setContentsMargins(0, 0, 0, 0)
        for widget in (self._masked, self.whole, forget):
            flow.addWidget(widget)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(line)
        self._box.addWidget(self._came)
        self._warning: ThaiLabel | None = None
        self._confirm: QCheckBox | None = None
        self.hide()

    @property
    def number(self) -> str:
        """Thirteen digits, the masked form of a number in the register, or ""."""
        return self._number

    @property
    def shown(self) -> str:
        """What stands on the screen."""
        return "" if self.isHidden() else self._masked.text()

    @property
    def source(self) -> str:
        """Where the number came from, in Thai."""
        return self._came.text()

    @property
    def warning(self) -> str:
        """What is odd about the number, or ""."""
        return "" if self._warning is None or self._warning.isHidden() else self._warning.shown_text()

    @property
    def confirmed(self) -> bool:
        """Whether the clerk has compared an odd number with the document."""
        return self._confirm is not None and not self._confirm.isHidden() and self._confirm.isChecked()

    def show_number(self, number: str, source: str, kind: str, *, confirmed: bool = False) -> None:
        """Take a number; "" takes it away."""
        self._number = number
        self.setVisible(bool(number))
        self.tell_source(source)
        if number:
            self.hide_whole()
            whole = not filling.is_masked(number)
            self._masked.setToolTip(citizen_id.kind_text(number) if whole and kind != "juristic" else "")
        self.judge(kind)
        if self._confirm is not None:
            self._confirm.setChecked(confirmed)

    def judge(self, kind: str) -> None:
        """Tell what is odd about the number for an applicant of this kind."""
        self._kind = kind
        state = filling.number_state(self._number, kind) if self._number else ""
        odd = state in ("unsure", "confirm")
        if odd and self._warning is None:
            self._warning = ThaiLabel(UNSURE, role="warn")
            self._confirm = QCheckBox(CONFIRM)
            self._confirm.setAccessibleName(CONFIRM)
            self._confirm.clicked.connect(lambda _checked: self.changed.emit())
            self._box.addWidget(self._warning)
            self._box.addWidget(self._confirm)
        if self._warning is not None and self._confirm is not None:
            self._warning.setVisible(odd)
            self._confirm.setVisible(state == "confirm")

    def tell_source(self, source: str) -> None:
        """Say where the number, or the person, came from."""
        self._came.setText(source)
        self._came.setVisible(bool(source))

    def show_whole(self, digits: str) -> None:
        """Show the whole number for a while; the caller masks it again."""
        self._masked.setText(citizen_id.formatted(digits))
        self._masked.setAccessibleName("เลขประจำตัวเต็ม")

    def hide_whole(self) -> None:
        """Only the last four digits."""
        if self._number:
            shown = filling.shown_number(self._number)
            self._masked.setText(shown)
            self._masked.setAccessibleName(f"เลขประจำตัวลงท้าย {self._number[-4:].replace('-', '')}")
