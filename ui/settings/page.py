"""The settings of the office, for administrators: one part at a time, saved with F9, taken back with one press."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.domain.office_changes import Change
from app.services import office_settings, ordinance_history, ordinance_rates
from app.services.assessments import CHECK_ORDINANCE
from app.services.counter import Counter
from app.services.model import Changes
from app.services.office_settings import Changed
from ui import faults
from ui.ports import Session
from ui.settings.categories import CategoriesSection
from ui.settings.divisions import DivisionsSection, EachServiceSection
from ui.settings.holidays import HolidaysSection, HoursSection
from ui.settings.landmarks import LandmarksSection
from ui.settings.office import OfficeSection, SmsSection
from ui.settings.ordinance import CONFIRM, OrdinanceSection, ordinance_sections
from ui.settings.papers import PapersSection
from ui.settings.printers import PrintersSection
from ui.settings.receipts import ReceiptsSection
from ui.settings.replies import RepliesSection
from ui.settings.section import Facts, RowsSection, Section
from ui.settings.services import PeopleSection, ServicesSection
from ui.style import NEAR, WIDE, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Column
from ui.widgets.notes import Note

NOT_SAVED = "ยังไม่ได้บันทึกสิ่งที่แก้ไข"
NOT_SAVED_HINT = "กด F9 เพื่อบันทึก หรือ Esc เพื่อทิ้งการแก้ไข"
KEYS = 10
"""Parts that have a key of their own: Alt+1 to Alt+9 and Alt+0."""
WAITS = "จะมีผลกับทุกเครื่องเมื่อเครื่องแม่ข่ายกลางรับแล้ว"


class SettingsPage(QWidget):
    """Parts at the left, the fields of one part at the right."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.note = Note()
        self.check = Note(closable=False)
        self._facts: Facts | None = None
        self._history: list[ordinance_history.Entry] = []
        self._makers: dict[str, Callable[[], Section]] = {
            "ข้อมูลหน่วยงาน": OfficeSection,
            "วันหยุด": HolidaysSection,
            "เวลาทำการ": HoursSection,
            "ประเภทเรื่อง": CategoriesSection,
            "ข้อความสำเร็จรูป": RepliesSection,
            "SMS": SmsSection,
            "จุดอ้างอิง": LandmarksSection,
            **ordinance_sections(session.counter.catalog.values()),
            "รูปแบบเอกสาร": partial(PapersSection, session),
            "ใบเสร็จรับเงิน": partial(ReceiptsSection, session),
            "เครื่องพิมพ์": partial(PrintersSection, session),
            "งานบริการ": partial(ServicesSection, session),
            "ค่าของแต่ละบริการ": EachServiceSection,
            "สำนัก/กอง": DivisionsSection,
            "ผู้ใช้และการติดต่อ": PeopleSection,
        }
        self._made: dict[str, Section] = {}
        self.sections = _Sections(self._makers, self._ready)
        self.buttons: list[Action] = []
        self._stack = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        left = Column("card")
        left.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Ignored)
        self._parts = left
        column = left.box
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(0)
        group = QButtonGroup(self)
        for place, name in enumerate(self._makers, start=1):
            button = Action(name, role="side", key=f"Alt+{place % 10}" if place <= KEYS else "")
            button.setCheckable(True)
            button.clicked.connect(partial(self.show_section, place - 1))
            group.addButton(button)
            self.buttons.append(button)
            column.addWidget(button)
            self._stack.addWidget(QWidget())
        self.buttons[0].setChecked(True)
        self._stack.setCurrentWidget(self._ready(next(iter(self._makers))))
        column.addStretch(1)
        self._waiting = ThaiLabel(role="small")
        self._waiting.hide()
        column.addWidget(self._waiting)
        right = give_role(QFrame(), "card")
        inside = QVBoxLayout(right)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._stack)
        both = QHBoxLayout()
        both.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        both.setSpacing(WIDE)
        both.addWidget(left)
        both.addWidget(right, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.check)
        box.addWidget(self.note)
        box.addLayout(both, 1)

    def _connect(self) -> None:
        keys = {
            f"Alt+{place % 10}": partial(self.show_section, place - 1)
            for place in range(1, min(KEYS, len(self._makers)) + 1)
        }
        for key, action in {**keys, "Ctrl+N": self._begin_new, "Ctrl+Delete": self.remove}.items():
            QShortcut(QKeySequence(key), self).activated.connect(action)
        self._session.tasks.changed.connect(self._changed)
        self._session.look.changed.connect(lambda: QTimer.singleShot(0, self, self._fit))

    @property
    def section(self) -> Section:
        """The part in view."""
        section = self._stack.currentWidget()
        assert isinstance(section, Section)
        return section

    def show_section(self, place: int, _checked: bool = False) -> None:
        """Bring a part to the front, unless the one in view holds what is not saved."""
        now = self._stack.currentIndex()
        if place != now and self.section.dirty:
            self.buttons[now].setChecked(True)
            self._not_saved()
            return
        self._stack.setCurrentWidget(self._ready(list(self._makers)[place]))
        self.buttons[place].setChecked(True)
        self._parts.ensureWidgetVisible(self.buttons[place], 0, 0)
        self.focus_first()

    def _ready(self, name: str) -> Section:
        """A part, made when it is first wanted: all of them at once would hold the window up for seconds."""
        if name in self._made:
            return self._made[name]
        section = self._made[name] = self._makers[name]()
        place = list(self._makers).index(name)
        empty = self._stack.widget(place)
        assert empty is not None
        self._stack.insertWidget(place, section)
        self._stack.removeWidget(empty)
        empty.deleteLater()
        section.save_wanted.connect(self.save)
        section.blocked.connect(self._not_saved)
        if isinstance(section, RowsSection):
            section.remove_wanted.connect(self.remove)
        if self._facts is not None:
            section.load(self._facts)
            if isinstance(section, OrdinanceSection):
                section.show_history(self._history)
        return section

    def focus_first(self) -> None:
        """Ready to type."""
        section = self.section
        control = section.list if isinstance(section, RowsSection) and section.list.count() else section.first()
        if control is not None:
            control.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """What is set now."""
        super().showEvent(event)
        self._fit()
        self._read()

    def _fit(self) -> None:
        """The names of the parts stand whole beside the scroll bar, at every size of text."""
        bar = self._parts.verticalScrollBar().sizeHint().width()
        widest = max(button.sizeHint().width() for button in self.buttons)
        self._parts.setMinimumWidth(widest + 2 * WIDE + bar + NEAR)

    def _read(self) -> None:
        counter = self._session.counter
        self._session.tasks.query(self, lambda: _facts(counter), self._loaded, self._trouble, topic="settings")

    def _loaded(self, facts: Facts) -> None:
        self._facts = facts
        for section in self._made.values():
            section.load(facts)
        self._waiting.show_text(f"รอเครื่องแม่ข่ายกลาง {facts.waiting} รายการ")
        self._waiting.setVisible(facts.waiting > 0)
        self._warn(ordinance_rates.unconfirmed(facts.document, facts.services))
        if CONFIRM in self._makers:
            counter = self._session.counter
            self._session.tasks.query(
                self, lambda: ordinance_history.entries(counter), self._show_history, self._trouble, topic="history"
            )

    def _show_history(self, entries: list[ordinance_history.Entry]) -> None:
        self._history = entries
        for section in self._made.values():
            if isinstance(section, OrdinanceSection):
                section.show_history(entries)

    def _warn(self, names: Sequence[str]) -> None:
        """The figures that nobody has compared with the office's ordinance, until somebody has."""
        if not names:
            self.check.hide()
            return
        self.check.say(
            "warn", f"{CHECK_ORDINANCE}: {', '.join(names)}", "ใบประเมินและใบแจ้งชำระขึ้นคำเตือนนี้จนกว่าจะยืนยัน", "ไปยืนยัน",
            self._go_confirm,
        )  # fmt: skip

    def _go_confirm(self) -> None:
        if CONFIRM in self._makers:
            self.show_section(list(self._makers).index(CONFIRM))
        self._read()

    # saving ----------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """F9: what the fields say becomes the office's setting."""
        section = self.section
        if not section.dirty:
            self.note.say("info", "ไม่มีอะไรต้องบันทึก", "แก้ค่าที่ต้องการก่อน")
            return
        section.clear_errors()
        counter, actor = self._session.counter, self._session.actor
        try:
            saving = section.saving(counter, actor)
        except Refused as error:
            section.show_error(error)
            return
        self._session.tasks.command(self, saving, self._saved, self._refused)

    def remove(self) -> None:
        """Ctrl+Delete: the marked row is taken away, or out of use."""
        section = self.section
        if not isinstance(section, RowsSection) or not section.key:
            return
        if section.dirty:
            self._not_saved()
            return
        counter, actor = self._session.counter, self._session.actor
        try:
            removing = section.removing(counter, actor)
        except Refused as error:
            section.show_error(error)
            return
        self._session.tasks.command(self, removing, self._saved, self._refused)

    def _saved(self, done: object) -> None:
        self.section.settle()
        hint = WAITS if isinstance(done, Changed) and done.waits else ""
        if isinstance(done, Changed) and self.section.undoable:
            self.note.say("good", "บันทึกแล้ว", hint, "เลิกทำ", partial(self._undo, done.undo))
        else:
            self.note.say("good", "บันทึกแล้ว", hint)
        self._read()

    def _undo(self, changes: Sequence[Change]) -> None:
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self, lambda: office_settings.apply(counter, actor, changes), self._undone, self._refused
        )

    def _undone(self, _done: Changed) -> None:
        self.section.settle()
        self.note.say("good", "กลับไปเป็นอย่างเดิมแล้ว")
        self._read()

    def _refused(self, error: Exception) -> None:
        if isinstance(error, Refused) and error.code != "right_needed":
            self.section.show_error(error)
        else:
            self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self.note.say(*faults.words(error))
        else:
            self._session.tasks.trouble.emit(error)

    def _not_saved(self) -> None:
        self.note.say("warn", NOT_SAVED, NOT_SAVED_HINT)

    def _begin_new(self) -> None:
        if isinstance(self.section, RowsSection):
            self.section.begin_new()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds & {"settings", "sync", "printer"}:
            self._read()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9 saves, Esc goes back to what is set, Enter goes on."""
        if event.key() == Qt.Key.Key_F9:
            self.save()
        elif event.key() == Qt.Key.Key_Escape:
            if not self.note.isHidden():
                self.note.hide()
            self.section.drop()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)


class _Sections(Mapping[str, Section]):
    """The parts by their names, each made when it is asked for."""

    def __init__(self, makers: Mapping[str, object], ready: Callable[[str], Section]) -> None:
        self._makers, self._ready = makers, ready

    def __getitem__(self, name: str) -> Section:
        return self._ready(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def _facts(counter: Counter) -> Facts:
    """On a reader thread."""
    categories = office_settings.categories(counter)
    services = dict.fromkeys(entry.service for entry in categories)
    return Facts(
        office_settings.document(counter),
        categories,
        {service: office_settings.divisions(counter, service) for service in services},
        office_settings.waiting(counter),
        list(counter.catalog.values()),
        thai_date.local(counter.clock.now()).date(),
        office_settings.every_division(counter),
        office_settings.each_service(counter),
    )
