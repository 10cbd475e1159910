"""Registers on their way out of the cashier's page: to the A4 printer, or into a file that the clerk names."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import CounterError, Refused, Unavailable
from app.services.office_papers import MoneyPapers
from ui import faults
from ui.ports import Session
from ui.widgets.notes import Note

NO_PRINTER = Refused("no_printer", "เครื่องนี้ยังไม่มีเครื่องพิมพ์ A4", "เพิ่มเครื่องพิมพ์ในการตั้งค่า หรือบันทึกเป็น PDF")
Make = Callable[[], MoneyPapers]


class PaperOut:
    """Made on a worker thread; the note tells what has become of it."""

    def __init__(self, page: QWidget, session: Session, note: Note) -> None:
        self._page, self._session, self._note = page, session, note

    def print(self, make: Make, name: str) -> None:
        """Send the paper to the A4 printer."""
        printer, paper = self._session.counter.printer_for("a4"), self._session.paper
        if printer is None:
            self.trouble(NO_PRINTER)
            return
        self._do(lambda: paper.print_office(make(), printer), f"ส่ง{name}ไปที่ {printer.name} แล้ว")

    def save(self, make: Make, name: str) -> None:
        """Ask for a name and write the paper there as PDF."""
        paper = self._session.paper
        self.keep(lambda: paper.office_file(make(), ".pdf"), name, "PDF (*.pdf)")

    def keep(self, content: Callable[[], bytes], name: str, kind: str) -> None:
        """Ask for a name and write what `content` makes, on a worker thread."""
        chosen, _kind = QFileDialog.getSaveFileName(self._page, "บันทึกเอกสาร", name, kind)
        if chosen:
            target = Path(chosen)
            self._do(lambda: save(target, content()), f"บันทึก {target.name} แล้ว")

    def _do(self, work: Callable[[], object], told: str) -> None:
        self._session.tasks.command(self._page, work, lambda _done: self._note.say("good", told), self.trouble)

    def trouble(self, error: Exception) -> None:
        """Say what went wrong."""
        if not isinstance(error, CounterError):
            faults.record(error)
        self._note.say(*faults.words(error))


def save(target: Path, content: bytes) -> None:
    """Write a paper into a file; Unavailable where that cannot be. On a worker thread."""
    try:
        target.write_bytes(content)
    except OSError:
        raise Unavailable("output_file", f"เขียนไฟล์ {target.name} ไม่ได้", "ตรวจโฟลเดอร์และพื้นที่ดิสก์") from None
