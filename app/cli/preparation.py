"""readiness show, set; lhr staff, person, ask, requests, entered, verified; reports of both."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say, write_file
from app.domain import thai_date
from app.services import attachments, lhr, readiness
from app.services.model import NewFile
from app.services.office_papers import OfficePaper


def readiness_show(arguments: Namespace) -> int:
    """What the office has to get ready."""
    with open_counter(arguments) as counter:
        found = readiness.listing(counter)
    if arguments.json:
        print_json({**asdict(found), "done": found.done})
        return 0
    for item in found.items:
        print(f"{item.code}  {item.state_text}  {item.owner}\n  {item.text}")
    say(f"เสร็จแล้ว {found.done} จาก {len(found.items)} รายการ")
    return 0


def readiness_set(arguments: Namespace) -> int:
    """Say how an item stands; what is not named stays."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        known = {item.code: item for item in readiness.listing(counter).items}.get(arguments.item)
        given = {name: getattr(arguments, name) for name in ("owner", "due_on", "done_on", "note")}
        kept = {name: "" if known is None else str(getattr(known, name) or "") for name in given}
        values = {name: kept[name] if value is None else value for name, value in given.items()}
        item = readiness.save(counter, actor, arguments.item, files=_files(arguments.file), **values)
    if arguments.json:
        print_json(asdict(item))
    else:
        say(f"บันทึกแล้ว: {item.state_text}")
    return 0


def staff(arguments: Namespace) -> int:
    """Which of the staff have registered for ThaiD."""
    with open_counter(arguments) as counter:
        found = lhr.staff(counter, acting_person(arguments, counter))
    if arguments.json:
        print_json({**asdict(found), "registered": found.registered, "percent": found.percent})
        return 0
    for person in found.people:
        state = thai_date.short(person.registered_on) if person.registered_on else "ยังไม่ลงทะเบียน"
        print(f"{person.key}  {person.name}  {lhr.EMPLOYEE_TYPES[person.employee_type]}  {state}")
    say(f"ลงทะเบียนแล้ว {found.registered} จาก {len(found.people)} คน (ร้อยละ {found.percent})")
    return 0


def person(arguments: Namespace) -> int:
    """Enter a member of the staff, or change the entry of a key."""
    with open_counter(arguments) as counter:
        key = lhr.save_person(
            counter, acting_person(arguments, counter), arguments.key, name=arguments.name,
            employee_type=arguments.employee_type, division=arguments.division,
            registered_on=arguments.registered_on, left=arguments.left,
        )  # fmt: skip
    return _told(arguments, "บันทึกแล้ว", key)


def ask(arguments: Namespace) -> int:
    """Ask for a correction of one's own record."""
    with open_counter(arguments) as counter:
        key = lhr.ask(
            counter, acting_person(arguments, counter), item=arguments.item, old=arguments.old, new=arguments.new,
            files=_files(arguments.files), note=arguments.note,
        )  # fmt: skip
    return _told(arguments, "ยื่นคำขอแล้ว", key)


def requests(arguments: Namespace) -> int:
    """One's own requests, or with the right all of them."""
    with open_counter(arguments) as counter:
        found = lhr.requests(counter, acting_person(arguments, counter))
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        print(f"{one.key}  {one.state_text}  {one.requester_name}  {one.item}")
    if not found:
        say("ไม่มีคำขอปรับปรุงทะเบียนประวัติ")
    return 0


def entered(arguments: Namespace) -> int:
    """The record was put right in LHR."""
    with open_counter(arguments) as counter:
        lhr.entered(counter, acting_person(arguments, counter), arguments.key, arguments.note)
    return _told(arguments, "บันทึกแล้ว รอเจ้าของตรวจ", arguments.key)


def verified(arguments: Namespace) -> int:
    """The owner has seen that it is right."""
    with open_counter(arguments) as counter:
        lhr.verified(counter, acting_person(arguments, counter), arguments.key)
    return _told(arguments, "เจ้าของตรวจแล้ว", arguments.key)


def report(arguments: Namespace) -> int:
    """The list of readiness, of the office or its staff, as a file."""
    from printing import office_papers

    paper: OfficePaper
    with open_counter(arguments) as counter:
        if arguments.name == "readiness":
            paper = readiness.listing(counter)
        else:
            paper = lhr.staff(counter, acting_person(arguments, counter))
    out: Path = arguments.out
    content = office_papers.content(out.suffix.lower(), paper)
    write_file(out, content)
    if arguments.json:
        print_json({"file": out})
    else:
        say("เขียนรายงานแล้ว")
    return 0


def _files(paths: Sequence[Path]) -> list[NewFile]:
    return [attachments.read_file(path) for path in paths]


def _told(arguments: Namespace, what: str, key: str) -> int:
    document: dict[str, Any] = {"key": key}
    if arguments.json:
        print_json(document)
    else:
        say(f"{what} ({key})")
    return 0
