"""Left column: who stands at the counter. Scan field, card, name, phone, address, and what they came for before."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout

from app.domain import citizen_id
from app.domain.errors import CounterError
from app.services import knowing as knowing_rules
from app.services.applicants import KINDS
from app.services.filing_drafts import Filer
from app.services.model import Applicant, RegisterCase
from ui.counter.address import AddressFields
from ui.counter.citizen import filling, known
from ui.counter.citizen.arrival import Arrival
from ui.counter.citizen.comparing import Comparing
from ui.counter.citizen.filling import BLANK, Proof
from ui.counter.citizen.finder import PersonFinder
from ui.counter.citizen.identity import IdentityLine
from ui.counter.citizen.kinds import PersonFields
from ui.counter.citizen.known import EarlierCases, Known, SimilarCases
from ui.counter.citizen.lookout import Lookout
from ui.counter.citizen.notice import NoticeLine
from ui.counter.citizen.offer import Offer
from ui.counter.citizen.proving import Proving
from ui.counter.scan import Reading, ScanField
from ui.ports import Session
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import heading, rule
from ui.widgets.layouts import Column

BY_REGISTER = "เคยมาแล้ว โปรดทวนชื่อและเบอร์โทร"
BY_PAYERS = "จากทะเบียนผู้เสียภาษี โปรดทวนชื่อ"
MASKED_PHONE = "x"
NUMBERLESS = ("unnumbered", "anonymous")
"""Kinds of applicants in whose form there is no number."""
NO_CASE = RegisterCase("", BLANK, {})


class CitizenColumn(Column):
    """The applicant of the case being filled in."""

    changed = Signal()
    case_wanted = Signal(str)
    """Number of a case to open at the desk."""
    same_wanted = Signal(str)
    """Number of a case that is about the matter at hand."""
    clear_wanted = Signal()
    known = Signal()
    """Who it is has been settled; the focus may go on to the service."""
    told = Signal(str, str, str, str, object)
    """Tone, title, hint, action and what it does: for the note of the page."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._person = 0
        self._filled: Applicant | None = None
        """What a proof put into the form, as long as nobody changes it."""
        self.matter_begun = False
        """Whether something beside the applicant has been filled in; the page tells."""
        self.scan = ScanField(session.tasks)
        self.scan.read.connect(self.take_reading)
        self.scan.edited.connect(self._scan_edited)
        self.kind = Chooser()
        for code, name in KINDS.items():
            self.kind.addItem(name, code)
        self.kind.setAccessibleName("ประเภทผู้ร้อง")
        self.kind.activated.connect(lambda _index: self._choose_kind(str(self.kind.currentData())))
        self.offer = Offer()
        self.identity = IdentityLine()
        self.proving = Proving(session, self)
        self.card, self.knowing = self.proving.card, self.proving.knowing
        self.fields = PersonFields()
        self.arrival = Arrival()
        self.finder = PersonFinder(session, self)
        self.similar = SimilarCases()
        self.earlier = EarlierCases()
        self.comparing = Comparing(session, self)
        self.lookout = Lookout(session, self)
        self.notice = NoticeLine(session)
        self.address = AddressFields("applicant.address", "ที่อยู่", session)
        self._build()
        self._connect()

    def _build(self) -> None:
        clear = Action("เริ่มใหม่", role="quiet", key="Ctrl+N", tip="ล้างทั้งหน้าแล้วเริ่มใหม่ เรียกคืนได้")
        clear.clicked.connect(self.clear_wanted)
        clear.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        head = QHBoxLayout()
        head.addWidget(heading("ประชาชน"))
        head.addWidget(self.kind, 1)
        head.addWidget(clear)
        self.box.addLayout(head)
        above = (self.scan, self.card, self.offer, self.identity, self.similar, self.comparing.hint)
        for widget in (*above, self.fields, self.knowing, self.arrival):
            self.box.addWidget(widget)
        self._rule = rule()
        self.box.addWidget(self._rule)
        self.box.addWidget(self.address)
        self.box.addWidget(self.earlier)
        self.box.addWidget(rule())
        self.box.addWidget(self.notice)
        self.box.addStretch(1)

    def _connect(self) -> None:
        for part in (self.fields, self.address, self.knowing, self.identity, self.notice, self.comparing, self.arrival):
            part.changed.connect(self._edited)
        self.identity.whole_wanted.connect(self.unmask)
        self.lookout.similar.connect(self.similar.show_similar)
        self.lookout.doubles.connect(lambda found: self.comparing.offer(self.filled_into(NO_CASE), found))
        self.comparing.told.connect(self.told)
        self.comparing.chosen.connect(self._became)
        self.comparing.settled.connect(self._settled)
        self.identity.forgotten.connect(self.forget_number)
        self.proving.proved.connect(self.take_proof)
        self.proving.card_wanted.connect(self.scan.line.setFocus)
        self.proving.card_looked_at.connect(self.fall_back)
        lines = self.fields.lines
        self.finder.listen(self.scan.line, (lines["first_name"], lines["last_name"]), (lines["phone"],))
        self.finder.chosen.connect(self.choose_person)
        self.similar.same.connect(self.same_wanted)
        for cases in (self.similar, self.earlier):
            cases.wanted.connect(self.case_wanted)

    @property
    def rows(self) -> dict[str, FieldRow]:
        """The fields by the keys that errors name."""
        return {**self.fields.rows, **self.address.rows, **self.knowing.rows, **self.arrival.rows}

    def begin(self) -> None:
        """A clerk has signed in: the card readers are watched from now on."""
        self.proving.begin()

    def leave(self) -> None:
        """The clerk goes: no card is noticed any more, and nothing of one stays."""
        self.proving.leave()

    # what is in the form ---------------------------------------------------------------------------------------

    def value(self) -> Applicant:
        """The applicant as typed. Digits typed into the scan field and not yet accepted count, too."""
        number = self.identity.number or self.scan.line.text().strip()
        applicant = replace(self.fields.value(), address=self.address.value())
        if self.fields.kind == "anonymous":
            return Applicant("", "", "", phone=applicant.phone, kind="anonymous")
        if self.fields.kind == "unnumbered":
            return applicant
        return replace(applicant, citizen_id=number, number_confirmed=self.identity.confirmed)

    def set_value(self, applicant: Applicant) -> None:
        """Show an applicant, for instance of a case just saved."""
        self._show(applicant, "")
        if self.identity.number and not filling.is_masked(self.identity.number):
            self._look_up()

    def filled_into(self, case: RegisterCase) -> RegisterCase:
        """A case with the applicant, how he is known, who he is in the register, and what he was told."""
        notice, consents = self.notice.value()
        return replace(
            self.arrival.filled_into(case),
            applicant=self.value(),
            knowing=self.knowing.value(),
            person=self._person,
            notice=notice,
            consents=consents,
            compared=self.comparing.waiting,
        )

    def set_case(self, case: RegisterCase) -> None:
        """Show what `filled_into` gave, for instance of a draft."""
        self.set_value(case.applicant)
        self._set_person(case.person)
        self.knowing.set_value(case.knowing)
        self.notice.set_value(case.notice, case.consents)
        self.comparing.set_waiting(case.compared)
        self.arrival.set_case(case)
        if case.person and not self._asks_number:
            self._ask_known(
                lambda: known.of_person(self._session.counter, self._session.actor, case.person), fill=False
            )

    @property
    def _asks_number(self) -> bool:
        number = self.identity.number
        return bool(number) and not filling.is_masked(number)

    def clear(self) -> None:
        """Ready for the next citizen."""
        self.set_case(NO_CASE)
        self.offer.withdraw()
        self.similar.show_similar([])
        self.proving.forget()
        for row in self.rows.values():
            row.clear_error()

    def focus_name(self) -> None:
        """The focus to the first field of the name."""
        self.fields.first().setFocus()

    def _show(self, applicant: Applicant, source: str) -> None:
        self._filled = None
        self._set_person(0)
        self._session.tasks.drop(self, "known")
        self.kind.setCurrentIndex(max(0, self.kind.findData(applicant.kind)))
        self.fields.set_value(applicant)
        self._show_asked()
        self.address.set_value(applicant.address)
        self.scan.clear()
        self.earlier.show_cases([], 0)
        number = applicant.citizen_id
        wrong = number and filling.number_state(number, applicant.kind) in ("", "wrong")
        self.identity.show_number("" if wrong else number, source, applicant.kind, confirmed=applicant.number_confirmed)
        if wrong:
            self.scan.line.setText(number)

    # proofs: chip and ThaiD ------------------------------------------------------------------------------------

    def take_proof(self, proof: Proof) -> None:
        """Fill the form from a card or ThaiD; where something else was typed, offer it and change nothing."""
        typed = self.value()
        found = filling.for_kind(proof.applicant, typed.kind)
        untouched = self._filled is not None and typed == self._filled and not self.matter_begun
        if not untouched and filling.contradicts(typed, found):
            words = f"{proof.source}: {found.full_name} ต่างจากที่กรอกไว้ ยังไม่ได้เปลี่ยนอะไร"
            self.offer.ask("warn", words, "ใช้ข้อมูลนี้แทน", "เก็บที่กรอกไว้", partial(self._replace, proof))
            return
        if untouched:
            self._use(proof, Applicant("", "", "", kind=typed.kind))
        else:
            self._use(proof, typed, self._person)

    def _replace(self, proof: Proof) -> None:
        """The clerk wants the other person's data; what was there can be called back."""
        before = self.filled_into(NO_CASE)
        phone = before.applicant.phone if not self._person else ""
        self._use(proof, Applicant("", "", "", phone=phone, kind=before.applicant.kind))
        words = f"ใช้ข้อมูล{proof.source}แล้ว"
        self.offer.ask("info", words, "เรียกคืนที่กรอกไว้", "ปิด", lambda: self._call_back(before))

    def _call_back(self, before: RegisterCase) -> None:
        self.set_case(before)
        self.changed.emit()

    def _use(self, proof: Proof, typed: Applicant, person: int = 0) -> None:
        self.offer.withdraw()
        self._show(filling.completed(typed, filling.for_kind(proof.applicant, typed.kind)), proof.source)
        self._set_person(person)
        self.knowing.set_value(proof.knowing)
        self._filled = self.value()
        self.changed.emit()
        self._look_up()
        self.known.emit()

    def fall_back(self) -> None:
        """F3: chip or ThaiD failed, the card is looked at instead; the case keeps which failed and why."""
        self.proving.fall_back()
        if not (self.identity.number or self.fields.kind in NUMBERLESS):
            self.scan.line.setFocus()
        else:
            self.fields.first_empty().setFocus()

    # the number ------------------------------------------------------------------------------------------------

    def take_reading(self, reading: Reading) -> None:
        """What the scanner or a picture said."""
        self.scan.clear()
        if reading.kind == "citizen_id" and reading.valid:
            self._take_number(reading.value, reading.source)
        elif reading.kind in ("request_slip", "request_number") and reading.valid:
            self.case_wanted.emit(reading.value)
        else:
            self.scan.tell(reading.note or "ไม่รู้จักรหัสนี้", "ใช้บัตรประชาชน ใบรับคำร้อง หรือพิมพ์เลข 13 หลัก", tone="warn")

    def _take_number(self, number: str, source: str) -> None:
        if number != self.identity.number:
            self._set_person(0)
            self._unproved()
        if self.fields.kind in NUMBERLESS:
            self._choose_kind("thai")
        self.identity.show_number(number, source, self.fields.kind)
        self._look_up()
        self.changed.emit()
        (self.fields.first_empty() if self.fields.lines["first_name"].text() else self.fields.first()).setFocus()

    def _scan_edited(self) -> None:
        self.changed.emit()
        QTimer.singleShot(0, self, self._take_unsure)  # after the scan field has had its own look at the digits

    def _take_unsure(self) -> None:
        """A number whose check digit does not fit is no typing error for everybody (app/domain/citizen_id.py)."""
        text = self.scan.line.text()
        if filling.number_state(text, self.fields.kind) in ("unsure", "confirm"):
            self.scan.clear()
            self._take_number(citizen_id.normalise(text), "จากการพิมพ์")

    def _unproved(self) -> None:
        """Another number: what the chip or ThaiD proved was somebody else."""
        if self.knowing.value().way in ("chip", "thaid"):
            self.knowing.set_value(knowing_rules.UNKNOWN)

    def forget_number(self) -> None:
        """Take the number out of the form."""
        self.identity.show_number("", "", self.fields.kind)
        self._set_person(0)
        self._unproved()
        self.earlier.show_cases([], 0)
        self._session.tasks.drop(self, "known")
        self.changed.emit()
        self.scan.line.setFocus()

    def _choose_kind(self, kind: str) -> None:
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        self.fields.set_kind(kind)
        self.identity.judge(kind)
        self._show_asked()
        if kind in NUMBERLESS and (self.identity.number or self._person):
            self.forget_number()
        self.changed.emit()

    def _show_asked(self) -> None:
        """Of somebody who names nobody only a telephone is asked."""
        named = self.fields.kind != "anonymous"
        for widget in (self.knowing, self._rule, self.address):
            widget.setVisible(named)

    # the register ----------------------------------------------------------------------------------------------

    def _set_person(self, person: int) -> None:
        self._person = self.notice.person = person
        phone = self.fields.lines["phone"]
        if not person and phone.text().startswith(MASKED_PHONE):
            phone.clear()  # it stood for the telephone of whoever was in the form before
        self.identity.whole.setVisible(bool(person))

    def unmask(self) -> None:
        """See a whole number of the person in the register."""
        if self._person:
            fields = ("citizen_id", "phone") if self.identity.number else ("phone",)
            dialogs = import_module("ui.counter.citizen.unmask")
            dialog = dialogs.UnmaskDialog(self._session, self._person, fields, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _became(self, person: int) -> None:
        """The clerk decided that the applicant, as typed, is this person of the register, or took it back."""
        self._set_person(person)
        self.earlier.show_cases([], 0)
        if person:
            self._ask_known(lambda: known.of_person(self._session.counter, self._session.actor, person), fill=False)
        self.lookout.look_again()
        self.changed.emit()

    def _settled(self, person: int) -> None:
        if person:
            self._became(person)
        else:
            self.lookout.look_again()

    def _look_up(self) -> None:
        """Ask the register who has the number in the form."""
        number, phone = self.identity.number, self.fields.value().phone
        counter, actor = self._session.counter, self._session.actor
        if self._asks_number:
            self._ask_known(lambda: known.of_number(counter, actor, number, phone))

    def choose_person(self, person: int) -> None:
        """The clerk chose a person of the register: the form is his."""
        counter, actor, phone = self._session.counter, self._session.actor, self.fields.value().phone
        self._session.tasks.query(
            self, lambda: known.of_person(counter, actor, person, phone), self._chosen, self._not_found, topic="known"
        )

    def _ask_known(
        self,
        work: Callable[[], Known | None],
        *,
        fill: bool = True,
        done: Callable[[Known | None], None] | None = None,
    ) -> None:
        done = done or (self._found if fill else self._show_known)
        self._session.tasks.query(self, work, done, self._not_found, topic="known")

    def _not_found(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            self._session.tasks.trouble.emit(error)

    def _show_known(self, found: Known | None) -> None:
        if found is None:
            return
        self._set_person(found.view.person)
        self.earlier.show_cases(found.cases, found.view.cases)

    def _found(self, found: Known | None) -> None:
        """The number is known: fill what is still empty; never touch what was typed."""
        if found is None:
            return
        self._show_known(found)
        if found.same_phone:
            self.fields.lines["phone"].setText(found.applicant.phone)
        typed = self.value()
        if not (typed.first_name or typed.last_name or typed.organisation):
            self._fill_from(found, replace(typed, citizen_id=""))
        elif not typed.phone and found.applicant.phone and self._filled is not None:
            self.fields.lines["phone"].setText(found.applicant.phone)
            self._filled = self.value()
        self.changed.emit()

    def _fill_from(self, found: Known, typed: Applicant) -> None:
        number, knowing = self.identity.number, self.knowing.value()
        filled = filling.completed(typed, found.applicant)
        if typed.phone:
            filled = replace(filled, phone=typed.phone)
        self._show(replace(filled, citizen_id=number or found.applicant.citizen_id), BY_REGISTER)
        self._show_known(found)
        self.knowing.set_value(knowing)
        self.known.emit()

    def _chosen(self, found: Known) -> None:
        self.forget_number()
        self._fill_from(found, Applicant("", "", "", phone="" if found.same_phone else self.fields.value().phone))
        self.changed.emit()

    def bring_back(self, filer: Filer) -> None:
        """Who filed for the same payer before, where nobody is named yet. The focus stays where it is."""
        if self.value() != replace(BLANK, kind=self.fields.kind) or self.fields.kind != "thai":
            return
        if filer.company is not None:
            self._show(filer.company, BY_PAYERS)
            self.changed.emit()
            return
        counter, actor = self._session.counter, self._session.actor
        self._ask_known(lambda: known.of_person(counter, actor, filer.person), done=self._brought)

    def _brought(self, found: Known | None) -> None:
        if found is None or self.value() != BLANK:
            return
        self._show(found.applicant, BY_PAYERS)
        self._show_known(found)
        words = f"ผู้ยื่นครั้งก่อนของรายนี้คือ {found.applicant.full_name} โปรดทวนชื่อ"
        self.offer.ask("info", words, "ไม่ใช่คนนี้", "ใช่", self._not_him)
        self.changed.emit()

    def _not_him(self) -> None:
        self.clear()
        self.changed.emit()
        self.scan.line.setFocus()

    # errors ----------------------------------------------------------------------------------------------------

    def show_error(self, error: CounterError) -> bool:
        """Show an error at its field; False when it is none of ours."""
        if error.field == "applicant.citizen_id":
            self.scan.tell(error.title, error.hint)
            self.scan.line.setFocus()
            return True
        if error.field == "applicant.number_confirmed":
            error.field = "applicant.citizen_id"
            return self.show_error(error)
        self.arrival.show_error(error.field or "")
        row = self.rows.get(error.field or "")
        if row is None:
            return False
        row.show_error(error.title, error.hint)
        row.control.setFocus()
        return True

    def _edited(self) -> None:
        self.finder.enabled = not (self.identity.number or self._person)
        self.knowing.sign(self._session.actor, self._session.counter.clock.now())
        self.changed.emit()
