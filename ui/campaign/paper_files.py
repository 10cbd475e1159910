"""Papers of the office on their way out: into a file that the clerk names, or to the A4 printer."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import CounterError, Refused, Unavailable
from app.services.office_papers import OfficePaper
from ui import faults
from ui.ports import Session
from ui.widgets.notes import Note

KINDS = {".pdf": "เอกสาร PDF (*.pdf)", ".png": "ภาพ PNG (*.png)"}


def ask_name(parent: QWidget, name: str, kind: str) -> str:
    """The file that the clerk chooses, or ""."""
    return QFileDialog.getSaveFileName(parent, "บันทึกเอกสาร", name, kind)[0]


class PaperFiles:
    """Made on a worker thread; the note tells what has become of it."""

    def __init__(self, page: QWidget, session: Session, note: Note) -> None:
        self._page, self._session, self._note = page, session, note
        self.ask = ask_name

    def save(self, make: Callable[[], OfficePaper], name: str, suffix: str) -> None:
        """Ask for a name and write the paper there; make: called on a worker thread."""
        chosen = self.ask(self._page, f"{name}{suffix}", KINDS[suffix])
        if not chosen:
            return
        target, paper = Path(chosen), self._session.paper
        target = target if target.suffix.lower() == suffix else target.with_name(f"{target.name}{suffix}")

        def write() -> None:
            content = paper.office_file(make(), suffix)
            try:
                target.write_bytes(content)
            except OSError:
                raise Unavailable("out_folder", "เขียนไฟล์ลงโฟลเดอร์นั้นไม่ได้", "เลือกโฟลเดอร์อื่น หรือตรวจพื้นที่ดิสก์") from None

        self._session.tasks.query(
            self._page, write, lambda _none: self._note.say("good", f"บันทึก {target.name} แล้ว"), self.trouble,
            topic="paper",
        )  # fmt: skip

    def print(self, make: Callable[[], OfficePaper], name: str) -> None:
        """Send the paper to the A4 printer."""
        printer, paper = self._session.counter.printer_for("a4"), self._session.paper
        if printer is None:
            self.trouble(Refused("no_printer", "เครื่องนี้ยังไม่มีเครื่องพิมพ์ A4", "เพิ่มเครื่องพิมพ์ในการตั้งค่า หรือบันทึกเป็น PDF"))
            return
        self._session.tasks.query(
            self._page, lambda: paper.print_office(make(), printer),
            lambda _none: self._note.say("good", f"ส่ง{name}ไปที่ {printer.name} แล้ว"), self.trouble, topic="paper",
        )  # fmt: skip

    def trouble(self, error: Exception) -> None:
        """Say what went wrong."""
        if not isinstance(error, CounterError):
            faults.record(error)
        self._note.say(*faults.words(error))
