"""elaas compare, numbers, list, note, settle: what e-LAAS says beside what the register says."""

from argparse import Namespace
from dataclasses import asdict

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain import thai_date
from app.services import elaas, shifts
from app.services.elaas import Compared


def compare(arguments: Namespace) -> int:
    """Compare the sums of some days with a CSV of e-LAAS."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        today = shifts.today(counter)
        first = thai_date.parse_date(arguments.first, field="first") if arguments.first else today
        last = thai_date.parse_date(arguments.last, field="last") if arguments.last else first
        done = elaas.compare_file(counter, actor, first, last, arguments.theirs)
    return _told(arguments, done)


def numbers(arguments: Namespace) -> int:
    """Compare receipt numbers of e-LAAS with those on our receipts of a day."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        on = thai_date.parse_date(arguments.on, field="on") if arguments.on else shifts.today(counter)
        done = elaas.compare_numbers(counter, actor, on, " ".join(arguments.numbers))
    return _told(arguments, done)


def _told(arguments: Namespace, done: Compared) -> int:
    if arguments.json:
        print_json(asdict(done))
    else:
        print(f"เทียบ {done.compared:,} รายการ ไม่ตรง {done.differing:,} ตรงขึ้นจากครั้งก่อน {done.gone:,}")
    return 0


def listing(arguments: Namespace) -> int:
    """What differs."""
    with open_counter(arguments) as counter:
        found = elaas.listing(counter, every=getattr(arguments, "all", False))
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        print(f"{one.row}  {one.business_on}  {one.name}  {one.words}  {elaas.STATES[one.state]} {one.note}".rstrip())
    if not found:
        say("ไม่มีรายการที่ไม่ตรงกับ e-LAAS")
    return 0


def note(arguments: Namespace) -> int:
    """Note what was found out; it still waits."""
    return _noted(arguments, settled=False)


def settle(arguments: Namespace) -> int:
    """Note why nothing is left to be done."""
    return _noted(arguments, settled=True)


def _noted(arguments: Namespace, *, settled: bool) -> int:
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        done = elaas.note(counter, actor, arguments.row, arguments.reason, settled=settled)
    if arguments.json:
        print_json(asdict(done))
    else:
        print(f"บันทึกแล้ว: {done.name} {elaas.STATES[done.state]}")
    return 0
