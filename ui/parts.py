"""A page of several parts, one in view at a time; page and parts are built when they are first shown."""

from collections.abc import Sequence
from importlib import import_module

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QVBoxLayout, QWidget

from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.style import GAP, NEAR, WIDE
from ui.widgets.fields import Action
from ui.widgets.layouts import FlowLayout
from ui.widgets.notes import Note

Part = tuple[str, str, str]
"""What its tab says, the module and the class of its panel, which is made with (session, note, files)."""


class PartsPage(QWidget):
    """Alt+1, 2, 3 … change the part in view; Ctrl+N begins something new where the part knows how (`begin_request`)."""

    PARTS: Sequence[Part] = ()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.note = Note()
        self.files = PaperFiles(self, session, self.note)
        self.panels: dict[int, QWidget] = {}
        self.tabs: list[Action] = []
        self._stack = QStackedWidget()

    def showEvent(self, event: QShowEvent) -> None:
        """Build what is not there yet."""
        super().showEvent(event)
        if not self.tabs:
            self._build()
            first = next((place for place in range(len(self.PARTS)) if self.offered(place)), 0)
            self.show_part(first)

    def offered(self, place: int) -> bool:
        """Whether a part is for who is signed in."""
        return True

    def _build(self) -> None:
        bar, group = QWidget(), QButtonGroup(self)
        flow = FlowLayout(bar, NEAR)
        flow.setContentsMargins(0, 0, 0, 0)
        for place, (name, _module, _class) in enumerate(self.PARTS):
            tab = Action(name, role="tab", key=f"Alt+{place + 1}")
            tab.setCheckable(True)
            tab.setVisible(self.offered(place))
            tab.clicked.connect(lambda _checked, place=place: self.show_part(place))
            group.addButton(tab)
            flow.addWidget(tab)
            self.tabs.append(tab)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE, GAP, WIDE, GAP)
        box.addWidget(bar)
        box.addWidget(self.note)
        box.addWidget(self._stack, 1)

    def show_part(self, place: int) -> None:
        """Bring a part to the front."""
        if not self.offered(place):
            return
        if place not in self.panels:
            _name, module, panel = self.PARTS[place]
            self.panels[place] = getattr(import_module(module), panel)(self.session, self.note, self.files)
            self._stack.addWidget(self.panels[place])
        self._stack.setCurrentWidget(self.panels[place])
        self.tabs[place].setChecked(True)
        self.panels[place].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+1 and on; Ctrl+N."""
        place = event.key() - Qt.Key.Key_1
        if 0 <= place < len(self.PARTS) and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.show_part(place)
            return
        begin = getattr(self._stack.currentWidget(), "begin_request", None)
        if (
            begin is not None
            and event.key() == Qt.Key.Key_N
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            begin()
            return
        super().keyPressEvent(event)
