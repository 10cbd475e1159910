"""The A4 petition: the sheet of the One Stop Service, its fields in the order of the form that offices know.

Filings of other services take the same sheet with the answers of their form, and room for what the officers decide.
The citizen id and the telephone are masked (the whole numbers stay in the register).
"""

from collections.abc import Mapping
from typing import Any

from app.domain import citizen_id, coordinates, money, phone, thai_date
from app.services import filed_by
from app.services.model import Address, Applicant, CaseView, CopyMark, Place
from printing.layout import (
    MM,
    Block,
    Box,
    Cell,
    Columns,
    Group,
    Layout,
    Picture,
    Qr,
    Rule,
    Signature,
    Spacer,
    Text,
    TextStyle,
)
from printing.slip import NO_NUMBER_YET

OFFICE = TextStyle(13, bold=True, leading=1.45)
SYSTEM = TextStyle(11, bold=True, align="right", leading=1.45)
NUMBER = TextStyle(11, bold=True, align="right", leading=1.45)
SMALL = TextStyle(9.2, leading=1.5)
SMALL_RIGHT = TextStyle(9.2, align="right", leading=1.5)
LABEL = TextStyle(8.5, leading=1.5, muted=True)
ANSWER_LABEL = TextStyle(9.5, leading=16.5 / 9.5, muted=True)
BODY = TextStyle(11, leading=1.5, after=3)
TITLE = TextStyle(11, bold=True, leading=1.5, after=3)
DETAIL = TextStyle(11, leading=1.6)
CLOSING = TextStyle(11, leading=1.6)
COPY = TextStyle(12, bold=True, align="center", leading=1.4)
RUNNING = TextStyle(8.5, leading=1.5, muted=True)
RUNNING_RIGHT = TextStyle(8.5, align="right", leading=1.5, muted=True)

NONE_GIVEN = "–"
NUMBER_LABELS = {"juristic": "เลขประจำตัวผู้เสียภาษี", "foreigner": "เลขประจำตัว/หนังสือเดินทาง"}
INDENT = 25 * MM
SEAL = 18 * MM
CODE = 21 * MM


def petition_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The sheet of one case."""
    is_petition = view.service == "petition"
    blocks: tuple[Block, ...] = (
        *copy_mark(copy),
        head(view),
        Rule(before=6, after=6, weight=0.8),
        *_people(view),
        Rule(before=3, after=6),
        *(_matter(view) if is_petition else _answers(view)),
        *_place(view.place),
        *_closing(view),
        *(() if is_petition else _decision_boxes(view.permit or {})),
    )
    number = view.number or NO_NUMBER_YET
    return Layout(
        title=f"{'คำร้อง' if is_petition else view.service_name} {number}",
        medium="a4",
        author=view.office.name,
        blocks=blocks,
        header=(running(view.office.name, f"เลขที่คำร้อง {number}"), Rule(before=2, after=8)),
        footer=(Rule(before=0, after=2), running(f"เลขที่คำร้อง {number}", "หน้า {page}/{pages}")),
    )


def copy_mark(copy: CopyMark) -> tuple[Block, ...]:
    """What a reprint says above everything else; nothing on an original."""
    if copy.number == 0:
        return ()
    reason = f"  เหตุผล: {copy.reason}" if copy.reason else ""
    return (Box((Text(f"สำเนา ครั้งที่ {copy.number}{reason}", COPY),), padding=3, weight=1.2), Spacer(8))


def running(left: str, right: str) -> Columns:
    """A small line that stands on every page."""
    return Columns((Cell((Text(left, RUNNING, fit=True),)), Cell((Text(right, RUNNING_RIGHT, fit=True),))))


def head(view: CaseView) -> Block:
    """Seal, office, number, moment and code of a case."""
    office = view.office
    moment = thai_date.local(view.registered_at)
    seal = Picture(None, SEAL, SEAL, caption="ตรา\nหน่วยงาน")
    left = (
        Text(office.name, OFFICE),
        *(Text(line, SMALL) for line in (office_address(office.address), _phone_line(office.phone)) if line),
    )
    right = (
        Text("ระบบ One Stop Service", SYSTEM),
        Text(f"เลขที่คำร้อง {view.number or NO_NUMBER_YET}", NUMBER),
        Text(f"วันที่ {thai_date.padded(moment.date())}", SMALL_RIGHT),
        Text(f"เวลา {thai_date.time_text(moment)}", SMALL_RIGHT),
    )
    code = Qr(view.qr_text if view.number else "", CODE, "right")
    return Columns(
        (
            Cell((seal,), SEAL, fixed=True),
            Cell(left, 1.0),
            Cell(right, 158, fixed=True),
            Cell((code,), CODE, fixed=True),
        ),
        gap=7,
    )


def _phone_line(number: str) -> str:
    return f"โทรศัพท์ {number}" if number else ""


def _people(view: CaseView) -> list[Block]:
    person = view.applicant
    return [
        _two(("หน่วยงานเจ้าของเรื่อง", view.division_name), ("เจ้าหน้าที่รับคำร้อง", view.officer_name)),
        *_labelled("ประเภทเรื่องร้องเรียน" if view.service == "petition" else "ประเภทคำขอ", view.type_text),
        Rule(before=3, after=6),
        _two(
            ("ชื่อผู้ร้อง", person.full_name),
            (NUMBER_LABELS.get(person.kind, "หมายเลขบัตรประชาชน"), _number(person)),
        ),
        _two(
            ("เบอร์โทรศัพท์", phone.masked(person.phone) if person.phone else ""),
            ("ที่อยู่", person_address(person.address)),
        ),
        *(_labelled("ยื่นแทนโดย", filed_by.text(view.filed_by)) if view.filed_by else ()),
    ]


def _number(person: Applicant) -> str:
    """The masked number that this kind of applicant has; of a passport only its last three letters."""
    if person.citizen_id:
        return citizen_id.masked(person.citizen_id)
    return f"หนังสือเดินทาง XXX{person.passport[-3:]}" if person.passport else ""


def _two(left: tuple[str, str], right: tuple[str, str]) -> Block:
    return Columns((Cell(_labelled(*left)), Cell(_labelled(*right))), gap=16, rule=True)


def _labelled(label: str, text: str) -> tuple[Block, ...]:
    return Text(label, LABEL, keep=True), Text(text or NONE_GIVEN, BODY)


def _matter(view: CaseView) -> list[Block]:
    detail = str(view.answers.get("detail") or "")
    return [
        Text("หัวข้อเรื่อง", LABEL, keep=True),
        Text(view.subject or NONE_GIVEN, TITLE),
        Text("รายละเอียด", LABEL, keep=True),
        Text(detail or NONE_GIVEN, DETAIL),
        Spacer(4),
    ]


def _answers(view: CaseView) -> list[Block]:
    rows: list[Block] = [
        Columns((Cell((Text(line.label, ANSWER_LABEL),), 0.28), Cell((Text(line.text, BODY),), 0.72)), gap=10)
        for line in view.lines
    ]
    if view.total_satang is not None:
        total = f"{money.formatted(view.total_satang)} บาท ({money.baht_text(view.total_satang)})"
        rows.append(
            Columns((Cell((Text("ค่าธรรมเนียม", ANSWER_LABEL),), 0.28), Cell((Text(total, TITLE),), 0.72)), gap=10)
        )
    return [Text("หัวข้อเรื่อง", LABEL, keep=True), Text(view.subject or NONE_GIVEN, TITLE), *rows]


def _place(place: Place | None) -> tuple[Block, ...]:
    if place is None:
        return ()
    parts = [place.note, person_address(place.address)]
    if place.point is not None:
        parts.append(f"พิกัด {coordinates.text_of(*place.point)}")
    text = "\n".join(part for part in parts if part)
    return _labelled("สถานที่", text) if text else ()


def _closing(view: CaseView) -> tuple[Block, ...]:
    due = f"กำหนดแล้วเสร็จภายในวันที่ {thai_date.long(view.due_on)}" if view.due_on else ""
    signatures = Columns(
        (
            Cell((Signature("ผู้รับคำร้อง", view.officer_name, CLOSING, _position(view), align="left"),)),
            Cell((_signature(view),)),
        ),
        gap=24,
    )
    return (
        *((Text(due, SMALL),) if due else ()),
        Group((Spacer(10), Text("จึงเรียนมาเพื่อโปรดพิจารณา", CLOSING, indent=INDENT), Spacer(26), signatures)),
    )


def _signature(view: CaseView) -> Signature:
    """Who signs: the applicant, or who filed for him."""
    if view.filed_by is not None:
        return Signature("ผู้ยื่นแทนผู้ร้อง", view.filed_by.name, CLOSING, align="right")
    return Signature("ผู้ร้อง", view.applicant.person_name, CLOSING, align="right")


def _position(view: CaseView) -> tuple[str, ...]:
    return (view.officer_position,) if view.officer_position else ()


def _decision_boxes(permit: Mapping[str, Any]) -> tuple[Block, ...]:
    """Opinion and order: as they were entered, or room to write them by hand."""
    boxes = (("ความเห็นของเจ้าหน้าที่", "opinion"), ("คำสั่งของเจ้าพนักงานท้องถิ่น", "order"))
    return (
        Spacer(12),
        Columns(
            tuple(
                Cell(
                    (Box((Text(title, TITLE), *_decided(permit.get(key))), padding=6, min_height=42 * MM, weight=0.6),)
                )
                for title, key in boxes
            ),
            gap=10,
        ),
    )


def _decided(said: Mapping[str, Any] | None) -> tuple[Block, ...]:
    if not said:
        return ()
    word = {True: "อนุญาต", False: "ไม่อนุญาต", None: ""}[said.get("granted")]
    text = " ".join(part for part in (word, said["text"]) if part)
    below = (*((said["position"],) if said["position"] else ()), f"วันที่ {thai_date.long(said['on'])}")
    return (
        *((Text(text, BODY),) if text else ()),
        Spacer(10),
        Signature("", said["name"], SMALL, below, align="left"),
    )


def office_address(address: Address) -> str:
    """ "เลขที่ 12 หมู่ที่ 2 ถนนวิชิตสงคราม ตำบลกะทู้ อำเภอกะทู้ จังหวัดภูเก็ต 83120"; Bangkok has its own words."""
    return _joined(address, "เลขที่ ")


def person_address(address: Address) -> str:
    """The same without "เลขที่" before the house number, as people write their own."""
    return _joined(address, "")


def _joined(address: Address, house: str) -> str:
    capital = address.province in ("กรุงเทพมหานคร", "กรุงเทพฯ")
    named = (
        (house, address.house_no),
        ("หมู่ที่ ", address.moo),
        ("ซอย", address.soi),
        ("ถนน", address.road),
        ("แขวง" if capital else "ตำบล", address.subdistrict),
        ("เขต" if capital else "อำเภอ", address.district),
        ("" if capital else "จังหวัด", address.province),
        ("", address.postcode),
    )
    return " ".join(_prefixed(prefix, text) for prefix, text in named if text)


def _prefixed(prefix: str, text: str) -> str:
    return text if text.startswith(prefix.strip()) else f"{prefix}{text}"
