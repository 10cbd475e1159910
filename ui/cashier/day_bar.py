"""Above the columns: how the cashier's day stands, the drawer from opening to closing, the papers of the day."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from app.domain.errors import CounterError
from app.services import cashier, shifts, staff
from app.services.cashier import Day
from ui import faults
from ui.cashier.bank_dialog import BankDialog
from ui.cashier.day_papers import DayPapersDialog
from ui.cashier.day_words import day_words
from ui.cashier.dialogs import MoneyDialog
from ui.cashier.drawer_dialogs import CloseDrawerDialog, OpenDrawerDialog, TakeOverDialog
from ui.ports import Session
from ui.style import GAP, NEAR, WIDE
from ui.widgets.fields import Action
from ui.widgets.labels import Chip, ThaiLabel
from ui.widgets.layouts import FlowLayout
from ui.widgets.notes import Note


class DayBar(QWidget):
    """Tells the day and serves the drawer; `changed` when the lists should be asked for again."""

    changed = Signal()
    left = Signal()
    """A dialog was closed; the focus may go back to the page."""

    def __init__(self, session: Session, note: Note) -> None:
        super().__init__()
        self._session = session
        self._note = note
        self._day: Day | None = None
        self.dialog: QDialog | None = None
        self.chip = Chip()
        self.words = ThaiLabel()
        self.open_drawer = Action("F2  เปิดลิ้นชัก", key="F2", tip="เปิดลิ้นชักพร้อมเงินทอนตั้งต้น")
        self.give_drawer = Action("F7  ส่งมอบลิ้นชัก", key="F7", tip="นับเงินและส่งมอบให้เจ้าหน้าที่คนต่อไป")
        self.take_over = Action("F11  รับช่วงลิ้นชัก", key="F11", tip="นับและรับช่วงลิ้นชักของเจ้าหน้าที่ที่ไม่อยู่ส่งมอบ")
        self.close_drawer = Action("F6  ปิดยอดประจำวัน", key="F6", tip="นับเงินและปิดยอดของวัน")
        self.papers = Action("F10  เอกสารสิ้นวัน…", key="F10", tip="พิมพ์ใบนำส่งเงิน ใบสำคัญสรุป และรายงานของวัน")
        self.bank = Action("F3  ไฟล์ธนาคาร…", key="F3", tip="นำเข้าไฟล์รับชำระของธนาคาร และดูรายการที่รอจัดการ")
        self._build()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, NEAR, WIDE, 0)
        row.setSpacing(GAP)
        row.addWidget(self.chip)
        row.addWidget(self.words, 2)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        ways: Mapping[Action, Callable[[], None]] = {
            self.open_drawer: self.ask_open,
            self.give_drawer: self.ask_hand_over,
            self.take_over: self.ask_take_over,
            self.close_drawer: self.ask_close,
            self.papers: self.ask_papers,
            self.bank: self.ask_bank,
        }
        for button, way in ways.items():
            flow.addWidget(button)
            button.clicked.connect(way)
        for button in (self.open_drawer, self.give_drawer, self.take_over, self.close_drawer):
            button.hide()
        row.addWidget(buttons, 3)

    def keys(self) -> dict[str, Callable[[], object]]:
        """The page's keys that are served here; a button that is not shown does nothing."""
        buttons = {
            "F2": self.open_drawer,
            "F3": self.bank,
            "F6": self.close_drawer,
            "F7": self.give_drawer,
            "F10": self.papers,
            "F11": self.take_over,
        }
        return {key: _press(button) for key, button in buttons.items()}

    @property
    def leaf(self) -> str:
        """The leaf of the paper book that the next receipt is written on, or ""."""
        return self._day.leaf if self._day is not None else ""

    def refresh(self) -> None:
        """Ask how the day stands."""
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.query(self, lambda: cashier.day(counter, actor), self._show, self._trouble, topic="day")

    def forbids_taking(self) -> bool:
        """Whether no money may be taken now; the note says why."""
        if self._day is None or not (self._day.closed or self._day.stale):
            return False
        if self._day.stale:
            title, hint = "ลิ้นชักของวันก่อนยังไม่ได้ปิดยอด", "ปิดยอดก่อน แล้วเปิดลิ้นชักของวันนี้"
            self._note.say("warn", title, hint, "F6  ปิดยอด", self.ask_close)
        else:
            self._note.say("warn", "ปิดยอดของวันนี้แล้ว", "ให้เจ้าหน้าที่คนอื่นรับเงิน หรือรับในวันทำการถัดไป")
        return True

    def _show(self, day: Day) -> None:
        self._day = day
        shift = day.shift
        self.open_drawer.setVisible(shift is None and not day.closed)
        self.close_drawer.setVisible(shift is not None)
        self.give_drawer.setVisible(shift is not None and not day.stale)
        self.take_over.setVisible(shift is None and bool(day.others))
        word, tone, told = day_words(day)
        self.chip.show_word(word, tone)
        self.words.show_text(told)

    def ask_open(self) -> None:
        """F2."""
        self._open(OpenDrawerDialog(self._session, self.window()), "เปิดลิ้นชักแล้ว")

    def ask_close(self) -> None:
        """F6."""
        if self._day is not None and self._day.shift is not None:
            dialog = CloseDrawerDialog(self._session, self.window(), self._day.shift)
            self._open(dialog, "ปิดยอดแล้ว", "F10  เอกสารสิ้นวัน…", self.ask_papers)

    def ask_hand_over(self) -> None:
        """F7."""
        if self._day is None or self._day.shift is None:
            return
        shift, counter = self._day.shift, self._session.counter
        self._session.tasks.query(
            self,
            lambda: staff.names(counter),
            lambda people: self._open(CloseDrawerDialog(self._session, self.window(), shift, people), "ส่งมอบแล้ว"),
            self._trouble,
            topic="people",
        )

    def ask_take_over(self) -> None:
        """F11: the drawer of somebody who has gone."""
        if self._day is not None and self._day.others:
            self._open(TakeOverDialog(self._session, self.window(), self._day.others), "รับช่วงลิ้นชักแล้ว")

    def ask_papers(self) -> None:
        """F10: slip, voucher and registers of the day."""
        on = shifts.today(self._session.counter)
        if self._day is not None and self._day.shift is not None:
            on = self._day.shift.business_on
        dialog = DayPapersDialog(self._session, self.window(), on)
        dialog.accepted.connect(lambda: self._note.say("good", dialog.told))
        self._begin(dialog)

    def ask_bank(self) -> None:
        """F3: the bank's file, and what of it waits for a person."""
        self._begin(BankDialog(self._session, self.window()))

    def _open(self, dialog: MoneyDialog, told: str, action: str = "", then: Callable[[], None] | None = None) -> None:
        dialog.accepted.connect(lambda: self._note.say("good", told, "", action, then))
        dialog.accepted.connect(self.changed)
        self._begin(dialog)

    def _begin(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self.left)
        dialog.open()

    def _trouble(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        self._note.say(*faults.words(error))


def _press(button: Action) -> Callable[[], None]:
    return lambda: button.click() if button.isVisible() else None
