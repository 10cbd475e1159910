"""Doubles decided at the counter: what is recorded at once, what waits for the case, and how each is undone."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import CounterError
from app.services import duplicates, people
from app.services.applicants import KINDS
from app.services.duplicates import DECISIONS, Candidate
from app.services.model import Compared, PersonView, RegisterCase
from ui.counter.citizen import filling
from ui.counter.citizen.doubles import (
    IN_FORM,
    IN_REGISTER,
    DoublesDialog,
    DoublesHint,
    lines_of,
    lines_of_form,
)
from ui.ports import Session

UNDO = "เลิกทำ (Ctrl+Shift+Z)"


class Comparing(QObject):
    """Keeps the decisions of one form. `hint` is shown in the column."""

    told = Signal(str, str, str, str, object)
    """Tone, title, hint, action and what the action does: for the note of the page."""
    chosen = Signal(int)
    """The applicant is this person of the register from now on; 0: nobody after all."""
    settled = Signal(int)
    """The applicant's person after a decision was recorded (the one kept by a merge)."""
    changed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self._case: RegisterCase | None = None
        self.hint = DoublesHint()
        self.hint.compare_wanted.connect(self.compare)
        self.waiting: tuple[Compared, ...] = ()
        """Decisions to be recorded with the case."""

    def offer(self, case: RegisterCase, found: list[Candidate]) -> None:
        """Candidates for the applicant of a form; those already decided in it are left out."""
        self._case = case
        decided = {one.person for one in self.waiting}
        self.hint.show_candidates([one for one in found if one.view.person not in decided])

    def set_waiting(self, waiting: tuple[Compared, ...]) -> None:
        """What a draft kept, or () for the next form."""
        self.waiting = waiting
        self.hint.show_candidates([])

    def compare(self) -> None:
        """Alt+D: side by side."""
        case, candidates = self._case, self.hint.candidates
        if case is None or not candidates or self.hint.isHidden():
            return
        if case.person:
            counter, actor, person = self._session.counter, self._session.actor, case.person
            self._session.tasks.query(
                self,
                lambda: people.get(counter, person, actor),
                lambda view: self._open(lines_of(view), IN_REGISTER, candidates),
                self._failed,
                topic="compare",
            )
        else:
            self._open(lines_of_form(case.applicant, KINDS[case.applicant.kind]), IN_FORM, candidates)

    def _open(self, left: list[tuple[str, str]], title: str, candidates: list[Candidate]) -> None:
        dialog = DoublesDialog(left, title, candidates, self._session.look, self._window.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.decided.connect(self.decide)
        dialog.open()

    def decide(self, candidate: Candidate, decision: str, note: str) -> None:
        """Take a decision about the applicant and a person of the register."""
        case = self._case
        if case is None:
            return
        if case.person:
            self._record(case.person, candidate.view, decision, note)
            return
        number = filling.number_state(case.applicant.citizen_id, case.applicant.kind) == "right"
        if decision == "same" and not (number and candidate.view.citizen_id):
            self.hint.show_candidates([])
            self.chosen.emit(candidate.view.person)
            words = f"ใช้ประวัติของ {candidate.view.name} ในทะเบียน"
            self.told.emit("good", words, "", UNDO, lambda: self.chosen.emit(0))
            return
        self._keep(Compared(candidate.view.person, decision, note))

    def _keep(self, compared: Compared) -> None:
        self.waiting = (*self.waiting, compared)
        rest = [one for one in self.hint.candidates if one.view.person != compared.person]
        self.hint.show_candidates(rest)
        words = f"คำตัดสิน “{DECISIONS[compared.decision]}” จะบันทึกพร้อมเรื่องนี้"
        self.told.emit("info", words, "", UNDO, lambda: self._take_back(compared))
        self.changed.emit()

    def _take_back(self, compared: Compared) -> None:
        self.waiting = tuple(one for one in self.waiting if one != compared)
        self.changed.emit()
        self.settled.emit(0)

    def withdraw(self) -> None:
        """The store refused one of the decisions: the case can be saved without them."""
        self.waiting = ()
        self.changed.emit()
        self.settled.emit(0)

    def _record(self, person: int, other: PersonView, decision: str, note: str) -> None:
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self,
            lambda: duplicates.decide(counter, actor, person, other.person, decision, note),
            lambda kept: self._recorded(kept.person, (person, other.person), decision),
            self._failed,
        )

    def _recorded(self, kept: int, pair: tuple[int, int], decision: str) -> None:
        self.settled.emit(kept)
        words = f"บันทึกแล้ว: {DECISIONS[decision]}"
        if decision == "later":
            self.hint.show_candidates([])
            self.told.emit("info", words, "จะถามอีกเมื่อบุคคลนี้มาครั้งหน้า", "", None)
            return
        merged = pair[1] if kept == pair[0] else pair[0]
        self.told.emit("good", words, "ประวัติเดิมยังอยู่ครบ", UNDO, lambda: self._undo(kept, merged, decision))

    def _undo(self, kept: int, other: int, decision: str) -> None:
        counter, actor = self._session.counter, self._session.actor
        back = "undone" if decision == "same" else "later"
        self._session.tasks.command(
            self,
            lambda: duplicates.decide(counter, actor, kept, other, back),
            lambda _view: self._undone(kept),
            self._failed,
        )

    def _undone(self, kept: int) -> None:
        self.settled.emit(kept)
        self.told.emit("info", "เลิกคำตัดสินแล้ว", "", "", None)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self.told.emit("warn", error.title, error.hint, "", None)
        else:
            self._session.tasks.trouble.emit(error)
