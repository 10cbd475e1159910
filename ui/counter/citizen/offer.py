"""The quiet question in the column: something else is known than what was typed. Nothing changes before the answer."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.style import GAP, NEAR, TIGHT, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import FlowLayout


class Offer(QFrame):
    """One sentence and up to two answers."""

    def __init__(self) -> None:
        super().__init__()
        give_role(self, "note_warn")
        self._words = ThaiLabel()
        self._yes = Action("", key="Alt+Y")
        self._no = Action("", role="quiet")
        self._then: Callable[[], None] | None = None
        self._yes.clicked.connect(self.accept)
        self._no.clicked.connect(self.withdraw)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self._yes)
        flow.addWidget(self._no)
        box = QVBoxLayout(self)
        box.setContentsMargins(GAP, NEAR, NEAR, NEAR)
        box.setSpacing(TIGHT)
        box.addWidget(self._words)
        box.addWidget(buttons)
        self.hide()

    @property
    def said(self) -> str:
        """The sentence, or empty when nothing is asked."""
        return "" if self.isHidden() else self._words.shown_text()

    def ask(self, tone: str, words: str, yes: str, no: str, then: Callable[[], None]) -> None:
        """Ask; `then` is done on yes. tone: "info" or "warn". Another question takes the place of this one."""
        give_role(self, f"note_{tone}")
        self._then = then
        self._words.show_text(words)
        for button, text in ((self._yes, yes), (self._no, no)):
            button.setText(text)
            button.setAccessibleName(text)
        self._yes.setToolTip(f"{yes} (Alt+Y)")
        self._no.setToolTip(no)
        self.setAccessibleName(words)
        self.show()

    def withdraw(self) -> None:
        """Ask no more."""
        self._then = None
        self.hide()

    def accept(self) -> bool:
        """Do it; False when nothing is asked."""
        if self.isHidden() or self._then is None:
            return False
        then = self._then
        self.withdraw()
        then()
        return True
