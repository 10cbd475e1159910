"""A field as people see it: label above, control, and below it what is wrong or what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.style import give_role, repolish
from ui.widgets.labels import ThaiLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QKeyEvent, QWheelEvent


class SharedMessage(ThaiLabel):
    """One line under several fields that stand side by side: an error or an explanation under a narrow field would not
    be readable, and would push its neighbours out of line."""

    def __init__(self) -> None:
        super().__init__(role="error")
        self._said: dict[str, str] = {}
        self._explained = ("", "")
        self.hide()

    def say(self, key: str, text: str) -> None:
        """What is wrong with one of the fields; "" where nothing is."""
        self._said[key] = text
        self._show()

    def explain(self, key: str, text: str) -> None:
        """What one of the fields is for; the same once more takes it away."""
        self._explained = ("", "") if self._explained == (key, text) else (key, text)
        self._show()

    def _show(self) -> None:
        errors = [said for said in self._said.values() if said]
        lines = [*errors, self._explained[1]] if self._explained[1] else errors
        give_role(self, "error" if errors else "help")
        self.show_text("\n".join(lines))
        self.setVisible(bool(lines))


def told(title: str, hint: str) -> str:
    """Title and hint in one line; the title alone where the hint says the same once more."""
    if hint.removeprefix("โปรด") == title.removeprefix("ยังไม่ได้"):
        hint = ""
    return f"▲ {title} {hint}".rstrip()


class FieldRow(QWidget):
    """Label, control and message of one field; `key` is the dotted key that errors name ("applicant.phone")."""

    def __init__(self, key: str, label: str, control: QWidget, help_text: str = "", *, required: bool = False) -> None:
        super().__init__()
        self.key = key
        self.control = control
        self.help_text = help_text
        self._label = ThaiLabel(f"{label} *" if required else label, role="label")
        self._label.setBuddy(control)
        self._error = ""
        self._shared: SharedMessage | None = None
        self._message = ThaiLabel(role="error")
        self._message.hide()
        self._help = ThaiLabel(help_text, role="help")
        self._help.hide()
        if not control.accessibleName():
            control.setAccessibleName(f"{label} (จำเป็นต้องกรอก)" if required else label)
        control.setAccessibleDescription(help_text)
        control.setAcceptDrops(False)  # a picture dropped anywhere is read by the page, not pasted as a path
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for widget in (self._label, control, self._message, self._help):
            box.addWidget(widget)
        wraps = control.hasHeightForWidth()  # a row of buttons takes a second line where the width ends
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred if wraps else QSizePolicy.Policy.Maximum
        )

    def rename(self, label: str, *, required: bool = False) -> None:
        """Another label, for instance because the field now asks for the same of another kind of person."""
        self._label.show_text(f"{label} *" if required else label)
        self.control.setAccessibleName(f"{label} (จำเป็นต้องกรอก)" if required else label)

    @property
    def error(self) -> str:
        """The message shown under the field, or empty."""
        return self._error

    def share(self, message: SharedMessage) -> None:
        """Say errors in a line that the neighbours use, too."""
        self._shared = message

    def show_error(self, title: str, hint: str = "") -> None:
        """Say under the field what is wrong and what to do."""
        self._error = told(title, hint)
        if self._shared is not None:
            self._shared.say(self.key, self._error)
        else:
            self._message.show_text(self._error)
            self._message.show()
        self.control.setAccessibleDescription(self._error)
        self._mark(True)

    def clear_error(self) -> None:
        """Take the message away, for instance because the clerk types again."""
        if self._error:
            self._error = ""
            if self._shared is not None:
                self._shared.say(self.key, "")
            self._message.hide()
            self.control.setAccessibleDescription(self.help_text)
            self._mark(False)

    def toggle_help(self) -> bool:
        """Show or hide the explanation of the field; False when it has none."""
        if not self.help_text:
            return False
        if self._shared is not None:
            self._shared.explain(self.key, self.help_text)
        else:
            self._help.setVisible(self._help.isHidden())
        return True

    def _mark(self, wrong: bool) -> None:
        for widget in (self.control, *self.control.findChildren(QWidget)):
            if isinstance(widget, (QLineEdit, QPlainTextEdit, QComboBox)):
                widget.setProperty("wrong", wrong)
                repolish(widget)


def row_of(widget: QWidget | None) -> FieldRow | None:
    """The field that a control (usually the one in focus) belongs to."""
    while widget is not None and not isinstance(widget, FieldRow):
        widget = widget.parentWidget()
    return widget


class LongText(QPlainTextEdit):
    """Several lines. Enter goes on as everywhere, Shift+Enter begins a new line; it grows with its text."""

    def __init__(self, lines: int = 3) -> None:
        super().__init__()
        self._lines = lines
        self.viewport().setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter pass to the page, turn Shift+Enter into a new line."""
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            if event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier:
                self.insertPlainText("\n")
            else:
                event.ignore()
            return
        super().keyPressEvent(event)

    def _fit(self) -> None:
        lines = max(self._lines, min(int(self.document().size().height()), self._lines + 5))
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 24)


class CommandLine(QLineEdit):
    """A line whose Enter does something here, so the page must not take it as "next field"; Up and Down walk a list."""

    entered = Signal()
    walked = Signal(int)

    def __init__(self, page_step: int = 6) -> None:
        super().__init__()
        self.setAcceptDrops(False)  # the page takes pictures
        self._steps = {
            QtCore.Qt.Key.Key_Down: 1,
            QtCore.Qt.Key.Key_Up: -1,
            QtCore.Qt.Key.Key_PageDown: page_step,
            QtCore.Qt.Key.Key_PageUp: -page_step,
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, walk, or type."""
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() in self._steps:
            self.walked.emit(self._steps[QtCore.Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class Chooser(QComboBox):
    """A combo box that the wheel does not change in passing and whose list is never wider than the window."""

    def __init__(self, *, editable: bool = False) -> None:
        super().__init__()
        self.setEditable(editable)
        line = self.lineEdit()
        if line is not None:
            line.setAcceptDrops(False)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def enterEvent(self, event: QEnterEvent) -> None:
        """From the first visit of the mouse on the wheel gives no focus."""
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        super().enterEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


WANTS = "wants"
"""Property of a button: the rights of which one is wanted, where its text says none (ui/button_rights.py)."""


class Action(QPushButton):
    """A button that Enter presses, too; its tool tip names the key."""

    def __init__(self, text: str, role: str = "", key: str = "", tip: str = "") -> None:
        super().__init__(text)
        self._why, self._tip, self._wished = "", "", True
        self.setAutoDefault(True)
        if role:
            give_role(self, role)
        told = tip or text
        self.setAccessibleName(told)
        self.setToolTip(f"{told} ({key})" if key else told)

    def sizeHint(self) -> QSize:
        """A tab has room for its name in the bold letters of the one that is chosen."""
        hint = super().sizeHint()
        if self.isCheckable():
            bold = QFont(self.font())
            bold.setBold(True)
            more = QFontMetrics(bold).horizontalAdvance(self.text()) - self.fontMetrics().horizontalAdvance(self.text())
            hint.setWidth(hint.width() + max(0, more))
        return hint

    def forbid(self, why: str) -> None:
        """Disabled for as long as `why` says why; "" gives it back to its page."""
        if why != self._why:
            self._why = why
            self.setToolTip(self._tip)
            self.setAccessibleDescription(why)
            super().setEnabled(self._wished and not why)

    def setEnabled(self, wanted: bool) -> None:
        """What the page wants, as far as the person may."""
        self._wished = wanted
        super().setEnabled(wanted and not self._why)

    def setToolTip(self, tip: str) -> None:
        """What it does, and why it may not be pressed."""
        self._tip = tip
        super().setToolTip(f"{tip} · {self._why}" if self._why else tip)
