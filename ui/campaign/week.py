"""The report of one week: the rows of the form, its line, and everything that can be done with it."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain import thai_date
from app.services import thaid_campaign
from app.services.thaid_campaign import Row, WeekReport
from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.style import GAP, NEAR
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import Chip, ThaiLabel, heading, rule
from ui.widgets.layouts import Column, FlowLayout
from ui.widgets.notes import Note

HEADS = ("จำนวนผู้ลงทะเบียน ณ วัน{day}", "เพิ่มขึ้น", "รวมปัจจุบัน")
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class WeekView(Column):
    """Chooses a Friday; shows what was sent, or what would be sent now."""

    reported = Signal()

    def __init__(self, session: Session, note: Note, files: PaperFiles) -> None:
        super().__init__()
        self._session = session
        self._note = note
        self.files = files
        self.shown: WeekReport | None = None
        self.week = Chooser()
        self.state = Chip()
        self.line = ThaiLabel()
        self._changed_since = ThaiLabel(role="warn")
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self.pdf = Action("PDF", key="Ctrl+S", tip="บันทึกรายงานเป็น PDF")
        self.picture = Action("ภาพ", key="Ctrl+Shift+S", tip="บันทึกรายงานเป็นภาพสำหรับส่งในไลน์")
        self.copy = Action("คัดลอกข้อความ", key="Ctrl+C", tip="คัดลอกข้อความหนึ่งบรรทัดสำหรับกลุ่มไลน์")
        self.paper = Action("พิมพ์", tip="พิมพ์รายงานที่เครื่องพิมพ์ A4")
        self.done = Action("บันทึกว่าส่งรายงานแล้ว", role="primary", key="Ctrl+Enter")
        self._build()
        self._connect()

    def _build(self) -> None:
        self.box.setSpacing(NEAR)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.pdf, self.picture, self.copy, self.paper, self.done):
            flow.addWidget(button)
        for widget in (
            heading("รายงานประจำวันศุกร์"), FieldRow("week", "สัปดาห์ที่สิ้นสุดวันศุกร์ที่", self.week), self.state,
            self._changed_since, self._table, rule(), self.line, buttons,
        ):  # fmt: skip
            self.box.addWidget(widget)
        self._changed_since.hide()
        self.box.addStretch(1)

    def _connect(self) -> None:
        self.week.currentIndexChanged.connect(lambda _place: self.refresh())
        self.pdf.clicked.connect(lambda: self.save(".pdf"))
        self.picture.clicked.connect(lambda: self.save(".png"))
        self.copy.clicked.connect(self.copy_line)
        self.paper.clicked.connect(self.print)
        self.done.clicked.connect(self.report)

    def offer(self, weeks: list[date]) -> None:
        """The Fridays to choose from; the one in view stays, and is asked for anew."""
        if weeks != [self.week.itemData(place) for place in range(self.week.count())]:
            before = self.week.currentData()
            self.week.blockSignals(True)
            self.week.clear()
            for week in weeks:
                self.week.addItem(thai_date.long(week), week)
            self.week.setCurrentIndex(max(0, weeks.index(before) if before in weeks else 0))
            self.week.blockSignals(False)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the week in view."""
        counter, week = self._session.counter, self.week.currentData()
        if week is not None:
            self._session.tasks.query(
                self, lambda: thaid_campaign.week_report(counter, week), self._show, self.files.trouble, topic="week"
            )

    def _show(self, report: WeekReport) -> None:
        self.shown = report
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        day = f"{thaid_week_day(report.before_on)} {thai_date.short(report.before_on)}"
        for column, text in enumerate(HEADS, start=1):
            self._put(0, column, text.format(day=day), "label")
        for place, row in enumerate(report.rows, start=1):
            self._row(place, row, "")
        self._row(len(report.rows) + 1, report.total, "strong")
        for column, share in enumerate((3, 3, 2, 2)):
            self._grid.setColumnStretch(column, share)
        self.line.show_text(report.line)
        sent = report.reported_at
        if sent is None:
            self.state.show_word("ยังไม่ได้ส่ง · ตัวเลขถึงตอนนี้", "plain")
        else:
            at = thai_date.local(sent)
            self.state.show_word(f"ส่งแล้ว {thai_date.short(at.date())} {at:%H:%M} น.", "good")
        self._changed_since.show_text("มีการนับเพิ่มหลังส่งรายงาน ตัวเลขนี้คือที่ส่งไป ส่งซ้ำได้ หรือปล่อยให้รวมในสัปดาห์ถัดไป")
        self._changed_since.setVisible(report.changed)
        self.done.setText("บันทึกว่าส่งรายงานแล้ว" if sent is None else "บันทึกว่าส่งซ้ำแล้ว")

    def _row(self, place: int, row: Row, role: str) -> None:
        self._put(place, 0, row.unit, role)
        for column, number in enumerate((row.before, row.added, row.total), start=1):
            self._put(place, column, f"{number:,}", role)

    def _put(self, row: int, column: int, text: str, role: str) -> None:
        label = ThaiLabel(text, role=role)
        if column:
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, row, column)

    # doing ---------------------------------------------------------------------------------------------------

    def pressed(self, event: QKeyEvent) -> bool:
        """Whether a key was one of the report's."""
        with_control = bool(event.modifiers() & CONTROL)
        if with_control and event.key() == Qt.Key.Key_S:
            self.save(".png" if event.modifiers() & SHIFT else ".pdf")
        elif with_control and event.key() == Qt.Key.Key_C:
            self.copy_line()
        elif with_control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.report()
        else:
            return False
        return True

    def save(self, suffix: str) -> None:
        """Write the report in view into a file."""
        if self.shown is not None:
            report = self.shown
            self.files.save(lambda: report, f"thaid-{report.week.isoformat()}", suffix)

    def copy_line(self) -> None:
        """The line for the LINE group, on the clipboard."""
        if self.shown is not None:
            QGuiApplication.clipboard().setText(self.shown.line)
            self._note.say("good", "คัดลอกข้อความแล้ว", "วางในกลุ่มไลน์ แล้วกด Ctrl+Enter เพื่อบันทึกว่าส่งแล้ว")

    def print(self) -> None:
        """The report in view on A4."""
        if self.shown is not None:
            report = self.shown
            self.files.print(lambda: report, "รายงาน")

    def report(self) -> None:
        """Note that the report was sent, with the figures of now."""
        if self.shown is None:
            return
        counter, actor, week = self._session.counter, self._session.actor, self.shown.week
        self._session.tasks.command(
            self, lambda: thaid_campaign.report(counter, actor, week), self._sent, self.files.trouble
        )

    def _sent(self, report: WeekReport) -> None:
        self._note.say("good", f"บันทึกว่าส่งรายงานวันศุกร์ที่ {thai_date.short(report.week)} แล้ว")
        self.reported.emit()


def thaid_week_day(day: date) -> str:
    """ "ศุกร์ที่", as the form speaks of a day."""
    return f"{thai_date.WEEKDAYS[day.weekday()]}ที่"
