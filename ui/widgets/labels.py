"""Labels: Thai that wraps on every platform, text cut short with "…", words on a coloured ground."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from app.services.words import with_break_points
from ui.style import give_role

SHORT = 28
"""Letters that hardly ever need to wrap; sparing them keeps the word list out of the first window."""


class ThaiLabel(QLabel):
    """A label for running text. Qt wraps Thai only where libthai is installed, so break points are put in."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if role:
            give_role(self, role)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show a text; long Thai gets invisible break points."""
        if text != self._text:
            self._text = text
            self.setText(with_break_points(text) if len(text) > SHORT else text)
            self.setAccessibleName(text)

    def shown_text(self) -> str:
        """The text as it was given, without break points."""
        return self._text


class ElidedLabel(QLabel):
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

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters is enough."""
        return QSize(self.fontMetrics().horizontalAdvance("กกก…"), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, cut to the width there is."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | self.alignment()), text)
        painter.end()


CHIP_ROLES = ("plain", "good", "warn", "bad", "accent")


class Chip(QLabel):
    """A short word on a coloured ground: the word says it, the colour only helps."""

    def __init__(self, text: str = "", tone: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
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
