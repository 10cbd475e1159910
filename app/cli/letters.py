"""letters due, letters issue."""

from argparse import Namespace
from dataclasses import asdict

from app.cli.cases import reader
from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain import thai_date
from app.domain.errors import Refused, Unavailable
from app.services import letters, official_letters


def due(arguments: Namespace) -> int:
    """Which letters are due, the oldest first."""
    with open_counter(arguments) as counter:
        found = letters.due(counter, reader(arguments, counter))
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        late = "  เลยกำหนดแล้ว" if one.late else ""
        print(f"{one.number}  {one.name}  ภายใน {thai_date.short(one.due_on)}  {one.subject}{late}")
    if not found:
        say("ไม่มีหนังสือที่ต้องออก")
    return 0


def issue(arguments: Namespace) -> int:
    """Record that a letter goes out and write it as PDF, never over another file."""
    from printing import press

    until = thai_date.parse_date(arguments.until, field="until") if arguments.until else None
    if arguments.out.exists():
        raise Refused("out_exists", f"มีไฟล์ {arguments.out.name} อยู่แล้ว", "เลือกชื่อไฟล์อื่น", "out")
    if not arguments.out.parent.is_dir():
        raise Unavailable("out_folder", "ไม่พบโฟลเดอร์ที่จะเขียนไฟล์", "เลือกโฟลเดอร์ที่มีอยู่")
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        parts = {part: getattr(arguments, part) for part in official_letters.PARTS}
        view, letter = letters.issue(
            counter, actor, arguments.number, arguments.letter, arguments.note, until, parts=parts
        )
    try:
        arguments.out.write_bytes(press.letter_pdf(view, letter))
    except OSError:
        raise Unavailable("out_folder", "เขียนไฟล์ไม่ได้", "ตรวจพื้นที่และสิทธิ์เขียน แล้วสั่งใหม่") from None
    if arguments.json:
        print_json({"number": view.number, "letter": letter.kind, "until": letter.until, "file": arguments.out})
    else:
        say(f"ออก{letters.NAMES[letter.kind]}แล้ว")
    return 0
