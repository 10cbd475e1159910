"""privacy: requests of data subjects, breaches with their clock, the record of processing, one person's own data."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say, write_file
from app.domain.errors import Refused
from app.services import attachments, data_requests, person_export, privacy_guide
from app.services import breaches as breach_book
from app.services import processing as record
from app.services.counter import Counter
from app.services.model import Actor
from app.services.office_papers import OfficePaper

Act = Callable[[Counter, Actor], Any]


def asked(arguments: Namespace, act: Act) -> Any:
    """What `act` finds or does as the person of these arguments."""
    with open_counter(arguments) as counter:
        return act(counter, acting_person(arguments, counter))


def done(arguments: Namespace, words: str, act: Act, key: str = "") -> int:
    """Do it and say so; key: of what it was done to, else `act` returns it."""
    made = asked(arguments, act)
    key = key or str(made)
    if arguments.json:
        print_json({"key": key})
    else:
        say(f"{words} ({key})")
    return 0


def listed(arguments: Namespace, act: Act, line: Callable[[Any], str], nothing: str = "") -> int:
    """The things that `act` finds, a line each, or the words for none."""
    found = list(asked(arguments, act))
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        print(line(one))
    if not found and nothing:
        say(nothing)
    return 0


def shown(arguments: Namespace, act: Act, text: Callable[[Any], str]) -> int:
    """One thing whole."""
    found = asked(arguments, act)
    if arguments.json:
        print_json(asdict(found))
    else:
        print(text(found))
    return 0


def paper(arguments: Namespace, words: str, act: Act) -> int:
    """The paper that `act` makes, into the file --out."""
    from printing import office_papers

    made: OfficePaper = asked(arguments, act)
    return written(arguments, words, office_papers.content(arguments.out.suffix.lower(), made))


def written(arguments: Namespace, words: str, content: bytes) -> int:
    """A content into the file --out, and where it is."""
    out: Path = arguments.out
    write_file(out, content)
    if arguments.json:
        print_json({"file": out})
    else:
        say(words)
    return 0


# requests --------------------------------------------------------------------------------------------------------


def requests(arguments: Namespace) -> int:
    """Requests of data subjects."""
    return listed(
        arguments, data_requests.listing,
        lambda one: f"{one.key}  {one.title}  {one.name}  {one.state_text}  {one.due_text}", "ไม่มีคำขอของเจ้าของข้อมูล",
    )  # fmt: skip


def show(arguments: Namespace) -> int:
    """One request whole."""
    return shown(
        arguments, lambda counter, actor: data_requests.get(counter, actor, arguments.key),
        lambda one: "\n".join(filter(None, [
            f"{one.title}  {one.state_text}  {one.due_text}", f"{one.name}  {one.contact}".rstrip(), one.number,
            one.detail, one.identity, one.answer, *(file.name for file in one.files)])),
    )  # fmt: skip


def receive(arguments: Namespace) -> int:
    """Enter a request."""
    files = [attachments.read_file(path) for path in arguments.file]
    return done(arguments, "รับคำขอแล้ว", lambda counter, actor: data_requests.receive(
        counter, actor, arguments.kind, name=arguments.name, contact=arguments.contact, number=arguments.number,
        detail=arguments.detail, received_on=arguments.received_on, files=files))  # fmt: skip


def identity(arguments: Namespace) -> int:
    """How it was made sure who asks."""
    return done(arguments, "บันทึกการตรวจตัวบุคคลแล้ว", lambda counter, actor: data_requests.check_identity(
        counter, actor, arguments.key, arguments.how, arguments.note), arguments.key)  # fmt: skip


def answer(arguments: Namespace) -> int:
    """What was done."""
    files = [attachments.read_file(path) for path in arguments.file]
    return done(arguments, "บันทึกคำตอบแล้ว", lambda counter, actor: data_requests.answer(
        counter, actor, arguments.key, arguments.text, files), arguments.key)  # fmt: skip


def refuse(arguments: Namespace) -> int:
    """Why not."""
    return done(arguments, "บันทึกการปฏิเสธแล้ว", lambda counter, actor: data_requests.refuse(
        counter, actor, arguments.key, arguments.text), arguments.key)  # fmt: skip


def export(arguments: Namespace) -> int:
    """All that is held of one person, into a file."""
    suffix, words = arguments.out.suffix.lower(), "เขียนข้อมูลของบุคคลแล้ว ไฟล์นี้ไม่ได้เข้ารหัส มอบให้เจ้าของข้อมูลเท่านั้น"
    if suffix not in (".pdf", ".json"):
        raise Refused("file_kind", "บันทึกเป็นไฟล์ชนิดนี้ไม่ได้", "ใช้นามสกุล .pdf หรือ .json", "out")

    def of_case(counter: Counter, actor: Actor) -> Any:
        return person_export.of_case(counter, actor, arguments.number)

    if suffix == ".pdf":
        return paper(arguments, words, of_case)
    return written(arguments, words, asked(arguments, of_case).text.encode())


def period(arguments: Namespace) -> int:
    """A period of the office's own."""
    return done(arguments, "ตั้งกำหนดเวลาแล้ว", lambda counter, actor: privacy_guide.set_period(
        counter, actor, arguments.what, arguments.length, arguments.basis), arguments.what)  # fmt: skip


# breaches --------------------------------------------------------------------------------------------------------


def breaches(arguments: Namespace) -> int:
    """Breaches and their clocks."""
    return listed(
        arguments, breach_book.listing, lambda one: f"{one.key}  {one.clock}  {one.risk_text}  {one.what}",
        "ไม่มีเหตุละเมิด",
    )  # fmt: skip


def breach(arguments: Namespace) -> int:
    """Enter a breach, or say more about one."""
    named = {name: getattr(arguments, name) for name in ("what", "data", "people", "measures", "risk")}
    texts = {name: text for name, text in named.items() if text is not None}
    if arguments.key:
        return done(arguments, "บันทึกแล้ว", lambda counter, actor: breach_book.change(
            counter, actor, arguments.key, **texts), arguments.key)  # fmt: skip
    return done(arguments, "บันทึกเหตุละเมิดแล้ว", lambda counter, actor: breach_book.enter(
        counter, actor, arguments.found, arguments.time, **texts))  # fmt: skip


def told(arguments: Namespace) -> int:
    """Who was told now."""
    return done(arguments, "บันทึกว่าแจ้งแล้ว", lambda counter, actor: breach_book.told(
        counter, actor, arguments.key, arguments.whom), arguments.key)  # fmt: skip


def close(arguments: Namespace) -> int:
    """All about a breach is done."""
    return done(arguments, "ปิดเหตุแล้ว", lambda counter, actor: breach_book.close(
        counter, actor, arguments.key), arguments.key)  # fmt: skip


def breach_form(arguments: Namespace) -> int:
    """The form for the commission."""
    return paper(arguments, "เขียนแบบแจ้งเหตุละเมิดแล้ว", lambda counter, actor: breach_book.form(
        counter, actor, arguments.key))  # fmt: skip


# the record of processing ----------------------------------------------------------------------------------------


def processing(arguments: Namespace) -> int:
    """The record of processing."""
    if arguments.out is not None:
        return paper(arguments, "เขียนบันทึกรายการแล้ว", record.record)
    return shown(arguments, record.record, lambda found: "\n".join(
        f"{one.key}  {one.activity}  {one.basis}" for one in found.activities))  # fmt: skip


def activity(arguments: Namespace) -> int:
    """Put an activity in the office's own words, or take one out."""
    if arguments.left:
        return done(arguments, "นำกิจกรรมออกแล้ว", lambda counter, actor: record.remove(
            counter, actor, arguments.key), arguments.key)  # fmt: skip
    parts = {}
    for text in arguments.parts:
        name, equals, words = text.partition("=")
        if not equals:
            raise Refused("part", "ต้องเป็น ช่อง=ข้อความ", f"ใช้ช่องใดช่องหนึ่งใน {', '.join(record.PARTS)}", "parts")
        parts[name] = words
    return done(arguments, "บันทึกแล้ว", lambda counter, actor: record.save(
        counter, actor, arguments.key, **parts), arguments.key)  # fmt: skip
