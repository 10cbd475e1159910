"""The camera dialog: reads codes as long as it is open, or takes one photograph; without a camera it offers other ways.

QtMultimedia comes only with the first opening. However the dialog ends, the camera is released.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from PySide6.QtCore import QTimer, Signal, SignalInstance
from PySide6.QtGui import QCloseEvent, QImage, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.intake.codes import Decoded
from ui import faults
from ui.camera.live import LivePicture
from ui.camera.words import FAULTS
from ui.counter.scan import Reading, best_of, goes_on, is_known, understand
from ui.counter.wedge import KeyboardWedge
from ui.ports import Session
from ui.preferences import write
from ui.style import FAR, GAP, TIGHT, give_role
from ui.widgets.fields import Action, Chooser
from ui.widgets.labels import Chip, ThaiLabel
from ui.widgets.layouts import Column, FlowLayout

READ, PHOTO = "read", "photo"
SILENT_AFTER_MS = 6_000
SHOWN_TEXT = 120


class Source(Protocol):
    """See ui/camera/source.py."""

    changed: SignalInstance
    failed: SignalInstance

    def devices(self) -> list[Any]:
        """Each with `id` and `name`, the system's choice first."""

    def start(self, device_id: str, take: Callable[[Any], None]) -> None:
        """Let a camera run."""

    def stop(self) -> None:
        """Release it."""


def open_source(parent: QWidget) -> Source:
    """The machine's cameras. ImportError where QtMultimedia or a library it needs is missing."""
    source: Source = import_module("ui.camera.source").CameraSource(parent)
    return source


def ask_for_photograph(session: Session, parent: QWidget, done: Callable[[bytes], None]) -> "CameraDialog":
    """Open the dialog for one photograph; `done` gets it as JPEG bytes, without data about camera, place or time."""
    dialog = CameraDialog(session, PHOTO, parent)
    dialog.photographed.connect(done)
    dialog.open()
    return dialog


class CameraDialog(QDialog):
    """`read` carries a Reading and closes the dialog; `photographed` a photograph's JPEG bytes."""

    read = Signal(object)
    photographed = Signal(bytes)
    picture_wanted = Signal()
    """The clerk would rather open a file."""

    def __init__(
        self,
        session: Session,
        purpose: str = READ,
        parent: QWidget | None = None,
        source: Callable[[QWidget], Source] = open_source,
    ) -> None:
        super().__init__(parent)
        self._session, self._purpose, self._open_source = session, purpose, source
        self._source: Source | None = None
        self._reader: Any = None
        self._hidden = False
        self._photograph = b""
        self._state = ""
        self.setWindowTitle("สแกนด้วยกล้อง" if purpose == READ else "ถ่ายภาพ")
        self.setObjectName("page")
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(SILENT_AFTER_MS)
        self._silence.timeout.connect(lambda: self._fail("camera_silent"))
        self._build()
        self.wedge = KeyboardWedge(self, is_known, goes_on)
        self.wedge.scanned.connect(lambda text: self._take(understand(text, "จากการสแกน")))
        session.look.changed.connect(self._fit)
        self._fit()

    @property
    def state(self) -> str:
        """ "opening", "starting", "live", "taken", or a key of `FAULTS`; empty before it is shown."""
        return self._state

    @property
    def said(self) -> str:
        """What is said under the picture or in its place."""
        return f"{self._title.shown_text()} {self._hint.shown_text()} {self._told.shown_text()}".strip()

    # building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._chip = Chip(parent=self)
        self.cameras = Chooser()
        self.cameras.setAccessibleName("เลือกกล้อง")
        self.cameras.setToolTip("เลือกกล้อง")
        self.cameras.activated.connect(self._chosen)
        head = QHBoxLayout()
        head.addWidget(self._chip)
        head.addStretch(1)
        head.addWidget(self.cameras, 2)
        self.live = LivePicture(self._session.look)
        self._words = Column()
        self._words.box.setContentsMargins(0, 0, 0, 0)
        self._title, self._hint = ThaiLabel(role="section"), ThaiLabel()
        for label in (self._title, self._hint):
            self._words.box.addWidget(label)
        self._words.box.addStretch(1)
        self._stack = QStackedWidget()
        for page in (self.live, self._words):
            self._stack.addWidget(page)
        self._told = ThaiLabel(role="warn")
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        box.addLayout(head)
        box.addWidget(self._stack, 1)
        box.addWidget(self._told)
        box.addSpacing(TIGHT)
        box.addLayout(self._buttons())

    def _buttons(self) -> FlowLayout:
        self.shoot = Action("ถ่ายภาพ", role="primary", key="Enter", tip="ถ่ายภาพนี้")
        self.use = Action("ใช้ภาพนี้", role="primary", key="Enter", tip="ใช้ภาพที่ถ่าย")
        self.again = Action("ลองอีกครั้ง", role="primary", key="Enter", tip="เปิดกล้องอีกครั้ง")
        self.file = Action("เปิดไฟล์ภาพ", tip="ปิดแล้วเปิดไฟล์ภาพแทน")
        self.typing = Action("พิมพ์เลขเอง", tip="ปิดแล้วพิมพ์เลข 13 หลักหรือเลขคำร้อง")
        self.stop = Action("ปิด", role="quiet", key="Esc", tip="ปิดกล้อง")
        self.shoot.clicked.connect(self._shoot)
        self.use.clicked.connect(self._use)
        self.again.clicked.connect(self.begin)
        self.file.clicked.connect(self._go_to_file)
        self.typing.clicked.connect(self.reject)
        self.stop.clicked.connect(self.reject)
        row = FlowLayout()
        for button in (self.shoot, self.use, self.again, self.file, self.typing, self.stop):
            row.addWidget(button)
        return row

    # the camera ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Find the cameras and let one run; again after a fault or a photograph."""
        self._photograph = b""
        self._show("opening")
        self._session.tasks.query(self, _load, self._loaded, self._not_loaded, topic="camera")

    def _loaded(self, hidden: bool) -> None:
        self._hidden = hidden
        if not self.isVisible():
            return
        try:
            if self._source is None:
                self._source = self._open_source(self)
                self._source.changed.connect(self._cameras_changed)
                self._source.failed.connect(self._fail)
            self._list_cameras()
        except (ImportError, OSError, RuntimeError) as error:
            self._not_loaded(error)
            return
        self._start()

    def _not_loaded(self, error: Exception) -> None:
        faults.record(error)
        self._fail("no_multimedia")

    def _list_cameras(self) -> None:
        assert self._source is not None
        wanted = self.cameras.currentData() or self._session.preferences.camera
        self.cameras.clear()
        for device in self._source.devices():
            self.cameras.addItem(device.name, device.id)
        self.cameras.setCurrentIndex(max(0, self.cameras.findData(wanted)))

    def _start(self) -> None:
        self._release()
        device = self.cameras.currentData()
        if device is None or self._source is None:
            self._fail("camera_right" if self._hidden else "no_camera")
            return
        reader = import_module("ui.camera.reader").FrameReader(self, reads=self._purpose == READ)
        reader.shown.connect(self._paint)
        reader.found.connect(self._found)
        reader.photographed.connect(self._taken)
        self._reader = reader
        self._show("starting")
        self._silence.start()
        self._source.start(device, reader.offer)

    def _release(self) -> None:
        self._silence.stop()
        if self._source is not None:
            self._source.stop()
        if self._reader is not None:
            self._reader.stop()
            self._reader.deleteLater()
            self._reader = None

    def _cameras_changed(self) -> None:
        """Plugged in: goes on by itself. Pulled out: says so."""
        if self._source is None or not self.isVisible():
            return
        running = self.cameras.currentData()
        known = [device.id for device in self._source.devices()]
        if self._reader is not None and running in known:
            return
        if self._reader is not None:
            self._fail("camera_gone")
        elif known and self._state != "taken":
            self.begin()

    def _chosen(self) -> None:
        preferences = self._session.preferences
        preferences.camera = self.cameras.currentData() or ""
        text, path = preferences.as_json(), preferences.path
        self._session.tasks.command(self._session.tasks, lambda: write(path, text))
        self._start()

    # what it sees ----------------------------------------------------------------------------------------------

    def _paint(self, image: QImage) -> None:
        if self._reader is None or self._state not in ("starting", "live"):
            return
        self._silence.start()
        self.live.show_image(image)
        if self._state == "starting":
            self._show("live")
        self._reader.painted()

    def _found(self, codes: list[Decoded]) -> None:
        reading = best_of(codes, "จากกล้อง")
        if self._state in ("starting", "live") and reading is not None:
            self._take(reading)

    def _take(self, reading: Reading) -> None:
        """A good code ends the dialog. What cannot be used is shown as it is, and the camera goes on."""
        if reading.valid and self._purpose == READ:
            QApplication.beep()
            self.accept()
            self.read.emit(reading)
            return
        value = " ".join(reading.value.split())
        shown = value if len(value) <= SHOWN_TEXT else value[:SHOWN_TEXT] + "…"
        self._told.show_text(f"▲ {reading.note}: {shown}")

    def _shoot(self) -> None:
        if self._reader is not None:
            self._reader.photograph()

    def _taken(self, jpeg: bytes, image: QImage) -> None:
        if self._reader is None:
            return
        self._photograph = jpeg
        self._release()
        self.live.show_image(image, guided=False)
        self._show("taken")

    def _use(self) -> None:
        photograph, self._photograph = self._photograph, b""
        if photograph:
            self.accept()
            self.photographed.emit(photograph)

    def _go_to_file(self) -> None:
        self.reject()
        self.picture_wanted.emit()

    # showing ---------------------------------------------------------------------------------------------------

    def _fail(self, fault: str) -> None:
        self._release()
        words = FAULTS[fault]
        self._title.show_text(words.title)
        self._hint.show_text(words.hint)
        self._show(fault)

    def _show(self, state: str) -> None:
        self._state = state
        fault = FAULTS.get(state)
        words = {
            "opening": ("กำลังเปิดกล้อง…", "plain"),
            "starting": ("กำลังเปิดกล้อง…", "plain"),
            "live": ("ถือรหัสให้อยู่ในกรอบ" if self._purpose == READ else "พร้อมถ่าย", "accent"),
            "taken": ("ถ่ายแล้ว", "good"),
        }
        self._chip.show_word(*words.get(state, (fault.chip if fault else "", "warn")))
        if fault is None:
            self._title.show_text("")
            self._hint.show_text("")
        if state in ("opening", "starting") or fault is not None:
            self._told.show_text("")
            self.live.show_image(QImage())
        self._stack.setCurrentWidget(self._words if fault else self.live)
        self.cameras.setVisible(self.cameras.count() > 1 or (self.cameras.count() == 1 and fault is None))
        self.shoot.setVisible(self._purpose == PHOTO and state == "live")
        self.use.setVisible(state == "taken")
        self.again.setVisible(state == "taken" or (fault is not None and fault.again))
        self.again.setText("ถ่ายใหม่" if state == "taken" else "ลองอีกครั้ง")
        give_role(self.again, "" if state == "taken" else "primary")
        self.typing.setVisible(self._purpose == READ)
        first = {"live": self.shoot if self._purpose == PHOTO else self.stop, "taken": self.use}.get(state)
        first = first or (self.again if fault is not None and fault.again else self.stop)
        first.setDefault(True)
        first.setFocus()

    def _fit(self) -> None:
        screen = self.screen().availableGeometry()
        look = self._session.look
        self.resize(min(look.pixels(560), screen.width() - 40), min(look.pixels(420), screen.height() - 60))

    # the end ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The camera starts when the dialog is seen."""
        super().showEvent(event)
        if not self._state:
            self.begin()

    def done(self, result: int) -> None:
        """However it ends: the camera is free, and no picture stays in memory."""
        self._release()
        self._session.tasks.drop(self, "camera")
        self.live.show_image(QImage())
        self._photograph = b""
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross is Esc."""
        self.reject()
        super().closeEvent(event)


def _load() -> bool:
    """On a worker thread: the libraries are loaded once. True where a camera is there that this user may not open."""
    hidden: bool = import_module("ui.camera.source").is_hidden_by_rights()
    import_module("ui.camera.reader")
    return hidden
