"""retention, destruction: how long things are kept, legal holds, and what two people have destroyed."""

from argparse import Namespace

from app.cli.output import print_json, say
from app.cli.privacy import asked, done, listed, paper, shown
from app.domain import thai_date
from app.services import destruction, retention
from app.services.counter import Counter
from app.services.model import Actor


def rules(arguments: Namespace) -> int:
    """How long things are kept."""
    return listed(arguments, lambda counter, _actor: retention.rules(counter), _rule_line)


def _rule_line(one: retention.Rule) -> str:
    length = f"{one.years} ปี" if one.years else f"{one.days} วัน"
    doubt = "" if one.verified else "  (ยังไม่ได้ตรวจกับกฎหมาย)"
    return f"{one.kind}  {length}  ตั้งแต่ {thai_date.short(one.since)}  {one.basis}{doubt}"


def set_rule(arguments: Namespace) -> int:
    """Keep a kind for so long."""
    return done(arguments, "ตั้งอายุการเก็บแล้ว", lambda counter, actor: retention.set_rule(
        counter, actor, arguments.kind, arguments.length, since=arguments.since, basis=arguments.basis,
        verified=arguments.verified), arguments.kind)  # fmt: skip


def due(arguments: Namespace) -> int:
    """What is due for destruction."""
    return listed(
        arguments, retention.due, lambda one: f"{one.number}  {one.title}  เก็บถึง {thai_date.short(one.until)}",
        "ยังไม่มีเรื่องที่ครบอายุการเก็บ",
    )  # fmt: skip


def hold(arguments: Namespace) -> int:
    """Nobody may destroy this case."""
    return done(arguments, "ระงับการทำลายแล้ว", lambda counter, actor: retention.hold(
        counter, actor, arguments.number, arguments.reason, arguments.order), arguments.number)  # fmt: skip


def lift(arguments: Namespace) -> int:
    """The hold is over."""
    return done(arguments, "เลิกระงับแล้ว", lambda counter, actor: retention.lift(
        counter, actor, arguments.number), arguments.number)  # fmt: skip


def holds(arguments: Namespace) -> int:
    """Every legal hold."""
    return listed(
        arguments, retention.holds,
        lambda one: f"{one.number}  {'เลิกแล้ว' if one.lifted_on else 'ระงับอยู่'}  {one.reason}", "ไม่มีเรื่องที่ระงับการทำลาย",
    )  # fmt: skip


# destruction -----------------------------------------------------------------------------------------------------


def lists(arguments: Namespace) -> int:
    """Every list of destruction."""
    return listed(
        arguments, destruction.listing,
        lambda one: f"{one.key}  {one.state_text}  {len(one.lines):,} เรื่อง  {one.listed_name}", "ยังไม่มีรายการทำลาย",
    )  # fmt: skip


def show(arguments: Namespace) -> int:
    """One list with what stands in it: what an approver has to see."""
    return shown(
        arguments, lambda counter, actor: destruction.get(counter, actor, arguments.key),
        lambda one: "\n".join([f"{one.state_text}  {one.listed_name}  {one.reason}", *(
            f"{line.number}  {line.title}  เก็บถึง {thai_date.short(line.until)}  {line.skipped}".rstrip()
            for line in one.lines)]),
    )  # fmt: skip


def propose(arguments: Namespace) -> int:
    """List cases for destruction."""
    return done(arguments, "จัดทำรายการแล้ว ให้ผู้มีสิทธิ์อีกคนอนุมัติ", lambda counter, actor: destruction.propose(
        counter, actor, arguments.numbers, reason=arguments.reason, request=arguments.request))  # fmt: skip


def approve(arguments: Namespace) -> int:
    """Somebody else says that it may be done."""
    return done(arguments, "อนุมัติแล้ว", lambda counter, actor: destruction.approve(
        counter, actor, arguments.key, arguments.order), arguments.key)  # fmt: skip


def disapprove(arguments: Namespace) -> int:
    """The list may not be carried out."""
    return done(arguments, "บันทึกว่าไม่อนุมัติแล้ว", lambda counter, actor: destruction.refuse(
        counter, actor, arguments.key, arguments.reason), arguments.key)  # fmt: skip


def run(arguments: Namespace) -> int:
    """Carry out an approved list."""

    def act(counter: Counter, actor: Actor) -> destruction.Destruction:
        return destruction.run(counter, actor, arguments.key, _tell)

    found: destruction.Destruction = asked(arguments, act)
    if arguments.json:
        print_json(
            {"key": found.key, "destroyed": len(found.destroyed), "skipped": len(found.lines) - len(found.destroyed)}
        )
    else:
        say(f"ทำลายแล้ว {len(found.destroyed):,} จาก {len(found.lines):,} เรื่อง พิมพ์ใบรับรองด้วย destruction certificate")
    return 0


def _tell(count: int, every: int) -> None:
    if every and count and (count % 100 == 0 or count == every):
        say(f"{count:,} จาก {every:,} เรื่อง")


def certificate(arguments: Namespace) -> int:
    """The certificate of a finished list."""
    return paper(arguments, "เขียนใบรับรองการทำลายแล้ว", lambda counter, actor: destruction.certificate(
        counter, actor, arguments.key))  # fmt: skip
