"""Lists of records with what can be done about the marked one: several lists in one panel, one in view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.errors import CounterError
from app.services import office_records
from ui import faults
from ui.campaign.rows import Rows
from ui.cashier.dialogs import MoneyDialog
from ui.style import GAP, WIDE
from ui.widgets.fields import Action, Chooser, FieldRow, LongText
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Card, FlowLayout

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

    from app.services.counter import Counter
    from app.services.model import Actor, Changes
    from ui.campaign.paper_files import PaperFiles
    from ui.ports import Session
    from ui.widgets.notes import Note

    Load = Callable[[Counter, Actor], list[Any]]
TOUCHED = frozenset({office_records.TOUCHED, "case", "backup"})


@dataclass(frozen=True, slots=True)
class Deed:
    """A button. act: called with the marked record, or None where it needs none (`alone`)."""

    label: str
    act: Callable[[Any], object]
    may: Callable[[Any], bool] = lambda _record: True
    alone: bool = False
    primary: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. load: on a reader thread; row: (key, text) of a record; empty: what to do where there is none."""

    title: str
    load: Load
    row: Callable[[Any], tuple[str, str]]
    empty: str
    deeds: Sequence[Deed] = ()
    told: Callable[[list[Any]], str] = lambda _records: ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of a dialog. choices: code -> words, for one of several; long: of several lines."""

    key: str
    label: str
    text: str = ""
    help: str = ""
    required: bool = False
    long: bool = False
    choices: dict[str, str] = field(default_factory=dict)


class FieldsDialog(MoneyDialog):
    """Asks for fields and hands their values to `act` on the command thread; F9 does it."""

    def __init__(
        self, session: Session, parent: QWidget, title: str, action: str, fields: Sequence[Asked],
        act: Callable[[dict[str, str]], object], told: str = "",
    ) -> None:  # fmt: skip
        super().__init__(session, parent, title, action)
        self._act = act
        self.controls: dict[str, QLineEdit | LongText | Chooser] = {}
        if told:
            self.box.addWidget(ThaiLabel(told, role="small"))
        for one in fields:
            control = self.controls[one.key] = _control(one)
            self.add(FieldRow(one.key, one.label, control, one.help, required=one.required))
        self.finish(480, 200 + 74 * len(fields) + 40 * sum(one.long for one in fields))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9; Esc leaves."""
        if event.key() == Qt.Key.Key_F9:
            self.do.click()
        else:
            super().keyPressEvent(event)

    def work(self) -> Callable[[], object]:
        """What `act` does with what was typed."""
        return partial(self._act, {key: _value(control) for key, control in self.controls.items()})


def _control(asked: Asked) -> QLineEdit | LongText | Chooser:
    if asked.choices:
        chooser = Chooser()
        for code, words in asked.choices.items():
            chooser.addItem(words, code)
        chooser.setCurrentIndex(max(0, chooser.findData(asked.text)))
        return chooser
    if asked.long:
        text = LongText(2)
        text.setPlainText(asked.text)
        return text
    return QLineEdit(asked.text)


def _value(control: QLineEdit | LongText | Chooser) -> str:
    if isinstance(control, Chooser):
        return str(control.currentData() or "")
    return control.toPlainText() if isinstance(control, LongText) else control.text()


class ListsPanel(QWidget):
    """A chooser of lists, the list in view, its buttons above it."""

    def __init__(self, session: Session, note: Note, files: PaperFiles, title: str) -> None:
        super().__init__()
        self.session, self.note, self.files = session, note, files
        self.records: dict[str, Any] = {}
        self.buttons: dict[str, Action] = {}
        self.listings: list[Listing] = self.make()
        self.chooser = Chooser()
        for listing in self.listings:
            self.chooser.addItem(listing.title)
        self.list = Rows(title)
        self.told = ThaiLabel(role="small")
        self._deeds = QWidget()
        self._flow = FlowLayout(self._deeds)
        self._flow.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        box = self.box = QVBoxLayout(inside)
        box.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        box.setSpacing(GAP)
        box.addWidget(heading(title))
        if len(self.listings) > 1:
            box.addWidget(FieldRow("listing", "รายการ", self.chooser))
        for widget in (self._deeds, self.told):
            box.addWidget(widget)
        box.addWidget(self.list, 1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(Card(inside))
        self.setFocusProxy(self.list)
        self.chooser.currentIndexChanged.connect(self._changed_list)
        self.list.currentItemChanged.connect(lambda *_: self._offer())
        self.list.opened.connect(self._open)
        session.tasks.changed.connect(self._changed)
        self._changed_list()

    def make(self) -> list[Listing]:
        """The lists of this panel."""
        raise NotImplementedError

    @property
    def listing(self) -> Listing:
        """The one in view."""
        return self.listings[max(0, self.chooser.currentIndex())]

    @property
    def marked(self) -> Any:
        """The marked record, or None."""
        return self.records.get(self.list.key)

    def showEvent(self, event: QShowEvent) -> None:
        """As it stands now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask anew."""
        counter, actor, listing = self.session.counter, self.session.actor, self.listing
        self.session.tasks.query(
            self, lambda: listing.load(counter, actor), lambda found: self._show(listing, found), self.files.trouble,
            topic="records",
        )  # fmt: skip

    def ask(
        self, title: str, action: str, fields: Sequence[Asked], act: Callable[[dict[str, str]], object], told: str = ""
    ) -> FieldsDialog:
        """Open a dialog of fields; when it is done the list is asked for anew."""
        dialog = FieldsDialog(self.session, self, title, action, fields, act, told)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self.refresh)
        dialog.open()
        return dialog

    def do(self, act: Callable[[], object], words: str) -> None:
        """Do it on the command thread, say so, and ask anew."""
        self.session.tasks.command(self, act, lambda _none: self._done(words), self._failed)

    def _done(self, words: str) -> None:
        self.note.say("good", words)
        self.refresh()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        self.note.say(*faults.words(error))
        self.refresh()

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & TOUCHED and self.isVisible():
            self.refresh()

    def _changed_list(self) -> None:
        self.records = {}  # before the list is emptied: what is marked belongs to the list that goes
        for button in self.buttons.values():
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for deed in self.listing.deeds:
            button = Action(deed.label, role="primary" if deed.primary else "", tip=deed.tip)
            button.clicked.connect(partial(self._act, deed))
            self._flow.addWidget(button)
            self.buttons[deed.label] = button
            button.show()
        self.list.show_rows([])
        if self.isVisible():
            self.refresh()
        self._offer()

    def _act(self, deed: Deed, _checked: bool = False) -> None:
        if deed.alone or self.marked is not None:
            deed.act(None if deed.alone else self.marked)

    def _open(self) -> None:
        """Enter: the first thing that can be done about the marked record."""
        for deed in self.listing.deeds:
            if not deed.alone and self.buttons[deed.label].isEnabled():
                self._act(deed)
                return

    def _show(self, listing: Listing, found: list[Any]) -> None:
        if listing is not self.listing:
            return
        rows = [listing.row(record) for record in found]
        self.records = {key: record for (key, _text), record in zip(rows, found, strict=True)}
        self.list.show_rows(rows)
        self.told.show_text((listing.told(found) or f"{len(found):,} รายการ") if found else listing.empty)
        self._offer()

    def _offer(self) -> None:
        marked = self.marked
        for deed in self.listing.deeds:
            self.buttons[deed.label].setEnabled(deed.alone or (marked is not None and deed.may(marked)))
