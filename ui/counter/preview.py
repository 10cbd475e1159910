"""Right column: the very slip and sheet that F9 will print, drawn off-thread shortly after the last key."""

from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.catalog.schema import Service
from app.domain.errors import CounterError
from app.services import cases, filing_drafts, printers
from app.services.counter import Counter
from app.services.model import Actor, CaseView, RegisterCase
from ui.counter.review import Reviewed, ReviewSheet, reviewed
from ui.ports import Paper, Session
from ui.style import GAP, NEAR, WIDE, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Column

WAIT_MS = 120
PAGE_DPI = 120
USUAL_DOTS = 576
SHEETS = {"petition": "ใบคำร้อง A4", "form": "แบบ A4", "stock_sheet": "งบรับ-จ่าย (อบจ.01-6)"}
"""A4 documents that F9 may print, as they are called."""
EMPTY = "เลือกบริการก่อน แล้วตัวอย่างใบรับคำร้องจะแสดงที่นี่"


class Picture(QWidget):
    """An image as wide as there is room, never enlarged beyond its own dots."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._image = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(name)

    def show_image(self, image: QImage | None) -> None:
        """Show an image, or nothing."""
        self._image = QPixmap() if image is None else QPixmap.fromImage(image)
        self.updateGeometry()
        self.update()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is shown."""
        return self._image.isNull()

    def hasHeightForWidth(self) -> bool:
        """The height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height in pixels at this width."""
        if self._image.isNull():
            return 0
        shown = min(width, self._image.width())
        return round(self._image.height() * shown / self._image.width())

    def sizeHint(self) -> QSize:
        """As wide as the column wants."""
        return QSize(200, self.heightForWidth(200))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the image smoothly scaled, like paper on a table."""
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ratio = self.devicePixelRatioF()
        width = min(self.width(), self._image.width())
        height = self.heightForWidth(width)
        scaled = self._image.scaled(
            round(width * ratio),
            round(height * ratio),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        left = (self.width() - width) // 2
        painter.drawPixmap(left, 0, scaled)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setOpacity(0.25)
        painter.drawRect(left, 0, width - 1, height - 1)
        painter.end()


class PreviewColumn(QWidget):
    """Slip, A4 sheet or review, whether the sheet is printed, and the button that saves."""

    save_wanted = Signal()
    changed = Signal()
    fee_known = Signal(object)
    """Fee in satang of the answers so far, or None."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._command: RegisterCase | None = None
        self._box: QVBoxLayout
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._draw)
        self._picture = Picture("ภาพตัวอย่างเอกสารที่จะพิมพ์")
        self._words = ThaiLabel(EMPTY, role="small")
        self._slip = Action("ตัวอย่างสลิป", role="tab", key="F6", tip="ตัวอย่างใบรับคำร้องที่จะพิมพ์")
        self._sheet = Action("A4", role="tab", key="F6", tip="ตัวอย่างใบคำร้อง A4 ที่จะพิมพ์")
        self._whole = Action("ทบทวน", role="tab", key="Alt+R", tip="ทบทวนทุกข้อก่อนบันทึก")
        self.review = ReviewSheet()
        self.review.hide()
        self._focus_review = False
        self._sheets: tuple[str, ...] = ("petition",)
        self.print_sheet = QCheckBox("พิมพ์ใบคำร้อง A4")
        self.print_sheet.setAccessibleName("พิมพ์ใบคำร้อง A4")
        self.print_sheet.setToolTip("พิมพ์ใบคำร้อง A4 ให้ผู้ร้องลงลายมือชื่อด้วย (F7)")
        self.print_sheet.clicked.connect(self.changed)
        self.save = Action("F9  บันทึกและพิมพ์", role="primary", key="F9", tip="บันทึกและพิมพ์")
        self.save.clicked.connect(self.save_wanted)
        self._build()

    def _build(self) -> None:
        tabs = QHBoxLayout()
        tabs.setSpacing(NEAR)
        group = QButtonGroup(self)
        for button in (self._slip, self._sheet, self._whole):
            button.setCheckable(True)
            group.addButton(button)
            tabs.addWidget(button)
        tabs.addStretch(1)
        self._slip.setChecked(True)
        group.buttonClicked.connect(lambda _button: self._draw())
        paper = self._paper = Column()
        paper.box.setContentsMargins(0, 0, 0, 0)
        paper.box.addWidget(self._words)
        paper.box.addWidget(self._picture)
        paper.box.addWidget(self.review)
        paper.box.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        box.setSpacing(GAP)
        box.addLayout(tabs)
        box.addWidget(paper, 1)
        self._box = box
        self.place_buttons(None)
        give_role(self, "plain")

    @property
    def has_picture(self) -> bool:
        """Whether a document is shown."""
        return not self._picture.is_empty

    def show_case(self, command: RegisterCase | None) -> None:
        """Preview this case, a moment after the last change; None shows the empty state."""
        self._command = command
        if command is None:
            self._timer.stop()
            self._session.tasks.drop(self, "preview")
            self._picture.show_image(None)
            self.review.hide()
            self._words.show_text(EMPTY)
            self._words.show()
        else:
            self._timer.start()

    def place_buttons(self, foot: QHBoxLayout | None) -> None:
        """Put check box and button into the foot of a narrow page, or (None) below the preview."""
        home: QBoxLayout = self._box if foot is None else foot
        if home.indexOf(self.save) < 0:
            home.addWidget(self.print_sheet)
            home.addWidget(self.save)

    def switch(self) -> None:
        """The next of slip, sheet and review (F6)."""
        tabs = [tab for tab in (self._slip, self._sheet, self._whole) if not tab.isHidden()]
        now = next(place for place, tab in enumerate(tabs) if tab.isChecked())
        tabs[(now + 1) % len(tabs)].click()

    def open_review(self) -> None:
        """Everything group by group, the focus to what is missing (Alt+R)."""
        self._focus_review = True
        self._whole.click()

    def toggle_sheet(self) -> None:
        """Print the A4 sheet or not (F7)."""
        if self.print_sheet.isVisible():
            self.print_sheet.click()

    def offer_sheet(self, service: Service | None) -> None:
        """The A4 documents of the service, if it has any."""
        known = [code for code in SHEETS if service is None or code in service.documents]
        self._sheets = tuple(known[:1] if service is None else known)
        self.print_sheet.setVisible(bool(known))
        self._sheet.setVisible(bool(known))
        told = f"พิมพ์{' และ'.join(SHEETS[code] for code in self._sheets)}"
        self.print_sheet.setText(told)
        self.print_sheet.setAccessibleName(told)
        self.print_sheet.setToolTip(f"{told} ให้ผู้ยื่นลงลายมือชื่อด้วย (F7)")
        if not known and self._sheet.isChecked():
            self._slip.setChecked(True)

    def choose_sheet(self, service: Service) -> None:
        """Print the sheets of a service unless the clerk says otherwise: always the form of a filing."""
        self.print_sheet.setChecked("form" in service.documents or "petition" in service.print_on_register)

    def documents(self) -> tuple[str, ...]:
        """The documents that F9 prints."""
        sheet = self.print_sheet.isChecked() and not self.print_sheet.isHidden()
        return ("slip", *self._sheets) if sheet else ("slip",)

    def _draw(self) -> None:
        command = self._command
        if command is None:
            return
        session, sheet = self._session, self._sheet.isChecked()
        counter, actor = session.counter, session.actor
        if self._whole.isChecked():
            session.tasks.query(
                self, lambda: reviewed(counter, actor, command), self._show_review, self._failed, topic="preview"
            )
            return
        drawn = self._sheets[0] if sheet and self._sheets else ""
        work = _drawing(session.counter, session.actor, session.paper, command, drawn)
        session.tasks.query(self, work, self._show, self._failed, topic="preview")

    def _show(self, drawn: tuple[CaseView, QImage]) -> None:
        view, image = drawn
        self._words.hide()
        self.review.hide()
        self._picture.show()
        self._picture.show_image(image)
        self.fee_known.emit(view.total_satang)

    def _show_review(self, found: Reviewed) -> None:
        self._words.hide()
        self._picture.hide()
        self.review.show_reviewed(found)
        self.review.show()
        self.fee_known.emit(found.view.total_satang)
        if self._focus_review:
            self._focus_review = False
            self.review.focus_first()
            QTimer.singleShot(0, self, lambda: self._paper.verticalScrollBar().setValue(0))  # from the beginning

    def _failed(self, error: Exception) -> None:
        self._picture.show_image(None)
        self.review.hide()
        if isinstance(error, CounterError) and error.code == "half_filled":
            self._words.show_text(f"{error.title}\n▲ {error.hint}")
            self._words.show()
            return
        if not isinstance(error, CounterError):
            self._session.tasks.trouble.emit(error)
        self._words.show_text("แสดงตัวอย่างไม่ได้ในขณะนี้ ยังบันทึกและพิมพ์ได้ตามปกติ")
        self._words.show()


def _drawing(
    counter: Counter, actor: Actor, paper: Paper, command: RegisterCase, sheet: str
) -> Callable[[], tuple[CaseView, QImage]]:
    """Work for a reader thread: the half-filled case as a view, and its paper as an image."""

    def draw() -> tuple[CaseView, QImage]:
        view = cases.draft_view(counter, actor, command)
        if sheet == "form":
            view = filing_drafts.view(counter, view, command.answers)
        if sheet:
            return view, import_module("ui.counter.sheet").image(paper.page_pdf(view, sheet), PAGE_DPI)
        printer = printers.default(counter, "slip")
        return view, QImage.fromData(paper.slip_png(view, printer.dots if printer else USUAL_DOTS))

    return draw
