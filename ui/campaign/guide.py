"""How a citizen registers, turned to the citizen: the QR codes of the stores and two ways of nine steps."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.services import office_papers, thaid_campaign, thaid_guide
from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.style import FAR, GAP, NEAR
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Column, FlowLayout
from ui.widgets.qr import QrCode

CODE = 170


class GuideDialog(QDialog):
    """Esc closes it; the leaflet can be printed or saved from here."""

    def __init__(self, session: Session, files: PaperFiles, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._files = session, files
        self._campaign = thaid_campaign.campaign(session.counter)
        self.setWindowTitle(f"ลงทะเบียน {self._campaign.brand}")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.paper = Action("พิมพ์แผ่นพับ", role="primary")
        self.save = Action("บันทึกแผ่นพับเป็น PDF")
        self.leave = Action("ปิด", role="quiet", key="Esc")
        counter = session.counter
        self.paper.clicked.connect(lambda: files.print(lambda: office_papers.leaflet(counter), "แผ่นพับ"))
        self.save.clicked.connect(lambda: files.save(lambda: office_papers.leaflet(counter), "thaid-leaflet", ".pdf"))
        self.leave.clicked.connect(self.reject)
        self._build()

    def _build(self) -> None:
        column = Column()
        column.box.addWidget(heading(self.windowTitle()))
        stores = QHBoxLayout()
        for name, address in (("iPhone / iPad", self._campaign.ios), ("Android", self._campaign.android)):
            stores.addWidget(self._store(name, address))
        column.box.addLayout(stores)
        ways = QHBoxLayout()
        ways.setSpacing(FAR)
        for way in thaid_guide.ways():
            ways.addWidget(self._way(way), 1)
        column.box.addLayout(ways)
        column.box.addStretch(1)
        buttons = QWidget()
        flow = FlowLayout(buttons, GAP)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.paper, self.save, self.leave):
            flow.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.addWidget(column, 1)
        box.addWidget(buttons)
        room, look = self.screen().availableGeometry(), self._session.look
        self.resize(min(look.pixels(720), room.width() - 40), min(look.pixels(540), room.height() - 60))

    def _store(self, name: str, address: str) -> QWidget:
        place = QWidget()
        box = QVBoxLayout(place)
        box.setContentsMargins(0, 0, 0, 0)
        label = ThaiLabel(name, role="strong")
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(label)
        if address:
            code = QrCode()
            code.set_side(CODE)
            code.setFixedHeight(CODE + NEAR)
            code.show_text(address, f"QR ของแอปสำหรับ {name}")
            box.addWidget(code)
        else:
            box.addWidget(ThaiLabel(f"ค้นหาคำว่า “{self._campaign.brand}” ของกรมการปกครองในร้านค้าแอป"))
        return place

    def _way(self, way: thaid_guide.Way) -> QWidget:
        place = QWidget()
        box = QVBoxLayout(place)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR // 2)
        box.addWidget(ThaiLabel(way.title, role="strong"))
        note = thaid_guide.note(way, self._campaign.registration_office)
        if note:
            box.addWidget(ThaiLabel(note, role="small"))
        for number, step in enumerate(way.steps, start=1):
            box.addWidget(ThaiLabel(f"{number}. {step}"))
        box.addStretch(1)
        return place
