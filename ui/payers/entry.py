"""One payer: the entry, what was filed and paid, and who changed what in the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.domain import citizen_id, money, phone, thai_date
from app.services import payer_cases, payers
from app.services.counter import Counter
from app.services.payer_cases import PayerCase
from app.services.payers import Change, Payer
from ui.style import GAP, NEAR, WIDE
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Column, FlowLayout

CHOOSE = "เลือกรายใดรายหนึ่งทางซ้าย จะเห็นทะเบียน แบบที่ยื่น การชำระ และประวัติการแก้ไข"
LABELS = {key: label for key, (label, _most) in payers.TEXTS.items()} | {
    "tax_id": "เลขผู้เสียภาษี",
    "phone": "โทรศัพท์",
    "active_from": "เริ่มกิจการ",
    "active_to": "เลิกกิจการ",
    "rooms_total": "จำนวนห้อง",
    "registered": "ขึ้นทะเบียนด้วยแบบ รร.1",
}
_CASE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a payer."""

    payer: Payer
    past: Sequence[Change]
    cases: Sequence[PayerCase]


def read(counter: Counter, kind: str, code: str) -> Known:
    """On a reader thread. Refused for a code that is not in the register."""
    with counter.store.read() as connection:
        payer = payers.get(connection, kind, code)
    if payer is None:
        raise payers.unknown(code)
    return Known(payer, payers.history(counter, kind, code), payer_cases.listing(counter, kind, code))


class EntryPanel(QWidget):
    """At the right of the page; buttons only while somebody is chosen."""

    edit_wanted = Signal()
    close_wanted = Signal()
    remind_wanted = Signal()
    waive_wanted = Signal(object)
    date_wanted = Signal(str)
    case_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.known: Known | None = None
        self._head = ThaiLabel(CHOOSE)
        self._facts, self._past = ThaiLabel(), ThaiLabel(role="small")
        self.edit = Action("แก้ไข…", key="F2")
        self.end = Action("เลิกกิจการ…", key="F4")
        self.remind = Action("พิมพ์เตือนรายนี้", key="F6")
        self.waive = Action("ลดเงินเพิ่ม…", key="F7")
        self.date = Action("แก้วันที่ยื่น…", key="F8")
        self.date.clicked.connect(self._date)
        self.open = Action("เปิดเรื่อง", key="Enter")
        self.edit.clicked.connect(self.edit_wanted)
        self.end.clicked.connect(self.close_wanted)
        self.remind.clicked.connect(self.remind_wanted)
        self.waive.clicked.connect(self._waive)
        self.open.clicked.connect(self._open)
        self.cases = QListWidget()
        self.cases.setAccessibleName("แบบที่ยื่นและการชำระ")
        self.cases.setWordWrap(True)
        self.cases.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cases.currentItemChanged.connect(lambda *_items: self._enable())
        self.cases.itemActivated.connect(lambda _item: self._open())
        self._none = ThaiLabel("ยังไม่เคยยื่นแบบ")
        column = Column()
        column.box.setSpacing(GAP)
        self._flow = QWidget()
        flow = FlowLayout(self._flow)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.edit, self.end, self.remind):
            flow.addWidget(button)
        self._below = QWidget()
        below = FlowLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        for button in (self.open, self.waive, self.date):
            below.addWidget(button)
        self._case_head, self._past_head = heading("แบบที่ยื่นและการชำระ"), heading("ประวัติทะเบียน")
        for widget in (self._head, self._facts, self._flow, self._case_head, self._none, self.cases, self._below,
                       self._past_head, self._past):  # fmt: skip
            column.box.addWidget(widget)
        column.box.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE, WIDE, NEAR, WIDE)
        box.addWidget(column)
        self.show_known(None)

    def show_known(self, known: Known | None, *, late: bool = False) -> None:
        """A payer, or nobody. late: whether the month that is asked for was not filed."""
        self.known = known
        for widget in (self._facts, self._flow, self._case_head, self._past_head, self._past, self._below):
            widget.setVisible(known is not None)
        self.cases.setVisible(known is not None and bool(known.cases))
        self._none.setVisible(known is not None and not known.cases)
        self._head.show_text(f"{known.payer.name}\n{known.payer.kind_text} รหัส {known.payer.code}" if known else CHOOSE)
        self.cases.clear()
        if known is None:
            return
        document = known.payer.document
        self._facts.show_text(
            "\n".join(
                f"{label}: {said(key, document[key])}"
                for key, label in LABELS.items()
                if document.get(key) and key != "name"
            )
        )
        for case in known.cases:
            item = QListWidgetItem(_line(case))
            item.setData(_CASE, case)
            self.cases.addItem(item)
        self.cases.setFixedHeight(min(6, max(1, len(known.cases))) * (self.fontMetrics().lineSpacing() * 2 + 18))
        self._past.show_text("\n".join(_past(known.past)))
        self.end.setEnabled(not document.get("active_to"))
        self.remind.setVisible(late)
        self._enable()

    @property
    def case(self) -> PayerCase | None:
        """The filing that is marked."""
        item = self.cases.currentItem()
        case = item.data(_CASE) if item is not None else None
        return case if isinstance(case, PayerCase) else None

    def _enable(self) -> None:
        case = self.case
        self.open.setEnabled(case is not None)
        for button in (self.waive, self.date):
            button.setEnabled(case is not None and case.stands and not case.receipt)

    def _open(self) -> None:
        if self.case is not None:
            self.case_wanted.emit(self.case.number)

    def _date(self) -> None:
        if self.case is not None:
            self.date_wanted.emit(self.case.number)

    def _waive(self) -> None:
        if self.case is not None:
            self.waive_wanted.emit(self.case)


def _line(case: PayerCase) -> str:
    paid = f"ใบเสร็จ {case.receipt} {money.formatted(case.paid_satang)} บาท" if case.receipt else "ยังไม่ชำระ"
    if case.paid_on:
        paid += f" เมื่อ {thai_date.short(case.paid_on)}"
    below = paid if case.stands else case.status_text
    return (
        f"{case.month_text} ({case.kind_text}) {money.formatted(case.total_satang)} บาท  {case.status_text}\n"
        f"{case.number} ยื่น {thai_date.short(case.filed_on)}  {below}"
    )


def _past(past: Sequence[Change]) -> list[str]:
    """Who changed what, the newest first: before and after of each part."""
    lines = []
    for place, one in enumerate(past):
        before = past[place + 1].document if place + 1 < len(past) else {}
        at = thai_date.local(one.at)
        lines.append(f"{thai_date.short(at.date())} {at:%H:%M} โดย {one.by}{'' if before else ' (ลงทะเบียน)'}")
        for key, was, now in payers.differences(before, one.document):
            if before:
                lines.append(f"   {LABELS.get(key, key)}: {said(key, was)} → {said(key, now)}")
    return lines


def said(key: str, value: object) -> str:
    """A part of an entry as people read it, numbers of persons masked."""
    text = "ว่าง" if value in (None, "", 0) else str(value)
    if text == "ว่าง":
        return text
    if key == "registered":
        return "แล้ว"
    if key == "tax_id":
        return citizen_id.formatted(text) if text.startswith("0") else citizen_id.masked(text)
    if key == "phone":
        return phone.masked(text)
    return thai_date.long(date.fromisoformat(text)) if key.startswith("active_") else text
