"""Looks around while the form is filled in: was this matter registered lately, is this person in the register twice?

Asked off the main thread a moment after the last change, and only when something changed that the answer hangs on.
"""

from collections.abc import Hashable

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import CounterError
from app.services import duplicates, similar_cases
from app.services.model import Place, RegisterCase
from ui.counter.citizen import filling
from ui.ports import Session

WAIT_MS = 200
SHORTEST_TOPIC = 8
"""Letters of a subject from which it may be another case's, too."""


class Lookout(QObject):
    """`watch` is told of every change; the signals come when the answer is another one."""

    similar = Signal(object)
    """A list of SimilarCase."""
    doubles = Signal(object)
    """A list of duplicates.Candidate."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._case: RegisterCase | None = None
        self._asked: dict[str, Hashable] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._look)

    def watch(self, case: RegisterCase) -> None:
        """The case as it is in the form now."""
        self._case = case
        self._timer.start()

    def look_again(self) -> None:
        """Something was decided: ask even where the form is the same."""
        self._asked.clear()
        self._timer.start()

    def _look(self) -> None:
        case, counter, tasks, actor = self._case, self._session.counter, self._session.tasks, self._session.actor
        if case is None:
            return
        types = self._types(case)
        if self._is_new("similar", types) and types is not None:
            tasks.query(
                self,
                lambda: similar_cases.similar(counter, case, actor=actor),
                self.similar.emit,
                self._failed,
                topic="similar",
            )
        elif types is None:
            tasks.drop(self, "similar")
            self.similar.emit([])
        who = case.applicant
        name = _named(case)
        if self._is_new("doubles", name) and name is not None:
            tasks.query(
                self,
                lambda: duplicates.candidates(counter, who, 3, case.person, actor),
                self.doubles.emit,
                self._failed,
                topic="doubles",
            )
        elif name is None:
            tasks.drop(self, "doubles")
            self.doubles.emit([])

    def _is_new(self, topic: str, key: Hashable) -> bool:
        new = topic not in self._asked or self._asked[topic] != key
        self._asked[topic] = key
        return new

    def _types(self, case: RegisterCase) -> Hashable:
        """What the warning hangs on, or None where there is nothing to compare yet."""
        service = self._session.counter.catalog.get(case.service)
        here = case.place or case.applicant.address.house_no
        topic = "" if service is None or case.place else str(case.answers.get(service.subject, "")).strip()
        topic = topic if len(topic) >= SHORTEST_TOPIC else ""
        if service is None or not (case.applicant.citizen_id or case.person or here or topic):
            return None
        keys = [key for field in service.fields if field.type == "category" for key in field.answer_keys]
        chosen = tuple(str(case.answers.get(key)) for key in keys)
        place = case.place or Place(address=case.applicant.address)
        return case.service, chosen, case.applicant.citizen_id, case.person, place, topic

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            self._session.tasks.trouble.emit(error)


def _named(case: RegisterCase) -> Hashable:
    """What doubles are found by, or None while the name is not whole."""
    who = case.applicant
    whole = who.organisation or (who.first_name and who.last_name)
    number = filling.number_state(who.citizen_id, who.kind) == "right"
    if not whole or not (number or case.person or who.phone or who.address.house_no or who.kind == "unnumbered"):
        return None
    return who.first_name, who.last_name, who.organisation, who.citizen_id, who.phone, who.address, case.person
