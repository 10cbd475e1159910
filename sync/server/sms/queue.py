"""The queue of messages: a row is made in the transaction that takes the event, and moved on by one step at a time.

The telephone number is not copied here: it stands in the case's registration in the log. `key` is the event's own id,
so that one event makes one message however often it comes.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, exists, func, insert, select, update

from app.domain import petition_states, phone, thai_date
from app.domain.errors import Refused
from app.domain.field_merge import CHOSEN, CORRECTED, Value, merged
from sync.server import offices, tables
from sync.server.citizen import look_up
from sync.server.own_secrets import secret
from sync.server.sms.gateway import AGAIN, REFUSED, SENT, Message, Outcome

TEXT = "เลขที่คำร้องของคุณคือ {no} ตรวจสอบผลที่ {link}"
"""Of a registration: the wording of the One Stop Service, one message of 70 characters with a short address."""
STATE_TEXT = "คำร้อง {no} {state} ตรวจสอบผลที่ {link}"
REGISTERED = ("petition_registered", "filing_registered")
OLDEST_MS = 48 * 3600 * 1000
"""An event, or a message, that is older says nothing new: a counter may send what it did weeks ago."""
PER_DAY, PER_NUMBER_PER_DAY = 1_000, 3
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINK_LETTERS = 6
MOST_DUE = 100
FIRST_WAIT_MS, LONGEST_WAIT_MS = 30_000, 3_600_000
COUNTED = ("sending", "sent", "unknown")
"""What counts against the limits of a day."""

TABLE = tables.sms
_TURNED_OFF: WeakKeyDictionary[Engine, dict[str, int]] = WeakKeyDictionary()
"""Office -> a revision of its settings that wants no messages: a revision never changes, so it is read once."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process alone is sending now."""

    office: str
    key: str
    message: Message


def note(connection: Connection, office: Row[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Queue what follows from events that have just been taken, rows of the log. The office is locked."""
    rows = [row for row in rows if row["kind"] in (*REGISTERED, "status_changed", *look_up.EVENTS)]
    rows = [row for row in rows if row["at"] > offices.now_ms() - OLDEST_MS]
    if not rows:
        return
    turned_off = _TURNED_OFF.setdefault(connection.engine, {})
    if turned_off.get(office.code) == office.revision:
        return
    settings = _settings(connection, office.code)
    if settings is None:
        turned_off[office.code] = office.revision
        return
    for row in rows:
        _note_one(connection, office.code, settings, row)


def _settings(connection: Connection, office: str) -> Mapping[str, Any] | None:
    """The office's document where it has turned messages on; its services are not unfolded for that."""
    kept = tables.settings
    newest = select(kept.c.document).where(kept.c.office == office).order_by(kept.c.revision.desc()).limit(1)
    document = json.loads(connection.execute(newest).scalar_one())
    wanted = document.get("sms", {})
    return document if wanted.get("enabled") is True and not wanted.get("modem") else None


def _note_one(connection: Connection, office: str, document: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    case = look_up.by_record(connection, office, row["record"])
    if case is None:
        return
    wanted = document["sms"]
    what = "registered" if row["kind"] in REGISTERED else _state(case, row)
    if what == "registered" and not wanted.get("registered", True):
        return
    if what != "registered" and what not in wanted.get("states", []):
        return
    number = mobile_of(connection, office, row["record"])
    if number:
        _add(connection, office, document, case, what, number, row["id"].hex())


def _state(case: Row[Any], row: Mapping[str, Any]) -> str:
    """The state that the event has brought the case to, where it still stands; "" for a step that others followed."""
    to = look_up.EVENTS.get(row["kind"]) or str(json.loads(row["payload"]).get("to", ""))
    return to if case.status == to and case.status_at == row["at"] else ""


def _add(
    connection: Connection, office: str, document: Mapping[str, Any], case: Row[Any], what: str, number: str, key: str
) -> None:
    texts = document["sms"].get("texts", {})
    template = texts.get(what) or (TEXT if what == "registered" else STATE_TEXT)
    link = f"{_link_base(document)}/{short_link(connection, office, case.record)}"
    state = "" if what == "registered" else _state_text(connection, office, case, what)
    now = offices.now_ms()
    connection.execute(
        insert(TABLE).values(
            office=office, key=key, record=case.record, number=case.number, what=what,
            text=template.replace("{no}", case.number).replace("{link}", link).replace("{state}", state),
            phone_hash=_phone_hash(connection, number), status="pending", queued_at=now, not_before=now,
        )
    )  # fmt: skip


def _state_text(connection: Connection, office: str, case: Row[Any], state: str) -> str:
    kind = look_up.kind_of(offices.settings(connection, office).services, case.service)
    return petition_states.text(state, kind)


def _link_base(document: Mapping[str, Any]) -> str:
    """The beginning of a short link: a domain of its own, or the server's address without what a telephone adds."""
    own = str(document["sms"].get("short_address", ""))
    return own or f"{str(document['public_address']).removeprefix('https://')}/t"


def short_link(connection: Connection, office: str, record: bytes) -> str:
    """The code of the case's short link, made when first needed."""
    table = tables.short_link
    known = connection.execute(select(table.c.code).where(table.c.office == office, table.c.record == record)).scalar()
    if known is not None:
        return str(known)
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LINK_LETTERS))
        # also another office's: the chance that two take one code at the same moment is left, and does no harm
        if connection.execute(select(table.c.code).where(table.c.code == code).limit(1)).first() is None:
            connection.execute(insert(table).values(code=code, office=office, record=record))
            return code


def mobile_of(connection: Connection, office: str, record: bytes) -> str:
    """The applicant's mobile number by the case's registration, else that of who filed for him; "" for none or a land
    line."""
    log = tables.log
    payload = connection.execute(
        select(log.c.payload).where(log.c.office == office, log.c.record == record, log.c.kind.in_(REGISTERED))
    ).scalar()
    document = json.loads(payload).get("document", {}) if payload else {}
    told = (
        _corrected(connection, office, record)
        or document.get("applicant", {}).get("phone")
        or document.get("filed_by", {}).get("phone", "")
    )
    try:
        digits = phone.normalise(str(told))
    except Refused:
        return ""
    return digits if phone.is_mobile(digits) else ""


def _corrected(connection: Connection, office: str, record: bytes) -> str:
    """The applicant's telephone number as it was corrected last, or ""."""
    log = tables.log
    rows = connection.execute(
        select(log.c.id, log.c.kind, log.c.payload)
        .where(log.c.office == office, log.c.record == record, log.c.kind.in_((CORRECTED, CHOSEN)))
        .order_by(log.c.office_seq)
    )
    found = merged((Value("", bytes(row.id).hex()), row.kind, json.loads(row.payload)) for row in rows)
    return found.values["applicant.phone"].value if "applicant.phone" in found.values else ""


def _phone_hash(connection: Connection, number: str) -> bytes:
    key = secret(connection, "sms", lambda: secrets.token_bytes(32))
    return hmac.digest(key, number.encode(), hashlib.sha256)


def anything_due(connection: Connection, lost_before: int) -> bool:
    """Whether there is something to do: asking costs no write."""
    due = (TABLE.c.status == "pending") & (TABLE.c.not_before <= offices.now_ms())
    lost = (TABLE.c.status == "sending") & (TABLE.c.tried_at < lost_before)
    return bool(connection.execute(select(exists().where(due | lost))).scalar())


def due(connection: Connection) -> list[tuple[str, str]]:
    """(office, key) of messages that are due, the oldest first; not all, if there are many."""
    rows = connection.execute(
        select(TABLE.c.office, TABLE.c.key)
        .where(TABLE.c.status == "pending", TABLE.c.not_before <= offices.now_ms())
        .order_by(TABLE.c.not_before, TABLE.c.queued_at)
        .limit(MOST_DUE)
    )
    return [(row.office, row.key) for row in rows]


def claim(connection: Connection, office: str, key: str) -> Claimed | None:
    """This message, marked as being sent, where it is still due and may go now.

    What is due but may not go (quiet hours, a limit of the day) is put off; what is too old, or whose office has turned
    messages off, is given up. The office is locked, so that several couriers keep its limits together.
    """
    offices.lock(connection, office)
    now = offices.now_ms()
    row = connection.execute(
        select(TABLE).where(
            TABLE.c.office == office, TABLE.c.key == key, TABLE.c.status == "pending", TABLE.c.not_before <= now
        )
    ).first()
    if row is None:
        return None
    document = _settings(connection, office)
    number = mobile_of(connection, office, row.record)
    if document is None or not number or now - row.queued_at > OLDEST_MS:
        change(connection, row, status="failed", code="turned_off" if document is None else "too_old")
        return None
    if (later := _may_go_at(connection, document["sms"], row, now)) > now:
        change(connection, row, not_before=later)
        return None
    change(connection, row, status="sending", tried_at=now, attempts=row.attempts + 1)
    return Claimed(office, row.key, Message(f"{office}-{row.key}", number, row.text))


def _may_go_at(connection: Connection, wanted: Mapping[str, Any], row: Row[Any], now: int) -> int:
    local = thai_date.local(datetime.fromtimestamp(now / 1000, UTC))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    today = (TABLE.c.tried_at >= int(midnight.timestamp() * 1000)) & TABLE.c.status.in_(COUNTED)
    count = select(func.count()).where(TABLE.c.office == row.office, today)
    full = connection.execute(count).scalar_one() >= wanted.get("per_day", PER_DAY)
    to_number = count.where(TABLE.c.phone_hash == row.phone_hash)
    full = full or connection.execute(to_number).scalar_one() >= wanted.get("per_number_per_day", PER_NUMBER_PER_DAY)
    earliest = midnight + timedelta(days=1) if full else local
    return (
        int(after_quiet(earliest, wanted.get("quiet", {})).timestamp() * 1000) if full or wanted.get("quiet") else now
    )


def after_quiet(moment: datetime, quiet: Mapping[str, str]) -> datetime:
    """The moment, or the end of the quiet hours {"from": "20:00", "to": "07:00"} that it lies in; local time."""
    if not quiet:
        return moment
    begin, end = time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["to"])
    clock = moment.time()
    over_night = begin > end
    inside = (clock >= begin or clock < end) if over_night else begin <= clock < end
    if not inside:
        return moment
    ends = moment.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return ends + timedelta(days=1) if over_night and clock >= begin else ends


def finish(connection: Connection, claimed: Claimed, outcome: Outcome, idempotent: bool) -> None:
    """Note what became of a message that was being sent."""
    row = connection.execute(
        select(TABLE).where(TABLE.c.office == claimed.office, TABLE.c.key == claimed.key, TABLE.c.status == "sending")
    ).first()
    if row is None:
        return
    if outcome.result == SENT:
        change(connection, row, status="sent", code="")
    elif outcome.result == REFUSED:
        change(connection, row, status="failed", code=outcome.code)
    elif outcome.result == AGAIN or idempotent:
        wait = min(FIRST_WAIT_MS * 2 ** min(row.attempts - 1, 10), LONGEST_WAIT_MS)
        change(connection, row, status="pending", code=outcome.code, not_before=offices.now_ms() + wait)
    else:
        change(connection, row, status="unknown", code=outcome.code)


def recover(connection: Connection, before_ms: int, idempotent: bool) -> int:
    """Messages whose sender died while it was sending them: nobody knows, unless the gateway does. Returns how many."""
    left = (TABLE.c.status == "sending") & (TABLE.c.tried_at < before_ms)
    status = "pending" if idempotent else "unknown"
    return connection.execute(update(TABLE).where(left).values(status=status, code="stopped_while_sending")).rowcount


def change(connection: Connection, row: Row[Any], **values: Any) -> None:
    """Write new values of a message."""
    connection.execute(update(TABLE).where(TABLE.c.office == row.office, TABLE.c.key == row.key).values(**values))
