"""The Counter page: citizen, matter and preview side by side; F9 saves and prints; then the number, then the next."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import CounterError, Refused
from app.services import attachments, cases, drafts, similar_cases
from app.services.model import CaseView, RegisterCase
from ui import faults
from ui.counter import draft as draft_document
from ui.counter.citizen.column import CitizenColumn
from ui.counter.columns import Columns
from ui.counter.draft import Draft, DraftKeeper
from ui.counter.incoming import Incoming
from ui.counter.matter import MatterColumn
from ui.counter.preview import PreviewColumn
from ui.counter.saved import SavedPage
from ui.ports import Session
from ui.widgets.fields import row_of
from ui.widgets.notes import Note

NO_SERVICE = Refused("service_missing", "ยังไม่ได้เลือกบริการ", "พิมพ์ชื่อเรื่อง เช่น ไฟฟ้า แล้วกด Enter", "service")


class CounterPage(QWidget):
    """Registers one case after the other for the clerk who is signed in."""

    case_wanted = Signal(str)
    pay_wanted = Signal(str)
    help_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._saving = False
        self._last: CaseView | None = None
        self.camera: QDialog | None = None
        self.note = Note()
        self.citizen = CitizenColumn(session)
        self.matter = MatterColumn(session)
        self.preview = PreviewColumn(session)
        self.saved = SavedPage(session)
        self.keeper = DraftKeeper(session, self)
        self.incoming = Incoming(self, self.citizen, self.matter)
        self._save_after_files = False
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._build()
        self._connect()
        self._shortcuts()

    def begin(self) -> None:
        """A clerk has signed in: favourites, and what was left half-typed."""
        self.matter.begin()
        self.citizen.begin()
        counter = self._session.counter
        self._session.tasks.command(self, lambda: attachments.clean(counter), None, faults.record)
        self.ask_for_draft()

    def ask_for_draft(self) -> None:
        """Show what was left half-typed, by this clerk or by somebody whose form was taken over."""
        counter, actor, page = self._session.counter, self._session.actor, draft_document.PAGE
        self._session.tasks.query(self, lambda: drafts.load(counter, actor, page), self._found_draft, topic="draft")

    def _build(self) -> None:
        self._work = Columns((self.citizen, 9), (self.matter, 16), (self.preview, 9))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._work)
        self._stack.addWidget(self.saved)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.note)
        box.addWidget(self._stack, 1)

    def _connect(self) -> None:
        for column in (self.citizen, self.matter, self.preview):
            column.changed.connect(self._changed)
        self.citizen.case_wanted.connect(self.case_wanted)
        self.citizen.same_wanted.connect(self.note_same)
        self.citizen.known.connect(self._go_on)
        self.citizen.scan.camera_wanted.connect(self.open_camera)
        self.citizen.clear_wanted.connect(self.start_over)
        self.citizen.told.connect(self.note.say)
        self.matter.picked.connect(self._picked)
        self.matter.filer_known.connect(self.citizen.bring_back)
        self.matter.files.finished.connect(self._files_finished)
        self.matter.files.photograph_wanted.connect(self.photograph)
        self.matter.files.told.connect(self.note.say)
        self.preview.fee_known.connect(self.matter.show_fee)
        self.preview.save_wanted.connect(self.save)
        self.preview.review.edit_wanted.connect(self.edit)
        self.preview.review.problem_wanted.connect(self._show_error)
        self.saved.next_wanted.connect(self.next_citizen)
        self.saved.same_person_wanted.connect(self.same_person)
        self.saved.case_wanted.connect(self.case_wanted)
        self.saved.pay_wanted.connect(self.pay_wanted)
        self._session.look.changed.connect(self._arrange)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _shortcuts(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "F9": self.save,
            "F2": lambda: self.citizen.scan.line.setFocus(),
            "Ctrl+K": self.matter.choose,
            "Ctrl+O": self.citizen.scan.choose_picture,
            "Ctrl+Shift+O": self.choose_files,
            "Ctrl+Shift+P": self.photograph,
            "Ctrl+N": self.start_over,
            "Ctrl+Shift+Z": self.note.press,
            "Alt+R": self.preview.open_review,
            "F6": self.preview.switch,
            "F7": self.preview.toggle_sheet,
            "F8": self.open_camera,
            "F1": self.explain,
            "F3": self.citizen.fall_back,
            "Ctrl+T": self.citizen.proving.open_thaid,
            "F4": self.citizen.notice.open,
            "Alt+Y": self.citizen.offer.accept,
            "Alt+B": self.citizen.arrival.toggle,
            "Alt+O": self.citizen.similar.open_first,
            "Alt+M": self.citizen.similar.note_first,
            "Alt+D": self.citizen.comparing.compare,
        }
        for place in range(1, 10):
            keys[f"Ctrl+{place}"] = partial(self.matter.pick_favourite, place)
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self._work).activated.connect(action)

    # what is on the page ---------------------------------------------------------------------------------------

    def value(self) -> RegisterCase:
        """The case as typed so far."""
        return self.citizen.filled_into(self.matter.case(self.preview.documents()))

    def set_value(self, content: RegisterCase) -> None:
        """Show a case, for instance of a draft."""
        self.citizen.set_case(content)
        self.matter.set_value(content.service, content.answers, content.place)
        self.matter.files.set_value(content.staged)
        self.matter.papers.set_value(content.papers)
        self._offer_sheet()
        self.preview.print_sheet.setChecked(len(content.print_documents) > 1)
        self._changed()

    def _beside(self) -> Draft:
        """What is in the form and not yet in the case."""
        return {"point": self.matter.place.unread} if self.matter.place.unread else {}

    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return draft_document.is_blank(self.value())

    def _changed(self) -> None:
        self.matter.offer_papers(self.value())
        content = self.value()
        self.citizen.matter_begun = bool(content.service)
        self.keeper.keep(content, self._beside())
        self.citizen.lookout.watch(content)
        self.preview.show_case(content if content.service else None)
        if not content.service:
            self.matter.show_fee(None)

    def _picked(self) -> None:
        self._offer_sheet()
        if self.matter.form is not None:
            self.preview.choose_sheet(self.matter.form.service)

    def _offer_sheet(self) -> None:
        form = self.matter.form
        self.preview.offer_sheet(form.service if form is not None else None)

    # drafts ----------------------------------------------------------------------------------------------------

    def _found_draft(self, found: Draft | None) -> None:
        if found is None:
            return
        if not self.is_blank():
            self.note.say("info", "มีข้อมูลที่กรอกค้างไว้จากครั้งก่อน", "", "เรียกคืน (Ctrl+Shift+Z)", lambda: self._restore(found))
            return
        self._restore(found)
        self.note.say(
            "info",
            "คืนข้อมูลที่กรอกค้างไว้ให้แล้ว",
            "ทำต่อได้เลย หรือทิ้งแล้วเริ่มใหม่",
            "ทิ้งข้อมูลนี้ (Ctrl+Shift+Z)",
            self.start_over,
        )

    def _restore(self, found: Draft) -> None:
        self.keeper.restored(found)
        self._stack.setCurrentWidget(self._work)
        content = draft_document.command(found)
        self.set_value(content)
        if found.get("point"):
            self.matter.place.set_value(content.place, str(found["point"]))
        self._go_on()

    def start_over(self) -> None:
        """Throw away what was typed; it can be called back until the next case is saved."""
        if self.is_blank():
            self._focus_scan()
            return
        thrown = {**draft_document.document(self.value()), **self._beside()}
        self._clear()
        self.keeper.forget()
        self.note.say("info", "ล้างข้อมูลแล้ว", "", "เรียกคืน (Ctrl+Shift+Z)", lambda: self._restore(thrown))
        self._focus_scan()

    def _clear(self) -> None:
        self.citizen.clear()
        self.matter.set_value("", {}, None)
        self.matter.files.set_value(())
        self.matter.papers.set_value(())
        self.preview.print_sheet.setChecked(False)
        self.preview.show_case(None)
        self.citizen.matter_begun = False

    # saving ----------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """F9: register the case and queue its papers."""
        if self._saving or self._stack.currentWidget() is not self._work:
            return
        content = self.value()
        self._clear_errors()
        if not content.service:
            self._show_error(NO_SERVICE)
            return
        unread = self.matter.place.problem()
        if unread is not None:
            self._show_error(unread)
            return
        if self.matter.files.busy:
            self._save_after_files = True
            self.note.say("info", f"กำลังตรวจไฟล์แนบอีก {self.matter.files.busy:,} ไฟล์", "จะบันทึกให้เองเมื่อตรวจครบ")
            return
        self._set_saving(True)
        self.keeper.hold()
        content = replace(content, draft_page=draft_document.PAGE)
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self, lambda: cases.register(counter, actor, content), self._registered, self._not_registered
        )

    def _files_finished(self) -> None:
        """F9 was pressed while files were looked at: save now, unless one of them was refused."""
        if not self._save_after_files:
            return
        self._save_after_files = False
        refused = self.matter.files.refused
        if refused:
            self.note.say(
                "warn", f"แนบไม่ได้ {len(refused):,} ไฟล์ ยังไม่ได้บันทึก", "ดูเหตุผลที่ไฟล์ แล้วกด F9 อีกครั้งเพื่อบันทึกโดยไม่มีไฟล์นั้น"
            )
        else:
            self.save()

    def _set_saving(self, saving: bool) -> None:
        self._saving = saving
        self.preview.save.setEnabled(not saving)

    def _registered(self, view: CaseView) -> None:
        self._set_saving(False)
        self._last = view
        self.note.hide()
        self._clear()
        self.keeper.saved()
        self.saved.show_case(view)
        self._stack.setCurrentWidget(self.saved)
        self.saved.focus_next()

    def _not_registered(self, error: Exception) -> None:
        self._set_saving(False)
        self.keeper.go_on()
        if isinstance(error, CounterError) and error.field == "compared":
            self.citizen.comparing.withdraw()
            self.note.say("warn", f"บันทึกคำตัดสินเรื่องบุคคลซ้ำไม่ได้: {error.title}", "กด F9 อีกครั้งเพื่อบันทึกเรื่องโดยไม่มีคำตัดสินนี้")
            return
        self._show_error(error)

    def _show_error(self, error: Exception) -> None:
        if isinstance(error, CounterError) and (self.citizen.show_error(error) or self.matter.show_error(error)):
            return
        faults.record(error)
        tone, title, hint = faults.words(error)
        self.note.say(tone, title, f"{hint} ข้อมูลที่กรอกยังอยู่ครบ".strip(), "ลองอีกครั้ง (F9)", self.save)

    def _clear_errors(self) -> None:
        for row in (*self.citizen.rows.values(), *self.matter.rows.values()):
            row.clear_error()

    def note_same(self, number: str) -> None:
        """Alt+M: the matter is case `number`; who reports it again is noted there, and no second case is made."""
        counter, actor, content = self._session.counter, self._session.actor, self.value()
        self._session.tasks.command(
            self,
            lambda: similar_cases.note_another(counter, actor, number, content),
            lambda _done: self._noted_same(number),
            self._not_noted,
        )

    def _noted_same(self, number: str) -> None:
        words = f"บันทึกในเรื่อง {number} แล้วว่ามีผู้แจ้งเพิ่ม"
        self.note.say("good", words, "ไม่ต้องลงรับเรื่องใหม่", "ล้างแบบนี้ (Ctrl+Shift+Z)", self.start_over)

    def _not_noted(self, error: Exception) -> None:
        faults.record(error)
        tone, title, hint = faults.words(error)
        self.note.say(tone, title, hint)

    # the next one ----------------------------------------------------------------------------------------------

    def next_citizen(self) -> None:
        """Back to an empty page."""
        self._stack.setCurrentWidget(self._work)
        self._focus_scan()

    def same_person(self) -> None:
        """An empty matter for the citizen of the case just saved."""
        self.next_citizen()
        if self._last is not None:
            last = self._last
            self.citizen.set_case(
                RegisterCase("", last.applicant, {}, knowing=last.knowing, notice=last.notice)  # he still stands here
            )
            self._changed()
            self.matter.choose()

    def take_scan(self, text: str) -> None:
        """A text from the USB scanner, wherever the focus is."""
        if self._stack.currentWidget() is self.saved:
            self.next_citizen()
        self.citizen.scan.take_scan(text)

    def open_camera(self) -> None:
        """F8: hold a card's copy, a slip or a bill before the camera. QtMultimedia is loaded only now."""
        if self.camera is not None and self.camera.isVisible():
            return
        scan = self.citizen.scan
        self.camera = dialog = import_module("ui.camera.dialog").CameraDialog(self._session, parent=self)
        dialog.read.connect(scan.read)
        dialog.picture_wanted.connect(scan.choose_picture)
        dialog.rejected.connect(self._focus_scan)
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._camera_closed)
        dialog.open()

    def choose_files(self) -> None:
        """Ctrl+Shift+O: files for the case."""
        if self.matter.takes_files:
            self.matter.files.choose()

    def photograph(self) -> None:
        """Ctrl+Shift+P: photograph a paper or a place and attach it."""
        if self.matter.takes_files and (self.camera is None or not self.camera.isVisible()):
            ask = import_module("ui.camera.dialog").ask_for_photograph
            self.camera = dialog = ask(self._session, self, self.matter.files.add_photograph)
            dialog.picture_wanted.connect(self.matter.files.choose)
            dialog.finished.connect(dialog.deleteLater)
            dialog.finished.connect(self._camera_closed)

    def _camera_closed(self) -> None:
        self.camera = None

    def leave(self) -> None:
        """Another clerk comes, or the window closes: keep what was typed, and let the camera go."""
        if self.camera is not None:
            self.camera.reject()
        self.keeper.flush()
        self.citizen.leave()

    # keys, focus, drops ----------------------------------------------------------------------------------------

    def explain(self) -> None:
        """F1: explain the field in focus, or the page where the field has nothing to explain."""
        row = row_of(QApplication.focusWidget())
        if row is None or not row.toggle_help():
            self.help_wanted.emit()

    def edit(self, part: str) -> None:
        """From the review back to the fields of one group."""
        ways: dict[str, Callable[[], object]] = {
            "matter": self.matter.focus_form,
            "citizen": self.citizen.focus_name,
            "place": self.matter.place.focus_place,
            "point": self.matter.place.focus_point,
            "files": self.matter.files.row.control.setFocus,
        }
        ways[part]()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the next field, Esc goes back; neither changes a letter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)
        elif event.key() == Qt.Key.Key_Escape:
            self._go_back()
        else:
            super().keyPressEvent(event)

    def _go_back(self) -> None:
        focus = QApplication.focusWidget()
        if not self.note.isHidden():
            self.note.hide()
        elif self.matter.back():
            return
        elif focus is not None and self.preview.isAncestorOf(focus):
            self.matter.focus_form()
        elif focus is not None and self.matter.isAncestorOf(focus):
            self.citizen.focus_name()
        else:
            self._focus_scan()

    def _go_on(self) -> None:
        """To the next thing that is missing."""
        if not self.citizen.value().first_name:
            self._focus_scan()
        elif not self.matter.service:
            self.matter.choose()
        else:
            self.matter.focus_form()

    def _focus_scan(self) -> None:
        self.citizen.scan.line.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """The focus belongs to the scan field, or to the number just saved."""
        super().showEvent(event)
        self._arrange()
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            QTimer.singleShot(0, self, self._first_focus)

    def _first_focus(self) -> None:
        if self._stack.currentWidget() is self.saved:
            self.saved.focus_next()
        else:
            self._go_on()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was typed at once."""
        super().hideEvent(event)
        self.keeper.flush()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if self.incoming.is_welcome(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the code in the picture, or attach what was let go."""
        event.acceptProposedAction()
        self.incoming.drop(event.mimeData(), self.mapToGlobal(event.position().toPoint()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three columns, or two and a bit."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self._work.arrange(self.width(), self._session.look)
        self.preview.place_buttons(self._work.foot if narrow else None)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Slide the column in focus into view, and listen for Ctrl+V there."""
        inside = new if new is not None and self._work.inside.isAncestorOf(new) else None
        self.incoming.watch(inside)
        if inside is not None:
            self._work.follow(inside)
