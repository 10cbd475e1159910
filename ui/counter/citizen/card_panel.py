"""What the chip says, beside the photo for comparing. Shown only while there is something to say; keeps nothing."""

from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.errors import CounterError
from app.intake.card.holder import CardDate, CardHolder
from ui.style import GAP, NEAR, TIGHT, Look, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel

READING = "กำลังอ่านบัตร… อย่าเพิ่งดึงออก"
PHOTO = "กำลังอ่านรูปถ่าย… {share} %"
COMPARE = "เทียบรูปกับผู้มาติดต่อ"
NO_PHOTO = "บัตรไม่ให้รูปถ่าย เทียบกับรูปหน้าบัตรแทน"
STILL_IN = "บัตรยังอยู่ในเครื่องอ่าน โปรดคืนให้ประชาชน"
PORTRAIT = (62.0, 74.0)
"""Points: a photo of the card has 5 : 6."""


def age_text(born: CardDate, today: date) -> str:
    """ "เกิด 15 ม.ค. 2530 (39 ปี)"; with less than a whole date, about so many years."""
    if not born.text or born.year is None:
        return f"เกิด {born.text}" if born.text else ""
    years = today.year - born.year
    if born.day is not None:
        years -= (today.month, today.day) < (born.day.month, born.day.day)
    about = "" if born.precision == "day" else "ราว "
    return f"เกิด {born.text} ({about}{years} ปี)"


def warnings(holder: CardHolder, today: date) -> list[str]:
    """What the clerk should know about this card."""
    found = []
    if holder.expired(today):
        found.append(f"บัตรหมดอายุแล้ว ({holder.expires.text})")
    if holder.address_cut:
        found.append("ที่อยู่ในชิปอาจไม่ครบ ตรวจกับหน้าบัตร")
    return found


class Photo(QWidget):
    """A portrait in memory. It is painted from the image itself: no cache of Qt and no file ever gets it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def has_picture(self) -> bool:
        """Whether a photo is shown."""
        return not self._image.isNull()

    def show_image(self, image: QImage) -> None:
        """Show a photo; a null image takes it away."""
        self._image = image
        self.setAccessibleName("รูปถ่ายจากบัตร" if self.has_picture else "")
        self.setVisible(self.has_picture)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as text of this size asks for."""
        return QSize(self._look.pixels(PORTRAIT[0]), self._look.pixels(PORTRAIT[1]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The photo, whole and undistorted."""
        if not self.has_picture:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRectF(0, (self.height() - size.height()) / 2, size.width(), size.height()), self._image)
        painter.end()


class CardPanel(QFrame):
    """State of the card; photo and birth for comparing; what to do when it fails."""

    again_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.photo = Photo(look)
        self.photo.hide()
        self._state = ThaiLabel(role="strong")
        self._facts = ThaiLabel(role="small")
        self._again = Action("อ่านบัตรอีกครั้ง", role="quiet", tip="อ่านบัตรที่เสียบอยู่อีกครั้ง")
        self._again.clicked.connect(self.again_wanted)
        texts = QVBoxLayout()
        texts.setSpacing(TIGHT)
        texts.addWidget(self._state)
        texts.addWidget(self._facts)
        texts.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        texts.addStretch(1)
        box = QHBoxLayout(self)
        box.setContentsMargins(NEAR, NEAR, NEAR, NEAR)
        box.setSpacing(GAP)
        box.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(texts, 1)
        self.hide()

    @property
    def said(self) -> str:
        """Everything that is told now, or empty."""
        return "" if self.isHidden() else f"{self._state.shown_text()} {self._facts.shown_text()}".strip()

    @property
    def complete(self) -> bool:
        """Whether the card in the reader has been read to its end."""
        return not self.isHidden() and self._state.shown_text() in (COMPARE, NO_PHOTO)

    def show_reading(self) -> None:
        """A card is in: nothing of the one before stays."""
        self.photo.show_image(QImage())
        self._say("info", READING)

    def show_progress(self, share: float) -> None:
        """How far the photo is; the text comes so quickly that it has no figure."""
        if self._facts.shown_text():
            self._state.show_text(PHOTO.format(share=round(share * 100)))

    def show_text(self, holder: CardHolder, today: date) -> None:
        """Name, birth and warnings, while the photo is still on its way."""
        told = warnings(holder, today)
        names = (f"{holder.title}{holder.first_name}", holder.middle_name, holder.last_name)
        facts = [" ".join(name for name in names if name), age_text(holder.born, today), *told]
        self._say("warn" if told else "info", PHOTO.format(share=0), "\n".join(fact for fact in facts if fact) or " ")

    def show_photo(self, image: QImage) -> None:
        """The whole card has been read."""
        self.photo.show_image(image)
        self._state.show_text(COMPARE if self.photo.has_picture else NO_PHOTO)

    def show_fault(self, error: CounterError) -> None:
        """Why it failed, and the next step."""
        self.photo.show_image(QImage())
        self._say("bad", error.title, error.hint)
        self._again.show()

    def forget(self, *, card_in: bool = False) -> None:
        """The card has gone, or the case is saved: nothing of the person stays."""
        self.photo.show_image(QImage())
        self._facts.show_text("")
        if card_in:
            self._say("info", STILL_IN)
            self._again.show()
        else:
            self.hide()

    def _say(self, tone: str, state: str, facts: str = "") -> None:
        give_role(self, f"note_{tone}")
        self._state.show_text(state)
        self._facts.show_text(facts)
        self._facts.setVisible(bool(facts))
        self._again.hide()
        self.setAccessibleName(f"{state} {facts}".strip())
        self.show()
