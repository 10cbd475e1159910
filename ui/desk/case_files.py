"""The files of a case as a list, each to be saved where the clerk wants to open it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.catalog.schema import ATTACHMENT_FORMATS
from app.services.attachments import Attachment
from ui.style import NEAR, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import FlowLayout

PATTERNS = f"ไฟล์ที่แนบได้ ({' '.join(f'*.{ending}' for ending in ATTACHMENT_FORMATS)})"


class CaseFiles(QWidget):
    """Heading and files; hidden where the case has none."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(NEAR)
        self._box.addWidget(heading("ไฟล์แนบ"))
        self._lines: list[QWidget] = []

    def show_files(self, files: Sequence[Attachment]) -> None:
        """List these."""
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = [self._line(file) for file in files]
        for line in self._lines:
            self._box.addWidget(line)
        self.setVisible(bool(files))

    def _line(self, file: Attachment) -> QWidget:
        line = QWidget()
        flow = FlowLayout(line)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(ThaiLabel(file.name))
        flow.addWidget(give_role(QLabel(_size(file.size)), "small"))
        tip = "" if file.here else " ไฟล์อยู่ที่เครื่องอื่น จะรับมาก่อน"
        save = Action("บันทึกสำเนา…", role="quiet", tip=f"บันทึกสำเนาของ {file.name} ไว้เปิดดู{tip}")
        save.clicked.connect(lambda: self.wanted.emit(file))
        flow.addWidget(save)
        if not file.here:
            flow.addWidget(give_role(QLabel("อยู่ที่เครื่องอื่น"), "small"))
        return line


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"
