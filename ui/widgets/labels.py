"""Labels: Thai that wraps on every platform, text cut short with "…", words on a coloured ground."""

from __future__ import annotations

from importlib import import_module

from PySide6 import QtCore, QtGui
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from ui.style import give_role

SHORT = 28
"""Letters that hardly ever need to wrap; sparing them keeps the word list out of the first window."""


class WholeLabel(QLabel):
    """A label that repaints all of itself. QLabel leaves out its padding, where the lower marks of Thai reach into:
    on a screen that keeps what nobody repaints, those of the former text would stay behind as specks."""

    def setText(self, text: str) -> None:
        """Set the text and repaint the padding, too."""
        super().setText(text)
        self.update()


class ThaiLabel(WholeLabel):
    """A label for running text. Qt wraps Thai only where libthai is installed, so break points are put in."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if role:
            give_role(self, role)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show a text; long Thai gets invisible break points."""
        if text != self._text:
            self._text = text
            if "<" in text:
                self.setTextFormat(QtCore.Qt.TextFormat.PlainText)
            self.setText(_breakable(text) if len(text) > SHORT else text)
            self.setAccessibleName(text)

    def shown_text(self) -> str:
        """The text as it was given, without break points."""
        return self._text


def _breakable(text: str) -> str:
    """The text with break points; the word list's module comes with the first long text, not with the first window."""
    broken: str = import_module("app.services.words").with_break_points(text)
    return broken


class ElidedLabel(WholeLabel):
    """One line that gives way: what does not fit is cut with "…" and told by the tool tip."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if role:
            give_role(self, role)

    def setText(self, text: str) -> None:
        """Set the text and, as the tool tip, all of it."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QtCore.QSize:
        """Room for a few letters is enough."""
        return QtCore.QSize(self.fontMetrics().horizontalAdvance("กกก…"), super().minimumSizeHint().height())

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        """Draw the text, cut to the width there is."""
        painter = QtGui.QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), QtCore.Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(QtCore.Qt.AlignmentFlag.AlignVCenter | self.alignment()), text)
        painter.end()


CHIP_ROLES = ("plain", "good", "warn", "bad", "accent")


class Chip(WholeLabel):
    """A short word on a coloured ground: the word says it, the colour only helps."""

    def __init__(self, text: str = "", tone: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.show_word(text, tone)

    def show_word(self, text: str, tone: str = "plain") -> None:
        """Show a word in one of the tones of `CHIP_ROLES`; an empty word hides the chip."""
        self.setText(text)
        self.setAccessibleName(text)
        give_role(self, f"chip_{tone if tone in CHIP_ROLES else 'plain'}")
        if not text:
            self.hide()
        elif self.parentWidget() is not None:  # without a parent it would flash up as a window
            self.show()


def heading(text: str) -> QLabel:
    """The heading of a column or group."""
    return give_role(QLabel(text), "section")


def rule() -> QFrame:
    """A thin line between two groups."""
    line = QFrame()
    line.setObjectName("rule")
    return line
