"""A member of the staff's own record of LHR: in memory while its owner looks at it, and nowhere else.

What is written down is that the owner looked, unmasked or printed; never what stood there (ADR 0026).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.domain.errors import Refused
from app.services import staff
from app.services.counter import Counter
from app.services.model import Actor

HIDDEN = "••••••"
Act = Literal["own_record_seen", "own_record_unmasked", "own_record_printed"]
SEEN: Act = "own_record_seen"
UNMASKED: Act = "own_record_unmasked"
PRINTED: Act = "own_record_printed"
KEEPING_PRINTERS = ("file",)
"""Kinds of printer that write a file: a record would stay there."""


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """One line of the record. masked: not to be shown before its owner asks."""

    group: str
    label: str
    values: tuple[str, ...]
    masked: bool

    def text(self, unmasked: bool) -> str:
        """What is shown, one value a line."""
        return "\n".join(self.values) if unmasked or not self.masked else HIDDEN


@dataclass(frozen=True, slots=True, repr=False)
class OwnRecord:
    """What LHR told about its owner. Its repr tells nothing. minutes: how long it may be shown."""

    owner: str
    fields: tuple[Field, ...]
    minutes: int
    read_at: datetime

    def groups(self) -> dict[str, list[Field]]:
        """The lines under their headings, both in the order of the description."""
        found: dict[str, list[Field]] = {}
        for one in self.fields:
            found.setdefault(one.group, []).append(one)
        return found


@dataclass(frozen=True, slots=True, repr=False)
class OwnRecordPaper:
    """The record on paper for its owner. unmasked: with what is masked on the screen."""

    office: str
    record: OwnRecord
    unmasked: bool
    at: datetime


def can_begin(counter: Counter, actor: Actor) -> None:
    """Refused where there is no way to the record: "lhr_no_server", "thaid_not_linked"."""
    if counter.stand_alone:
        raise Refused(
            "lhr_no_server",
            "เครื่องนี้ยังไม่ได้เข้าร่วมกับเครื่องแม่ข่ายกลาง จึงเปิดทะเบียนประวัติไม่ได้",
            "ผู้ดูแลระบบให้เครื่องนี้เข้าร่วมก่อน ระหว่างนี้เปิดดูในระบบ LHR โดยตรงได้",
        )
    if not staff.has_thaid(counter, actor.username):
        raise Refused("thaid_not_linked", "บัญชีของท่านยังไม่ได้ผูก ThaiD", "ผูก ThaiD ของท่านกับบัญชีนี้ครั้งเดียว แล้วเปิดอีกครั้ง")


def note(counter: Counter, actor: Actor, act: Act) -> None:
    """Write down that the owner looked, unmasked or printed."""
    with counter.store.write(actor.username) as work:
        work.audit(act, actor.username)


def require_fleeting(kinds: Iterable[str]) -> None:
    """Refused "own_record_file" for a printer that writes files."""
    if any(kind in KEEPING_PRINTERS for kind in kinds):
        raise Refused(
            "own_record_file",
            "เครื่องพิมพ์นี้เก็บเอกสารเป็นไฟล์ จึงพิมพ์ทะเบียนประวัติไม่ได้",
            "ผู้ดูแลระบบเพิ่มเครื่องพิมพ์ A4 ที่พิมพ์ลงกระดาษ",
            "printer",
        )
