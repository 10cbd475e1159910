"""Dialogs of the receipt books: draw one, close one, enter a spoiled leaf, end a fiscal year."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.errors import Refused
from app.domain.thai_date import to_arabic_digits
from app.services import books, receipt_voids
from app.services.books import Book
from ui.cashier.dialogs import MoneyDialog
from ui.ports import Session
from ui.widgets.fields import Chooser, FieldRow
from ui.widgets.labels import ThaiLabel

WHY_CLOSED = ("เปลี่ยนไปใช้เล่มใหม่", "เล่มชำรุด", "เล่มสูญหาย แจ้งความแล้ว", "ยกเลิกวิธีออกใบเสร็จนี้")
WHY_SPOILED = ("เขียนผิด", "ฉีกขาด", "หมึกเลอะ", "เครื่องพิมพ์กินกระดาษ")
MANY = 5


class DrawBookDialog(MoneyDialog):
    """Enter a book that was drawn (เบิกใบเสร็จ)."""

    def __init__(self, session: Session, parent: QWidget, fiscal_year: int, kinds: Sequence[str]) -> None:
        super().__init__(session, parent, "เบิกเล่มใบเสร็จ", "ลงทะเบียนคุม")
        self.kind = Chooser()
        for kind in kinds:
            self.kind.addItem(books.KINDS[kind], kind)
        self.lines = {key: QLineEdit() for key in ("book", "first", "last", "year", "from", "to")}
        self.lines["year"].setText(str(fiscal_year))
        mid_year = "เริ่มใช้กลางปีหรือใช้ต่อจากโปรแกรมเดิม ให้ใส่เลขที่ถัดไปที่ยังไม่ได้ใช้"
        self.add(FieldRow("kind", "ชนิดของเล่ม", self.kind, required=True))
        for key, label, told, required in (
            ("book", "เล่มที่", "ตามปกใบเสร็จ เช่น 12 หรือ ก-12", True),
            ("first", "ตั้งแต่เลขที่", mid_year, True),
            ("last", "ถึงเลขที่", "", True),
            ("year", "ปีงบประมาณ", "พ.ศ. สี่หลัก เล่มหนึ่งใช้ได้ปีงบประมาณเดียว", True),
            ("from", "รับจาก", "เช่น กองคลัง", False),
            ("to", "ผู้เบิก", "เว้นว่างคือผู้ใช้ที่เข้าใช้อยู่", False),
        ):
            self.add(FieldRow(key, label, self.lines[key], told, required=required))
        self.finish(460, 620)

    def work(self) -> Callable[[], object]:
        """Enter it."""
        counter, actor = self._session.counter, self._session.actor
        texts = {key: line.text() for key, line in self.lines.items()}
        first, last, year = (_number(texts[key], key) for key in ("first", "last", "year"))
        kind = str(self.kind.currentData())
        return lambda: books.draw(
            counter, actor, texts["book"], first, last, kind,
            fiscal_year=year, received_from=texts["from"], issued_to=texts["to"],
        )  # fmt: skip


class CloseBookDialog(MoneyDialog):
    """Close a book for ever: what it has left is retired."""

    def __init__(self, session: Session, parent: QWidget, book: Book) -> None:
        super().__init__(session, parent, "ปิดเล่มใบเสร็จ", "ปิดเล่มนี้")
        self._book = book
        left = f"เลขที่ {book.unused_range} รวม {book.unused:,} เลข จะบันทึกว่าเลิกใช้" if book.unused else "เล่มนี้ใช้หมดแล้ว"
        self.box.addWidget(ThaiLabel(f"เล่มที่ {book.book} ปีงบประมาณ {book.fiscal_year}  {left}"))
        self.box.addWidget(ThaiLabel("ปิดแล้วเปิดใช้อีกไม่ได้ เล่มกระดาษให้เจาะรูหรือประทับตราเลิกใช้ทุกใบที่เหลือ", role="small"))
        self.reason = Chooser(editable=True)
        self.reason.addItems(WHY_CLOSED)
        self.reason.setCurrentText("")
        self.add(FieldRow("reason", "เหตุผลที่ปิด", self.reason, required=True))
        self.finish(460, 320)

    def work(self) -> Callable[[], object]:
        """Close it."""
        counter, actor, book, reason = self._session.counter, self._session.actor, self._book, self.reason.currentText()
        return lambda: books.close(counter, actor, book.book, book.fiscal_year, reason)


class SpoilLeafDialog(MoneyDialog):
    """The next leaf of a paper book is torn or written wrong."""

    def __init__(self, session: Session, parent: QWidget, book: Book) -> None:
        super().__init__(session, parent, "บันทึกใบเสีย", "บันทึกใบเสีย")
        self._book = book
        told = f"เล่มที่ {book.book} เลขที่ {book.next} จะบันทึกว่าเสีย ให้เก็บใบเสร็จใบนั้นไว้กับเล่มครบทุกฉบับ"
        self.box.addWidget(ThaiLabel(told))
        self.reason = Chooser(editable=True)
        self.reason.addItems(WHY_SPOILED)
        self.reason.setCurrentText("")
        self.add(FieldRow("reason", "เพราะเหตุใด", self.reason, required=True))
        self.finish(440, 280)

    def work(self) -> Callable[[], object]:
        """Enter it."""
        counter, actor, book, reason = self._session.counter, self._session.actor, self._book, self.reason.currentText()
        return lambda: receipt_voids.spoil(counter, actor, f"{book.fiscal_year}/{book.book}/{book.next}", reason)


class EndYearDialog(MoneyDialog):
    """Retire every number that books of an ended fiscal year have left."""

    def __init__(self, session: Session, parent: QWidget, fiscal_year: int, open_books: Sequence[Book]) -> None:
        super().__init__(session, parent, "สิ้นปีงบประมาณ", "เลิกใช้ใบเสร็จที่เหลือ")
        self.year = QLineEdit(str(fiscal_year))
        left = [f"เล่มที่ {one.book}  เลขที่ {one.unused_range}  รวม {one.unused:,} เลข" for one in open_books[:MANY]]
        more = len(open_books) - MANY
        told = "\n".join([*left, *([f"และอีก {more:,} เล่ม"] if more > 0 else [])])
        self.box.addWidget(ThaiLabel(told or "ทุกเล่มของปีนี้ปิดหรือใช้หมดแล้ว"))
        what = "เลขที่ยังไม่ใช้จะบันทึกว่าเลิกใช้ ใช้ข้ามปีไม่ได้ แล้วพิมพ์รายงานเสนอผู้บริหารภายใน 31 ตุลาคม"
        self.box.addWidget(ThaiLabel(what, role="small"))
        self.add(FieldRow("year", "ปีงบประมาณที่สิ้นสุด", self.year, "พ.ศ. สี่หลัก", required=True))
        self.finish(460, 360)

    def work(self) -> Callable[[], object]:
        """Retire them."""
        counter, actor = self._session.counter, self._session.actor
        year = _number(self.year.text(), "year")
        return lambda: books.end_year(counter, actor, year)


def _number(text: str, field: str) -> int:
    digits = to_arabic_digits(text).replace(",", "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise Refused("number", "ใส่เป็นเลขจำนวนเต็ม", "เช่น 1 หรือ 100", field)
    return int(digits)
