"""Answers in words and digits: text, long text, integer, decimal, money, date, citizen number, phone."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.catalog.schema import Field
from app.domain import thai_date
from app.domain.errors import Refused
from app.services.words import without_break_points
from ui.forms.editor import Editor
from ui.style import give_role
from ui.widgets.fields import LongText

LONGEST_INPUT = 20_000
"""Characters that may be pasted into a field; the definition's own limit is told as a message, not by cutting off."""


class TextEditor(Editor):
    """One line of text, with the unit behind it where the definition names one."""

    def __init__(self, field: Field, *, digits: bool = False) -> None:
        self._line = QLineEdit()
        self._line.setMaxLength(LONGEST_INPUT)
        self._line.setPlaceholderText(field.placeholder)
        if digits:
            self._line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        controls: list[QWidget] = [self._line]
        super().__init__(*controls)
        if field.unit:
            self._box.addWidget(give_role(QLabel(field.unit), "small"))
        self._line.textEdited.connect(lambda _text: self.changed.emit())

    def value(self) -> Any:
        """The text as typed."""
        return without_break_points(self._line.text())

    def set_value(self, value: Any) -> None:
        """Show a text or number."""
        self._line.setText("" if value is None else str(value))


class ShownEditor(Editor):
    """An answer that is worked out: shown, never typed."""

    def __init__(self, field: Field) -> None:
        self._line = QLineEdit()
        self._line.setReadOnly(True)
        self._line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._line.setPlaceholderText("โปรแกรมคำนวณให้")
        super().__init__(self._line)
        if field.unit:
            self._box.addWidget(give_role(QLabel(field.unit), "small"))

    def value(self) -> Any:
        """Nothing: it is worked out again when saving."""
        return ""

    def set_value(self, value: Any) -> None:
        """Show a figure."""
        self._line.setText("" if value is None else str(value))


class LongTextEditor(Editor):
    """Several lines of text."""

    def __init__(self, field: Field) -> None:
        self._text = LongText()
        self._text.setPlaceholderText(field.placeholder)
        super().__init__(self._text)
        self._silent = False
        self._text.textChanged.connect(self._announce)

    def _announce(self) -> None:
        if not self._silent:
            self.changed.emit()

    def value(self) -> Any:
        """The text as typed."""
        return without_break_points(self._text.toPlainText())

    def set_value(self, value: Any) -> None:
        """Show a text."""
        self._silent = True
        self._text.setPlainText("" if value is None else str(value))
        self._silent = False


class DateEditor(Editor):
    """A date as people write it (20/11/2569, 20 พ.ย. 69), with the day understood spelled out beside it."""

    def __init__(self, field: Field) -> None:
        self._line = QLineEdit()
        self._line.setMaxLength(LONGEST_INPUT)
        self._line.setPlaceholderText(field.placeholder or "วว/ดด/ปปปป เช่น 20/11/2569")
        super().__init__(self._line)
        self._understood = give_role(QLabel(), "small")
        self._box.addWidget(self._understood)
        self._line.textEdited.connect(self._edited)

    def value(self) -> Any:
        """ISO text of the date, or the text as typed where it is no date."""
        text = self._line.text().strip()
        try:
            return thai_date.parse_date(text).isoformat() if text else ""
        except Refused:
            return text

    def set_value(self, value: Any) -> None:
        """Show a date given as ISO text, or any text."""
        text = "" if value is None else str(value)
        try:
            day = thai_date.parse_date(text) if text else None
        except Refused:
            day = None
        self._line.setText(text if day is None else f"{day.day}/{day.month}/{thai_date.year_be(day)}")
        self._tell()

    def _edited(self, _text: str) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        try:
            self._understood.setText(thai_date.long(thai_date.parse_date(self._line.text())))
        except Refused:
            self._understood.clear()
