"""The page of the government's campaigns; built when it is first shown, for most days it is not."""

from importlib import import_module

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.style import GAP, WIDE
from ui.widgets.notes import Note


class CampaignPage(QWidget):
    """One part in view at a time."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.note = Note()
        self.files = PaperFiles(self, session, self.note)
        self.thaid: QWidget | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(WIDE, GAP, WIDE, GAP)
        self._box.addWidget(self.note)

    def showEvent(self, event: QShowEvent) -> None:
        """Build what is not there yet, and ask anew."""
        super().showEvent(event)
        if self.thaid is None:
            self.thaid = import_module("ui.campaign.thaid").ThaidPanel(self.session, self.note, self.files)
            self._box.addWidget(self.thaid, 1)
        self.thaid.setFocus()
