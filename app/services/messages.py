"""Short messages of an office without a central server: sent through a modem at this counter.

What is due follows from the timeline, and each try is an event there, so there is no second queue: `sms` with the event
it tells of, and how it stands. "sending" is written before the modem is given the text: after a power cut nobody
knows, and it is not sent again by itself.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection

from app.domain import petition_states, phone, thai_date
from app.domain.errors import Refused
from app.services.case_documents import instant
from app.services.case_rows import service_kind
from app.services.counter import Counter
from app.store.meta import meta_get, meta_set

KIND = "sms"
SENDING, SENT, AGAIN, FAILED, UNKNOWN = "sending", "sent", "again", "failed", "unknown"
PORT = "sms_modem"
"""Meta: the port of this counter's modem; "" for none."""
OLDEST_MS = 48 * 3600 * 1000
MOST_EVENTS = 10_000
"""Events of more than two days of a busy office; older ones are not looked at."""
MOST_TRIES = 5
PER_DAY, PER_NUMBER_PER_DAY = 1_000, 3
BY = "sms"
TEXT = "เลขที่คำร้องของคุณคือ {no} สอบถามผล โทร {office_phone}"
STATE_TEXT = "คำร้อง {no} {state} สอบถาม โทร {office_phone}"
REGISTERED = ("petition_registered", "filing_registered")
STATUS_TEXTS = {
    SENDING: "กำลังส่ง",
    SENT: "ส่งแล้ว",
    AGAIN: "ยังส่งไม่ได้ จะลองใหม่",
    FAILED: "ส่งไม่ได้",
    UNKNOWN: "ไม่ทราบผล",
}


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    """A message that may go now. of: the event it tells of, hex; tries: how often it was tried."""

    record: bytes
    number: str
    what: str
    of: str
    phone: str
    text: str
    tries: int


def port(counter: Counter) -> str:
    """The port of this counter's modem, "" for none."""
    with counter.store.read() as connection:
        return meta_get(connection, PORT)


def use_port(counter: Counter, by: str, name: str) -> None:
    """Set the port of the modem, or "" to use none."""
    with counter.store.write(by) as work:
        meta_set(work.connection, PORT, name)
        work.audit("sms_modem", name or "-")


def due(counter: Counter) -> list[Due]:
    """What may go now, oldest first; nothing while a central server is joined, or the office has not turned it on."""
    wanted = counter.current.document.get("sms", {})
    if not counter.stand_alone or not wanted.get("enabled") or not wanted.get("modem"):
        return []
    now = counter.clock.now()
    if _is_quiet(thai_date.local(now), wanted.get("quiet", {})):
        return []
    with counter.store.read() as connection:
        rows = _recent(connection, int(now.timestamp() * 1000) - OLDEST_MS)
        tried = _tried(rows)
        room = _Room(connection, wanted, rows, now)
        found = []
        for row in rows:
            what = _what(row, wanted)
            told = tried.get(row.id.hex(), [])
            if not what or (told and (told[-1] != AGAIN or told.count(SENDING) >= MOST_TRIES)):
                continue
            message = _message(counter, connection, row, what, told.count(SENDING), wanted)
            if message is not None and room.take(message.phone):
                found.append(message)
    return found


def begin(counter: Counter, message: Due) -> bool:
    """Note that the modem is about to get it; False when that was noted before."""
    with counter.store.write(BY) as work:
        rows = work.run("SELECT payload FROM event WHERE record = ? AND kind = ?", (message.record, KIND)).fetchall()
        states = [one["status"] for one in map(_payload, rows) if one["of"] == message.of]
        if states and states[-1] != AGAIN:
            return False
        work.emit(KIND, message.record, {"of": message.of, "what": message.what, "status": SENDING})
    return True


def finish(counter: Counter, message: Due, status: str, code: str = "") -> str:
    """Note what became of it; after five tries that surely failed it is given up. Returns how it stands."""
    if status == AGAIN and message.tries + 1 >= MOST_TRIES:
        status = FAILED
    payload = {"of": message.of, "what": message.what, "status": status, "code": code}
    with counter.store.write(BY) as work:
        work.emit(KIND, message.record, {key: value for key, value in payload.items() if value})
        work.changed("case", message.number)
    return status


def settle_interrupted(counter: Counter) -> int:
    """Messages whose sending was cut off by the end of the program: nobody knows. Returns how many."""
    with counter.store.write(BY) as work:
        rows = _recent(work.connection, 0)
        open_ones = {}
        for row in rows:
            if row.kind == KIND:
                payload = _payload(row)
                open_ones[payload["of"]] = (row.record, payload)
        cut_off = [(record, payload) for record, payload in open_ones.values() if payload["status"] == SENDING]
        for record, payload in cut_off:
            work.emit(KIND, record, {**payload, "status": UNKNOWN, "code": "stopped_while_sending"})
    return len(cut_off)


def _recent(connection: Connection, since: int) -> list[Any]:
    rows = connection.exec_driver_sql(
        "SELECT seq, id, record, kind, at, payload FROM event ORDER BY seq DESC LIMIT ?", (MOST_EVENTS,)
    ).fetchall()
    kinds = (KIND, "status_changed", *REGISTERED)
    return [row for row in reversed(rows) if row.kind in kinds and row.at > since]


def _payload(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.payload)
    return found


def _tried(rows: list[Any]) -> dict[str, list[str]]:
    """Event that is told of -> how its message stood, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.kind == KIND:
            payload = _payload(row)
            found[payload["of"]].append(payload["status"])
    return found


def _what(row: Any, wanted: dict[str, Any]) -> str:
    """ "registered", a state that the office turned on, or ""."""
    if row.kind in REGISTERED:
        return "registered" if wanted.get("registered", True) else ""
    if row.kind != "status_changed":
        return ""
    to = str(_payload(row).get("to", ""))
    return to if to in wanted.get("states", []) else ""


def _message(
    counter: Counter, connection: Connection, row: Any, what: str, tries: int, wanted: dict[str, Any]
) -> Due | None:
    """The message of an event; None for one without a mobile number, or whose case has gone on since."""
    case = connection.exec_driver_sql(
        "SELECT number, status, service, service_version, document FROM cases WHERE id = ?", (row.record,)
    ).fetchone()
    if case is None or (what != "registered" and case.status != what):
        return None
    digits = _mobile_of(case)
    if not digits:
        return None
    template = wanted.get("texts", {}).get(what) or (TEXT if what == "registered" else STATE_TEXT)
    state = "" if what == "registered" else petition_states.text(what, service_kind(counter, case))
    text = template.replace("{no}", case.number).replace("{state}", state).replace("{link}", "")
    text = text.replace("{office_phone}", counter.office.phone)
    return Due(row.record, case.number, what, row.id.hex(), digits, text, tries)


def _mobile_of(case: Any) -> str:
    """The applicant's mobile number, else that of who filed for him; "" for none or a land line."""
    document = json.loads(case.document)
    told = document.get("applicant", {}).get("phone") or document.get("filed_by", {}).get("phone", "")
    try:
        digits = phone.normalise(str(told))
    except Refused:
        return ""
    return digits if phone.is_mobile(digits) else ""


class _Room:
    """How many messages the limits of the day leave."""

    def __init__(self, connection: Connection, wanted: dict[str, Any], rows: list[Any], now: datetime) -> None:
        today = thai_date.local(now).date()
        last = {_payload(row)["of"]: row for row in rows if row.kind == KIND}
        gone = [
            row
            for row in last.values()
            if thai_date.local(instant(row.at)).date() == today and _payload(row)["status"] in (SENDING, SENT, UNKNOWN)
        ]
        self.left = int(wanted.get("per_day", PER_DAY)) - len(gone)
        self.most = int(wanted.get("per_number_per_day", PER_NUMBER_PER_DAY))
        self.to: dict[str, int] = defaultdict(int)
        for row in gone:
            case = connection.exec_driver_sql("SELECT document FROM cases WHERE id = ?", (row.record,)).fetchone()
            if case is not None:
                self.to[_mobile_of(case)] += 1

    def take(self, number: str) -> bool:
        """Whether one more may go to this number; then it counts."""
        if self.left <= 0 or self.to[number] >= self.most:
            return False
        self.left -= 1
        self.to[number] += 1
        return True


def _is_quiet(moment: datetime, quiet: dict[str, str]) -> bool:
    if not quiet:
        return False
    begin, end = time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["to"])
    clock = moment.time()
    return (clock >= begin or clock < end) if begin > end else begin <= clock < end
