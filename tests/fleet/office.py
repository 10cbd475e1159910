"""What administrators and the keeper of records do at the counters of the fleet: settings, divisions, accounts, holds,
destruction, the clock confirmed, permits issued."""

import random
from collections.abc import Callable
from pathlib import Path

from app.domain import thai_date
from app.domain.errors import Refused
from app.services import (
    accounts,
    case_steps,
    cases,
    data_requests,
    destruction,
    office_clock,
    office_settings,
    retention,
    sending,
)
from app.services.counter import Counter
from tests.fleet import counters
from tests.fleet.counters import ACTOR, open_home
from tests.fleet.money import APPROVER

PASSWORD = "รหัสผ่านแรกที่ยาวพอ"
DIVISION = {"code": "fleet_office", "name": "กองทดสอบ", "active": True}
CATEGORY = {
    "service": "petition", "category": "air", "category_name": "อากาศยาน", "division": "clerk_office",
    "working_days": 2, "restricted": False, "active": True,
}  # fmt: skip
GRANTED = "SELECT number FROM cases WHERE service = 'ad_permit' AND status = ? ORDER BY number"
SHARED = "SELECT key FROM office_record WHERE kind = 'account' ORDER BY key"


def setting(counter: Counter, seed: int) -> str:
    """Change one of the office's settings."""
    choice = random.Random(seed)
    office = office_settings.document(counter)
    key = choice.choice(("phone", "hours", "holidays", "categories", "similar_within_days", "contacts"))
    wanted: dict[str, object] = {
        "phone": f"076-{seed % 1000:03d}-{seed // 1000 % 1000:03d}",
        "hours": {"open": "08:30", "close": f"{15 + seed % 3}:30"},
        "holidays": sorted({*office["holidays"], f"2027-{choice.randrange(1, 13):02d}-{choice.randrange(1, 28):02d}"}),
        "categories": [
            *(row for row in office["categories"] if row["code"] != f"air{seed % 3}"),
            {**CATEGORY, "code": f"air{seed % 3}", "name": f"โดรน {seed}", "active": seed % 2 == 0},
        ],
        "similar_within_days": choice.randrange(1, 60),
        "contacts": {"helpdesk": f"กลุ่มไลน์ {seed}"},
    }
    office_settings.change(counter, ACTOR, {key: wanted[key]})
    return key


def division(counter: Counter, seed: int) -> str:
    """Add a division of the office's own, or rename one."""
    office = office_settings.document(counter)
    code = f"fleet_{seed % 3}"
    rows = [row for row in office["divisions"] if row["code"] != code]
    office_settings.change(
        counter, ACTOR, {"divisions": [*rows, {**DIVISION, "code": code, "name": f"กองทดสอบ {seed}"}]}
    )
    return code


def account(counter: Counter, seed: int) -> str:
    """Add a person, the next free username of this counter's, or change one who is there."""
    choice = random.Random(seed)
    with counter.store.read() as connection:
        known = [name for name in connection.exec_driver_sql(SHARED).scalars() if name != ACTOR.username]
    what = choice.choice(("add", "position", "active", "rights")) if known else "add"
    if what == "add":
        return accounts.add(
            counter, ACTOR, full_name=f"บุคคล {seed}", position="เจ้าหน้าที่", division="clerk_office", password=PASSWORD
        )
    name = choice.choice(known)
    if what == "position":
        accounts.change(counter, ACTOR, name, position=f"ตำแหน่ง {seed}")
    elif what == "active":
        accounts.set_active(counter, ACTOR, name, not accounts.get(counter, ACTOR, name).active)
    else:
        accounts.set_rights(counter, ACTOR, name, template=choice.choice(("user", "cashier", "officer")))
    return f"{what} {name}"


def hold(counter: Counter, seed: int) -> str:
    """Hold a case back from destruction, or let go of one."""
    choice = random.Random(seed)
    held = [one.number for one in retention.holds(counter, ACTOR) if one.lifted_on is None]
    if held and choice.random() < 0.5:
        number = choice.choice(held)
        retention.lift(counter, ACTOR, number)
        return f"lifted {number}"
    number = _any(counter, "SELECT number FROM cases ORDER BY number", choice)
    retention.hold(counter, ACTOR, number, f"มีคดี {seed}")
    return number


def destroy(counter: Counter, seed: int, send: Callable[[], object]) -> str:
    """Destroy a case whose person asks for it, after `send` has brought the server everything; it is ended first."""
    choice = random.Random(seed)
    number = _any(counter, "SELECT number FROM cases ORDER BY number", choice)
    if any(state == "cancelled" for state, _ in cases.next_states(counter, number)):
        case_steps.change_status(counter, ACTOR, number, "cancelled", f"ผู้ร้องขอ {seed}")
    send()
    asked = data_requests.receive(counter, ACTOR, "erasure", name=f"ผู้ขอ {seed}", number=number, detail="ขอลบ")
    data_requests.check_identity(counter, ACTOR, asked, "card")
    key = destruction.propose(counter, ACTOR, [number], reason="เจ้าของขอลบ", request=asked)
    destruction.approve(counter, APPROVER, key, f"คำสั่งที่ {seed}")
    done = destruction.run(counter, ACTOR, key)
    return f"{number} {[*done.destroyed]}"


REFUSED = (
    "SELECT DISTINCT c.number FROM quarantine q JOIN event e ON e.seq = q.seq JOIN cases c ON c.id = e.record"
    " WHERE q.code = 'destruction_held'"
)
"""Cases that were destroyed here before it was heard that another counter had put them on hold."""


def give_up_holds(counter: Counter) -> list[str]:
    """What was destroyed here and held elsewhere at once is let go, and its destruction sent again; the cases."""
    with counter.store.read() as connection:
        numbers = list(connection.exec_driver_sql(REFUSED).scalars())
    for number in numbers:
        retention.lift(counter, ACTOR, number)
    if numbers:
        counters.sync(counter)  # the hold is lifted before the destruction comes
        sending.send_again(counter, ACTOR)
    return numbers


def confirm_clock(counter: Counter, _seed: int) -> str:
    """A supervisor says that the day of this machine is right."""
    today = thai_date.local(counter.clock.now()).date()
    return str(office_clock.confirm(counter, APPROVER, today.isoformat()).asks)


def issue_permit(counter: Counter, seed: int) -> str:
    """Give a paid permit its number."""
    number = _any(counter, GRANTED, random.Random(seed), "fee_paid")
    case_steps.change_status(counter, ACTOR, number, "permit_issued", f"ออกใบอนุญาต {seed}")
    return number


def _any(counter: Counter, sql: str, choice: random.Random, *values: str) -> str:
    with counter.store.read() as connection:
        found = connection.exec_driver_sql(sql, values).scalars().all()
    if not found:
        raise Refused("no_case", "")
    return str(choice.choice(found))


DO: dict[str, Callable[[Counter, int], str]] = {
    "setting": setting, "division": division, "account": account, "hold": hold, "confirm_clock": confirm_clock,
    "issue_permit": issue_permit,
}  # fmt: skip


def die_keeping(home: str, key: bytes, what: str, seed: int) -> None:
    """For the hatchery: any of these, destruction too."""
    counter = open_home(Path(home), key)
    if what == "destroy":
        destroy(counter, seed, lambda: None)
    else:
        DO[what](counter, seed)


DEATHS = {"keep": die_keeping}
