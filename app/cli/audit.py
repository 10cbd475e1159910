"""audit: who did what at this counter, the whole chain as a file, and what a server holds of it."""

from argparse import Namespace
from dataclasses import asdict

from app.cli.context import acting_person, open_counter
from app.cli.network import database_url
from app.cli.output import print_json, say
from app.domain import thai_date
from app.services import audit


def export(arguments: Namespace) -> int:
    """The chain as JSON lines, into a file or, for "-", on stdout."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        if str(arguments.file) == "-":
            for entry in audit.export(counter, actor):
                print(audit.line(entry))
            return 0
        count = audit.export_to(counter, actor, arguments.file)
    if arguments.json:
        print_json({"file": arguments.file, "entries": count})
    else:
        say(f"เขียนบันทึกการใช้งาน {count:,} รายการ")
    return 0


def listing(arguments: Namespace) -> int:
    """The newest entries."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        day = thai_date.parse_date(arguments.day, field="day") if arguments.day else None
        found = audit.find(
            counter, actor, by=arguments.by, action=arguments.action, group=arguments.group,
            subject=arguments.case, day=day, limit=max(1, arguments.limit),
        )  # fmt: skip
    if arguments.json:
        print_json([asdict(entry) for entry in found])
        return 0
    for entry in found:
        print(
            f"{entry.seq:>7}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.by}  {entry.action}  {entry.subject}  {entry.detail}"
        )
    if not found:
        say("ไม่มีรายการที่ตรงกับที่ถาม")
    return 0


def checkpoints(arguments: Namespace) -> int:
    """On a server: the newest checkpoint of each counter; exit 4 where a history was rewritten."""
    from sync.server import checkpoints as held
    from sync.server.database import Database

    database = Database(database_url(arguments))
    try:
        rows = held.listing(database, arguments.lao_code)
    finally:
        database.close()
    if arguments.json:
        print_json(rows)
    else:
        for row in rows:
            told = f"▲ ประวัติไม่ตรง {row['alarms']} ครั้ง" if row["alarms"] else "ต่อเนื่อง"
            print(f"{row['office']}  {row['device']}  รายการ {row['seq']:,}  {told}")
    return 4 if any(row["alarms"] for row in rows) else 0
