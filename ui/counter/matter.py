"""Middle column: what it is about. Service picker, the form of the chosen service, the place, the fee."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain import money
from app.domain.errors import CounterError
from app.services import assessments, required_papers
from app.services.model import Place, RegisterCase
from ui.counter import service_index
from ui.counter.citizen.filling import BLANK
from ui.counter.files.field import FilesField
from ui.counter.filing import FilingPanel
from ui.counter.papers import PapersField
from ui.counter.place import PlaceFields
from ui.counter.service_index import Entry
from ui.counter.service_picker import EntryList, PickerLine
from ui.forms.form import ServiceForm
from ui.forms.table import TableEditor
from ui.ports import Session
from ui.preferences import MOST_FAVOURITES, write
from ui.style import GAP, NEAR, WIDE, give_role
from ui.widgets.fields import FieldRow
from ui.widgets.labels import ThaiLabel, heading, rule
from ui.widgets.layouts import Column

NOT_FOUND = "ไม่พบบริการที่ตรงกับคำค้น ลองคำที่สั้นลง หรือเลือก “แจ้งเรื่องอื่น ๆ”"
NOT_YOURS = "บัญชีของท่านยังไม่มีสิทธิ์ลงรับบริการใด\nขอให้ผู้ดูแลระบบของหน่วยงานให้สิทธิ์ที่ ผู้ใช้และสิทธิ์"
NONE_OF_YOURS = "บัญชีของท่านไม่มีสิทธิ์ลงรับบริการนี้ ขอให้ผู้ดูแลระบบของหน่วยงานให้สิทธิ์"


class MatterColumn(QWidget):
    """Either the list of services (to choose) or the form of the chosen one (to fill in)."""

    changed = Signal()
    picked = Signal()
    filer_known = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._catalog: object = None
        self._listed: list[Entry] = []
        self._entry: Entry | None = None
        self.form: ServiceForm | None = None
        self.filing: FilingPanel | None = None
        self.line = PickerLine()
        self.list = EntryList(session.look)
        self.place = PlaceFields(session)
        self.files = FilesField(session)
        self.papers = PapersField(self.place)
        self._build()

    @property
    def _entries(self) -> list[Entry]:
        """What the office offers; read anew when the administrator has changed its settings."""
        catalog = self._session.counter.catalog
        if catalog is not self._catalog:
            self._catalog = catalog
            self._listed = service_index.entries(catalog, self._session.counter.office.kind)
        return self._listed

    @property
    def _offered(self) -> list[Entry]:
        """What the person who is signed in may register, and so choose."""
        return service_index.creatable(self._entries, self._session.actor)

    def _build(self) -> None:
        self._error = ThaiLabel(role="error")
        self._error.hide()
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(heading("บริการ"))
        head.addWidget(self.line, 1)
        self._empty = ThaiLabel(NOT_FOUND)
        self._tip = ThaiLabel("↑ ↓ เลือก · Enter ตกลง · Ctrl+D ปักหมุดไว้ที่ Ctrl+1…9", role="small")
        self._chosen = self._chosen_line()
        self._sheet = Column()
        self._sheet.box.setContentsMargins(0, 0, NEAR, 0)
        self._fee = give_role(QLabel(), "section")
        self._fee.hide()
        self._check = ThaiLabel(role="warn")
        self._check.hide()
        self._sheet.box.addWidget(rule())
        self._sheet.box.addWidget(self.place)
        self._sheet.box.addWidget(self.papers)
        self._sheet.box.addWidget(self.files)
        self._sheet.box.addWidget(self._fee)
        self._sheet.box.addWidget(self._check)
        self._sheet.box.addStretch(1)
        self._sheet.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        box.setSpacing(GAP)
        box.addLayout(head)
        for widget in (self._error, self._chosen, self._empty):
            box.addWidget(widget)
        box.addWidget(self.list, 1)
        box.addWidget(self._tip)
        box.addWidget(self._sheet, 1)
        self.line.textEdited.connect(self._typed)
        self.line.entered.connect(lambda: self.pick(self.list.marked()))
        self.line.walked.connect(self.list.walk)
        self.line.pinned.connect(self.pin_marked)
        self.list.chosen.connect(self.pick)
        self.place.changed.connect(self.changed)
        self.files.changed.connect(self.changed)
        self.papers.changed.connect(self.changed)

    def _chosen_line(self) -> QWidget:
        line = give_role(QWidget(), "plain")
        self._title = ThaiLabel(role="section")
        self._meta = give_role(QLabel(), "small")
        box = QVBoxLayout(line)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._title)
        box.addWidget(self._meta)
        line.hide()
        return line

    def begin(self) -> None:
        """Offer the clerk's favourites first."""
        self._search("")

    def rights_changed(self) -> None:
        """Another person, or other rights: list anew what may be registered, where the list is in view."""
        if self.choosing:
            self._search(self.line.text())

    @property
    def rows(self) -> dict[str, FieldRow]:
        """The fields by the key that errors name."""
        beside = {"attachments": self.files.row, "papers": self.papers.row}
        return {**(self.form.rows if self.form else {}), **self.place.rows, **beside}

    @property
    def service(self) -> str:
        """Code of the chosen service, or ""."""
        return self._entry.service if self._entry else ""

    @property
    def takes_files(self) -> bool:
        """Whether a service is chosen whose cases take files."""
        return self.form is not None and "attachments" in self.form.service.steps

    @property
    def choosing(self) -> bool:
        """Whether the list of services is in view."""
        return not self.list.isHidden()

    def answers(self) -> dict[str, Any]:
        """The answers as typed."""
        return self.form.answers() if self.form else {}

    def favourites(self) -> list[str]:
        """Keys of the clerk's favourites; until something is pinned, the first of the list."""
        pinned = self._session.preferences.favourites.get(self._session.actor.username, [])
        offered = self._offered
        known = {entry.key for entry in offered}
        return [key for key in pinned if key in known] or [e.key for e in offered[:MOST_FAVOURITES]]

    def pick_favourite(self, place: int) -> None:
        """Choose the favourite on Ctrl+`place` (1 to 9)."""
        keys = self.favourites()
        if place <= len(keys):
            self.pick(next(entry for entry in self._entries if entry.key == keys[place - 1]))

    def pin_marked(self) -> None:
        """Pin the marked entry as a favourite, or take the pin out."""
        entry = self.list.marked()
        if entry is None:
            return
        everybody = self._session.preferences.favourites
        pinned = list(everybody.get(self._session.actor.username, []))
        if entry.key in pinned:
            pinned.remove(entry.key)
        else:
            pinned = [*pinned, entry.key][-MOST_FAVOURITES:]
        everybody[self._session.actor.username] = pinned
        text, path = self._session.preferences.as_json(), self._session.preferences.path
        self._session.tasks.command(self, lambda: write(path, text))
        row = self.list.currentIndex()
        self.list.entries.show(service_index.search(self._offered, self.line.text()), self.favourites())
        self.list.setCurrentIndex(self.list.entries.index(row.row()))

    def choose(self) -> None:
        """Bring the list up (Ctrl+K); what was filled in stays."""
        self._show_list(True)
        self.line.setFocus()
        self.line.selectAll()

    def back(self) -> bool:
        """From the list back to the form; False when there is no form to go back to."""
        if not (self.choosing and self.form is not None):
            return False
        self.line.clear()
        self._show_list(False)
        self.focus_form()
        return True

    def pick(self, entry: Entry | None) -> None:
        """Take an entry; text already typed into fields of the same service stays."""
        if entry is None:
            return
        self._take(entry, self.answers() if entry.service == self.service else {})
        self.focus_form()
        self.picked.emit()
        self.changed.emit()

    def set_value(self, service: str, answers: Mapping[str, Any], place: Place | None) -> None:
        """Show a draft, or nothing at all when `service` is unknown here."""
        entry = next((e for e in self._entries if e.service == service and _fits(e, answers)), None)
        self.place.set_value(place)
        if entry is not None:
            self._take(entry, answers)
        else:
            self._clear()

    def show_fee(self, satang: int | None) -> None:
        """The fee as far as the answers tell it, and whether the office has compared it with its ordinance."""
        self._fee.setVisible(satang is not None)
        service = self.form.service if self.form is not None else None
        alone = service is not None and service.filing.rule == "none" and satang is not None
        check = assessments.notes(self._session.counter, service) if service is not None and alone else ()
        self._check.show_text("\n".join(f"▲ {note}" for note in check))
        self._check.setVisible(bool(check))
        if satang is not None:
            self._fee.setText(f"ค่าธรรมเนียม  {money.formatted(satang)} บาท")

    def case(self, documents: tuple[str, ...]) -> RegisterCase:
        """The case as typed so far, without who brings it. documents: what is to be printed."""
        return RegisterCase(
            service=self.service,
            applicant=BLANK,
            answers=self.answers(),
            place=self.place.value() if self.service else None,
            print_documents=documents,
            staged=self.files.value() if self.takes_files else (),
            papers=self.papers.value(),
        )

    def offer_papers(self, content: RegisterCase) -> None:
        """The papers that the case as typed so far calls for."""
        mode = self._session.counter.current.document.get(required_papers.SETTING, required_papers.WARN)
        service = self.form.service if self.form is not None else None
        self.papers.ask_for(service, content.answers, content.filed_by, mode)

    def show_error(self, error: CounterError) -> bool:
        """Show an error at its field; False when it is none of ours."""
        field = error.field or ""
        if field == "service" or (field.startswith("answers.") and field.partition("[")[0] not in self.rows):
            self._error.show_text(f"▲ {error.title} {error.hint}".rstrip())
            self._error.show()
            self.choose()
            return True
        if self.place.show_error(error) or self.files.show_error(error):
            return True
        row = self.rows.get(field.partition("[")[0])
        if row is None:
            return False
        self._show_list(False)
        row.show_error(error.title, error.hint)
        if not (isinstance(row.control, TableEditor) and row.control.focus_place(field)):
            row.control.setFocus()
        return True

    def focus_form(self) -> None:
        """The focus to the first question."""
        first = self.form.first() if self.form else None
        (first or self.line).setFocus()

    def _take(self, entry: Entry, answers: Mapping[str, Any]) -> None:
        if self.form is None or self.form.service != self._session.counter.catalog[entry.service]:
            self._replace_form(ServiceForm(self._session.counter.catalog[entry.service]))
        assert self.form is not None
        self._entry = entry
        self.form.set_answers(answers)
        self.form.choose(dict(entry.chosen))
        if self.filing is not None:
            self.filing.begin()
        self._title.show_text(entry.title)
        self._meta.setText(entry.meta)
        self.place.setVisible("place" in self.form.service.steps)
        self.files.setVisible(self.takes_files)
        self.line.clear()
        self._error.hide()
        self._show_list(False)

    def _replace_form(self, form: ServiceForm | None) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        if self.filing is not None:
            self.filing.hide()
            self.filing.deleteLater()
            self.filing = None
        self.form = form
        if form is not None:
            self._sheet.box.insertWidget(0, form)
            form.changed.connect(self.changed)
            if form.service.filing.rule != "none":
                self.filing = FilingPanel(self._session, form)
                self.filing.filer_known.connect(self.filer_known)
                self._sheet.box.insertWidget(1, self.filing)
            self._keep_tab_order(form)

    def _keep_tab_order(self, form: ServiceForm) -> None:
        """Reading order: line, form, place. A new form stands at the end of the window's order; each of its controls is
        moved, for Qt does not move what is inside a widget that takes no focus itself. The list of a combo box is a
        window of its own."""
        before: QWidget = self.line
        for control in form.findChildren(QWidget):
            reached = control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.focusProxy() is None
            if reached and control.window() is self.window():
                QWidget.setTabOrder(before, control)
                before = control

    def _clear(self) -> None:
        self._entry = None
        self._replace_form(None)
        self.line.clear()
        self._error.hide()
        self.show_fee(None)
        self._show_list(True)

    def _typed(self, text: str) -> None:
        self._error.hide()
        self._show_list(True)
        self._search(text)

    def _search(self, text: str) -> None:
        offered = self._offered
        found = service_index.search(offered, text)
        if not text:
            order = self.favourites()
            found = sorted(found, key=lambda e: order.index(e.key) if e.key in order else len(order))
        self.list.offer(found, self.favourites())
        there = bool(text) and not found and bool(service_index.search(self._entries, text))
        self._empty.show_text(NOT_YOURS if not offered else NONE_OF_YOURS if there else NOT_FOUND)
        self._empty.setVisible(not found)
        self._tip.setVisible(self.choosing and bool(offered))

    def _show_list(self, choosing: bool) -> None:
        if choosing and self.list.isHidden():
            self._search(self.line.text())
        filling = not choosing and self.form is not None
        self.list.setVisible(choosing)
        self._tip.setVisible(choosing and bool(self._offered))
        self._empty.setVisible(choosing and self.list.entries.rowCount() == 0)
        self._chosen.setVisible(filling)
        self._sheet.setVisible(filling)


def _fits(entry: Entry, answers: Mapping[str, Any]) -> bool:
    return all(answers.get(key) == value for key, value in entry.chosen)
