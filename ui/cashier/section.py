"""What a further part of the cashier's page looks like to it: rows on the left, a form in the middle, a paper."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import CounterError
from ui import faults
from ui.cashier.dialogs import MoneyDialog
from ui.ports import Session
from ui.style import NEAR
from ui.widgets.fields import Action
from ui.widgets.layouts import FlowLayout
from ui.widgets.notes import Note

Row = tuple[str, object]
"""A row of the list: its text, and what it stands for."""


class Section(QWidget):
    """A form in the middle; the page asks it for rows, tells it which was opened, and shows its paper."""

    changed = Signal()
    """The rows are to be asked for again."""
    drawn = Signal()
    """The paper is to be drawn again."""
    left = Signal()
    """A dialog was closed."""
    hint = ""
    empty = ""

    def __init__(self, session: Session, note: Note) -> None:
        super().__init__()
        self._session = session
        self.note = note
        self.dialog: MoneyDialog | None = None
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(NEAR)

    def rows(self, text: str) -> Callable[[], Sequence[Row]]:
        """What finds the rows for a searched text; called on a reader thread."""
        raise NotImplementedError

    def show_rows(self, rows: Sequence[Row]) -> None:
        """What was found is in the list now."""
        raise NotImplementedError

    def open(self, value: object) -> None:
        """A row was chosen."""
        raise NotImplementedError

    def paper(self) -> Callable[[], QImage] | None:
        """What draws the paper on a reader thread; None where there is none."""
        raise NotImplementedError

    def keys(self) -> dict[str, Action]:
        """The buttons by their keys."""
        raise NotImplementedError

    def buttons(self, *actions: Action) -> QWidget:
        """Buttons side by side, going on in the next line."""
        holder = QWidget()
        flow = FlowLayout(holder)
        flow.setContentsMargins(0, 0, 0, 0)
        for action in actions:
            flow.addWidget(action)
        return holder

    def begin(self, dialog: MoneyDialog, told: Callable[[object], str]) -> None:
        """Open a dialog; told: what the note says of its result."""
        self.dialog = dialog

        def done() -> None:
            self.note.say("good", told(dialog.result_value))
            self.changed.emit()

        dialog.accepted.connect(done)
        dialog.finished.connect(self.left)
        dialog.open()

    def trouble(self, error: Exception) -> None:
        """Say what went wrong."""
        if not isinstance(error, CounterError):
            faults.record(error)
        self.note.say(*faults.words(error))
