"""The page of the government's campaigns; built when it is first shown, for most days it is not."""

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

PARTS = (
    ("ThaiD", "ui.campaign.thaid", "ThaidPanel"),
    ("ความพร้อม", "ui.campaign.readiness", "ReadinessPanel"),
    ("ทะเบียนประวัติ", "ui.campaign.lhr", "LhrPanel"),
)
THAID, READINESS, LHR = range(3)


class CampaignPage(QWidget):
    """One part in view at a time; Alt+1, 2, 3 change it."""

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
            self.show_part(THAID)

    def _build(self) -> None:
        bar, group = QWidget(), QButtonGroup(self)
        flow = FlowLayout(bar, NEAR)
        flow.setContentsMargins(0, 0, 0, 0)
        for place, (name, _module, _class) in enumerate(PARTS):
            tab = Action(name, role="tab", key=f"Alt+{place + 1}")
            tab.setCheckable(True)
            tab.clicked.connect(lambda _checked, place=place: self.show_part(place))
            group.addButton(tab)
            flow.addWidget(tab)
            self.tabs.append(tab)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE, GAP, WIDE, GAP)
        box.addWidget(bar)
        box.addWidget(self.note)
        box.addWidget(self._stack, 1)

    @property
    def thaid(self) -> QWidget | None:
        """The ThaiD campaign, once it was shown."""
        return self.panels.get(THAID)

    def show_part(self, place: int) -> None:
        """Bring a part to the front."""
        if place not in self.panels:
            _name, module, panel = PARTS[place]
            self.panels[place] = getattr(import_module(module), panel)(self.session, self.note, self.files)
            self._stack.addWidget(self.panels[place])
        self._stack.setCurrentWidget(self.panels[place])
        self.tabs[place].setChecked(True)
        self.panels[place].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+1 to Alt+3; Ctrl+N asks for a correction where requests are in view."""
        places = {Qt.Key.Key_1: THAID, Qt.Key.Key_2: READINESS, Qt.Key.Key_3: LHR}
        place = places.get(Qt.Key(event.key()))
        if place is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.show_part(place)
            return
        panel = self._stack.currentWidget()
        ask = getattr(panel, "begin_request", None)
        if ask is not None and event.key() == Qt.Key.Key_N and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            ask()
            return
        super().keyPressEvent(event)
