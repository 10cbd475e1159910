"""Whether e-LAAS says the same: its export or its numbers compared, what differs settled with a reason, our CSV."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QLineEdit

from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.services import elaas, money_reports, receipt_settings, shifts
from app.services.elaas import Compared, Difference
from app.services.office_papers import MoneyPapers
from ui.cashier.paper import drawn
from ui.cashier.paper_out import PaperOut
from ui.cashier.section import Row, Section
from ui.ports import Session
from ui.widgets.fields import Action, FieldRow, LongText
from ui.widgets.labels import Chip, ThaiLabel, heading
from ui.widgets.notes import Note

TONES = {elaas.OPEN: "warn", elaas.SETTLED: "good", elaas.GONE: "plain"}
DAY = "เช่น 20/11/2569"


class ElaasSection(Section):
    """Days and source above, the difference that was chosen below."""

    hint = "วันที่หรือรหัสรายได้"
    empty = "ไม่มีรายการที่ไม่ตรงกับ e-LAAS กด F9 เพื่อเทียบไฟล์ หรือพิมพ์เลขที่ของ e-LAAS แล้วกด Alt+N"

    def __init__(self, session: Session, note: Note) -> None:
        super().__init__(session, note)
        self.shown: Difference | None = None
        today = shifts.today(session.counter)
        self.first, self.last = QLineEdit(_day(today)), QLineEdit(_day(today))
        self.numbers = LongText(2)
        self.why = QLineEdit()
        self.fields = {
            "first": FieldRow("first", "ตั้งแต่วันที่", self.first, DAY),
            "last": FieldRow("last", "ถึงวันที่", self.last, DAY),
            "numbers": FieldRow(
                "numbers", "เลขที่ใบเสร็จใน e-LAAS ของวันแรก", self.numbers, "คั่นด้วยเว้นวรรค จุลภาค หรือขึ้นบรรทัดใหม่"
            ),
            "note": FieldRow("note", "เหตุผล หรือสิ่งที่พบ", self.why, "เช่น e-LAAS บันทึกวันถัดไป"),
        }
        self.compare = Action("F9  เทียบไฟล์ e-LAAS…", role="primary", key="F9", tip="เลือกไฟล์ CSV ยอดรายวันจาก e-LAAS")
        self.by_number = Action("Alt+N  เทียบเลขที่", key="Alt+N", tip="เทียบเลขที่ใบเสร็จที่พิมพ์")
        self.export = Action("Ctrl+S  ส่งออก CSV…", key="Ctrl+S", tip="ไฟล์ CSV ให้ e-LAAS ตามผังของหน่วยงาน")
        self.print = Action("F8  พิมพ์ผล", key="F8", tip="พิมพ์ผลกระทบยอดที่เครื่อง A4")
        self.settle = Action("F4  จัดการแล้ว", key="F4", tip="บันทึกเหตุผลและนำออกจากรายการรอ")
        self.keep = Action("Alt+X  บันทึกไว้ก่อน", key="Alt+X", tip="บันทึกสิ่งที่พบ รายการยังรอจัดการ")
        self.chip = Chip()
        self._what = ThaiLabel(role="strong")
        self._facts = ThaiLabel()
        self._out = PaperOut(self, session, note)
        self.box.addWidget(heading("กระทบยอดกับ e-LAAS"))
        for key in ("first", "last"):
            self.box.addWidget(self.fields[key])
        self.box.addWidget(self.buttons(self.compare, self.export, self.print))
        self.box.addWidget(self.fields["numbers"])
        self.box.addWidget(self.buttons(self.by_number))
        for widget in (self.chip, self._what, self._facts, self.fields["note"]):
            self.box.addWidget(widget)
        self._settling = self.buttons(self.settle, self.keep)
        self.box.addWidget(self._settling)
        self.compare.clicked.connect(self._choose)
        self.by_number.clicked.connect(self._compare_numbers)
        self.export.clicked.connect(self._export)
        self.print.clicked.connect(lambda: self._out.print(self._make(), "ผลกระทบยอด"))
        self.settle.clicked.connect(lambda: self._note(settled=True))
        self.keep.clicked.connect(lambda: self._note(settled=False))
        self._tell(None)

    def keys(self) -> dict[str, Action]:
        """The buttons by their keys."""
        return {"F9": self.compare, "F8": self.print, "F4": self.settle, "Alt+N": self.by_number, "Alt+X": self.keep,
                "Ctrl+S": self.export}  # fmt: skip

    def rows(self, text: str) -> Callable[[], Sequence[Row]]:
        """What differs, and what became of it, that holds the text."""
        counter, wanted = self._session.counter, text.strip().lower()

        def find() -> list[Row]:
            found = [(_row(one), one) for one in elaas.listing(counter, every=True)]
            return [(words, one) for words, one in found if wanted in words.lower()]

        return find

    def show_rows(self, rows: Sequence[Row]) -> None:
        """The difference that was chosen as it stands now, or the first that waits."""
        found = [value for _text, value in rows if isinstance(value, Difference)]
        same = [one for one in found if self.shown is not None and one.row == self.shown.row]
        waits = [one for one in found if one.state == elaas.OPEN]
        self._tell(next(iter([*same, *waits, *found]), None))

    def open(self, value: object) -> None:
        """Show a difference."""
        if isinstance(value, Difference):
            self._tell(value)
            self.why.setFocus()

    def paper(self) -> Callable[[], QImage] | None:
        """Every difference as a table."""
        make, paper = self._make(), self._session.paper
        return lambda: drawn(paper.office_file(make(), ".pdf"))

    def compare_path(self, path: Path) -> None:
        """Compare with one file."""
        counter, actor = self._session.counter, self._session.actor
        try:
            first, last = self._days()
        except Refused as error:
            self.trouble(error)
            return
        self._do(lambda: elaas.compare_file(counter, actor, first, last, path))

    def _choose(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(self, "เลือกไฟล์ CSV จาก e-LAAS", "", "CSV (*.csv);;* (*)")
        if chosen:
            self.compare_path(Path(chosen))

    def _compare_numbers(self) -> None:
        counter, actor, text = self._session.counter, self._session.actor, self.numbers.toPlainText()
        try:
            on = thai_date.parse_date(self.first.text(), field="first")
        except Refused as error:
            self.trouble(error)
            return
        self._do(lambda: elaas.compare_numbers(counter, actor, on, text))

    def _do(self, work: Callable[[], Compared]) -> None:
        self._clear()

        def told(done: Compared) -> None:
            tone = "warn" if done.differing else "good"
            gone = f"  ตรงขึ้นจากครั้งก่อน {done.gone:,}" if done.gone else ""
            self.note.say(tone, f"เทียบ {done.compared:,} รายการ  ไม่ตรง {done.differing:,}{gone}")
            self.changed.emit()

        self._session.tasks.command(self, work, told, self.trouble)

    def _export(self) -> None:
        counter = self._session.counter
        try:
            first, last = self._days()
        except Refused as error:
            self.trouble(error)
            return
        self._clear()
        encoding = receipt_settings.elaas(counter.current.document)["encoding"]
        name = f"e-laas-{first.isoformat()}-{last.isoformat()}.csv"
        make = money_reports.elaas
        self._out.keep(lambda: money_reports.as_csv(make(counter, first, last), encoding), name, "CSV (*.csv)")

    def _note(self, *, settled: bool) -> None:
        if self.shown is None:
            return
        counter, actor, row, text = self._session.counter, self._session.actor, self.shown.row, self.why.text()
        self._clear()

        def told(_done: Difference) -> None:
            self.why.clear()
            self.note.say("good", "นำออกจากรายการรอแล้ว" if settled else "บันทึกไว้แล้ว รายการยังรอจัดการ")
            if settled:
                self.shown = None
            self.changed.emit()

        self._session.tasks.command(
            self, lambda: elaas.note(counter, actor, row, text, settled=settled), told, self.trouble
        )

    def trouble(self, error: Exception) -> None:
        """At its field where it has one."""
        row = self.fields.get(getattr(error, "field", None) or "")
        if isinstance(error, CounterError) and row is not None and row.isVisible():
            row.show_error(error.title, error.hint)
            row.control.setFocus()
            return
        super().trouble(error)

    def _clear(self) -> None:
        for row in self.fields.values():
            row.clear_error()

    def _days(self) -> tuple[date, date]:
        first = thai_date.parse_date(self.first.text(), field="first")
        return first, thai_date.parse_date(self.last.text(), field="last")

    def _make(self) -> Callable[[], MoneyPapers]:
        counter = self._session.counter
        return lambda: MoneyPapers(counter.office.name, reports=(elaas.report(counter),))

    def _tell(self, one: Difference | None) -> None:
        self.shown = one
        for widget in (self.chip, self._what, self._facts):
            widget.setVisible(one is not None)
        waits = one is not None and one.state == elaas.OPEN
        self.fields["note"].setVisible(waits)
        self._settling.setVisible(waits)
        if one is None:
            return
        self.chip.show_word(elaas.STATES[one.state], TONES[one.state])
        self._what.show_text(f"{thai_date.long(one.business_on)}  {one.name}")
        self._facts.show_text("\n".join(part for part in (one.words, one.note) if part))


def _row(one: Difference) -> str:
    day = thai_date.short(one.business_on)
    more = f"\n{one.note}" if one.note else ""
    return f"{day}   {elaas.STATES[one.state]}\n{one.name}\n{one.words}{more}"


def _day(on: date) -> str:
    return f"{on.day}/{on.month}/{thai_date.year_be(on)}"
