"""staff: accounts and rights; orders: appointment orders."""

import os
import tomllib
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli.context import acting_person, open_counter, password
from app.cli.home import NEW_PASSWORD
from app.cli.output import print_json, say, write_file
from app.domain import grants, thai_date
from app.domain.errors import Refused
from app.services import accounts, appointments, attachments, drafts, rights
from app.services import staff as staff_services
from app.services.accounts import Account
from app.services.counter import Counter

DESCRIBED = ("full_name", "position", "division", "employee_type", "role", "root")


def listing(arguments: Namespace) -> int:
    """Everybody who has an account, and how it stands."""
    with open_counter(arguments) as counter:
        found = accounts.listing(counter, acting_person(arguments, counter))
    if arguments.json:
        print_json([_json(account) for account in found])
        return 0
    for account in found:
        print(
            f"{account.username}  {account.full_name}  {account.division_name or '-'}"
            f"  {accounts.ROLES[account.role]}  {account.state}"
        )
    return 0


def add(arguments: Namespace) -> int:
    """Add a person; without a first password in the environment one is made and told once."""
    given = os.environ.get(NEW_PASSWORD)
    first = given or accounts.first_password()
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        username = accounts.add(
            counter, actor, full_name=arguments.full_name, position=arguments.position, division=arguments.division,
            role=arguments.role, username=arguments.username, employee_type=arguments.employee_type, password=first,
            template=arguments.template, root=arguments.root,
        )  # fmt: skip
    if arguments.role == "admin" and arguments.employee_type != "civil_servant":
        say("ข้อแนะนำ: ผู้ดูแลระบบควรเป็นพนักงานส่วนท้องถิ่น")
    return _first_password(arguments, username, "" if given else first)


def change(arguments: Namespace) -> int:
    """Change what describes a person; what is not named stays."""
    wanted = {name: getattr(arguments, name) for name in DESCRIBED if getattr(arguments, name) is not None}
    with open_counter(arguments) as counter:
        accounts.change(counter, acting_person(arguments, counter), arguments.username, **wanted)
    return _told(arguments, "บันทึกแล้ว")


def disable(arguments: Namespace) -> int:
    """Nobody signs in with it any more."""
    with open_counter(arguments) as counter:
        accounts.set_active(counter, acting_person(arguments, counter), arguments.username, False)
    return _told(arguments, "ปิดการใช้งานแล้ว")


def enable(arguments: Namespace) -> int:
    """Make it usable again."""
    with open_counter(arguments) as counter:
        accounts.set_active(counter, acting_person(arguments, counter), arguments.username, True)
    return _told(arguments, "เปิดการใช้งานแล้ว")


def reset(arguments: Namespace) -> int:
    """A new first password."""
    given = os.environ.get(NEW_PASSWORD)
    first = given or accounts.first_password()
    with open_counter(arguments) as counter:
        accounts.reset_password(counter, acting_person(arguments, counter), arguments.username, first)
    return _first_password(arguments, arguments.username, "" if given else first)


def share(arguments: Namespace) -> int:
    """Let an account of this counter sign in at every counter."""
    with open_counter(arguments) as counter:
        accounts.share(counter, acting_person(arguments, counter), arguments.username)
    return _told(arguments, "บัญชีนี้ใช้ได้ทุกเครื่องของหน่วยงานแล้ว")


def show_rights(arguments: Namespace) -> int:
    """What a person may do."""
    with open_counter(arguments) as counter:
        account = accounts.get(counter, acting_person(arguments, counter), arguments.username)
        template = rights.templates().get(account.template)
        rows = account.rows if account.rows is not None else template.rows if template else []
        general = account.general if account.rows is not None else template.general if template else ()
        own = account.rows is not None
    if arguments.json:
        print_json({
            "username": account.username, "template": "" if own else account.template, "rights": rows,
            "general": list(general),
        })  # fmt: skip
        return 0
    if not own and template is not None:
        print(f"ตามแม่แบบ {template.name}")
    for row in rows:
        days = " ถึง ".join(part for part in (row.get("from", ""), row.get("to", "")) if part)
        print(f"{row['service']}: {' '.join(grants.VERBS[verb] for verb in row['may'])}  {days}".rstrip())
    for one in general:
        print(rights.GENERAL[one])
    return 0


def give(arguments: Namespace) -> int:
    """Give rights: of a template, of another person, or a grid's."""
    grid = _grid(arguments.grid) if arguments.grid else None
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        if arguments.like:
            accounts.copy_rights(counter, actor, arguments.username, arguments.like)
        elif grid is not None:
            rows, general = grid.get("rights", []), grid.get("general", [])
            accounts.set_rights(counter, actor, arguments.username, rows=rows, general=general)
        else:
            accounts.set_rights(counter, actor, arguments.username, template=arguments.template)
    return _told(arguments, "บันทึกสิทธิ์แล้ว")


def templates(arguments: Namespace) -> int:
    """The role templates."""
    found = rights.templates().values()
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        print(f"{one.code}  {one.name}: {one.told}")
    return 0


def own_password(arguments: Namespace) -> int:
    """Change one's own password."""
    new = os.environ.get(NEW_PASSWORD)
    if new is None:
        raise Refused("password_needed", "ต้องบอกรหัสผ่านใหม่", f"ตั้งรหัสผ่านใหม่ใน {NEW_PASSWORD}", "new_password")
    with open_counter(arguments) as counter:
        username = arguments.person or _only_person(counter)
        staff_services.change_password(counter, username, password(), new)
    if arguments.json:
        print_json({"username": username})
    else:
        say("เปลี่ยนรหัสผ่านแล้ว")
    return 0


def orders(arguments: Namespace) -> int:
    """Every appointment order."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        found = appointments.listing(counter, actor)
        paper = appointments.order_list(counter, actor) if arguments.out else None
    if paper is not None:
        from printing import office_papers

        write_file(arguments.out, office_papers.content(arguments.out.suffix.lower(), paper))
    if arguments.json:
        print_json([asdict(order) for order in found])
        return 0
    for order in found:
        until = thai_date.short(order.until) if order.until else "ไม่มีกำหนด"
        state = "  ยกเลิกแล้ว" if order.revoked else ""
        print(
            f"{order.key}  {order.number}  {thai_date.short(order.since)} – {until}  {' '.join(order.persons)}{state}"
        )
    if not found:
        say("ยังไม่มีคำสั่งแต่งตั้ง เพิ่มด้วย orders add")
    return 0


def order_add(arguments: Namespace) -> int:
    """Enter an order with its file."""
    with open_counter(arguments) as counter:
        key = appointments.save(
            counter, acting_person(arguments, counter), arguments.key, number=arguments.number,
            ordered_on=arguments.ordered_on, persons=arguments.persons, since=arguments.since, until=arguments.until,
            files=[attachments.read_file(path) for path in arguments.files],
        )  # fmt: skip
    return _key(arguments, key)


def order_revoke(arguments: Namespace) -> int:
    """It appoints nobody any more."""
    with open_counter(arguments) as counter:
        appointments.revoke(counter, acting_person(arguments, counter), arguments.key)
    return _key(arguments, arguments.key)


def _only_person(counter: Counter) -> str:
    everybody = staff_services.names(counter)
    if len(everybody) != 1:
        raise Refused("person_needed", "มีผู้ใช้หลายคน ต้องระบุว่าใครเป็นผู้ทำรายการ", "เพิ่ม --as ชื่อผู้ใช้ ในคำสั่ง", "as")
    return everybody[0][0]


def _grid(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise Refused("grid_file", f"อ่านไฟล์ {path.name} ไม่ได้", "ตรวจชื่อและที่อยู่ของไฟล์", "grid") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Refused("grid_file", f"ไฟล์ {path.name} ไม่ใช่ TOML ที่ถูกต้อง", "แก้ไฟล์แล้วลองใหม่", "grid") from None
    general = found.get("general", [])
    if set(found) - {"rights", "general"} or not isinstance(general, list):
        raise Refused("grid_file", "ไฟล์สิทธิ์มีได้เฉพาะ [[rights]] และ general", "ดูตัวอย่างใน docs/commands.md", "grid")
    return found


def _json(account: Account) -> dict[str, Any]:
    whole = asdict(account)
    standing = whole.pop("standing")
    return {**whole, "appointed": standing["appointed"], "appointed_until": standing["until"]}


def _first_password(arguments: Namespace, username: str, made: str) -> int:
    if arguments.json:
        print_json({"username": username, "first_password": made})
    else:
        print(f"{username}  {made}".rstrip())
        say("ผู้ใช้ต้องตั้งรหัสผ่านใหม่เมื่อเข้าใช้ครั้งแรก")
    return 0


def _told(arguments: Namespace, what: str) -> int:
    if arguments.json:
        print_json({"username": arguments.username})
    else:
        say(f"{what}: {arguments.username}")
    return 0


def _key(arguments: Namespace, key: str) -> int:
    if arguments.json:
        print_json({"key": key})
    else:
        say(f"บันทึกแล้ว ({key})")
    return 0


def drafts_left(arguments: Namespace) -> int:
    """Half-filled forms that others left here."""
    with open_counter(arguments) as counter:
        found = drafts.left_by_others(counter, acting_person(arguments, counter))
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        at = thai_date.local(one.saved_at)
        print(f"{one.username}  {one.full_name}  {one.page}  {thai_date.short(at.date())} {thai_date.time_text(at)}")
    if not found:
        say("ไม่มีแบบที่ผู้อื่นกรอกค้างไว้")
    return 0


def drafts_take(arguments: Namespace) -> int:
    """Go on with what somebody left."""
    with open_counter(arguments) as counter:
        drafts.take_over(counter, acting_person(arguments, counter), arguments.username, arguments.page)
    return _told(arguments, "รับช่วงแล้ว")
