"""What the register knows of the person in the form: the earlier cases, and cases that may be about the same matter."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.domain import thai_date
from app.services import people
from app.services.counter import Counter
from app.services.model import Actor, Applicant, CaseSummary, PersonView
from app.services.similar_cases import SimilarCase
from ui.style import GAP, NEAR, TIGHT, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, rule
from ui.widgets.layouts import FlowLayout

EARLIER = 5
SIMILAR = 2
MASKED_PARTS = ("citizen_id", "phone", "passport", "representative_id")


class Known(NamedTuple):
    """A person of the register as the form takes one: numbers masked, they are completed when the case is saved."""

    view: PersonView
    applicant: Applicant
    cases: list[CaseSummary]
    same_phone: bool
    """Whether the telephone in the form is the one of the register."""

    def __repr__(self) -> str:
        return f"<Known {self.view.person}>"


def of_number(counter: Counter, actor: Actor, number: str, phone: str) -> Known | None:
    """On a reader thread: who has this whole number."""
    view = people.of_number(counter, number, actor)
    return None if view is None else _known(counter, actor, view, phone)


def of_person(counter: Counter, actor: Actor, person: int, phone: str = "") -> Known:
    """On a reader thread: a person chosen from those found. Refused "unknown_person"."""
    return _known(counter, actor, people.get(counter, person, actor), phone)


def _known(counter: Counter, actor: Actor, view: PersonView, phone: str) -> Known:
    whole = people.applicant(counter, view.person)
    masked: dict[str, Any] = {field: people.masked(whole, field) for field in MASKED_PARTS}
    shown = replace(whole, **masked)
    digits = "".join(letter for letter in thai_date.to_arabic_digits(phone) if letter.isdigit())
    cases = people.cases_of(counter, view.person, EARLIER, actor)
    return Known(view, shown, cases, bool(digits) and digits == whole.phone)


class EarlierCases(QWidget):
    """The person's last cases, each to be opened."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(TIGHT)
        self.hide()

    def show_cases(self, cases: list[CaseSummary], count: int) -> None:
        """List cases, newest first; `count` is how many there are in all."""
        empty(self._box)
        self.setVisible(bool(cases))
        if not cases:
            return
        self._box.addWidget(rule())
        more = f" (แสดง {len(cases)} เรื่องล่าสุด)" if count > len(cases) else ""
        self._box.addWidget(give_role(QLabel(f"เรื่องก่อนหน้า {count:,}{more}"), "strong"))
        for case in cases:
            self._box.addWidget(case_line(case, self.wanted.emit))


class SimilarCases(QFrame):
    """The warning that this may have been registered already, while nothing long has been typed yet."""

    wanted = Signal(str)
    same = Signal(str)
    """The clerk says that this case is the matter."""

    def __init__(self) -> None:
        super().__init__()
        give_role(self, "note_warn")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(GAP, NEAR, NEAR, NEAR)
        self._box.setSpacing(TIGHT)
        self._numbers: list[str] = []
        self.hide()

    @property
    def numbers(self) -> list[str]:
        """The cases that are warned of."""
        return [] if self.isHidden() else self._numbers

    def show_similar(self, found: list[SimilarCase]) -> None:
        """Warn of these cases; none takes the warning away."""
        numbers = [one.case.number for one in found[:SIMILAR]]
        if numbers == self._numbers and found:
            return
        self._numbers = numbers
        empty(self._box)
        self.setVisible(bool(found))
        for one in found[:SIMILAR]:
            self._box.addWidget(ThaiLabel(f"▲ {one.text}"))
            buttons = QWidget()
            flow = FlowLayout(buttons)
            flow.setContentsMargins(0, 0, 0, 0)
            first = one is found[0]
            number = one.case.number
            same = Action(
                "Alt+M  แจ้งซ้ำ" if first else "แจ้งซ้ำ",
                key="Alt+M" if first else "",
                tip=f"บันทึกใน {number} ว่ามีผู้แจ้งเพิ่ม ไม่ลงรับเรื่องใหม่",
            )
            same.clicked.connect(partial(self.same.emit, number))
            flow.addWidget(_opener(number, self.wanted.emit, "Alt+O" if first else ""))
            flow.addWidget(same)
            self._box.addWidget(buttons)

    def open_first(self) -> None:
        """Alt+O: open the first of them."""
        if self.numbers:
            self.wanted.emit(self.numbers[0])

    def note_first(self) -> None:
        """Alt+M: the first of them is the matter."""
        if self.numbers:
            self.same.emit(self.numbers[0])


def case_line(case: CaseSummary, wanted: Callable[[str], object]) -> QWidget:
    """One case: its number to be pressed, its subject, state and day."""
    day = thai_date.short(thai_date.local(case.registered_at).date())
    line = QWidget()
    box = QVBoxLayout(line)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    box.addWidget(_opener(case.number, wanted), 0, Qt.AlignmentFlag.AlignLeft)
    box.addWidget(ThaiLabel(f"{case.subject} · {case.status_text} · {day}", role="small"))
    return line


def _opener(number: str, wanted: Callable[[str], object], key: str = "") -> Action:
    button = Action(number, role="quiet", key=key, tip=f"เปิดเรื่อง {number}")
    button.clicked.connect(lambda: wanted(number))
    return button


def empty(box: QVBoxLayout) -> None:
    """Take everything out of a layout."""
    while (item := box.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
