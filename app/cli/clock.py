"""clock: the date and time of this machine where they may be wrong, and the day of a filing put right."""

from argparse import Namespace

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json
from app.domain import thai_date
from app.services import office_clock
from app.services.office_clock import Clock


def show(arguments: Namespace) -> int:
    """What the clock says and whether it is in doubt."""
    with open_counter(arguments) as counter:
        return _told(arguments, office_clock.look(counter))


def confirm(arguments: Namespace) -> int:
    """A supervisor names today's date: receipts may be issued for twelve hours."""
    with open_counter(arguments) as counter:
        return _told(arguments, office_clock.confirm(counter, acting_person(arguments, counter), arguments.today))


def filed_on(arguments: Namespace) -> int:
    """Say on which day a filing really came in."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        day = office_clock.correct_filed_on(counter, actor, arguments.number, arguments.on, arguments.reason)
    if arguments.json:
        print_json({"number": arguments.number, "filed_on": day})
    else:
        print(f"{arguments.number}  ยื่น {thai_date.short(day)}")
    return 0


def _told(arguments: Namespace, clock: Clock) -> int:
    if arguments.json:
        print_json({key: getattr(clock, key) for key in ("now", "doubts", "confirmed_until", "asks")})
        return 0
    local = thai_date.local(clock.now)
    print(f"{thai_date.long(local.date())} {local:%H:%M} น.")
    if clock.doubts:
        print(clock.doubts)
        print("ยืนยันด้วยคำสั่ง clock confirm วันที่วันนี้" if clock.asks else "ผู้ดูแลยืนยันแล้ว")
    return 0
