"""Where the matter is: at the applicant's address, or elsewhere with a note, a point on the map and, if known, an
address."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from app.domain import coordinates
from app.domain.coordinates import Coordinates
from app.domain.errors import CounterError, Refused
from app.services import landmarks
from app.services.model import Address, Place
from ui.counter.address import AddressFields
from ui.ports import Session
from ui.style import NEAR, give_role
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import FlowLayout

LONGEST = 20_000
POINT_TOLD = "ตัวเลขพิกัดทุกแบบ เลขไทยก็ได้ หรือวางลิงก์จาก Google Maps, OpenStreetMap ลิงก์ย่อใช้ไม่ได้"
POINT_KEYS = ("place.latitude", "place.longitude")


class PlaceFields(QWidget):
    """Two ways, and fields only for the second."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._home = QRadioButton("ที่อยู่ผู้ร้อง")
        self._elsewhere = QRadioButton("ที่อื่น")
        group = QButtonGroup(self)
        ways = QWidget()
        flow = FlowLayout(ways)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self._home, self._elsewhere):
            button.setAccessibleName(f"สถานที่: {button.text()}")
            group.addButton(button)
            flow.addWidget(button)
            button.clicked.connect(self._chosen)
        ways.setFocusProxy(self._home)
        self._home.setChecked(True)
        self._note = QLineEdit()
        self._note.setMaxLength(LONGEST)
        self._note.setPlaceholderText("เช่น หน้าวัดกะทู้ ใกล้เสาไฟต้นที่ 3")
        self._note_row = FieldRow("place.note", "จุดสังเกต", self._note, "บอกจุดให้ช่างหาเจอโดยไม่ต้องโทรถาม")
        self.point = QLineEdit()
        self.point.setMaxLength(LONGEST)
        self.point.setPlaceholderText("7.9111, 98.3333 หรือวางลิงก์แผนที่")
        self._point_row = FieldRow(POINT_KEYS[0], "พิกัด / ลิงก์แผนที่", self.point, POINT_TOLD)
        self._near = ThaiLabel(role="small")
        self._marks = landmarks.of(session.counter.current.document)
        self._mark_from = ""
        """The text of a point that came from a landmark and may be replaced by the next."""
        self._points = self._points_line()
        self._more = Action("ใส่ที่อยู่ของสถานที่", role="quiet", tip="เปิดช่องบ้านเลขที่ หมู่ ซอย ถนน ตำบล")
        self.address = AddressFields("place.address", "ที่อยู่ของสถานที่", session)
        self.rows = {
            "place.note": self._note_row,
            **dict.fromkeys(POINT_KEYS, self._point_row),
            **self.address.rows,
        }
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        box.addWidget(FieldRow("place", "สถานที่เกิดเหตุ", ways))
        for widget in (self._note_row, self._points, self._near):
            box.addWidget(widget)
        flow.addWidget(self._more)
        box.addWidget(self.address)
        QWidget.setTabOrder(self._home, self._elsewhere)
        for before, after in pairwise((self._elsewhere, self._note, self.point, self.mark, self._more)):
            QWidget.setTabOrder(before, after)
        self._note.textEdited.connect(self._note_row.clear_error)
        self._note.textEdited.connect(self.changed)
        self.point.textEdited.connect(self._point_edited)
        self.point.editingFinished.connect(self._point_left)
        self.address.changed.connect(self.changed)
        self._more.clicked.connect(self._open_address)
        self._show_needed()

    def _points_line(self) -> QWidget:
        line = QWidget()
        box = QHBoxLayout(line)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        box.addWidget(self._point_row, 3, Qt.AlignmentFlag.AlignTop)
        self.mark = Chooser()
        self.mark.addItem("เลือก…")
        self.mark.addItems([mark.name for mark in self._marks])
        self.mark.activated.connect(self._choose_mark)
        told = "จุดที่สำนักงานตั้งไว้ เติมพิกัดและจุดสังเกตให้"
        row = FieldRow("place.landmark", "จุดอ้างอิงของสำนักงาน", self.mark, told)
        row.setVisible(bool(self._marks))
        box.addWidget(row, 2, Qt.AlignmentFlag.AlignTop)
        return line

    def value(self) -> Place | None:
        """None: at the applicant's address."""
        if self._home.isChecked():
            return None
        point = self._point()
        north, east = (None, None) if point is None else point
        return Place(self.address.value(), north, east, self._note.text().strip())

    @property
    def unread(self) -> str:
        """What was typed as a point and is none, so that it is not lost."""
        return "" if self._home.isChecked() or self._point() else self.point.text().strip()

    def problem(self) -> CounterError | None:
        """What keeps the place from being saved as it is: a point that nobody could read would be left out silently."""
        try:
            if self.unread:
                coordinates.parse(self.unread)
        except Refused as error:
            return error
        return None

    def set_value(self, place: Place | None, unread: str = "") -> None:
        """Show a place; `unread` is what was typed as a point and is none."""
        (self._home if place is None else self._elsewhere).setChecked(True)
        self._note.setText("" if place is None else place.note)
        point = None if place is None else place.point
        self.point.setText(unread if point is None else coordinates.text_of(*point))
        self._point_row.clear_error()
        self._mark_from = ""
        self.mark.setCurrentIndex(0)
        self.address.set_value(Address() if place is None else place.address)
        self._show_needed()

    def focus_place(self) -> None:
        """The focus to where the place is told."""
        (self._home if self._home.isChecked() else self._note).setFocus()

    def focus_point(self) -> None:
        """The focus to the coordinates, which only a place elsewhere has."""
        if self._home.isChecked():
            self._elsewhere.click()
        self.point.setFocus()

    def show_error(self, error: CounterError) -> bool:
        """Show an error at its field; False when it is none of ours."""
        row = self.rows.get(error.field or "")
        if row is None:
            return False
        self._elsewhere.setChecked(True)
        self._show_needed()
        if row not in (self._note_row, self._point_row):
            self._open_address()
        row.show_error(error.title, error.hint)
        row.control.setFocus()
        return True

    def _point(self) -> Coordinates | None:
        try:
            return coordinates.parse(self.point.text()) if self.point.text().strip() else None
        except Refused:
            return None

    def _point_edited(self) -> None:
        self._point_row.clear_error()
        self._mark_from = ""
        self._tell_near()
        self.changed.emit()

    def _point_left(self) -> None:
        """A link becomes the point that it holds; what cannot be read is told, and stays."""
        problem, point = self.problem(), self._point()
        if problem is not None:
            self._point_row.show_error(problem.title, problem.hint)
        elif point is not None:
            self.point.setText(coordinates.text_of(*point))

    def _choose_mark(self, index: int) -> None:
        if index < 1:
            return
        mark = self._marks[index - 1]
        if not self.point.text().strip() or self.point.text() == self._mark_from:
            self._mark_from = coordinates.text_of(*mark.at)
            self.point.setText(self._mark_from)
            self._point_row.clear_error()
        if mark.name not in self._note.text():
            self._note.setText(f"{self._note.text()} ใกล้{mark.name}".strip())
        self._tell_near()
        self.changed.emit()

    def _tell_near(self) -> None:
        """What the point means: near which landmark, and whether it is in the country at all."""
        point = None if self._home.isChecked() else self._point()
        if point is None:
            self._near.hide()
            return
        odd = landmarks.advice(point)
        near = landmarks.words(self._session.counter.current.document, point)
        read = coordinates.text_of(*point)
        parts = (f"▲ {odd}" if odd else "", "" if read == self.point.text() else read, near)
        words = " · ".join(part for part in parts if part)
        give_role(self._near, "warn" if odd else "small")
        self._near.show_text(words)
        self._near.setVisible(bool(words))

    def _chosen(self) -> None:
        self._show_needed()
        self.changed.emit()

    def _open_address(self) -> None:
        self._more.hide()
        self.address.show()
        self.address.rows["place.address.house_no"].control.setFocus()

    def _show_needed(self) -> None:
        elsewhere = self._elsewhere.isChecked()
        has_address = self.address.value() != Address()
        self._note_row.setVisible(elsewhere)
        self._points.setVisible(elsewhere)
        self._more.setVisible(elsewhere and not has_address)
        self.address.setVisible(elsewhere and has_address)
        self._tell_near()
