"""The scan field: 13 digits typed, a code from the USB scanner, a picture opened, dropped or pasted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

import resources
from app.domain import citizen_id, thai_date
from app.domain.errors import CounterError, Refused
from app.intake import codes
from ui import faults
from ui.counter import kedmanee
from ui.style import NEAR, TIGHT, give_role
from ui.tasks import Tasks
from ui.widgets.fields import Action, CommandLine
from ui.widgets.labels import ThaiLabel

PICTURES = ("png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff")

NOTHING = Refused("picture_without_code", "ไม่พบบาร์โค้ดหรือ QR ในภาพ", "ถ่ายใหม่ให้ชัดและเต็มกรอบ หรือพิมพ์เลข 13 หลัก")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. kind as in app.intake.codes; `source` says in Thai how it came ("จากการสแกน")."""

    kind: str
    value: str
    valid: bool
    note: str
    source: str


def understand(text: str, source: str) -> Reading:
    """Classify a text; what a Thai keyboard or Caps Lock made of a scan is put right where that gives a code."""
    found = [codes.classify(meaning) for meaning in kedmanee.meanings(text)]
    best = min(found, key=lambda scanned: (not scanned.valid, scanned.kind == "unknown"))
    if best.kind == "unknown":
        best = codes.classify(text)
    return Reading(best.kind, best.value, best.valid, best.note, source)


def is_known(text: str) -> bool:
    """Whether a text is a code that the counter knows."""
    return understand(text, "").kind != "unknown"


def goes_on(text: str) -> bool:
    """Whether the next line must follow: a bill's bar code has four, and a scanner types Enter between them."""
    reading = understand(text, "")
    return reading.kind == "bill_barcode" and not reading.valid


def best_of(found: Sequence[codes.Decoded], source: str) -> Reading | None:
    """The most useful of the codes in a picture; None where there is none."""
    scanned = [codes.classify(code.text, code.format) for code in found]
    readings = [Reading(each.kind, each.value, each.valid, each.note, source) for each in scanned]
    return min(readings, key=lambda reading: (not reading.valid, reading.kind != "citizen_id"), default=None)


def understand_picture(picture: bytes | Path) -> Reading:
    """The most useful code of a picture. Refused where it is no picture, too large, or holds no code."""
    reading = best_of(codes.decode_image(picture), "จากภาพ")
    if reading is None:
        raise NOTHING
    return reading


def picture_of(mime: QMimeData) -> Path | QImage | None:
    """The picture that a drop or paste carries, if any."""
    for url in mime.urls():
        if url.isLocalFile() and Path(url.toLocalFile()).suffix.lower().lstrip(".") in PICTURES:
            return Path(url.toLocalFile())
    if mime.hasImage():
        image = mime.imageData()
        return image if isinstance(image, QImage) and not image.isNull() else None
    return None


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


class _Line(CommandLine):
    """Takes pictures from the clipboard, too."""

    picture_pasted = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V with a picture in the clipboard reads the picture."""
        if event.matches(QKeySequence.StandardKey.Paste):
            picture = picture_of(QApplication.clipboard().mimeData())
            if picture is not None:
                self.picture_pasted.emit(picture)
                return
        super().keyPressEvent(event)


class ScanField(QWidget):
    """Line, camera and "open picture" buttons; `read` carries every Reading, whichever way it came."""

    read = Signal(object)
    edited = Signal()
    camera_wanted = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self.line = give_role(_Line(), "scan")
        self.line.setMaxLength(2_000)
        self.line.setPlaceholderText("สแกน หรือพิมพ์ 13 หลัก")
        self.line.setAccessibleName("ช่องสแกนและเลขประจำตัวประชาชน 13 หลัก")
        self.line.setToolTip("รับเครื่องสแกน USB ตลอดเวลา · พิมพ์เลข 13 หลัก · วางหรือลากภาพมาวาง · กล้อง F8 (F2)")
        self._open = Action("", role="icon", key="Ctrl+O", tip="เปิดไฟล์ภาพที่มี QR หรือบาร์โค้ด")
        self._open.setIcon(QIcon(str(resources.path("icons", "picture.svg"))))
        self._camera = Action("", role="icon", key="F8", tip="สแกนด้วยกล้อง")
        self._camera.setIcon(QIcon(str(resources.path("icons", "camera.svg"))))
        self._message = ThaiLabel(role="error")
        self._message.hide()
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(self.line, 1)
        row.addWidget(self._camera)
        row.addWidget(self._open)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(TIGHT)
        box.addLayout(row)
        box.addWidget(self._message)
        self.setFocusProxy(self.line)
        self._camera.clicked.connect(self.camera_wanted)
        self._open.clicked.connect(self.choose_picture)
        self.line.textEdited.connect(self._typed)
        self.line.entered.connect(self._entered)
        self.line.picture_pasted.connect(self.take_picture)

    @property
    def message(self) -> str:
        """What is said under the field, or empty."""
        return "" if self._message.isHidden() else self._message.shown_text()

    def tell(self, title: str, hint: str = "", tone: str = "error") -> None:
        """Say something under the field; tone "error" or "warn"."""
        give_role(self._message, tone)
        self._message.show_text(f"▲ {title} {hint}".rstrip())
        self._message.show()

    def clear(self) -> None:
        """Empty again."""
        self.line.clear()
        self._message.hide()

    def take_scan(self, text: str) -> None:
        """A text from the USB scanner."""
        self._work(lambda: understand(text, "จากการสแกน"))

    def take_picture(self, picture: Path | QImage) -> None:
        """A picture file, or a picture of the clipboard."""
        if isinstance(picture, QImage):
            copy = picture.copy()
            self._work(lambda: understand_picture(_png(copy)))
        else:
            self._work(lambda: understand_picture(picture))

    def choose_picture(self) -> None:
        """Let the clerk choose a picture file."""
        patterns = " ".join(f"*.{ending}" for ending in PICTURES)
        name, _filter = QFileDialog.getOpenFileName(self, "เปิดไฟล์ภาพ", "", f"ไฟล์ภาพ ({patterns})")
        if name:
            self.take_picture(Path(name))

    def _typed(self, text: str) -> None:
        self._message.hide()
        self.edited.emit()
        digits = "".join(letter for letter in thai_date.to_arabic_digits(text) if letter.isdigit())
        if len(digits) == 13 and len(text.strip()) <= 17:
            self._entered()

    def _entered(self) -> None:
        text = self.line.text().strip()
        if not text:
            return
        try:
            number = citizen_id.check(text)
        except CounterError as error:
            if error.code == "citizen_id_characters":
                self._work(lambda: understand(text, "จากการพิมพ์"))
            else:
                self.tell(error.title, error.hint)
            return
        self.read.emit(Reading("citizen_id", number, True, "", "จากการพิมพ์"))

    def _work(self, work: Callable[[], Reading]) -> None:
        self._message.hide()
        self._tasks.query(self, work, self.read.emit, self._failed, topic="read")

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, hint = faults.words(error)
        self.tell(title, hint)
