"""How the cashier's list looks: what it is and how much in the first line, the rest below."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.style import GAP, NEAR, Look

Index = QModelIndex | QPersistentModelIndex
LINES = Qt.ItemDataRole.UserRole + 1
RIGHT = "\t"
"""In the first line of a row: what follows stands at the right edge."""


def item_of(text: str, value: object) -> QListWidgetItem:
    """A row: the whole text for screen readers and as tool tip, for what is cut short can be read there."""
    item = QListWidgetItem(text.replace(RIGHT, "   "))
    item.setData(Qt.ItemDataRole.UserRole, value)
    item.setData(LINES, text)
    item.setToolTip(item.text())
    return item


def name_of(item: QListWidgetItem) -> str:
    """What a row is known by while its list is filled anew: how its first line begins."""
    return str(item.data(LINES)).split("\n")[0].split(RIGHT)[0].split("   ")[0]


class RowPainter(QStyledItemDelegate):
    """Draws a row; no line wraps, so that all rows of a list begin their sums at one edge."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As many lines as the text has, and air."""
        lines = str(index.data(LINES)).count("\n") + 1
        return QSize(0, lines * self._look.pixels(15) + GAP + NEAR)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """First line strong, the others small."""
        tokens, lines = self._look.tokens, str(index.data(LINES)).split("\n")
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(1, 2, -1, -2)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 6, 6)
        area = box.adjusted(GAP, NEAR, -GAP, -NEAR)
        height = area.height() // len(lines)
        carried = ""
        for place, line in enumerate(lines):
            part = QRect(area.left(), area.top() + place * height, area.width(), height)
            left, _, right = line.partition(RIGHT)
            right, carried = carried or right, ""
            if right and place == 0 and not self._fits(f"{left}  {right}", part.width()) and len(lines) > 1:
                right, carried = "", right  # large letters: the sum goes to the next line, the number stays whole
            font = self._look.font("body" if place < 2 else "small", bold=place == 0)
            used = self._text(painter, part, right, font, tokens.ink, Qt.AlignmentFlag.AlignRight)
            room = part.adjusted(0, 0, -used - NEAR if used else 0, 0)
            self._text(painter, room, left, font, tokens.ink if place < 2 else tokens.muted, Qt.AlignmentFlag.AlignLeft)
        painter.restore()

    def _fits(self, text: str, width: int) -> bool:
        return QFontMetrics(self._look.font(bold=True)).horizontalAdvance(text) <= width

    def _text(self, painter: QPainter, area: QRect, text: str, font: QFont, colour: str, side: Qt.AlignmentFlag) -> int:
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextDontClip), cut)
        return metrics.horizontalAdvance(cut)
