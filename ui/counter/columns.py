"""Three columns side by side; where the text is too large for that, two are in view and the focus slides the page."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.style import GAP, WIDE, Look, give_role
from ui.widgets.layouts import Card

NARROW = 1_000
"""Below so many pixels (as if the text were at 100 %) two columns are in view and the page slides sideways."""


class Columns(QWidget):
    """`foot` is the line below a narrow page, for what must stay in view."""

    def __init__(self, *columns: tuple[QWidget, int]) -> None:
        super().__init__()
        self.inside = give_role(QWidget(), "ground")
        self._cards: list[Card] = []
        side_by_side = QHBoxLayout(self.inside)
        side_by_side.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        side_by_side.setSpacing(WIDE)
        for column, stretch in columns:
            card = Card(column)
            side_by_side.addWidget(card, stretch)
            self._cards.append(card)
        self.sideways = QScrollArea()
        self.sideways.setWidgetResizable(True)
        self.sideways.setFrameShape(QFrame.Shape.NoFrame)
        self.sideways.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sideways.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sideways.setWidget(self.inside)
        self._foot = give_role(QWidget(), "plain")
        self.foot = QHBoxLayout(self._foot)
        self.foot.setContentsMargins(WIDE, 0, WIDE, GAP)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.sideways, 1)
        box.addWidget(self._foot)

    def arrange(self, width: int, look: Look) -> bool:
        """Fit a page so many pixels wide; True where it is narrow."""
        narrow = width * 100 // look.scale < NARROW
        column = (width - 3 * WIDE) // 2
        for card in self._cards:
            card.setMinimumWidth(column if narrow else 0)
        self.inside.setMinimumWidth(3 * column + 4 * WIDE if narrow else 0)
        self._foot.setVisible(narrow)
        return narrow

    def follow(self, focus: QWidget) -> None:
        """Slide the column of this control into view."""
        bar = self.sideways.horizontalScrollBar()
        if bar.maximum() == 0:
            return
        card = next(card for card in self._cards if card.isAncestorOf(focus))
        left = card.mapTo(self.inside, QPoint(0, 0)).x()
        right = left + card.width() + WIDE
        bar.setValue(min(max(bar.value(), right - self.sideways.viewport().width()), left - WIDE))
