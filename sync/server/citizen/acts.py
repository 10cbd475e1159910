"""What a citizen does to a case: each becomes one event of the office, which its counters fetch with their next sync.

Everything is decided under the office's lock from what is committed there: two browsers, a second press of the button
and the back button find that the case has moved on, and change nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.text_rules import clean_text
from sync.json_form import to_text
from sync.server import offices, tables
from sync.server.citizen import look_up
from sync.server.citizen.look_up import CITIZEN, RATE, REOPEN, WITHDRAW
from sync.server.citizen.visits import Visit
from sync.server.database import Database
from sync.server.sms import queue

BY = "ผู้ร้อง (หน้าติดตามเรื่อง)"
LONGEST_TEXT = 500
PATHS = {"rate": RATE, "reopen": REOPEN, "withdraw": WITHDRAW}
"""What a form's address calls an act."""
KINDS = {state: kind for kind, state in look_up.EVENTS.items()}


class Wrong(Refused):
    """Nothing was done; `code` is a key of words.TEXTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code, code)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was sent with a form, checked as far as that goes without the case."""

    act: str
    payload: Mapping[str, Any]


def wish(act: str, fields: Mapping[str, str]) -> Wish:
    """Read a form. Wrong: a score or reason that is missing, a text that cannot be taken."""
    text = _text(fields.get("text", ""))
    if look_up.has_person_number(text):
        raise Wrong("bad_personal")
    if act != RATE:
        if not text:
            raise Wrong("bad_reason")
        return Wish(act, {"note": text})
    score = fields.get("score", "")
    if score not in ("1", "2", "3", "4", "5"):
        raise Wrong("bad_score")
    return Wish(act, {"score": int(score), **({"note": text} if text else {})})


def _text(text: str) -> str:
    try:
        return clean_text(text.replace("\r\n", "\n"), "text", max_length=LONGEST_TEXT, multiline=True)
    except Refused:
        raise Wrong("bad_text") from None


def perform(database: Database, visit: Visit, wished: Wish) -> None:
    """Do it, in one transaction. Wrong "bad_state" when the case does not allow it, or does not any more."""
    with database.write() as connection:
        office = offices.lock(connection, visit.office)
        case = look_up.by_record(connection, visit.office, visit.record)
        now = offices.now_ms()
        if case is None or wished.act not in _allowed(connection, case, now):
            raise Wrong("bad_state")
        _write(connection, office, case, wished, now)


def _allowed(connection: Connection, case: Row[Any], now: int) -> tuple[str, ...]:
    return look_up.progress(connection, case, look_up.day_of(now)).acts


def _write(connection: Connection, office: Row[Any], case: Row[Any], wished: Wish, now: int) -> None:
    seq = office.last_seq + 1
    row = {
        "office": office.code,
        "office_seq": seq,
        "store_id": CITIZEN,
        "seq": seq,
        "id": uuid7(),
        "record": case.record,
        "kind": KINDS[wished.act],
        "at": now,
        "by": BY,
        "payload": to_text({"from": case.status, **wished.payload}),
        "received_at": now,
    }
    connection.execute(insert(tables.log).values(row))
    connection.execute(update(tables.office).where(tables.office.c.code == office.code).values(last_seq=seq))
    table = tables.case
    connection.execute(
        update(table)
        .where(table.c.office == office.code, table.c.record == case.record)
        .values(status=wished.act, status_at=now)
    )
    queue.note(connection, office, [row])
