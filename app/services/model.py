"""The values that cross the boundary of the services: commands going in, views coming out.

All are frozen; no database object leaves the store. Instants are aware UTC datetimes, money is integer satang,
codes are stable English keys and every Thai text beside them is ready to be shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from app.catalog.schema import Service
from app.domain.coordinates import Coordinates
from app.services.model_status import CentralStatus as CentralStatus
from app.services.model_status import Changes as Changes
from app.services.model_status import CounterStatus as CounterStatus
from app.services.paper_templates import PaperTemplate
from app.services.paperwork import Paperwork

ANONYMOUS = "ไม่ประสงค์ออกนาม"
"""How lists and papers name an applicant who named nobody (บัตรสนเท่ห์)."""

Answers = Mapping[str, Any]
"""Field key of the service definition -> value: str, bool, int, list of str; dates as ISO text, money as "2600.00"."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Every write names one."""

    id: str
    username: str
    full_name: str
    position: str
    role: str
    """"admin" or "user"."""
    division: str = ""
    """Code of the division (สำนัก/กอง) the person belongs to, or empty."""
    held: frozenset[str] | None = None
    """The rights held today (app.domain.grants); None for those of the role's template."""


@dataclass(frozen=True, slots=True)
class Address:
    """A Thai postal address; every part may be empty. Parts carry no prefix ("กะทู้", not "ตำบลกะทู้")."""

    house_no: str = ""
    moo: str = ""
    soi: str = ""
    road: str = ""
    subdistrict: str = ""
    district: str = ""
    province: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks: a person, or a juristic person for whom somebody stands at the counter.

    `citizen_id` is 13 ASCII digits (of a juristic person: the tax number) or empty; `phone` is digits only or empty.
    For a juristic person `organisation` is its name, and title, first and last name are those of its representative.
    """

    title: str
    first_name: str
    last_name: str
    citizen_id: str = ""
    phone: str = ""
    email: str = ""
    address: Address = field(default_factory=Address)
    kind: str = "thai"
    """"thai", "foreigner", "juristic", "unnumbered" (a person who has no number), "anonymous" (nobody is named)."""
    organisation: str = ""
    representative_id: str = ""
    """The representative's own 13 digits, where they are known."""
    power_of_attorney: bool = False
    """Whether the representative acts under a power of attorney (หนังสือมอบอำนาจ), not by office."""
    passport: str = ""
    """Of a foreigner: capital Latin letters and digits."""
    number_confirmed: bool = False
    """The clerk has compared a number whose check digit does not fit (first digit 0, 6, 7 or 8) with the document."""

    @property
    def person_name(self) -> str:
        """The name of the person at the counter. Title and first name are written together: "นายกตัญญู ปิ่นแก้ว"."""
        return f"{self.title}{self.first_name} {self.last_name}".strip()

    @property
    def full_name(self) -> str:
        """The applicant as lists and papers name it: "บริษัท ก จำกัด โดย นายกตัญญู ปิ่นแก้ว ผู้รับมอบอำนาจ"."""
        if self.kind == "anonymous":
            return ANONYMOUS
        person = self.person_name
        if not self.organisation:
            return person
        if not person:
            return self.organisation
        return f"{self.organisation} โดย {person}{' ผู้รับมอบอำนาจ' if self.power_of_attorney else ''}"


@dataclass(frozen=True, slots=True)
class FiledBy:
    """Who filed for the applicant (app/services/filed_by.py has the rules)."""

    name: str
    relation: str = ""
    """What he is to the applicant, in the office's words ("บุตร")."""
    phone: str = ""
    citizen_id: str = ""
    authority: bool = False
    """Whether he brought a paper that empowers him (หนังสือมอบอำนาจ)."""


@dataclass(frozen=True, slots=True)
class Knowing:
    """How it was known who stands there, as it is kept with the case (app/services/knowing.py has the rules)."""

    way: str = "none"
    """"chip", "thaid", "card_seen", "known_in_person", "none"."""
    ial: str = ""
    """Identity assurance level as ThaiD tells it ("2.3")."""
    checked_by: str = ""
    """Full name of who checked; `cases.register` enters the acting person where it is empty."""
    checked_at: datetime | None = None
    note: str = ""
    failed_way: str = ""
    """The better way that was tried first and failed: "chip" or "thaid"."""
    failed_reason: str = ""


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """That the privacy notice was given to the applicant: which version, in which language, how, when."""

    version: str
    language: str = "th"
    how: str = "screen"
    """"screen", "paper", "read_aloud"."""
    shown_at: datetime | None = None
    """`cases.register` enters the instant of registration where it is None."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the matter is: an address, degrees north and east (WGS 84), and a note ("หน้าวัดกะทู้")."""

    address: Address = field(default_factory=Address)
    latitude: float | None = None
    longitude: float | None = None
    note: str = ""

    @property
    def point(self) -> Coordinates | None:
        """Where it is on the map, or None."""
        if self.latitude is None or self.longitude is None:
            return None
        return Coordinates(self.latitude, self.longitude)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it was handed in: its name, and its bytes."""

    name: str
    content: bytes = field(repr=False)


class StagedFile(NamedTuple):
    """A file of a half-filled form: checked, and on the disk, encrypted (app/services/staged_files.py)."""

    name: str
    format: str
    sha256: str
    """In hex."""
    size: int


class Compared(NamedTuple):
    """What was decided about the applicant and a person of the register before the case was saved."""

    person: int
    """PersonView.person."""
    decision: str
    """A key of `duplicates.DECISIONS`, without "undone"."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RegisterCase:
    """Register one petition or filing. Answers as typed; `cases.register` normalises and validates them."""

    service: str
    applicant: Applicant
    answers: Answers
    channel: str = "counter"
    """"counter", "phone", "letter", "line", "online"."""
    place: Place | None = None
    print_documents: tuple[str, ...] = ("slip",)
    """Documents to queue in the same transaction, for example ("slip", "petition"); empty: nothing is printed."""
    knowing: Knowing = field(default_factory=Knowing)
    person: int = 0
    """The person whom the clerk chose from those found (PersonView.person), or 0. A citizen number decides alone; it is
    taken from the chosen person where the applicant has none, and given to one who had none."""
    notice: NoticeShown | None = None
    consents: tuple[str, ...] = ()
    """Purposes the applicant ticked himself (app/services/privacy.py); never filled beforehand."""
    attachments: tuple[NewFile, ...] = ()
    compared: tuple[Compared, ...] = ()
    """Decisions about doubles, recorded in the transaction of the case."""
    draft_page: str = ""
    """The acting person's draft of this page is deleted in the same transaction (app/services/drafts.py)."""
    filed_by: FiledBy | None = None
    """Who filed for the applicant, where he did not himself."""
    staged: tuple[StagedFile, ...] = ()
    """Files that are on the disk already, beside `attachments`, whose bytes are handed in."""
    papers: tuple[str, ...] = ()
    """Keys of the service's papers that were received, as files or by hand (app/services/required_papers.py)."""


@dataclass(frozen=True, slots=True)
class OfficeView:
    """The office as it is printed on paper."""

    code: str
    name: str
    kind: str
    """pao, city_municipality, town_municipality, subdistrict_municipality, sao, pattaya."""
    letters: str
    phone: str
    address: Address
    public_address: str = ""
    """Root of the central server's citizen pages ("https://…"), or empty for an office without a server."""
    fax: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as it is shown and printed: its Thai label and its Thai text."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case, whole: what the screen shows and the paper prints. `number` is "" while it is only a preview."""

    id: str
    number: str
    service: str
    service_version: int
    service_name: str
    status: str
    status_text: str
    registered_at: datetime
    due_on: date | None
    division: str
    division_name: str
    subject: str
    """The topic of a petition, the short text of a permit: one line that names the matter."""
    type_text: str
    """ "ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ" for a petition, the service's name otherwise."""
    applicant: Applicant
    channel: str
    channel_text: str
    answers: Answers
    lines: tuple[Line, ...]
    """The answers in the order of the form, empty ones left out."""
    place: Place | None
    total_satang: int | None
    officer_name: str
    officer_position: str
    counter_name: str
    office: OfficeView
    track_code: str
    """Short signature that proves a slip genuine (design/sync.md): the QR is "<public_address>/t/<number>/<code>"
    or, without a server, "<number>/<code>"."""
    external_number: str = ""
    clock_suspect: bool = False
    knowing: Knowing = field(default_factory=Knowing)
    notice: NoticeShown | None = None
    agency: str = ""
    """The agency outside the office to which the case was forwarded, or empty."""
    assignee: str = ""
    """Username of who works on it, or empty."""
    stopped_on: date | None = None
    """Since when the time limit pauses, where it does."""
    restricted: bool = False
    """Only staff with the right may read it, and each look is recorded."""
    filed_by: FiledBy | None = None
    paperwork: Paperwork | None = None
    receipt: Mapping[str, Any] | None = field(default=None, repr=False)
    """The frozen document of the receipt that a paper is about."""
    bill: Mapping[str, Any] | None = field(default=None, repr=False)
    """The document of the bill that a paper is about."""
    definition: Service | None = field(default=None, repr=False, compare=False)
    """The service as it was when the case was registered."""
    form_code: str = ""
    """What the office's ordinance calls the form ("อบจ.รร.3"), or empty."""
    stock_form_code: str = ""
    """The same for the stock sheet of a fuel station."""
    filing: Mapping[str, Any] | None = field(default=None, repr=False)
    """Of a filing: tax, balances, days, and what being late added when it was filed."""
    permit: Mapping[str, Any] | None = field(default=None, repr=False)
    """Of a permit that is printed: its number, opinion, order, conditions, receipt."""
    template: PaperTemplate | None = field(default=None, repr=False, compare=False)
    """How the office's papers looked when this one came to be."""

    @property
    def qr_text(self) -> str:
        """What the QR on the slip holds; no personal data."""
        path = f"{self.number}/{self.track_code}"
        return f"{self.office.public_address}/t/{path}" if self.office.public_address else path


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One row of a search result, newest first."""

    number: str
    name: str
    service: str
    service_name: str
    subject: str
    status: str
    status_text: str
    registered_at: datetime
    due_on: date | None
    division: str = ""
    assignee: str = ""
    stopped_on: date | None = None
    due_text: str = ""
    """Words for the time limit ("เหลือ 2 วันทำการ"), empty where none runs."""
    due_tone: str = "plain"
    """"plain", "warn", "bad"."""
    restricted: bool = False
    """Name and subject are hidden from who has no right to the case."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as lists show one: numbers masked. The whole value: `people.unmask`; for a form: `people.applicant`."""

    person: int
    """The person's key at this counter; other counters and the server know the person by the cases."""
    kind: str
    kind_text: str
    name: str
    citizen_id: str
    """Masked ("X-XXXX-XXXX0-12-1") or empty."""
    phone: str
    """Masked ("xxx-xxx-5678") or empty."""
    address: str
    """In one line, without the house number."""
    cases: int
    last_number: str
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Double:
    """Two persons who may be one, side by side."""

    first: PersonView
    second: PersonView
    why: tuple[str, ...]
    """Of "phone", "address", "number_missing": what they share beside the name, and why the number did not tell."""
    decision: str = ""
    """"later" where somebody put it off, else empty."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What the clerk should look at before saving; nothing here forbids to save."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One entry of a case's timeline. The order is `seq`, never the clock."""

    seq: int
    id: str
    kind: str
    """petition_registered, status_changed, document_printed …"""
    kind_text: str
    at: datetime
    by: str
    counter: str
    detail: Mapping[str, Any]
    text: str
    """One Thai sentence for the screen."""
    outcome: str = ""
    """Of a step: "counted", "same" (another counter had taken it already), "lost" (app/domain/case_way.py)."""
    note: str = ""
    public: bool = False
    """Whether citizens read `note`."""
    internal_note: str = ""
    """For the office only."""


@dataclass(frozen=True, slots=True)
class CopyMark:
    """What a reprint must say: "สำเนา ครั้งที่ n"; number 0 is the original."""

    number: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One paper to come out. States: planned, sending, sent, confirmed, spoiled, failed."""

    id: int
    number: str
    document: str
    printer: str
    state: str
    copy: CopyMark
    created_at: datetime
    by: str
    attempts: int = 0
    error: str = ""
    receipt: int = 0
    """Row of the receipt that is printed, or 0."""


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer of this counter.

    kind and address: "file" a folder, "network" host:port, "serial" COM3@19200, "usb" vendor:product in hex,
    "raw_queue" a queue of the system that takes bytes as they are, "system" a queue for sheets.
    dots: 576, 512 or 384 a line for a thermal printer; 0 for an A4 printer, which gets PDF.
    """

    name: str
    kind: str
    address: str
    dots: int = 576
    is_default: bool = False
    model: str = ""
    """A thermal printer's profile in python-escpos, or "" for the usual one of its width."""
    cut: bool = True
    """Whether the paper is cut after each slip, where the model can."""
    drawer: bool = False
    """Whether a cash drawer hangs on it."""
    trays: Mapping[str, str] = field(default_factory=dict)
    """Document -> the tray its paper lies in: "upper", "middle", "lower", "manual", "envelope"."""
    two_sided: tuple[str, ...] = ()
    """Documents that are printed on both sides."""
    documents: tuple[str, ...] = ()
    """Documents that go to this printer before the default one of its medium."""
    fallback: str = ""
    """The printer that is offered first where this one does not take a paper."""
