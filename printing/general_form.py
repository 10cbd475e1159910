"""แบบคำร้องทั่วไป: the general petition as offices keep it on paper, filled in, with room for opinions and order."""

from app.domain import citizen_id, office_titles, phone, thai_date
from app.services.model import Address, CaseView, CopyMark
from printing.layout import MM, Block, Box, Cell, Columns, Group, Layout, Rule, Signature, Spacer, Text, TextStyle, Tick
from printing.petition import copy_mark, person_address, running

TITLE = TextStyle(15, bold=True, align="center", leading=1.6, after=4)
RIGHT = TextStyle(11, align="right", leading=1.65)
LEFT = TextStyle(11, leading=1.65)
BODY = TextStyle(11.5, leading=1.75, after=2)
RUNNING = TextStyle(11.5, align="justify", leading=1.75, after=2)
HEADING = TextStyle(11, bold=True, leading=1.6, after=2)
TICK = TextStyle(10.5, leading=1.75)
SIGN = TextStyle(10.5, leading=1.7)
NAME = "แบบคำร้องทั่วไป"
INDENT = 25 * MM
OPINION_HEIGHT = 52 * MM
PICTURES_HEIGHT = 215 * MM


def general_form_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The form of one petition."""
    received = view.paperwork.received if view.paperwork else None
    day = thai_date.local(view.registered_at).date()
    written = f"วันที่ {day.day} เดือน {thai_date.MONTHS[day.month - 1]} พ.ศ. {thai_date.year_be(day)}"
    blocks: tuple[Block, ...] = (
        *copy_mark(copy),
        Text(NAME, TITLE),
        Columns((
            Cell((Text(f"เลขรับที่ {received.number if received else _dots(18)}", LEFT),
                  Text(f"เลขคำร้อง {view.number}", LEFT)), 0.9),
            Cell((Text(f"เขียนที่ {view.office.name}", RIGHT), Text(written, RIGHT)), 1.1),
        )),
        Spacer(6),
        Text(f"เรื่อง  {view.subject}", BODY),
        Text(f"เรียน  {office_titles.chief(view.office.kind, view.office.name)}", BODY),
        Text(_who(view), RUNNING, indent=INDENT),
        *_wish(view),
        *_place(view),
        *_files(view),
        Group((
            Text("จึงเรียนมาเพื่อโปรดพิจารณา", BODY, indent=INDENT),
            Spacer(4),
            Columns((Cell((), 1.0), Cell((Text("ขอแสดงความนับถือ", SIGN_CENTER), Spacer(20),
                    _signed(view)), 1.2))),
        )),
        Group((Spacer(14), *_opinions(view))),
        *_done(),
        *_pictures(view),
    )  # fmt: skip
    return Layout(
        f"{NAME} {view.number}",
        "a4",
        blocks,
        header=(running(view.office.name, f"{NAME} เลขคำร้อง {view.number}"), Rule(before=2, after=8)),
        footer=(Rule(before=0, after=2), running(f"เลขคำร้อง {view.number}", "หน้า {page}/{pages}")),
        author=view.office.name,
    )


SIGN_CENTER = TextStyle(11, align="center", leading=1.6)


def _signed(view: CaseView) -> Signature:
    if view.filed_by is not None:
        return Signature("ผู้ยื่นแทน", view.filed_by.name, SIGN, align="center")
    return Signature("ผู้ร้อง", view.applicant.person_name or _dots(30), SIGN, align="center")


def _dots(count: int) -> str:
    return "." * count


def _who(view: CaseView) -> str:
    person = view.applicant
    number = citizen_id.masked(person.citizen_id) if person.citizen_id else _dots(30)
    parts = [
        f"ข้าพเจ้า {person.full_name or _dots(40)} อายุ {_dots(8)} ปี",
        f"เลขประจำตัวประชาชน {number}",
        _address(person.address),
        f"โทรศัพท์ {phone.masked(person.phone) if person.phone else _dots(20)}",
        f"อีเมล {person.email or _dots(24)}",
    ]
    return " ".join(parts)


def _address(address: Address) -> str:
    named = (
        ("อยู่บ้านเลขที่", address.house_no, 8),
        ("หมู่ที่", address.moo, 5),
        ("ซอย", address.soi, 12),
        ("ถนน", address.road, 12),
        ("ตำบล/แขวง", address.subdistrict, 14),
        ("อำเภอ/เขต", address.district, 14),
        ("จังหวัด", address.province, 14),
        ("รหัสไปรษณีย์", address.postcode, 8),
    )
    return " ".join(f"{label} {_bare(text, label) or _dots(room)}" for label, text, room in named)


def _bare(text: str, label: str) -> str:
    """ "วัดกะทู้" of "ซอยวัดกะทู้": what the form says already is not said twice."""
    return next((text.removeprefix(word).strip() for word in label.split("/") if text.startswith(word)), text)


def _wish(view: CaseView) -> list[Block]:
    detail = str(view.answers.get("detail") or "") or _dots(120)
    first, *others = [line for line in detail.splitlines() if line.strip()] or [_dots(120)]
    return [
        Text(f"มีความประสงค์ {first}", RUNNING, indent=INDENT),
        *(Text(line, RUNNING, indent=INDENT) for line in others),
    ]


def _place(view: CaseView) -> tuple[Block, ...]:
    text = _where(view)
    return (Text(f"สถานที่ {text}", RUNNING, indent=INDENT),) if text else ()


def _where(view: CaseView) -> str:
    place = view.place
    if place is None:
        return ""
    parts = [place.note, person_address(place.address)]
    if place.latitude is not None and place.longitude is not None:
        parts.append(f"พิกัด {place.latitude:.6f}, {place.longitude:.6f}")
    return " ".join(part for part in parts if part)


def _files(view: CaseView) -> list[Block]:
    names = view.paperwork.files if view.paperwork else ()
    if not names:
        return [Text("เอกสารแนบ  ไม่มี", BODY, indent=INDENT)]
    listed = (f"{place}. {name}" for place, name in enumerate(names, start=1))
    return [Text(f"เอกสารแนบ {len(names)} รายการ", BODY, indent=INDENT, keep=True),
            *(Text(line, LEFT, indent=INDENT) for line in listed)]  # fmt: skip


def _opinions(view: CaseView) -> list[Block]:
    kind, name = view.office.kind, view.office.name
    checked = ("ตรวจสอบแล้ว ดำเนินการได้", "ดำเนินการได้บางส่วน", f"ไม่สามารถดำเนินการได้ เพราะ {_dots(20)}")
    order = ("อนุญาต", "ไม่อนุญาต", f"อื่นๆ {_dots(26)}")
    head = f"ความเห็น{office_titles.head_of_clerks_office(kind)}/ผู้อำนวยการกอง"
    return [
        _pair(_opinion("ความเห็นเจ้าหน้าที่", checked, "ผู้ตรวจสอบ"), _opinion(head)),
        Spacer(8),
        _pair(
            _opinion(f"ความเห็น{office_titles.clerk_of_office(kind, name)}"),
            _opinion(f"คำสั่ง{office_titles.chief(kind, name)}", order),
        ),
        Spacer(8),
    ]


def _pair(left: Box, right: Box) -> Block:
    return Columns((Cell((left,)), Cell((right,))), gap=8)


def _opinion(title: str, ticks: tuple[str, ...] = (), role: str = "") -> Box:
    lines: tuple[Block, ...] = tuple(Tick(Text(text, TICK)) for text in ticks) or (Spacer(3 * 18.4),)
    signed = Signature(role, _dots(34), SIGN, width=200, align="center")
    return Box((Text(title, HEADING), *lines, Spacer(14), signed), padding=6, weight=0.6, min_height=OPINION_HEIGHT)


def _done() -> list[Block]:
    told = f"หมายเหตุ  ดำเนินการเสร็จสิ้นเมื่อวันที่ {_dots(8)} เดือน {_dots(22)} พ.ศ. {_dots(12)}"
    return [Group((Text(told, BODY), Spacer(12), Signature("", _dots(34), SIGN, align="right")))]


def _pictures(view: CaseView) -> tuple[Block, ...]:
    """A page of its own for map and pictures, where a place was named."""
    text = _where(view)
    if not text:
        return ()
    title = Text("แผนที่และรูปภาพประกอบ", HEADING)
    return (Box((title, Text(f"สถานที่ {text}", LEFT)), padding=8, weight=0.6, min_height=PICTURES_HEIGHT),)
