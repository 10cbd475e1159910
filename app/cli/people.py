"""people (find, doubles, decide, merge), addresses find."""

from argparse import Namespace
from dataclasses import asdict

from app.cli.context import acting_person, open_counter
from app.cli.home import home_folder
from app.cli.output import print_json, say
from app.services import addresses, duplicates, people, setup
from app.services.model import Address, Double, PersonView

MOST_FOUND = 1_000
WHY = {"phone": "เบอร์โทรศัพท์เดียวกัน", "address": "ที่อยู่เดียวกัน", "number_missing": "รายหนึ่งไม่มีเลขประจำตัว"}


def find(arguments: Namespace) -> int:
    """Persons by any part of a name, a whole number or the last four of a telephone, best first, masked."""
    with open_counter(arguments) as counter:
        found = people.find(counter, arguments.text, min(max(1, arguments.limit), MOST_FOUND))
    if arguments.json:
        print_json([asdict(view) for view in found])
        return 0
    for view in found:
        print(_line(view))
    if not found:
        say("ไม่พบบุคคล ลองค้นด้วยบางส่วนของชื่อ เลขประจำตัวครบ 13 หลัก หรือเบอร์โทรศัพท์ 4 ตัวท้าย")
    return 0


def _line(view: PersonView) -> str:
    parts = (view.citizen_id, view.phone, view.address, f"{view.cases} เรื่อง")
    return f"{view.person}  {view.name}  {'  '.join(part for part in parts if part)}"


def doubles(arguments: Namespace) -> int:
    """Pairs of persons who may be one and about whom nobody has decided, side by side."""
    with open_counter(arguments) as counter:
        found = duplicates.doubles(counter, min(max(1, arguments.limit), MOST_FOUND))
    if arguments.json:
        print_json([asdict(double) for double in found])
        return 0
    for double in found:
        print("\n".join(_pair(double)))
    if not found:
        say("ไม่พบบุคคลที่อาจซ้ำกัน")
    return 0


def _pair(double: Double) -> tuple[str, ...]:
    put_off = f" ({duplicates.DECISIONS[double.decision]})" if double.decision else ""
    why = " ".join(WHY[reason] for reason in double.why)
    return _line(double.first), _line(double.second), f"   {why}{put_off}"


def decide(arguments: Namespace) -> int:
    """Record a decision about two persons: same, different, later, undone."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        view = duplicates.decide(counter, actor, arguments.first, arguments.second, arguments.decision, arguments.note)
    return _answer(arguments, view)


def merge(arguments: Namespace) -> int:
    """Make two persons one."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        view = duplicates.merge(counter, actor, arguments.first, arguments.second, arguments.note)
    return _answer(arguments, view)


def _answer(arguments: Namespace, view: PersonView) -> int:
    if arguments.json:
        print_json(asdict(view))
    else:
        print(_line(view))
    return 0


def addresses_find(arguments: Namespace) -> int:
    """Subdistricts by any part of an address; where this home has an office, those near it first."""
    near: Address | None = None
    if setup.is_set_up(home_folder(arguments)):
        with open_counter(arguments) as counter:
            near = counter.office.address
    found = addresses.find(arguments.text, near, min(max(1, arguments.limit), MOST_FOUND))
    if arguments.json:
        print_json([{**area._asdict(), "label": area.label} for area in found])
        return 0
    for area in found:
        print(f"{area.code}  {area.label}")
    if not found:
        say("ไม่พบตำบล อำเภอ จังหวัด หรือรหัสไปรษณีย์นี้")
    return 0
