"""How a panel of one list is laid out: title, a line that tells, a bar of buttons with their keys, the list."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.style import GAP, NEAR, WIDE
from ui.widgets.fields import Action
from ui.widgets.labels import heading
from ui.widgets.layouts import Card, FlowLayout

Act = tuple[Action, str, Callable[[], object]]
"""A button, the key that presses it anywhere in the panel ("" where the page or the list has it), and what it does."""


def lay_out(panel: QWidget, title: str, told: QWidget, table: QWidget, acts: Sequence[Act]) -> None:
    """Fill the empty panel; the list takes the room that is left."""
    bar, inside = QWidget(), QWidget()
    flow = FlowLayout(bar, NEAR)
    flow.setContentsMargins(0, 0, 0, 0)
    for button, key, act in acts:
        flow.addWidget(button)
        button.clicked.connect(act)
        if key:
            shortcut = QShortcut(QKeySequence(key), panel)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
    box = QVBoxLayout(inside)
    box.setContentsMargins(WIDE, GAP, WIDE, GAP)
    box.setSpacing(NEAR)
    for widget in (heading(title), told, bar):
        box.addWidget(widget)
    box.addWidget(table, 1)
    whole = QVBoxLayout(panel)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addWidget(Card(inside))
