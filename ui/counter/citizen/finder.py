"""Persons of the register offered while a name, a telephone or a number is typed; asked off the main thread."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit

from app.domain import names, thai_date
from app.domain.errors import CounterError
from app.services import people
from app.services.model import PersonView
from ui.ports import Session
from ui.widgets.suggestions import Suggestion, Suggestions

MOST = 8
SHORTEST_NAME = 2
TELEPHONE = (9, 10)
"""Digits of a whole telephone number."""


def row_of(view: PersonView) -> Suggestion:
    """A person as one row: numbers masked, where he lives, and what he came for last."""
    last = ""
    if view.last_at is not None:
        last = f"ล่าสุด {thai_date.short(thai_date.local(view.last_at).date())}"
    below = " · ".join(part for part in (last, view.address, view.phone) if part)
    return Suggestion(view.name, view.citizen_id or view.kind_text, below or "ยังไม่เคยมีเรื่อง", view.person)


def worth_asking(text: str) -> bool:
    """Whether a text is long enough to find somebody: two letters, four digits, a telephone, or 13 digits."""
    key = names.name_key(text)
    if key.isdigit():
        return len(key) in (people.LAST_FOUR, *TELEPHONE, 13)
    return len(key) >= SHORTEST_NAME


class PersonFinder(QObject):
    """Listens to the lines of the citizen column; an answer to an older text is dropped."""

    chosen = Signal(int)
    """PersonView.person."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.enabled = True
        """False while it is settled who stands there: a corrected name is no search."""
        self.suggestions = Suggestions(session.look, self)
        self.suggestions.asked.connect(self._asked)
        self.suggestions.taken.connect(lambda _line, person: self.chosen.emit(person))
        self._scan: QLineEdit | None = None
        self._names: tuple[QLineEdit, ...] = ()

    def listen(self, scan: QLineEdit, names: tuple[QLineEdit, ...], others: tuple[QLineEdit, ...]) -> None:
        """scan: anything may be typed there. names: first and last name, which are looked for together."""
        self._scan, self._names = scan, names
        for line in (scan, *names, *others):
            self.suggestions.listen(line)

    def _asked(self, line: QLineEdit, text: str) -> None:
        if line in self._names:
            text = " ".join(part for one in self._names if (part := one.text().strip()))
        if not (self.enabled or line is self._scan) or not worth_asking(text):
            self._session.tasks.drop(self, "find")
            self.suggestions.close()
            return
        counter, actor = self._session.counter, self._session.actor
        eager = line is self._scan and not names.name_key(text).isdigit()
        self._session.tasks.query(
            self,
            lambda: [row_of(view) for view in people.find(counter, text, MOST, actor)],
            lambda rows: self.suggestions.offer(line, rows, eager=eager),
            self._failed,
            topic="find",
        )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            self._session.tasks.trouble.emit(error)
