"""The head of every page: where we are, the pages there are, how it looks, and who is signed in."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QSizePolicy, QWidget

from ui.ports import Session
from ui.style import GAP, NEAR, SCALES, TIGHT
from ui.widgets.fields import Action
from ui.widgets.labels import ElidedLabel

LEAST_LETTERS = 7
"""So much of the office's name, and of the clerk's, is left to be read however many pages there are."""
OWN = (
    ("lhr", "ข้อมูลของฉัน (LHR)…"),
    ("pin", "ตั้ง PIN สำหรับสลับผู้ใช้…"),
    ("password", "เปลี่ยนรหัสผ่าน…"),
    ("thaid", "ผูกหรือเลิกผูก ThaiD…"),
)
"""What one may do with one's own account, and how the menu calls it."""
THEME_NAMES = {"light": "สว่าง", "high_contrast": "ความเปรียบต่างสูง"}


class Header(QWidget):
    """Tabs are buttons: one press, one page. Those for which there is no room are in the menu of the last button."""

    page_wanted = Signal(int)
    other_clerk_wanted = Signal()
    own_wanted = Signal(str)
    """A code of `OWN`."""

    def __init__(self, session: Session, pages: list[tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        office = f"{session.counter.office.name} · {session.counter.counter_name}"
        self._where = where = ElidedLabel(office, role="strong")
        where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._who = who = ElidedLabel()
        who.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        who.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._tabs: list[Action] = []
        self._pages = pages
        self._offered = [True] * len(pages)
        self._marked = 0
        self._more = Action("อื่น ๆ", role="tab", tip="หน้าที่แสดงไม่พอ")
        self._more.setCheckable(True)
        self._more.clicked.connect(self.open_more)
        self._box = box = QHBoxLayout(self)
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
        group.addButton(self._more)
        box.addWidget(self._more)
        box.addWidget(who, 4)
        self._look = Action("ก+", role="quiet", tip="ขนาดตัวอักษรและสี", key="Ctrl +, Ctrl −")
        self._look.clicked.connect(self._open_look)
        self._own = Action("บัญชี", role="quiet", tip="ข้อมูล PIN รหัสผ่าน และ ThaiD ของท่าน", key="Ctrl+Shift+9")
        self._own.clicked.connect(self.open_own)
        box.addWidget(self._own)
        self._other = Action("เปลี่ยนผู้ใช้", role="quiet", key="Ctrl+L")
        self._other.clicked.connect(self.other_clerk_wanted)
        box.addWidget(self._look)
        box.addWidget(self._other)
        self._arrange()

    def begin(self) -> None:
        """Show who is signed in."""
        self._who.setText(self._session.actor.full_name)
        letters = self.fontMetrics().horizontalAdvance
        for label in (self._where, self._who):  # the room that is left is shared as the two texts need it
            self._box.setStretchFactor(label, max(1, letters(label.text())))

    def offer(self, place: int, wanted: bool) -> None:
        """Whether a page is offered to who is signed in."""
        self._offered[place] = wanted
        self._arrange()

    def mark(self, place: int) -> None:
        """Show which page is in view."""
        self._marked = place
        self._show_marked()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less room for the pages."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Larger letters take more room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._arrange()

    def _arrange(self) -> None:
        """Show as many offered pages as there is room for, in their order."""
        offered = [place for place, wanted in enumerate(self._offered) if wanted]
        widths = {place: self._tabs[place].sizeHint().width() + NEAR for place in offered}
        beside = sum(button.sizeHint().width() + NEAR for button in (self._own, self._look, self._other))
        names = 2 * LEAST_LETTERS * self._tabs[0].fontMetrics().averageCharWidth()
        room = self.width() - 2 * GAP - TIGHT - beside - names
        if sum(widths.values()) > room:
            room -= self._more.sizeHint().width() + NEAR
        shown = set()
        for place in offered:
            room -= widths[place]
            if room < 0:
                break
            shown.add(place)
        for place, tab in enumerate(self._tabs):
            tab.setVisible(place in shown)
        self._more.setVisible(len(shown) < len(offered))
        self._show_marked()

    def _show_marked(self) -> None:
        tab = self._tabs[self._marked]
        (self._more if tab.isHidden() else tab).setChecked(True)

    def open_more(self) -> None:
        """The pages for which there is no room."""
        self._show_marked()
        self.more_menu().exec(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def more_menu(self) -> QMenu:
        """One line a page that is offered and has no button of its own."""
        menu = QMenu(self)
        for place, tab in enumerate(self._tabs):
            if self._offered[place] and tab.isHidden():
                action = QAction("\t".join(self._pages[place]), menu, checkable=True, checked=place == self._marked)
                action.triggered.connect(lambda _checked, place=place: self.page_wanted.emit(place))
                menu.addAction(action)
        return menu

    def _open_look(self) -> None:
        menu = self.look_menu()
        menu.exec(self._look.mapToGlobal(self._look.rect().bottomLeft()))

    def open_own(self) -> None:
        """What one may do with one's own account."""
        self.own_menu().exec(self._own.mapToGlobal(self._own.rect().bottomLeft()))

    def own_menu(self) -> QMenu:
        """PIN, password, ThaiD, and the own record of LHR."""
        menu = QMenu(self)
        for what, text in OWN:
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
