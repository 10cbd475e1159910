"""The files of the case: every bad one is refused beside its name, the others go on."""

from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QVBoxLayout, QWidget

from app.catalog.schema import ATTACHMENT_FORMATS
from app.domain import file_names
from app.domain.errors import CounterError, Refused
from app.services import attachments
from app.services.model import StagedFile
from app.services.staged_files import PHOTOS
from ui import faults
from ui.counter.files import work
from ui.counter.files.row import FileRow
from ui.counter.files.work import Source, Taken
from ui.ports import Session
from ui.style import NEAR
from ui.widgets.fields import Action, FieldRow
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import FlowLayout

PATTERNS = f"ไฟล์ที่แนบได้ ({' '.join(f'*.{ending}' for ending in ATTACHMENT_FORMATS)})"
TOLD = f"ลากมาวาง หรือ Ctrl+V ก็ได้ รับ {', '.join(ATTACHMENT_FORMATS)} ไฟล์ละไม่เกิน 5 MB ตรวจจากเนื้อไฟล์จริง"


class FilesField(QWidget):
    """Buttons, what is under way, and a row for each file."""

    changed = Signal()
    finished = Signal()
    """Everything asked for has been looked at."""
    photograph_wanted = Signal()
    told = Signal(str, str, str, str, object)
    """Tone, title, hint, action and what it does: for the note of the page."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.list: list[FileRow] = []
        self._waiting: deque[tuple[Source, bool, FileRow | None]] = deque()
        self._running = False
        self._done = self._all = 0
        self._photographs = 0
        self._form = 0
        """Counts the forms: what comes back for an earlier one is dropped."""
        self.shrink = QCheckBox("ย่อภาพถ่าย")
        self.shrink.setAccessibleName("ย่อภาพถ่ายที่แนบต่อจากนี้")
        self.shrink.setToolTip("ย่อภาพให้ด้านยาวไม่เกิน 1,600 จุด และลบข้อมูลสถานที่กับกล้องในภาพ")
        self.row = FieldRow("attachments", "เอกสารแนบ", self._buttons(), TOLD)
        self._progress = ThaiLabel(role="small")
        self._stop = Action("หยุด", role="quiet", tip="ไม่ตรวจไฟล์ที่เหลือ")
        self._stop.clicked.connect(self.stop)
        self._under_way = QWidget()
        flow = FlowLayout(self._under_way)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self._progress)
        flow.addWidget(self._stop)
        self._under_way.hide()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(NEAR)
        self._box.addWidget(self.row)
        self._box.addWidget(self._under_way)

    def _buttons(self) -> QWidget:
        line = QWidget()
        flow = FlowLayout(line)
        flow.setContentsMargins(0, 0, 0, 0)
        choose = Action("เลือกไฟล์…", key="Ctrl+Shift+O", tip="เลือกไฟล์ที่จะแนบ")
        choose.clicked.connect(self.choose)
        folder = Action("ทั้งโฟลเดอร์…", tip="แนบทุกไฟล์ในโฟลเดอร์")
        folder.clicked.connect(self.choose_folder)
        camera = Action("ถ่ายภาพ", key="Ctrl+Shift+P", tip="ถ่ายภาพด้วยกล้อง แล้วแนบ")
        camera.clicked.connect(self.photograph_wanted)
        for widget in (choose, folder, camera, self.shrink):
            flow.addWidget(widget)
        line.setFocusProxy(choose)
        return line

    # what is attached --------------------------------------------------------------------------------------------

    def value(self) -> tuple[StagedFile, ...]:
        """The files that go with the case."""
        return tuple(row.file for row in self.list if row.file is not None)

    def set_value(self, files: Sequence[StagedFile]) -> None:
        """Show the files of a draft, or none."""
        self._form += 1
        self.stop()
        for row in list(self.list):
            self._drop(row)
        self.row.clear_error()
        for file in files:
            row = self._add_row(file.name)
            row.show_file(file)
            self._ask_picture(row, file)

    @property
    def busy(self) -> int:
        """How many files are still to be looked at."""
        return len(self._waiting) + self._running

    @property
    def refused(self) -> list[FileRow]:
        """Rows of files that are not attached."""
        return [row for row in self.list if row.file is None]

    # ways in -------------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ctrl+Shift+O: choose files."""
        names, _filter = QFileDialog.getOpenFileNames(self, "แนบไฟล์", "", f"{PATTERNS};;ทุกไฟล์ (*)")
        self.add([Source(Path(name).name, Path(name)) for name in names])

    def choose_folder(self) -> None:
        """Every file of a folder."""
        name = QFileDialog.getExistingDirectory(self, "แนบทุกไฟล์ในโฟลเดอร์")
        if name:
            self.add([Source(Path(name).name, Path(name))])

    def add_photograph(self, jpeg: bytes) -> None:
        """A photograph of the camera."""
        self._photographs += 1
        self.add([Source(f"ภาพถ่าย {self._photographs}.jpg", content=jpeg)])

    def add_mime(self, mime: QMimeData) -> bool:
        """What was dropped or pasted; False where it holds no file and no picture."""
        sources = work.sources_of(mime)
        self.add(sources)
        return bool(sources)

    def add(self, sources: Sequence[Source]) -> None:
        """Look at these, folders and all."""
        if not sources:
            return
        form, given, shrink = self._form, list(sources), self.shrink.isChecked()
        self.row.clear_error()
        self._session.tasks.command(
            self, lambda: work.listed(given), lambda found: self._listed(form, found, shrink), self._failed
        )

    def stop(self) -> None:
        """Leave what is not yet looked at."""
        self._all -= len(self._waiting)
        self._waiting.clear()
        self._tell_progress()

    # one after the other --------------------------------------------------------------------------------------------

    def _listed(self, form: int, found: list[Source], shrink: bool) -> None:
        if form != self._form:
            return
        if not found:
            self.told.emit("info", "โฟลเดอร์นี้ไม่มีไฟล์", "เลือกโฟลเดอร์อื่น", "", None)
        room = attachments.MOST_FILES - len(self.value()) - self.busy
        if len(found) > room:
            error = attachments.too_many()
            self.row.show_error(error.title, f"แนบ {max(0, room):,} ไฟล์แรก {error.hint}")
        for source in found[: max(0, room)]:
            self._waiting.append((source, shrink, None))
            self._all += 1
        self._go_on()

    def _go_on(self) -> None:
        """Begin with the next file; between two of them the window's other commands have their turn."""
        if self._running:
            return
        if not self._waiting:
            if self._all:
                self._done = self._all = 0
                self._tell_progress()
                self.finished.emit()
            return
        source, shrink, row = self._waiting.popleft()
        counter, form = self._session.counter, self._form
        self._running = True
        self._tell_progress()
        self._session.tasks.command(
            self,
            lambda: work.take(counter, source, shrink=shrink),
            lambda taken: self._taken(form, row, taken),
            lambda error: self._not_taken(form, row, source, error),
        )

    def _taken(self, form: int, row: FileRow | None, taken: Taken) -> None:
        if form == self._form:
            twin = next((one for one in self.list if one.file and one.file.sha256 == taken.file.sha256), None)
            row = row or self._add_row(taken.file.name)
            if twin is not None:
                row.refuse(None, "เป็นไฟล์เดียวกับ", f"{twin.name} ที่แนบไว้แล้ว", shrinkable=False)
            else:
                row.shrink.hide()
                row.remove.setText("นำออก")
                row.show_file(taken.file, taken.before)
                row.show_picture(taken.picture)
        self._next(form)

    def _not_taken(self, form: int, row: FileRow | None, source: Source, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        if form == self._form:
            _tone, title, hint = faults.words(error)
            large = isinstance(error, Refused) and error.code == "file_too_large" and row is None
            shrinkable = large and source.path is not None and file_names.ending(source.name) in PHOTOS
            (row or self._add_row(source.name)).refuse(source, title, hint, shrinkable=shrinkable)
        self._next(form)

    def _next(self, form: int) -> None:
        self._running = False
        if form == self._form:
            self._done += 1
            self.changed.emit()
        self._go_on()

    def _tell_progress(self) -> None:
        self._under_way.setVisible(self.busy > 1)
        self._progress.show_text(f"กำลังตรวจไฟล์ที่ {self._done + 1:,} จาก {max(self._all, 1):,}")

    def _failed(self, error: Exception) -> None:
        faults.record(error)
        _tone, title, hint = faults.words(error)
        self.row.show_error(title, hint)

    # rows ------------------------------------------------------------------------------------------------------------

    def _add_row(self, name: str, place: int | None = None) -> FileRow:
        row = FileRow(self._session.look, name)
        row.remove_wanted.connect(lambda: self._remove(row))
        row.shrink_wanted.connect(lambda: self._shrink(row))
        place = len(self.list) if place is None else min(place, len(self.list))
        before = self.list[place - 1].remove if place else self.shrink
        self.list.insert(place, row)
        self._box.insertWidget(2 + place, row)
        QWidget.setTabOrder(before, row.shrink)
        QWidget.setTabOrder(row.shrink, row.remove)
        return row

    def _drop(self, row: FileRow) -> None:
        self.list.remove(row)
        self._box.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _remove(self, row: FileRow) -> None:
        """Take a file out; it can be called back."""
        place, file = self.list.index(row), row.file
        self._drop(row)
        rest = self.list[min(place, len(self.list) - 1)].remove if self.list else self.row.control
        rest.setFocus()
        self.changed.emit()
        if file is not None:
            undo = partial(self._call_back, file, place, self._form)
            self.told.emit("info", f"นำ {file.name} ออกแล้ว", "", "เลิกทำ (Ctrl+Shift+Z)", undo)

    def _call_back(self, file: StagedFile, place: int, form: int) -> None:
        if form == self._form:
            row = self._add_row(file.name, place)
            row.show_file(file)
            self._ask_picture(row, file)
            self.changed.emit()

    def _shrink(self, row: FileRow) -> None:
        if row.source is not None:
            self._waiting.append((row.source, True, row))
            self._all += 1
            row.shrink.hide()
            self._go_on()

    def _ask_picture(self, row: FileRow, file: StagedFile) -> None:
        counter, form = self._session.counter, self._form
        self._session.tasks.query(
            row, lambda: work.picture(counter, file), row.show_picture, partial(self._no_picture, form, row)
        )

    def _no_picture(self, form: int, row: FileRow, error: Exception) -> None:
        """The content of a draft's file is not on the disk any more, or cannot be read."""
        if form != self._form:
            return
        _tone, title, hint = faults.words(error)
        row.refuse(None, title, hint, shrinkable=False)
        self.changed.emit()

    def show_error(self, error: CounterError) -> bool:
        """Show an error about the files; False when it is about something else."""
        if error.field != "attachments":
            return False
        self.row.show_error(error.title, error.hint)
        self.row.control.setFocus()
        return True
