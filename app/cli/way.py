"""status, assign, attach, files, note, replies, work: what officers do with a case."""

import hashlib
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from app.cli.cases import case_json, reader
from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain import thai_date
from app.domain.errors import Refused, Unavailable
from app.services import attachments, cases, reply_templates, work_lists
from app.services.attachments import Attachment
from app.services.counter import Counter
from app.services.model import CaseView
from app.services.reply_templates import ReplyTemplate

MOST = 10_000


def status(arguments: Namespace) -> int:
    """Take the next step of a case."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        note, public = arguments.note, arguments.public
        if arguments.reply:
            view = cases.get(counter, arguments.number, actor)
            template = _template(counter, arguments.reply, arguments.state)
            note = f"{reply_templates.filled(template, view)}{note}"
            public = template.public if public is None else public
        view = cases.change_status(
            counter,
            actor,
            arguments.number,
            arguments.state,
            note,
            arguments.division,
            agency=arguments.agency,
            assignee=arguments.assignee,
            public=public,
            internal_note=arguments.internal_note,
        )
    return _told(arguments, view)


def assign(arguments: Namespace) -> int:
    """Give a case to another person or division."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        view = cases.assign(counter, actor, arguments.number, arguments.assignee, arguments.division)
    return _told(arguments, view)


def attach(arguments: Namespace) -> int:
    """Add files to a case."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        files = [attachments.read_file(path) for path in arguments.files]
        added = {hashlib.sha256(file.content).hexdigest() for file in files}
        everything = attachments.attach(counter, actor, arguments.number, files)
        attachments.clean(counter)
    _tell_files(arguments, [file for file in everything if file.sha256 in added])
    return 0


def files(arguments: Namespace) -> int:
    """The files of a case; with --out they are written into a folder, never over another file."""
    with open_counter(arguments) as counter:
        actor = reader(arguments, counter)
        found = attachments.listing(counter, arguments.number, actor)
        for file in found if arguments.out is not None else ():
            _write(arguments.out, file.name, attachments.content(counter, arguments.number, file, actor))
    _tell_files(arguments, found)
    return 0


def _write(folder: Path, name: str, content: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise Refused("out_exists", f"มีไฟล์ {name} ในโฟลเดอร์นั้นอยู่แล้ว", "เลือกโฟลเดอร์อื่น", "out") from None
    except OSError:
        raise Unavailable("out_folder", "เขียนไฟล์ลงโฟลเดอร์นั้นไม่ได้", "ตรวจพื้นที่และสิทธิ์เขียน") from None


def _tell_files(arguments: Namespace, found: list[Attachment]) -> None:
    if arguments.json:
        print_json([{key: value for key, value in asdict(file).items() if key != "id"} for file in found])
        return
    for file in found:
        print(f"{file.name}  {file.size:,} ไบต์{'' if file.here else '  (อยู่ที่เครื่องอื่น)'}")


def note(arguments: Namespace) -> int:
    """Add a note to the timeline."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        cases.add_note(counter, actor, arguments.number, arguments.text, public=bool(arguments.public))
        entry = cases.events(counter, arguments.number, actor)[-1]
    if arguments.json:
        print_json(asdict(entry))
    else:
        print(entry.text)
    return 0


def replies(arguments: Namespace) -> int:
    """The texts offered for a step of a case, or for a note, with what is known filled in."""
    with open_counter(arguments) as counter:
        view = cases.get(counter, arguments.number, reader(arguments, counter))
        found = reply_templates.offered(counter.current.document, arguments.state)
        texts = [{**asdict(template), "text": reply_templates.filled(template, view)} for template in found]
    if arguments.json:
        print_json(texts)
        return 0
    for text in texts:
        print(f"{text['code']}  {text['name']}: {text['text']}")
    return 0


def work(arguments: Namespace) -> int:
    """Open cases, the nearest time limit first."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        limit = min(max(1, arguments.limit), MOST)
        found = work_lists.open_cases(counter, actor, arguments.which, limit, arguments.division)
    if arguments.json:
        print_json([asdict(row) for row in found])
        return 0
    for row in found:
        day = thai_date.short(thai_date.local(row.registered_at).date())
        print(f"{row.number}  {day}  {row.name}  {row.subject}  [{row.status_text}]  {row.due_text}".rstrip())
    if not found:
        say("ไม่มีเรื่องที่ค้างอยู่ในรายการนี้")
    return 0


def _template(counter: Counter, code: str, state: str) -> ReplyTemplate:
    offered = reply_templates.offered(counter.current.document, state)
    found = next((template for template in offered if template.code == code), None)
    if found is None:
        codes = ", ".join(template.code for template in offered) or "-"
        raise Refused("reply", "ไม่มีข้อความตอบสำเร็จรูปนี้สำหรับขั้นตอนนี้", f"ใช้รหัสใดรหัสหนึ่งใน {codes}", "reply")
    return found


def _told(arguments: Namespace, view: CaseView) -> int:
    if arguments.json:
        print_json(case_json(view))
    else:
        print(f"{view.number}: {view.status_text}")
    return 0
