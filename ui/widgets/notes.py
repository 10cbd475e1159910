"""A calm note across the page: what happened, what to do next, and at most one thing to press."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.style import GAP, NEAR, WIDE, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel

MARKS = {"info": "•", "good": "•", "warn": "▲", "bad": "▲"}


class Note(QWidget):
    """Hidden until something is to be said; Esc or its button takes it away, unless it is not `closable`."""

    def __init__(self, parent: QWidget | None = None, *, closable: bool = True) -> None:
        super().__init__(parent)
        self._then: Callable[[], None] | None = None
        self._mark = give_role(QLabel(), "section")
        self._mark.setTextFormat(Qt.TextFormat.PlainText)
        self._title = ThaiLabel(role="strong")
        self._hint = ThaiLabel()
        self._act = Action("")
        self._act.clicked.connect(self._do)
        self._close = Action("ปิด", role="quiet", tip="ปิดข้อความนี้")
        self._close.clicked.connect(self.hide)
        if not closable:
            self._close.hide()
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._title)
        texts.addWidget(self._hint)
        self._frame = QFrame()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(WIDE, NEAR, WIDE, 0)
        outside.addWidget(self._frame)
        box = QHBoxLayout(self._frame)
        box.setContentsMargins(GAP, NEAR, NEAR, NEAR)
        box.setSpacing(GAP)
        box.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(texts, 1)
        box.addWidget(self._act)
        box.addWidget(self._close)
        self.hide()

    @property
    def title(self) -> str:
        """What the note says, or empty when it is hidden."""
        return "" if self.isHidden() else self._title.shown_text()

    def say(
        self, tone: str, title: str, hint: str = "", action: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """Show a note. tone: "info", "good", "warn" or "bad"; `action` labels the button that calls `then`."""
        give_role(self._frame, f"note_{tone}")
        self._mark.setText(MARKS.get(tone, "•"))
        self._title.show_text(title)
        self._hint.show_text(hint)
        self._hint.setVisible(bool(hint))
        self._act.setText(action)
        self._act.setAccessibleName(action)
        self._act.setToolTip(action)
        self._act.setVisible(bool(action))
        self._then = then
        self.setAccessibleName(f"{title} {hint}".strip())
        self.show()

    def press(self) -> bool:
        """Do what the button offers; False when the note is hidden or offers nothing."""
        if self.isHidden() or self._then is None:
            return False
        self._do()
        return True

    def _do(self) -> None:
        then, self._then = self._then, None
        self.hide()
        if then is not None:
            then()
