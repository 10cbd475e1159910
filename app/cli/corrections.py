"""correct, conflicts: what is put right in a case after its registration, and what two counters put right unseen."""

from argparse import Namespace
from dataclasses import asdict

from app.cli.cases import reader
from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain import thai_date
from app.domain.errors import Refused
from app.services import corrections
from app.services.corrections import Conflict


def correct(arguments: Namespace) -> int:
    """Put fields right, FIELD=VALUE each; an empty value empties the field."""
    changes = dict(_pair(text) for text in arguments.changes)
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        found = corrections.correct(counter, actor, arguments.number, changes)
    if arguments.json:
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            print(f"{one.label}: {one.value or '-'}")
    return 0


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise Refused(
            "correction_form",
            "ต้องพิมพ์เป็น ช่อง=ค่า",
            f"เช่น applicant.phone=0812345678 ช่องที่มี: {', '.join(corrections.FIELDS)}",
        )
    return key, value


def conflicts(arguments: Namespace) -> int:
    """The fields on which two counters disagree, with both values."""
    with open_counter(arguments) as counter:
        found = corrections.conflicts(counter, actor=reader(arguments, counter))
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        _tell(one)
    if not found:
        say("ไม่มีข้อมูลขัดกัน")
    return 0


def _tell(one: Conflict) -> None:
    print(f"{one.number}  {one.field}  {one.label}")
    for place, side in enumerate(one.sides, start=1):
        at = thai_date.local(side.at)
        stands = "ใช้อยู่" if side.stands else ""
        where = f"{side.by} {side.counter}".strip()
        print(
            f"  {place}  {side.value or '(ว่าง)'}  {where}  {thai_date.short(at.date())} {at:%H:%M}  {stands}".rstrip()
        )


def choose(arguments: Namespace) -> int:
    """Settle one: the value at place SIDE of the list stands."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        corrections.choose(counter, actor, arguments.number, arguments.field, arguments.side)
        left = len(corrections.conflicts(counter, actor=actor))
    if arguments.json:
        print_json({"left": left})
    else:
        print(f"เลือกแล้ว เหลือ {left}")
    return 0
