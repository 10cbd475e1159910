"""Answers chosen rather than typed: one of several, several of several, yes or no."""

from typing import Any

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from app.catalog.schema import Field
from app.domain import thai_date
from ui.forms.editor import Editor
from ui.style import NEAR
from ui.widgets.fields import Chooser
from ui.widgets.layouts import FlowLayout

MOST_BUTTONS = 4
"""Up to so many choices are shown at once; more go into a list."""


class ListEditor(Editor):
    """One of many choices, in a list that opens."""

    def __init__(self, field: Field) -> None:
        self._list = Chooser()
        self._list.addItem("เลือก…", "")
        for choice in field.choices:
            self._list.addItem(choice.name, choice.code)
        super().__init__(self._list)
        self._list.activated.connect(lambda _index: self.changed.emit())

    def value(self) -> Any:
        """Code of the choice, or ""."""
        return str(self._list.currentData() or "")

    def set_value(self, value: Any) -> None:
        """Choose by code."""
        self._list.setCurrentIndex(max(0, self._list.findData(value or "")))


class MonthEditor(Editor):
    """One of the twelve months."""

    def __init__(self, _field: Field) -> None:
        self._list = Chooser()
        self._list.addItem("เลือกเดือน…", "")
        for number, name in enumerate(thai_date.MONTHS, start=1):
            self._list.addItem(name, number)
        super().__init__(self._list)
        self._list.activated.connect(lambda _index: self.changed.emit())

    def value(self) -> Any:
        """The number of the month, or ""."""
        return self._list.currentData() or ""

    def set_value(self, value: Any) -> None:
        """Choose by number."""
        text = str(value or "")
        self._list.setCurrentIndex(max(0, self._list.findData(int(text)) if text.isdigit() else 0))


class _Buttons(Editor):
    """Choices side by side, going on in the next line when the width ends."""

    def __init__(self, buttons: list[QRadioButton] | list[QCheckBox]) -> None:
        holder = QWidget()
        flow = FlowLayout(holder, NEAR)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in buttons:
            flow.addWidget(button)
        super().__init__(holder)
        self.setFocusProxy(buttons[0])
        for button in buttons:
            button.installEventFilter(self)
            button.clicked.connect(lambda _checked: self.changed.emit())

    def setAccessibleName(self, name: str) -> None:
        """Each button is told with the question it answers."""
        super().setAccessibleName(name)
        for button in (*self.findChildren(QRadioButton), *self.findChildren(QCheckBox)):
            button.setAccessibleName(f"{name}: {button.text()}")


class RadioEditor(_Buttons):
    """One of a few choices, all in view."""

    def __init__(self, field: Field) -> None:
        self._buttons = {choice.code: QRadioButton(choice.name) for choice in field.choices}
        super().__init__(list(self._buttons.values()))
        self._group = QButtonGroup(self)
        for button in self._buttons.values():
            self._group.addButton(button)

    def value(self) -> Any:
        """Code of the choice, or ""."""
        return next((code for code, button in self._buttons.items() if button.isChecked()), "")

    def set_value(self, value: Any) -> None:
        """Choose by code; anything else chooses nothing."""
        self._group.setExclusive(False)
        for code, button in self._buttons.items():
            button.setChecked(code == value)
        self._group.setExclusive(True)


class CheckEditor(_Buttons):
    """Any number of choices."""

    def __init__(self, field: Field) -> None:
        self._boxes = {choice.code: QCheckBox(choice.name) for choice in field.choices}
        super().__init__(list(self._boxes.values()))

    def value(self) -> Any:
        """Codes of the choices, in the order of the definition."""
        return [code for code, box in self._boxes.items() if box.isChecked()]

    def set_value(self, value: Any) -> None:
        """Choose by codes."""
        wanted = value if isinstance(value, (list, tuple)) else ()
        for code, box in self._boxes.items():
            box.setChecked(code in wanted)


class BooleanEditor(Editor):
    """Yes or no; the question is the label of the box."""

    def __init__(self, field: Field) -> None:
        self._box_yes = QCheckBox(field.placeholder or ("ข้าพเจ้ารับรอง" if field.must_be_true else "ใช่"))
        super().__init__(self._box_yes)
        self._box_yes.clicked.connect(lambda _checked: self.changed.emit())

    def value(self) -> Any:
        """True or False."""
        return self._box_yes.isChecked()

    def set_value(self, value: Any) -> None:
        """Tick or clear the box."""
        self._box_yes.setChecked(value is True)


class YesNoEditor(RadioEditor):
    """Yes or no in the definition's own words ("เป็นการค้า", "ไม่เป็นการค้า"); untouched it answers nothing."""

    def value(self) -> Any:
        """True, False or ""."""
        return {"true": True, "false": False}.get(super().value(), "")

    def set_value(self, value: Any) -> None:
        """Choose True or False; anything else chooses nothing."""
        super().set_value(str(value).lower() if isinstance(value, bool) else None)


def boolean_editor(field: Field) -> Editor:
    """A box to tick, or two named answers."""
    return YesNoEditor(field) if field.choices else BooleanEditor(field)


def choice_editor(field: Field) -> Editor:
    """Buttons for a few choices, a list for many."""
    return RadioEditor(field) if len(field.choices) <= MOST_BUTTONS else ListEditor(field)
