"""Copies of a case's files where the clerk wants to open them; a file of another counter is fetched first."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import Unavailable
from app.services import attachments
from app.services.attachments import Attachment
from ui.ports import Session
from ui.widgets.notes import Note

TOLD_MS = 500


class FileCopies:
    """Asks where to, writes the copy, and tells how far a file is that has to come first."""

    def __init__(self, page: QWidget, session: Session, note: Note, trouble: Callable[[Exception], None]) -> None:
        self._page, self._session, self._note, self._trouble = page, session, note, trouble
        self._clock = QTimer(page, interval=TOLD_MS)
        self._clock.timeout.connect(self._tell)
        self._file: Attachment | None = None
        self._come = [0]

    def save(self, number: str, file: Attachment) -> None:
        """Ask for a name and write the file there."""
        name, _filter = QFileDialog.getSaveFileName(self._page, "บันทึกสำเนาไฟล์", file.name)
        if not name:
            return
        counter, actor, come = self._session.counter, self._session.actor, [0]
        if not file.here:
            self._file, self._come = file, come
            self._clock.start()
            self._tell()
        # beside the commands: on a bad line it may take minutes, and nothing is written to the register
        self._session.tasks.query(
            self._page,
            lambda: Path(name).write_bytes(
                attachments.content(counter, number, file, actor, lambda here, _all: come.__setitem__(0, here))
            ),
            lambda _size: self._ended(lambda: self._note.say("good", f"บันทึก {file.name} แล้ว")),
            lambda error: self._ended(lambda: self._trouble(_not_written(error))),
            topic="file",
        )

    def _tell(self) -> None:
        if self._file is not None:
            share = 100 * self._come[0] // max(self._file.size, 1)
            self._note.say("info", f"กำลังรับไฟล์ {self._file.name} … {share} %", "ทำงานอื่นต่อได้ ไฟล์จะบันทึกเองเมื่อรับครบ")

    def _ended(self, tell: Callable[[], None]) -> None:
        self._clock.stop()
        self._file = None
        tell()


def _not_written(error: Exception) -> Exception:
    """What the clerk is told where a copy could not be written."""
    if isinstance(error, OSError):
        return Unavailable("out_folder", "เขียนไฟล์ลงโฟลเดอร์นั้นไม่ได้", "เลือกโฟลเดอร์อื่น หรือตรวจพื้นที่ดิสก์")
    return error
