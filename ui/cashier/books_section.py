"""The control register of receipt books: what each has used, cancelled and left, drawing, closing, the year's end."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtGui import QImage

from app.domain import thai_date
from app.services import books, money_reports, rights, shifts
from app.services.books import Book
from app.services.office_papers import MoneyPapers
from ui.cashier.book_dialogs import CloseBookDialog, DrawBookDialog, EndYearDialog, SpoilLeafDialog
from ui.cashier.paper import drawn
from ui.cashier.paper_out import PaperOut
from ui.cashier.section import Row, Section
from ui.ports import Session
from ui.widgets.fields import Action
from ui.widgets.labels import Chip, ThaiLabel, heading
from ui.widgets.notes import Note

TONES = {"open": "good", "used_up": "plain", "returned": "plain", "closed": "warn"}
PAPER = ("preprinted", "reserve")
LEASED = ("computer", "elaas")


class BooksSection(Section):
    """One fiscal year at a time; the books of its register on the left, one of them in the middle."""

    hint = "เล่มที่ หรือปีงบประมาณ เช่น 2569"
    empty = "ยังไม่มีเล่มใบเสร็จของปีงบประมาณนี้ กด F9 เพื่อเบิกเล่ม หรือรับเงินใบแรกแล้วโปรแกรมจัดเล่มให้"

    def __init__(self, session: Session, note: Note) -> None:
        super().__init__(session, note)
        self.year = thai_date.fiscal_year(shifts.today(session.counter))
        self._found: list[Book] = []
        self.shown: Book | None = None
        self._title = heading("ทะเบียนคุมใบเสร็จรับเงิน")
        self._sums = ThaiLabel()
        self._due = ThaiLabel(role="warn")
        self.chip = Chip()
        self._name = ThaiLabel(role="number")
        self._facts = ThaiLabel()
        self._draw = Action("F9  เบิกเล่มใหม่…", role="primary", key="F9", tip="ลงทะเบียนเล่มใบเสร็จที่เบิกมา")
        self._close = Action("F4  ปิดเล่มนี้…", key="F4", tip="ปิดเล่มและเลิกใช้เลขที่เหลือ")
        self._spoil = Action("Alt+X  บันทึกใบเสีย…", key="Alt+X", tip="ใบถัดไปของเล่มกระดาษเสีย")
        self._end = Action("Alt+Y  สิ้นปีงบประมาณ…", key="Alt+Y", tip="เลิกใช้เลขที่เหลือของปีที่สิ้นสุด")
        self._print = Action("F8  พิมพ์ทะเบียนคุม", key="F8", tip="พิมพ์ทะเบียนคุมหรือรายงานสิ้นปีที่เครื่อง A4")
        self._keep = Action("Ctrl+S  บันทึก PDF…", key="Ctrl+S", tip="บันทึกทะเบียนคุมเป็น PDF")
        self._out = PaperOut(self, session, note)
        for widget in (self._title, self._sums, self._due, self.chip, self._name, self._facts):
            self.box.addWidget(widget)
        self.box.addWidget(self.buttons(self._draw, self._close, self._spoil))
        self.box.addWidget(self.buttons(self._print, self._keep, self._end))
        self._draw.clicked.connect(self._ask_draw)
        self._close.clicked.connect(lambda: self._with_book(CloseBookDialog, "ปิดเล่มแล้ว"))
        self._spoil.clicked.connect(lambda: self._with_book(SpoilLeafDialog, "บันทึกใบเสียแล้ว"))
        self._end.clicked.connect(self._ask_end)
        self._print.clicked.connect(lambda: self._out.print(self._make(), "ทะเบียนคุมใบเสร็จ"))
        self._keep.clicked.connect(lambda: self._out.save(self._make(), f"ทะเบียนคุมใบเสร็จ {self.year}.pdf"))
        self._tell(None)

    def keys(self) -> dict[str, Action]:
        """The buttons by their keys."""
        return {"F9": self._draw, "F4": self._close, "F8": self._print, "Alt+X": self._spoil, "Alt+Y": self._end,
                "Ctrl+S": self._keep}  # fmt: skip

    def rows(self, text: str) -> Callable[[], Sequence[Row]]:
        """The books of the year, or of the year that is searched for."""
        counter, wanted = self._session.counter, thai_date.to_arabic_digits(text).strip()
        now = thai_date.fiscal_year(shifts.today(counter))
        is_year = wanted.isascii() and wanted.isdigit() and books.FIRST_YEAR <= int(wanted) <= books.LAST_YEAR
        self.year = int(wanted) if is_year else now

        def find() -> list[Row]:
            found = books.register(counter, self.year)
            self._due_on = books.year_report_due(counter)
            return [(_row(one), one) for one in found if is_year or wanted in one.book]

        return find

    def show_rows(self, rows: Sequence[Row]) -> None:
        """What the search found: the sums, and the book that was open as it stands now."""
        self._found = [value for _text, value in rows if isinstance(value, Book)]
        same = [one for one in self._found if self.shown is not None and one.book == self.shown.book]
        self._tell(same[0] if same else (self._found[0] if self._found else None))

    def open(self, value: object) -> None:
        """Show a book."""
        if isinstance(value, Book):
            self._tell(value)

    def paper(self) -> Callable[[], QImage] | None:
        """The control register of the year."""
        make, paper = self._make(), self._session.paper
        return lambda: drawn(paper.office_file(make(), ".pdf"))

    def _make(self) -> Callable[[], MoneyPapers]:
        counter, last = self._session.counter, date(self.year - 543, 9, 30)
        return lambda: MoneyPapers(counter.office.name, reports=(money_reports.book_register(counter, last, last),))

    _due_on: date | None = None

    def _tell(self, book: Book | None) -> None:
        self.shown = book
        used, voided, spoiled, left = (
            sum(getattr(one, key) for one in self._found) for key in ("used", "voided", "spoiled", "unused")
        )
        self._sums.show_text(
            f"{thai_date.fiscal_year_text(self.year)}\n{len(self._found):,} เล่ม  ใช้ {used:,}  ยกเลิก {voided:,}"
            f"  เสีย/เลิกใช้ {spoiled:,}  คงเหลือ {left:,}"
        )
        due = self._due_on
        told = f"▲ ยังมีเล่มของปีก่อนที่ไม่ได้ปิด ต้องรายงานผู้บริหารภายใน {thai_date.long(due)} กด Alt+Y" if due else ""
        self._due.show_text(told)
        self._due.setVisible(bool(told))
        for widget in (self.chip, self._name, self._facts):
            widget.setVisible(book is not None)
        may = self._session_may()
        self._draw.setVisible(may)
        self._end.setVisible(may)
        self._close.setVisible(may and book is not None and book.state != "closed")
        self._spoil.setVisible(book is not None and book.kind in PAPER and book.state == "open")
        if book is None:
            return
        self.chip.show_word(book.state_text, TONES.get(book.state, "plain"))
        self._name.show_text(f"เล่มที่ {book.book}")
        facts = [
            f"{book.kind_text}  เลขที่ {book.first}–{book.last}",
            f"ใช้เลขที่ {book.used_range}  ({book.used:,} ฉบับ ยกเลิก {book.voided:,})",
            f"ไม่ได้ใช้ {book.unused_range}" + ("  เลิกใช้แล้ว" if book.state == "closed" else f"  คงเหลือ {book.unused:,}"),
            f"รับจาก {book.received_from or '-'}  ผู้เบิก {book.issued_to or '-'}  วันที่ {thai_date.short(book.entered_on)}",
        ]
        self._facts.show_text("\n".join([*facts, *([book.remark] if book.remark else [])]))

    def _session_may(self) -> bool:
        return rights.may(self._session.actor, rights.MANAGE_BOOKS)

    def _ask_draw(self) -> None:
        offered = (*LEASED, *PAPER) if self._session.counter.stand_alone else PAPER
        mode = self._session.counter.current.document["receipt_mode"]
        first = {"own_computer": "computer", "elaas_reference": "elaas"}.get(mode, "preprinted")
        kinds = sorted(offered, key=lambda kind: kind != first)
        year = thai_date.fiscal_year(shifts.today(self._session.counter))
        self.begin(DrawBookDialog(self._session, self.window(), year, kinds), lambda _book: "ลงทะเบียนคุมแล้ว")

    def _with_book(self, dialog: type[CloseBookDialog] | type[SpoilLeafDialog], told: str) -> None:
        if self.shown is not None:
            self.begin(dialog(self._session, self.window(), self.shown), lambda _done: told)

    def _ask_end(self) -> None:
        counter = self._session.counter
        ended = thai_date.fiscal_year(shifts.today(counter)) - 1

        def opened(found: list[Book]) -> None:
            left = [one for one in found if one.state != "closed"]
            dialog = EndYearDialog(self._session, self.window(), ended, left)
            self.begin(dialog, lambda _books: f"ปิดเล่มของปีงบประมาณ {ended} แล้ว ค้น {ended} แล้วกด F8 เพื่อพิมพ์รายงาน")

        self._session.tasks.query(self, lambda: books.register(counter, ended), opened, self.trouble, topic="ended")


def _row(book: Book) -> str:
    return (
        f"เล่มที่ {book.book}   {book.state_text}\n{book.kind_text}  เลขที่ {book.first}–{book.last}\n"
        f"ใช้ {book.used:,}  ยกเลิก {book.voided:,}  คงเหลือ {book.unused:,}"
    )
