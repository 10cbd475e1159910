"""How it is known who stands there: chip and ThaiD by their proof, the weaker ways by the clerk's word.

F3 declares the fall-back: the card is looked at because chip or ThaiD failed, and the case keeps why.
"""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError
from app.services import knowing as rules
from app.services.model import Actor, Knowing
from ui.style import NEAR, TIGHT
from ui.widgets.fields import Action, Chooser, FieldRow, SharedMessage
from ui.widgets.labels import ThaiLabel

CHIP_NOT_FOUND = "เครื่องอ่านไม่พบชิป"
"""Why the chip was not read where no reading was even begun."""
PROVED = ("chip", "thaid")
TOLD = "ชิปและ ThaiD บันทึกเองเมื่ออ่านได้ กด F3 เมื่ออ่านชิปหรือใช้ ThaiD ไม่ได้แล้วดูบัตรแทน"


def reason_of(error: CounterError | None) -> str:
    """Why the chip could not be read, in the reader's own words, without the advice."""
    return error.title if error is not None else CHIP_NOT_FOUND


class KnowingLine(QWidget):
    """The way, who and when; the reason of a fall-back below it."""

    changed = Signal()
    thaid_wanted = Signal()

    def __init__(self, *, thaid: bool) -> None:
        super().__init__()
        self._knowing = rules.UNKNOWN
        self._way = Chooser()
        for way in reversed(rules.WAYS):
            self._way.addItem(rules.WAYS[way], way)
        for way in PROVED:
            item = self._way.model().item(self._way.findData(way))  # type: ignore[attr-defined]
            item.setEnabled(False)
        self._way.activated.connect(lambda _index: self._choose(str(self._way.currentData())))
        self.row = FieldRow("knowing.way", "ตรวจตัวบุคคลด้วย", self._way, TOLD)
        self._told = ThaiLabel(role="small")
        self._told.hide()
        grid = QGridLayout()
        grid.setHorizontalSpacing(NEAR)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.row, 0, 0, 2, 1)
        if thaid:
            button = Action("ThaiD", key="Ctrl+T", tip="ยืนยันตัวตนด้วย ThaiD")
            button.clicked.connect(self.thaid_wanted)
            grid.addWidget(button, 1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(TIGHT)
        box.addLayout(grid)
        beside = SharedMessage()
        self.row.share(beside)
        box.addWidget(beside)
        box.addWidget(self._told)
        self.rows = {"knowing.way": self.row}
        self._show()

    @property
    def said(self) -> str:
        """What is told under the way."""
        return "" if self._told.isHidden() else self._told.shown_text()

    def value(self) -> Knowing:
        """As it would be kept now."""
        return self._knowing

    def set_value(self, knowing: Knowing) -> None:
        """Show a way, for instance a proof or one of a draft."""
        self._knowing = knowing
        self._show()

    def fall_back(self, failed_way: str, reason: str, actor: Actor, now: datetime) -> None:
        """The clerk looks at the card, because a better way failed."""
        self._knowing = Knowing("card_seen", "", actor.full_name, now, "", failed_way, reason)
        self._show()
        self.changed.emit()

    def see_card(self, actor: Actor, now: datetime) -> None:
        """The clerk looks at the card without anything having failed."""
        self._knowing = Knowing("card_seen", checked_by=actor.full_name, checked_at=now)
        self._show()
        self.changed.emit()

    def sign(self, actor: Actor, now: datetime) -> None:
        """Enter who checked and when, where the clerk has chosen a way."""
        if self._knowing != rules.UNKNOWN and self._knowing.checked_at is None:
            self._knowing = replace(self._knowing, checked_by=actor.full_name, checked_at=now)
            self._show()

    def _choose(self, way: str) -> None:
        before = self._knowing
        if way == before.way:
            return
        failed = (before.failed_way, before.failed_reason) if way in rules.FALL_BACKS else ("", "")
        self._knowing = Knowing(way, failed_way=failed[0], failed_reason=failed[1])
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        known = self._knowing
        self._way.setCurrentIndex(max(0, self._way.findData(known.way)))
        self.row.clear_error()
        parts = []
        if known.failed_way:
            parts.append(f"{rules.CAN_FAIL.get(known.failed_way, known.failed_way)}: {known.failed_reason}")
        if known.ial:
            parts.append(f"IAL {known.ial}")
        if known.checked_at is not None:
            parts.append(f"{thai_date.local(known.checked_at):%H:%M} น. {known.checked_by}".rstrip())
        self._told.show_text(" · ".join(parts))
        self._told.setVisible(bool(parts))
