"""What is dropped on the page or pasted into it: a picture with a code for the scan field, files for the case."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from ui.counter.citizen.column import CitizenColumn
from ui.counter.files.work import sources_of
from ui.counter.matter import MatterColumn
from ui.counter.scan import picture_of


class Incoming(QObject):
    """Watches the control in focus for Ctrl+V; everything else goes on as it was."""

    def __init__(self, page: QWidget, citizen: CitizenColumn, matter: MatterColumn) -> None:
        super().__init__(page)
        self._citizen, self._matter = citizen, matter
        self._watched: QWidget | None = None

    def watch(self, focus: QWidget | None) -> None:
        """The focus is here now, or (None) elsewhere."""
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched.destroyed.disconnect(self._gone)
        self._watched = focus
        if focus is not None:
            focus.installEventFilter(self)
            focus.destroyed.connect(self._gone)

    def _gone(self) -> None:
        self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+V with files or a picture in the clipboard attaches them, in whatever field the focus is."""
        if not (isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress):
            return False
        if not event.matches(QKeySequence.StandardKey.Paste) or not self._matter.takes_files:
            return False
        mime = QApplication.clipboard().mimeData()
        if watched is self._citizen.scan.line and picture_of(mime) is not None:
            return False
        return self._matter.files.add_mime(mime)

    def is_welcome(self, mime: QMimeData) -> bool:
        """Whether something may be let go over the page."""
        return picture_of(mime) is not None or bool(sources_of(mime))

    def drop(self, mime: QMimeData, place: QPoint) -> None:
        """Over the citizen's column a picture is read for its code; elsewhere it is attached, where a service has been
        chosen that takes files. place: on the screen."""
        picture = picture_of(mime)
        over_citizen = self._citizen.rect().contains(self._citizen.mapFromGlobal(place))
        if self._matter.takes_files and not (over_citizen and picture is not None):
            self._matter.files.add_mime(mime)
        elif picture is not None:
            self._citizen.scan.take_picture(Path(picture) if isinstance(picture, Path) else picture)
        else:
            self._matter.files.told.emit("info", "เลือกบริการก่อน แล้วจึงแนบไฟล์", "กด Ctrl+K แล้วพิมพ์ชื่อเรื่อง", "", None)
