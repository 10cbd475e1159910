"""The ThaiD campaign: one key counts one person, and beside it the Friday report as it stands."""

from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain import thai_date, thaid_week
from app.domain.errors import CounterError, Refused
from app.services import rights, thaid_campaign
from app.services.model import Changes
from app.services.thaid_campaign import CHANGED, Entry, Tally, WeekReport
from ui import faults
from ui.campaign.dialogs import CampaignDialog
from ui.campaign.guide import GuideDialog
from ui.campaign.paper_files import PaperFiles
from ui.campaign.week import WeekView
from ui.ports import Session
from ui.style import GAP, NEAR
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import Chip, ThaiLabel, heading
from ui.widgets.layouts import Card, Column, FlowLayout
from ui.widgets.notes import Note

KEYS = {
    Qt.Key.Key_F6: ("citizens", "self"),
    Qt.Key.Key_F7: ("citizens", "officer"),
    Qt.Key.Key_F8: ("staff", "self"),
    Qt.Key.Key_F9: ("staff", "officer"),
    Qt.Key.Key_Plus: ("citizens", "self"),
}
"""No letter or digit: those come from scanners, too."""
WEEKS_BACK = 26
HOW = "เมื่อมีผู้ลงทะเบียน กดปุ่มเดียวต่อหนึ่งคน นับจำนวนเท่านั้น ไม่เก็บชื่อหรือเลขของผู้ใด"


class ThaidPanel(QWidget):
    """Left: count. Right: the report."""

    def __init__(self, session: Session, note: Note, files: PaperFiles) -> None:
        super().__init__()
        self.session = session
        self._note = note
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("นับผู้ลงทะเบียน ThaiD")
        self.about = ThaiLabel(role="small")
        self.due = Chip()
        self.unit = Chooser()
        self.number = QLineEdit("1")
        self.number.setMaxLength(6)
        self.rows = {
            "unit": FieldRow("unit", "หน่วย (แถวในรายงาน)", self.unit),
            "count": FieldRow("count", "จำนวนคนต่อครั้ง", self.number),
        }
        self.buttons: dict[tuple[str, str], Action] = {}
        self.figures: dict[tuple[str, str], ThaiLabel] = {}
        self.told = ThaiLabel(role="strong")
        self.back = Action("ยกเลิกรายการล่าสุด", key="Ctrl+Z")
        self.guide = Action("คู่มือลงทะเบียน", key="F1", tip="คู่มือสองวิธีและ QR")
        self.settings = Action("ตั้งค่า…", tip="วันและจำนวนตั้งต้น หน่วย และความหมายของช่องที่ 3")
        self.week = WeekView(session, note, files)
        self._build()
        self._connect()

    def _build(self) -> None:
        left = Column()
        left.box.setSpacing(NEAR)
        left.box.addWidget(heading("นับผู้ลงทะเบียน ThaiD"))
        left.box.addWidget(self.about)
        left.box.addWidget(self.due)
        left.box.addWidget(self.rows["unit"])
        for key, which in list(KEYS.items())[:4]:
            left.box.addLayout(self._counting(key, which))
        below = QWidget()
        flow = FlowLayout(below)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self.back)
        flow.addWidget(self.guide)
        flow.addWidget(self.settings)
        for widget in (self.told, below, self.rows["count"]):
            left.box.addWidget(widget)
        left.box.addStretch(1)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(Card(left), 5)
        box.addWidget(Card(self.week), 7)

    def _counting(self, key: Qt.Key, which: tuple[str, str]) -> QVBoxLayout:
        name = f"F{key - Qt.Key.Key_F1 + 1}"
        words = f"{thaid_week.AUDIENCES[which[0]]} {thaid_week.WAYS[which[1]].removeprefix('ลงทะเบียน')}"
        button = Action(f"{name}  {words}  +1", role="primary" if which == ("citizens", "self") else "", key=name,
                        tip=f"นับ{words}")  # fmt: skip
        button.clicked.connect(lambda: self.count(*which))
        figures = ThaiLabel(role="small")
        self.buttons[which], self.figures[which] = button, figures
        box = QVBoxLayout()
        box.setSpacing(0)
        box.addWidget(button)
        box.addWidget(figures)
        return box

    def _connect(self) -> None:
        self.back.clicked.connect(self.undo)
        self.guide.clicked.connect(self.show_guide)
        self.settings.clicked.connect(self.show_settings)
        self.number.textEdited.connect(lambda _text: self.rows["count"].clear_error())
        self.week.reported.connect(self.refresh)
        self.session.tasks.changed.connect(self._changed)

    def showEvent(self, event: QShowEvent) -> None:
        """The units and figures of now."""
        super().showEvent(event)
        self.settings.setVisible(rights.may(self.session.actor, rights.OFFICE_SETTINGS))
        self._take_settings()

    # counting ------------------------------------------------------------------------------------------------

    def count(self, audience: str, way: str) -> None:
        """One key, one person; or as many as the field says, once."""
        for row in self.rows.values():
            row.clear_error()
        counter, actor, unit = self.session.counter, self.session.actor, self.unit.currentText()
        text = thai_date.to_arabic_digits(self.number.text().strip())
        number = int(text) if text.isascii() and text.isdigit() else 0
        self.number.setText("1")
        self.session.tasks.command(
            self,
            lambda: thaid_campaign.count(counter, actor, audience, way=way, unit=unit, number=number),
            lambda entry: self._tell("นับแล้ว", entry),
            self._trouble,
        )

    def undo(self) -> None:
        """Ctrl+Z: the newest of one's own of today."""
        counter, actor = self.session.counter, self.session.actor
        self.session.tasks.command(
            self,
            lambda: thaid_campaign.undo(counter, actor),
            lambda entry: self._tell("ยกเลิกแล้ว", entry),
            self._trouble,
        )

    def _tell(self, what: str, entry: Entry) -> None:
        words = f"{thaid_week.AUDIENCES[entry.audience]} {thaid_week.WAYS[entry.way]} {entry.count:,} คน"
        self.told.show_text(" ".join(part for part in (f"{what}:", words, entry.unit) if part))

    def _trouble(self, error: Exception) -> None:
        self.told.show_text("")
        row = self.rows.get(getattr(error, "field", None) or "")
        if isinstance(error, Refused) and row is not None and row.isVisible():
            row.show_error(error.title, error.hint)
            return
        if not isinstance(error, CounterError):
            faults.record(error)
        self._note.say(*faults.words(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The counting keys, Ctrl+Z, F1 and what the report knows; a key held down counts once."""
        which = KEYS.get(Qt.Key(event.key()))
        if which is not None:
            if not event.isAutoRepeat():
                self.count(*which)
        elif event.key() == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if not event.isAutoRepeat():
                self.undo()
        elif event.key() == Qt.Key.Key_F1:
            self.show_guide()
        elif not self.week.pressed(event):
            super().keyPressEvent(event)

    def show_guide(self) -> None:
        """F1: the two ways and the QR codes, to be shown to a citizen."""
        dialog = GuideDialog(self.session, self.week.files, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_settings(self) -> None:
        """Baseline, units and the reading of column 3."""
        dialog = CampaignDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._take_settings)
        dialog.open()

    def _take_settings(self) -> None:
        units = [unit.name for unit in thaid_campaign.campaign(self.session.counter).units]
        if units != [self.unit.itemText(place) for place in range(self.unit.count())]:
            self.unit.clear()
            self.unit.addItems(units)
        self.rows["unit"].setVisible(bool(units))
        self.refresh()

    # figures -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for this week's figures, what is due, and the report in view."""
        counter = self.session.counter

        def ask() -> tuple[WeekReport, thaid_week.Due | None]:
            current = thaid_week.week_ending(thaid_campaign.today(counter))
            return thaid_campaign.week_report(counter, current), thaid_campaign.due(counter)

        self.session.tasks.query(self, ask, self._show, self._trouble, topic="figures")

    def _changed(self, changes: Changes) -> None:
        if CHANGED in changes.kinds and self.isVisible():
            self.refresh()

    def _show(self, found: tuple[WeekReport, thaid_week.Due | None]) -> None:
        report, due = found
        for tally in report.tallies:
            self._figure(tally)
        self.about.show_text(f"รายงานวันศุกร์ที่ {thai_date.short(due.week)}" if due else HOW)
        self.due.show_word(due.text if due else "", due.tone if due else "plain")
        self.week.offer(_weeks(report.week, thaid_campaign.campaign(self.session.counter).baseline_date))

    def _figure(self, tally: Tally) -> None:
        self.figures[tally.audience, tally.way].show_text(f"วันนี้ {tally.today:,} · สัปดาห์นี้ {tally.week:,}")


def _weeks(current: date, baseline: date) -> list[date]:
    """The Fridays that may be looked at, the newest first."""
    found = [current - timedelta(7 * back) for back in range(WEEKS_BACK)]
    return [week for week in found if week >= baseline]
