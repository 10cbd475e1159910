"""The values that cross the boundary of the services: commands going in, views coming out.

All are frozen; no database object leaves the store. Instants are aware UTC datetimes, money is integer satang,
codes are stable English keys and every Thai text beside them is ready to be shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

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
    """The person who asks. `citizen_id` is 13 ASCII digits or empty; `phone` is digits only or empty."""

    title: str
    first_name: str
    last_name: str
    citizen_id: str = ""
    phone: str = ""
    email: str = ""
    address: Address = field(default_factory=Address)

    @property
    def full_name(self) -> str:
        """Title and first name are written together in Thai: "นายกตัญญู ปิ่นแก้ว"."""
        return f"{self.title}{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the matter is: an address, degrees north and east (WGS 84), and a note ("หน้าวัดกะทู้")."""

    address: Address = field(default_factory=Address)
    latitude: float | None = None
    longitude: float | None = None
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


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer of this counter.

    kind: "file" (address: a folder), "network" (address: host:port, ESC/POS over TCP), later ones beside them.
    dots: 576, 512 or 384 a line for a thermal printer; 0 for an A4 printer, which gets PDF.
    """

    name: str
    kind: str
    address: str
    dots: int = 576
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class CounterStatus:
    """What the status bar tells: always from the database, never from hope."""

    office_name: str
    counter_name: str
    stand_alone: bool
    """True when this office has no central server: nothing is waiting, nothing will be sent."""
    online: bool
    waiting: int
    """Events not yet acknowledged by the server."""
    waiting_since: datetime | None
    quarantined: int
    last_acknowledged_at: datetime | None
    last_error: str
    numbers_left: int
    numbers_low: bool
    printer_text: str
    printer_ok: bool
    last_backup_at: datetime | None
    clock_warning: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a committed transaction touched; widgets that show any of it ask again."""

    cases: frozenset[str] = frozenset()
    """Numbers of cases."""
    kinds: frozenset[str] = frozenset()
    """Of "case", "print_job", "printer", "sync", "settings", "staff", "numbers", "backup"."""
