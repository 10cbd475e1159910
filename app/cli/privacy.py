"""privacy, retention, destruction: requests of data subjects, breaches, the record of processing, what is destroyed."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain import thai_date
from app.domain.errors import Refused, Unavailable
from app.services import (
    breaches as breach_book,
)
from app.services import (
    data_requests,
    destruction,
    person_export,
    privacy_guide,
    retention,
)
from app.services import processing as record
from app.services.counter import Counter
from app.services.model import Actor
from app.services.office_papers import OfficePaper
from app.store.files import write_durably

Act = Callable[[Counter, Actor], Any]


def _done(arguments: Namespace, act: Act) -> Any:
    with open_counter(arguments) as counter:
        return act(counter, acting_person(arguments, counter))


def _told(arguments: Namespace, words: str, key: str) -> int:
    if arguments.json:
        print_json({"key": key})
    else:
        say(f"{words} ({key})")
    return 0


def _listed(arguments: Namespace, found: list[Any], line: Callable[[Any], str], nothing: str) -> int:
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        print(line(one))
    if not found:
        say(nothing)
    return 0


def requests(arguments: Namespace) -> int:
    """Requests of data subjects."""
    found = _done(arguments, data_requests.listing)
    return _listed(
        arguments,
        found,
        lambda one: f"{one.key}  {one.title}  {one.name}  {one.state_text}  {one.due_text}",
        "ไม่มีคำขอของเจ้าของข้อมูล",
    )


def receive(arguments: Namespace) -> int:
    """Enter a request."""
    key = _done(arguments, lambda counter, actor: data_requests.receive(
        counter, actor, arguments.kind, name=arguments.name, contact=arguments.contact, number=arguments.number,
        detail=arguments.detail, received_on=arguments.received_on))  # fmt: skip
    return _told(arguments, "รับคำขอแล้ว", key)


def identity(arguments: Namespace) -> int:
    """How it was made sure who asks."""
    _done(arguments, lambda counter, actor: data_requests.check_identity(
        counter, actor, arguments.key, arguments.how, arguments.note))  # fmt: skip
    return _told(arguments, "บันทึกการตรวจตัวบุคคลแล้ว", arguments.key)


def answer(arguments: Namespace) -> int:
    """What was done."""
    _done(arguments, lambda counter, actor: data_requests.answer(counter, actor, arguments.key, arguments.text))
    return _told(arguments, "บันทึกคำตอบแล้ว", arguments.key)


def refuse(arguments: Namespace) -> int:
    """Why not."""
    _done(arguments, lambda counter, actor: data_requests.refuse(counter, actor, arguments.key, arguments.text))
    return _told(arguments, "บันทึกการปฏิเสธแล้ว", arguments.key)


def export(arguments: Namespace) -> int:
    """All that is held of one person, into a file."""
    out: Path = arguments.out
    if out.suffix.lower() not in (".pdf", ".json"):
        raise Refused("file_kind", "บันทึกเป็นไฟล์ชนิดนี้ไม่ได้", "ใช้นามสกุล .pdf หรือ .json", "out")
    found = _done(arguments, lambda counter, actor: person_export.of_case(counter, actor, arguments.number))
    if out.suffix.lower() == ".json":
        _write(out, found.text.encode())
    else:
        _write_paper(out, found)
    return _file(arguments, out, "เขียนข้อมูลของบุคคลแล้ว ไฟล์นี้ไม่ได้เข้ารหัส มอบให้เจ้าของข้อมูลเท่านั้น")


def breaches(arguments: Namespace) -> int:
    """Breaches and their clocks."""
    return _listed(
        arguments,
        _done(arguments, breach_book.listing),
        lambda one: f"{one.key}  {one.clock}  {one.risk_text}  {one.what}",
        "ไม่มีเหตุละเมิด",
    )


def breach(arguments: Namespace) -> int:
    """Enter a breach, or say more about one."""
    named = {name: getattr(arguments, name) for name in ("what", "data", "people", "measures", "risk")}
    texts = {name: text for name, text in named.items() if text is not None}
    if arguments.key:
        _done(arguments, lambda counter, actor: breach_book.change(counter, actor, arguments.key, **texts))
        return _told(arguments, "บันทึกแล้ว", arguments.key)

    def enter(counter: Counter, actor: Actor) -> str:
        risk = texts.pop("risk", None)
        key = breach_book.enter(counter, actor, arguments.found, arguments.time, **texts)
        if risk:
            breach_book.change(counter, actor, key, risk=risk)
        return key

    return _told(arguments, "บันทึกเหตุละเมิดแล้ว", _done(arguments, enter))


def told(arguments: Namespace) -> int:
    """Who was told now."""
    _done(arguments, lambda counter, actor: breach_book.told(counter, actor, arguments.key, arguments.whom))
    return _told(arguments, "บันทึกว่าแจ้งแล้ว", arguments.key)


def close(arguments: Namespace) -> int:
    """All about a breach is done."""
    _done(arguments, lambda counter, actor: breach_book.close(counter, actor, arguments.key))
    return _told(arguments, "ปิดเหตุแล้ว", arguments.key)


def processing(arguments: Namespace) -> int:
    """The record of processing."""
    found = _done(arguments, record.record)
    if arguments.out is not None:
        _write_paper(arguments.out, found)
        return _file(arguments, arguments.out, "เขียนบันทึกรายการแล้ว")
    if arguments.json:
        print_json(asdict(found))
        return 0
    for one in found.activities:
        print(f"{one.key}  {one.activity}  {one.basis}")
    return 0


def activity(arguments: Namespace) -> int:
    """Put an activity in the office's own words."""
    parts = {}
    for text in arguments.parts:
        name, equals, words = text.partition("=")
        if not equals:
            raise Refused("part", "ต้องเป็น ช่อง=ข้อความ", f"ใช้ช่องใดช่องหนึ่งใน {', '.join(record.PARTS)}", "parts")
        parts[name] = words
    _done(arguments, lambda counter, actor: record.save(counter, actor, arguments.key, **parts))
    return _told(arguments, "บันทึกแล้ว", arguments.key)


def period(arguments: Namespace) -> int:
    """A period of the office's own."""
    _done(arguments, lambda counter, actor: privacy_guide.set_period(
        counter, actor, arguments.what, arguments.length, arguments.basis))  # fmt: skip
    return _told(arguments, "ตั้งกำหนดเวลาแล้ว", arguments.what)


def rules(arguments: Namespace) -> int:
    """How long things are kept."""
    with open_counter(arguments) as counter:
        found = list(retention.rules(counter))
    return _listed(arguments, found, _rule_line, "")


def _rule_line(one: retention.Rule) -> str:
    length = f"{one.years} ปี" if one.years else f"{one.days} วัน"
    doubt = "" if one.verified else "  (ยังไม่ได้ตรวจกับกฎหมาย)"
    return f"{one.kind}  {length}  ตั้งแต่ {thai_date.short(one.since)}  {one.basis}{doubt}"


def set_rule(arguments: Namespace) -> int:
    """Keep a kind for so long."""
    _done(arguments, lambda counter, actor: retention.set_rule(
        counter, actor, arguments.kind, arguments.length, since=arguments.since, basis=arguments.basis,
        verified=arguments.verified))  # fmt: skip
    return _told(arguments, "ตั้งอายุการเก็บแล้ว", arguments.kind)


def due(arguments: Namespace) -> int:
    """What is due for destruction."""
    return _listed(
        arguments,
        _done(arguments, retention.due),
        lambda one: f"{one.number}  {one.title}  เก็บถึง {thai_date.short(one.until)}",
        "ยังไม่มีเรื่องที่ครบอายุการเก็บ",
    )


def hold(arguments: Namespace) -> int:
    """Nobody may destroy this case."""
    _done(arguments, lambda counter, actor: retention.hold(
        counter, actor, arguments.number, arguments.reason, arguments.order))  # fmt: skip
    return _told(arguments, "ระงับการทำลายแล้ว", arguments.number)


def lift(arguments: Namespace) -> int:
    """The hold is over."""
    _done(arguments, lambda counter, actor: retention.lift(counter, actor, arguments.number))
    return _told(arguments, "เลิกระงับแล้ว", arguments.number)


def holds(arguments: Namespace) -> int:
    """Every legal hold."""
    return _listed(
        arguments,
        _done(arguments, retention.holds),
        lambda one: f"{one.number}  {'เลิกแล้ว' if one.lifted_on else 'ระงับอยู่'}  {one.reason}",
        "ไม่มีเรื่องที่ระงับการทำลาย",
    )


def lists(arguments: Namespace) -> int:
    """Every list of destruction."""
    return _listed(
        arguments,
        _done(arguments, destruction.listing),
        lambda one: f"{one.key}  {one.state_text}  {len(one.lines):,} เรื่อง  {one.listed_name}",
        "ยังไม่มีรายการทำลาย",
    )


def propose(arguments: Namespace) -> int:
    """List cases for destruction."""
    key = _done(arguments, lambda counter, actor: destruction.propose(
        counter, actor, arguments.numbers, reason=arguments.reason, request=arguments.request))  # fmt: skip
    return _told(arguments, "จัดทำรายการแล้ว ให้ผู้มีสิทธิ์อีกคนอนุมัติ", key)


def approve(arguments: Namespace) -> int:
    """Somebody else says that it may be done."""
    _done(arguments, lambda counter, actor: destruction.approve(counter, actor, arguments.key, arguments.order))
    return _told(arguments, "อนุมัติแล้ว", arguments.key)


def disapprove(arguments: Namespace) -> int:
    """The list may not be carried out."""
    _done(arguments, lambda counter, actor: destruction.refuse(counter, actor, arguments.key, arguments.reason))
    return _told(arguments, "บันทึกว่าไม่อนุมัติแล้ว", arguments.key)


def run(arguments: Namespace) -> int:
    """Carry out an approved list."""
    found: destruction.Destruction = _done(
        arguments, lambda counter, actor: destruction.run(counter, actor, arguments.key)
    )
    if arguments.json:
        print_json(
            {"key": found.key, "destroyed": len(found.destroyed), "skipped": len(found.lines) - len(found.destroyed)}
        )
    else:
        say(f"ทำลายแล้ว {len(found.destroyed):,} จาก {len(found.lines):,} เรื่อง พิมพ์ใบรับรองด้วย destruction certificate")
    return 0


def certificate(arguments: Namespace) -> int:
    """The certificate of a finished list."""
    _write_paper(arguments.out, _done(
        arguments, lambda counter, actor: destruction.certificate(counter, actor, arguments.key)))  # fmt: skip
    return _file(arguments, arguments.out, "เขียนใบรับรองการทำลายแล้ว")


def _write_paper(out: Path, paper: OfficePaper) -> None:
    from printing import office_papers

    _write(out, office_papers.content(out.suffix.lower(), paper))


def _write(out: Path, content: bytes) -> None:
    try:
        write_durably(out, content)
    except OSError:
        raise Unavailable("output_file", f"เขียนไฟล์ {out.name} ไม่ได้", "ตรวจโฟลเดอร์ พื้นที่ดิสก์ และสิทธิ์เขียน") from None


def _file(arguments: Namespace, out: Path, words: str) -> int:
    if arguments.json:
        print_json({"file": out})
    else:
        say(words)
    return 0
