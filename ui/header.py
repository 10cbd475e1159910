"""The head of every page: where we are, the pages there are, how it looks, and who is signed in."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QSizePolicy, QWidget

from ui.ports import Session
from ui.style import GAP, NEAR, SCALES, TIGHT
from ui.widgets.fields import Action
from ui.widgets.labels import ElidedLabel

THEME_NAMES = {"light": "สว่าง", "high_contrast": "ความเปรียบต่างสูง"}


class Header(QWidget):
    """Tabs are buttons: one press, one page."""

    page_wanted = Signal(int)
    other_clerk_wanted = Signal()
    own_wanted = Signal(str)
    """ "pin" or "password": something of one's own account."""

    def __init__(self, session: Session, pages: list[tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        office = f"{session.counter.office.name} · {session.counter.counter_name}"
        where = ElidedLabel(office, role="strong")
        where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._who = who = ElidedLabel()
        who.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        who.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._tabs: list[Action] = []
        box = QHBoxLayout(self)
        box.setContentsMargins(GAP + TIGHT, TIGHT + 2, GAP, TIGHT + 2)
        box.setSpacing(NEAR)
        box.addWidget(where, 5)
        group = QButtonGroup(self)
        for place, (name, key) in enumerate(pages):
            tab = Action(name, role="tab", key=key, tip=f"หน้า{name}")
            tab.setCheckable(True)
            tab.clicked.connect(lambda _checked, place=place: self.page_wanted.emit(place))
            group.addButton(tab)
            self._tabs.append(tab)
            box.addWidget(tab)
        box.addWidget(who, 4)
        self._look = Action("ก+", role="quiet", tip="ขนาดตัวอักษรและสี", key="Ctrl +, Ctrl −")
        self._look.clicked.connect(self._open_look)
        self._own = Action("บัญชี", role="quiet", tip="PIN และรหัสผ่านของท่าน", key="Ctrl+Shift+9")
        self._own.clicked.connect(self.open_own)
        box.addWidget(self._own)
        other = Action("เปลี่ยนผู้ใช้", role="quiet", key="Ctrl+L")
        other.clicked.connect(self.other_clerk_wanted)
        box.addWidget(self._look)
        box.addWidget(other)

    def begin(self) -> None:
        """Show who is signed in."""
        self._who.setText(self._session.actor.full_name)

    def offer(self, place: int, wanted: bool) -> None:
        """Whether a page is offered to who is signed in."""
        self._tabs[place].setVisible(wanted)

    def mark(self, place: int) -> None:
        """Show which page is in view."""
        self._tabs[place].setChecked(True)

    def _open_look(self) -> None:
        menu = self.look_menu()
        menu.exec(self._look.mapToGlobal(self._look.rect().bottomLeft()))

    def open_own(self) -> None:
        """What one may do with one's own account."""
        self.own_menu().exec(self._own.mapToGlobal(self._own.rect().bottomLeft()))

    def own_menu(self) -> QMenu:
        """PIN and password."""
        menu = QMenu(self)
        for what, text in (("pin", "ตั้ง PIN สำหรับสลับผู้ใช้…"), ("password", "เปลี่ยนรหัสผ่าน…")):
            action = QAction(text, menu)
            action.triggered.connect(lambda _checked, what=what: self.own_wanted.emit(what))
            menu.addAction(action)
        return menu

    def look_menu(self) -> QMenu:
        """Text sizes and themes."""
        menu = QMenu(self)
        look = self._session.look
        sizes, themes = QActionGroup(menu), QActionGroup(menu)
        for scale in SCALES:
            action = QAction(f"ตัวอักษร {scale} %", menu, checkable=True, checked=scale == look.scale)
            action.triggered.connect(lambda _checked, scale=scale: look.set_scale(scale))
            menu.addAction(sizes.addAction(action))
        menu.addSeparator()
        for theme, name in THEME_NAMES.items():
            action = QAction(name, menu, checkable=True, checked=theme == look.theme)
            action.triggered.connect(lambda _checked, theme=theme: look.set_theme(theme))
            menu.addAction(themes.addAction(action))
        return menu
