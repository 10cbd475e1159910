"""Which cases are listed: mine, my division's, overdue, all, with a letter due; and to which division one belongs."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from app.services import cases, letters, permits, print_batches, work_lists
from app.services.counter import Counter
from app.services.model import Actor, CaseSummary
from ui.style import NEAR
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.layouts import FlowLayout

LETTERS = print_batches.LETTERS_DUE
REMOVAL = "removal"
"""Permits whose signs must be taken down; offered where the office gives permits."""
ORDER = (work_lists.MINE, work_lists.DIVISION, work_lists.OVERDUE, work_lists.ALL, LETTERS, REMOVAL)
WORDS = {**work_lists.NAMES, LETTERS: "หนังสือที่ต้องออก", REMOVAL: "ป้ายที่ต้องรื้อถอน"}
EMPTY = {
    work_lists.MINE: "ไม่มีเรื่องที่มอบหมายให้ท่านค้างอยู่",
    work_lists.DIVISION: "ไม่มีเรื่องของกองท่านค้างอยู่",
    work_lists.OVERDUE: "ไม่มีเรื่องเกินกำหนด",
    LETTERS: "ไม่มีหนังสือที่ต้องออกตอนนี้ เมื่อขอเอกสารเพิ่ม หรือคำขออนุญาตเลยกำหนด เรื่องจะขึ้นที่นี่",
    REMOVAL: "ไม่มีป้ายที่สิ้นสุดการอนุญาตแล้วและยังไม่ยืนยันการรื้อถอน",
}
"""What an empty list means."""


def listed(counter: Counter, actor: Actor, which: str, text: str, most: int) -> list[CaseSummary]:
    """The cases of a button, or, where something is searched for, what was found."""
    if text:
        return cases.find(counter, text, most, actor)
    if which == work_lists.ALL:
        return cases.recent(counter, most, actor)
    if which == LETTERS:
        return letters.due_cases(counter, actor, most)
    if which == REMOVAL:
        return [permit.case for permit in permits.listing(counter, actor, REMOVAL)[:most]]
    return work_lists.open_cases(counter, actor, which, most)


class Filters(QWidget):
    """Buttons of which one is down (Alt+1 to Alt+6), and below them the chooser of one's division when needed."""

    chosen = Signal()
    division_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, Action] = {}
        self._group = QButtonGroup(self)
        row = QWidget()
        self._flow = flow = FlowLayout(row, NEAR)
        flow.setContentsMargins(0, 0, 0, 0)
        for place, which in enumerate(ORDER, start=1):
            button = Action(WORDS[which], role="filter", key=f"Alt+{place}")
            button.setCheckable(True)
            button.clicked.connect(self._click)
            self._group.addButton(button)
            self.buttons[which] = button
            flow.addWidget(button)
        self.buttons[work_lists.ALL].setChecked(True)
        self._division = Chooser()
        self._ask = FieldRow("division", "ท่านอยู่สำนัก/กองใด", self._division)
        self._ask.hide()
        self._division.activated.connect(self._take_division)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        box.addWidget(row)
        box.addWidget(self._ask)

    @property
    def which(self) -> str:
        """The list that is wanted: a name of app.services.work_lists."""
        return next(which for which, button in self.buttons.items() if button.isChecked())

    def offer_permits(self, offered: bool) -> None:
        """Whether the office gives permits whose signs are taken down."""
        self.buttons[REMOVAL].setVisible(offered)

    def add(self, button: Action) -> None:
        """One more button, after those of the lists."""
        self._flow.addWidget(button)

    def show_all(self) -> None:
        """The whole register is searched, not one of the lists: say so."""
        self.buttons[work_lists.ALL].setChecked(True)
        self._ask.hide()

    def choose(self, which: str) -> None:
        """Press a button."""
        if self.buttons[which].isHidden():
            return
        self.buttons[which].setChecked(True)
        self._click()

    def ask_division(self, divisions: Sequence[tuple[str, str]]) -> None:
        """Ask to which division, (code, name), the clerk belongs; kept from then on."""
        self._division.clear()
        self._division.addItem("เลือก…", "")
        for code, name in divisions:
            self._division.addItem(name, code)
        self._ask.show()
        self._division.setFocus()

    def _click(self) -> None:
        self._ask.hide()
        self.chosen.emit()

    def _take_division(self) -> None:
        code = str(self._division.currentData() or "")
        if code:
            self._ask.hide()
            self.division_chosen.emit(code)
