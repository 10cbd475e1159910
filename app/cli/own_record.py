"""lhr own, and lhr check: one's own record by ThaiD, and the file by which a server asks for records."""

import json
from argparse import Namespace

from app import bootstrap
from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain.errors import Refused
from app.services import own_record
from app.services.thaid import LHR


def own(arguments: Namespace) -> int:
    """The acting person's own record: prints the address to open, waits, and prints what came; nothing is kept."""
    from sync import thaid

    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        own_record.can_begin(counter, actor)
        session = bootstrap.thaid_begin(counter, LHR)
        say(f"{session.url}\nรหัสอ้างอิง {session.reference} เปิดที่อยู่นี้ในโทรศัพท์ของท่านเองภายใน {session.seconds // 60} นาที")
        found = bootstrap.own_record(counter, actor, session, thaid.wait(session))
        if arguments.unmask:
            own_record.note(counter, actor, own_record.UNMASKED)
    if arguments.json:
        rows = [
            {"group": one.group, "label": one.label, "values": one.text(arguments.unmask).splitlines()}
            for one in found.fields
        ]
        print_json({"owner": found.owner, "fields": rows})
        return 0
    for group, fields in found.groups().items():
        print(group)
        for one in fields:
            print("\n".join(f"  {one.label}: {line}" for line in one.text(arguments.unmask).splitlines()))
    return 0


def check(arguments: Namespace) -> int:
    """Read the file of a server; with a sample answer tell which of its fields were found, and no value of it."""
    from sync.server.thaid import lhr

    described = lhr.read(arguments.file)
    found: set[str] = set()
    if arguments.answer is not None:
        try:
            sample = json.loads(arguments.answer.read_text("utf-8"))
        except (OSError, ValueError):
            raise Refused(
                "lhr_answer", f"อ่านไฟล์ {arguments.answer.name} ไม่ได้", "ใช้ไฟล์ JSON ตัวอย่างคำตอบของระบบ LHR", "answer"
            ) from None
        found = lhr.labels_in(described, sample)
    told = {
        "url": described.url, "scopes": list(described.scopes), "owner": ".".join(described.owner),
        "fields": [{"label": one.label, "group": one.group, "masked": one.mask, "found": one.label in found}
                   for one in described.fields],
        "from": described.begins, "until": described.ends,
    }  # fmt: skip
    if arguments.json:
        print_json(told)
        return 0
    print(f"{described.url}  {' '.join(described.scopes)}")
    for one in described.fields:
        here = "" if arguments.answer is None else "พบ  " if one.label in found else "ไม่พบ  "
        print(f"{here}{one.group} · {one.label}{'  (ปิดไว้ก่อน)' if one.mask else ''}")
    return 0
