"""Left column: who stands at the counter. Scan field, name, phone, address, and what they came for before."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain import citizen_id, phone, thai_date
from app.domain.errors import CounterError
from app.services import cases
from app.services.counter import Counter
from app.services.model import Address, Applicant, CaseSummary
from ui.counter.address import AddressFields
from ui.counter.scan import Reading, ScanField
from ui.ports import Session
from ui.style import NEAR, TIGHT, give_role
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel, heading, rule
from ui.widgets.layouts import Column

TITLES = ("นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง", "พระ", "ร้อยตรี", "ดร.")
EARLIER = 5


class CitizenColumn(Column):
    """The applicant of the case being filled in."""

    changed = Signal()
    case_wanted = Signal(str)
    """Number of a case to open at the desk."""
    clear_wanted = Signal()
    known = Signal()
    """Who it is has been settled; the focus may go on to the service."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._number = ""
        self._source = ""
        self.rows: dict[str, FieldRow] = {}
        self.scan = ScanField(session.tasks)
        self.scan.read.connect(self.take_reading)
        self.scan.edited.connect(self.changed)
        self._title = Chooser(editable=True)
        self._title.addItems(TITLES)
        self._title.setCurrentIndex(-1)
        self._first, self._last, self._phone = QLineEdit(), QLineEdit(), QLineEdit()
        self.address = AddressFields("applicant.address", "ที่อยู่", session.counter.office.address)
        self._build()

    def _build(self) -> None:
        clear = Action("เริ่มใหม่", role="quiet", key="Ctrl+N", tip="ล้างทั้งหน้าแล้วเริ่มใหม่ เรียกคืนได้")
        clear.clicked.connect(self.clear_wanted)
        clear.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        head = QHBoxLayout()
        head.addWidget(heading("ประชาชน"), 1)
        head.addWidget(clear)
        self.box.addLayout(head)
        self.box.addWidget(self.scan)
        self.box.addWidget(self._identity_line())
        names = QGridLayout()
        names.setHorizontalSpacing(NEAR)
        names.setVerticalSpacing(NEAR)
        names.setColumnStretch(0, 2)
        names.setColumnStretch(1, 3)
        names.addWidget(self._row("title", "คำนำหน้า", self._title, "เลือกหรือพิมพ์คำนำหน้าเอง", required=True), 0, 0)
        names.addWidget(self._row("first_name", "ชื่อ", self._first, "ชื่อภาษาไทยตามบัตร", required=True), 0, 1)
        names.addWidget(self._row("last_name", "นามสกุล", self._last, "นามสกุลภาษาไทยตามบัตร", required=True), 1, 0, 1, 2)
        told = "เบอร์มือถือ 10 หลัก ใช้ติดตามผลด้วยเลขคำร้องและเบอร์ 4 ตัวท้าย"
        names.addWidget(self._row("phone", "โทรศัพท์", self._phone, told), 2, 0, 1, 2)
        self.box.addLayout(names)
        self.box.addWidget(rule())
        self.box.addWidget(self.address)
        self._earlier = QWidget()
        self._earlier_box = QVBoxLayout(self._earlier)
        self._earlier_box.setContentsMargins(0, 0, 0, 0)
        self._earlier_box.setSpacing(TIGHT)
        self._earlier.hide()
        self.box.addWidget(self._earlier)
        self.box.addStretch(1)
        self.rows.update(self.address.rows)
        self.address.changed.connect(self.changed)
        self._title.editTextChanged.connect(lambda _text: self._edited("title"))
        for key, line in (("first_name", self._first), ("last_name", self._last), ("phone", self._phone)):
            line.setMaxLength(20_000)
            line.textEdited.connect(lambda _text, key=key: self._edited(key))
        self._phone.editingFinished.connect(self._check_phone)

    def _identity_line(self) -> QWidget:
        self._identity = give_role(QWidget(), "plain")
        self._masked = give_role(QLabel(), "strong")
        self._came = give_role(QLabel(), "small")
        forget = Action("ล้าง", role="quiet", tip="เอาเลขประจำตัวประชาชนออก")
        forget.clicked.connect(self._forget_number)
        line = QHBoxLayout(self._identity)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(NEAR)
        line.addWidget(self._masked)
        line.addWidget(self._came, 1)
        line.addWidget(forget)
        self._identity.hide()
        return self._identity

    def _row(self, key: str, label: str, control: QWidget, told: str, *, required: bool = False) -> FieldRow:
        row = FieldRow(f"applicant.{key}", label, control, told, required=required)
        self.rows[row.key] = row
        return row

    def value(self) -> Applicant:
        """The applicant as typed. Digits typed into the scan field and not yet accepted count, too."""
        return Applicant(
            title=self._title.currentText().strip(),
            first_name=self._first.text().strip(),
            last_name=self._last.text().strip(),
            citizen_id=self._number or self.scan.line.text().strip(),
            phone=self._phone.text().strip(),
            address=self.address.value(),
        )

    def set_value(self, applicant: Applicant) -> None:
        """Show an applicant, for instance of a draft."""
        self._title.setCurrentText(applicant.title)
        self._first.setText(applicant.first_name)
        self._last.setText(applicant.last_name)
        self._phone.setText(applicant.phone)
        self.address.set_value(applicant.address)
        self.scan.clear()
        if citizen_id.is_valid(applicant.citizen_id):
            self._accept(applicant.citizen_id, "")
        else:
            self._forget_number(silent=True)
            self.scan.line.setText(applicant.citizen_id)

    def clear(self) -> None:
        """Ready for the next citizen."""
        self.set_value(Applicant("", "", ""))
        self._title.setCurrentIndex(-1)
        self._title.clearEditText()
        for row in self.rows.values():
            row.clear_error()

    def focus_name(self) -> None:
        """The focus to the first field of the name."""
        self._title.setFocus()

    def take_reading(self, reading: Reading) -> None:
        """What the scanner or a picture said."""
        self.scan.clear()
        if reading.kind == "citizen_id" and reading.valid:
            self._accept(reading.value, reading.source)
            self.changed.emit()
            (self._title if not self._first.text() else self._phone).setFocus()
        elif reading.kind in ("request_slip", "request_number") and reading.valid:
            self.case_wanted.emit(reading.value)
        else:
            self.scan.tell(reading.note or "ไม่รู้จักรหัสนี้", "ใช้บัตรประชาชน ใบรับคำร้อง หรือพิมพ์เลข 13 หลัก", tone="warn")

    def show_error(self, error: CounterError) -> bool:
        """Show an error at its field; False when it is none of ours."""
        if error.field == "applicant.citizen_id":
            self.scan.tell(error.title, error.hint)
            self.scan.line.setFocus()
            return True
        row = self.rows.get(error.field or "")
        if row is None:
            return False
        row.show_error(error.title, error.hint)
        row.control.setFocus()
        return True

    def _edited(self, key: str) -> None:
        self.rows[f"applicant.{key}"].clear_error()
        self.changed.emit()

    def _check_phone(self) -> None:
        text = self._phone.text().strip()
        if not text:
            return
        try:
            self._phone.setText(phone.formatted(phone.normalise(text)))
        except CounterError as error:
            self.rows["applicant.phone"].show_error(error.title, error.hint)

    def _accept(self, number: str, source: str) -> None:
        self._number = number
        self._masked.setText(citizen_id.masked(number))
        self._masked.setAccessibleName(f"เลขประจำตัวประชาชนลงท้าย {number[-4:]}")
        self._came.setText(source)
        self._identity.setToolTip(citizen_id.kind_text(number))
        self._identity.show()
        counter = self._session.counter
        self._session.tasks.query(
            self, lambda: _earlier(counter, number), self._show_earlier, lambda _error: None, topic="earlier"
        )

    def _forget_number(self, *, silent: bool = False) -> None:
        self._number = ""
        self._identity.hide()
        self._earlier.hide()
        self._session.tasks.drop(self, "earlier")
        if not silent:
            self.changed.emit()
            self.scan.line.setFocus()

    def _show_earlier(self, found: tuple[list[CaseSummary], Applicant | None]) -> None:
        summaries, applicant = found
        while (item := self._earlier_box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._earlier.setVisible(bool(summaries))
        if not summaries:
            return
        self._earlier_box.addWidget(rule())
        self._earlier_box.addWidget(give_role(QLabel(f"เรื่องก่อนหน้า {len(summaries)}"), "strong"))
        for summary in summaries:
            self._earlier_box.addWidget(self._earlier_line(summary))
        if applicant is not None:
            self._fill_from(applicant)

    def _earlier_line(self, summary: CaseSummary) -> QWidget:
        day = thai_date.short(thai_date.local(summary.registered_at).date())
        line = QWidget()
        box = QVBoxLayout(line)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        button = Action(summary.number, role="quiet", tip=f"เปิดเรื่อง {summary.number}")
        button.clicked.connect(lambda: self.case_wanted.emit(summary.number))
        box.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(ThaiLabel(f"{summary.subject} · {summary.status_text} · {day}", role="small"))
        return line

    def _fill_from(self, known: Applicant) -> None:
        """Fill what is still empty from the person's last case; never touch what was typed."""
        typed = self.value()
        if typed.first_name or typed.last_name:
            return
        address = known.address if typed.address == Address() else typed.address
        self._title.setCurrentText(known.title)
        self._first.setText(known.first_name)
        self._last.setText(known.last_name)
        if not typed.phone and known.phone:
            self._phone.setText(phone.formatted(known.phone))
        self.address.set_value(address)
        self._came.setText("เคยมาแล้ว โปรดทวนชื่อและเบอร์โทร")
        self.changed.emit()
        self.known.emit()


def _earlier(counter: Counter, number: str) -> tuple[list[CaseSummary], Applicant | None]:
    """On a reader thread: the person's last cases, and the contact data of the newest."""
    found = cases.find(counter, number, EARLIER)
    return found, cases.get(counter, found[0].number).applicant if found else None
