"""What the office puts on its papers: header, footer, seal, wording and office copies, with a live preview."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout

from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.intake import seals
from app.services import offices, paper_templates
from ui import faults
from ui.ports import Session
from ui.settings.office import Ticks
from ui.settings.section import Section
from ui.style import GAP
from ui.widgets.fields import Chooser, FieldRow, LongText
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Column
from ui.widgets.picture_field import PictureField

PAUSE = 250
"""Milliseconds without a key press before the preview is drawn."""
SAMPLES = {
    "slip": "ใบรับคำร้อง",
    "petition": "ใบคำร้อง A4",
    "queue_slip": "บัตรคิว",
    "tracking_leaflet": "ใบแนะนำการติดตามเรื่อง",
    "official_letter-1": "หนังสือภายนอก",
    "memo-1": "บันทึกข้อความ",
}


class PapersSection(Section):
    """The newest template of the office; saving makes a new one, in force from the day that is written."""

    def __init__(self, session: Session) -> None:
        places = " ".join(f"{{{key}}} {name}" for key, name in paper_templates.PLACES.items())
        super().__init__(
            "รูปแบบเอกสาร", f"ใช้กับเอกสารที่ออกตั้งแต่วันที่กำหนด เอกสารเดิมพิมพ์ซ้ำได้เหมือนเดิม คำในปีกกาจะถูกแทนด้วยข้อมูลจริง: {places}"
        )
        self._session = session
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.draw)
        self.sample, self.sheet = Chooser(), QLabel()
        self._drawn = QPixmap()
        self._trouble = ThaiLabel(role="error")
        self._add_fields()
        self._build()

    def _add_fields(self) -> None:
        self.add("since", "มีผลตั้งแต่วันที่", QLineEdit(), "วันนี้ คือมีผลทันทีที่บันทึก หรือวันข้างหน้า เช่น 1 ม.ค. 2570", required=True)
        most = f"ไม่เกิน {paper_templates.MOST_LINES} บรรทัด Shift+Enter ขึ้นบรรทัดใหม่"
        self.add("header", "หัวกระดาษ", LongText(2), most)
        self.add("footer", "ท้ายกระดาษ", LongText(2), most)
        for key, name, told in (
            ("seal", "ตราหน่วยงาน", "ภาพ PNG หรือ JPG พื้นขาวหรือใส จะย่อให้เอง"),
            ("garuda", "ครุฑ", "ใช้กับหนังสือภายนอกและบันทึกข้อความ ถ้าไม่มี จะเว้นที่ไว้สำหรับกระดาษตราครุฑ"),
        ):
            field = PictureField(name)
            field.chosen.connect(partial(self._read_picture, key))
            self.add(key, name, field, told)
        for key, (name, usual) in paper_templates.STANDING.items():
            line = QLineEdit()
            line.setPlaceholderText(usual)
            line.setMaxLength(paper_templates.LONGEST_TEXT)
            self.add(key, name, line)
        self.add("office_copies", "พิมพ์สำเนาเก็บที่หน่วยงานด้วยทุกครั้ง", Ticks(paper_templates.COPIED))
        self.add("hidden_copy", "ลายซ่อนในต้นฉบับ ถ่ายสำเนาแล้วเห็นคำว่า “สำเนา”", Ticks(paper_templates.HIDDEN))
        self.finish()

    def _build(self) -> None:
        for code, name in SAMPLES.items():
            self.sample.addItem(name, code)
        self.sample.currentIndexChanged.connect(lambda _place: self._pause.start())
        self.sheet.setAccessibleName("ตัวอย่างเอกสาร")
        self.sheet.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.sheet.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._trouble.hide()
        right = QVBoxLayout()
        right.setSpacing(GAP)
        right.addWidget(FieldRow("sample", "ตัวอย่าง", self.sample))
        right.addWidget(self._trouble)
        right.addWidget(self.sheet, 1)
        both = QHBoxLayout()
        both.setSpacing(GAP)
        assert isinstance(self._form, Column)
        both.addWidget(self._form, 6)
        both.addLayout(right, 5)
        self.box.addLayout(both, 1)

    # fields ----------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """The newest template, and today."""
        row = self._newest()
        now = self._session.counter.clock.now()
        begins = datetime.fromisoformat(row["since"])
        self._put("since", thai_date.short(thai_date.local(max(begins, now)).date()))
        for key in ("header", "footer"):
            self._put(key, row[key])
        for key in ("seal", "garuda"):
            self._picture(key).put(row[key])
        for key in paper_templates.STANDING:
            self._put(key, row["texts"].get(key, ""))
        for key in ("office_copies", "hidden_copy"):
            self._ticks(key).tick(list(row.get(key, ())))
        self._pause.start()

    def _newest(self) -> Mapping[str, Any]:
        assert self.facts is not None
        rows = self.facts.document.get(paper_templates.SETTING) or ()
        return rows[-1] if rows else paper_templates.new_row(datetime.fromtimestamp(0, UTC))

    def _put(self, key: str, text: str) -> None:
        control = self.rows[key].control
        if isinstance(control, LongText):
            control.setPlainText(text)
        elif isinstance(control, QLineEdit):
            control.setText(text)

    def _picture(self, key: str) -> PictureField:
        control = self.rows[key].control
        assert isinstance(control, PictureField)
        return control

    def _ticks(self, key: str) -> Ticks:
        control = self.rows[key].control
        assert isinstance(control, Ticks)
        return control

    def _read_picture(self, key: str, name: str) -> None:
        def read() -> str:
            try:
                with Path(name).open("rb") as file:
                    content = file.read(seals.LARGEST_FILE + 1)
            except OSError:
                raise Refused("seal_picture", "เปิดไฟล์นี้ไม่ได้", "ตรวจว่าไฟล์ยังอยู่และเปิดอ่านได้", key) from None
            return paper_templates.picture_text(content, key)

        self.rows[key].clear_error()
        self._session.tasks.query(self, read, self._picture(key).put, self._not_read, topic=f"picture {key}")

    def _not_read(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self.show_error(error)
        else:
            self._session.tasks.trouble.emit(error)

    def _row(self) -> dict[str, Any]:
        """The template that the fields describe. Refused with the field at fault."""
        now = self._session.counter.clock.now()
        day = thai_date.parse_date(self.text("since"), field="since")
        today = thai_date.local(now).date()
        if day < today:
            raise Refused("since", "เริ่มใช้ย้อนหลังไม่ได้", "ใส่วันนี้หรือวันข้างหน้า", "since")
        row = paper_templates.new_row(
            now if day == today else thai_date.begun(day),
            header=self.text("header"),
            footer=self.text("footer"),
            seal=self._picture("seal").content,
            garuda=self._picture("garuda").content,
            texts={key: self.text(key) for key in paper_templates.STANDING},
            office_copies=self._ticks("office_copies").ticked(),
            hidden_copy=self._ticks("hidden_copy").ticked(),
        )
        checked = paper_templates.check_all([row], _fault)[0]
        paper_templates.check_letters(checked, _fault)
        return checked

    def wanted(self) -> dict[str, Any]:
        """The templates in force, and this one."""
        assert self.facts is not None
        row, now = self._row(), self._session.counter.clock.now()
        known = self.facts.document.get(paper_templates.SETTING) or ()
        kept = [one for one in known if datetime.fromisoformat(one["since"]) <= now]
        self.undoable = datetime.fromisoformat(row["since"]) > now
        return {paper_templates.SETTING: [*kept, row]}

    # preview ---------------------------------------------------------------------------------------------------

    def _touched(self) -> None:
        super()._touched()
        self._pause.start()

    def draw(self) -> None:
        """Show the paper as it would be printed, or what is wrong with the template."""
        if self.facts is None:
            return
        try:
            template = paper_templates.made(self._row())
        except Refused as error:
            self._trouble.show_text(f"▲ {error.title} {error.hint}".rstrip())
            self._trouble.show()
            return
        self._trouble.hide()
        paper, code = self._session.paper, str(self.sample.currentData())
        office = replace(offices.view(self.facts.document))
        self._session.tasks.query(
            self, lambda: paper.sample_png(code, office, template), self._show, self._not_drawn, topic="paper sample"
        )

    def _show(self, png: bytes) -> None:
        self._drawn.loadFromData(png)
        self._fit()

    def _not_drawn(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self._trouble.show_text(f"▲ {error.title} {error.hint}".rstrip())
            self._trouble.show()
        else:
            faults.record(error)

    def _fit(self) -> None:
        if not self._drawn.isNull():
            room = self.sheet.size()
            size = self._drawn.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio).boundedTo(self._drawn.size())
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.sheet.setPixmap(self._drawn.scaled(size, keep, smooth))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The preview fits its room."""
        super().resizeEvent(event)
        self._fit()


def _fault(key: str, why: str) -> Refused:
    return Refused("office_setting", why, "แก้แล้วบันทึกอีกครั้ง", key)
