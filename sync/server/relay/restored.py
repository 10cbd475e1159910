"""An office's own server whose database came from a backup: it must not go on as if nothing had happened.

It has forgotten which numbers it gave to counters, and events that they think it has. So it gives out no number any
more as soon as it is noticed, and joins the central server anew, as another one: the old stock is left alone for ever,
the whole log comes down again, and its counters join it again, each with its own numbers and with all it ever made.
"""

import secrets
import uuid

from sqlalchemy import Connection, delete, select, update

from app.domain.errors import Refused
from sync.relay_form import PREFIX
from sync.server import devices, leases, tables
from sync.server.database import Database
from sync.server.relay import outbox

RESTORED, CATCHING_UP = "restored", "catching_up"
"""States of an office (`office.upstream`): its database is an old copy; it has joined anew and reads what it lacks."""
office, upstream = tables.office, tables.upstream


def refusal() -> Refused:
    """What is said to whoever has to act."""
    return Refused(
        "house_restored",
        "ฐานข้อมูลของเครื่องแม่ข่ายในสำนักงานเป็นสำเนาเก่า จึงหยุดจ่ายเลขและหยุดส่งต่อ",
        "ขอรหัสด้วย offices enrol-code --relay ที่ส่วนกลาง เริ่ม serve ใหม่ด้วย --upstream-code แล้วให้ทุกเคาน์เตอร์เข้าร่วมใหม่",
    )


def note(database: Database) -> None:
    """Keep that this database is an old copy; nothing where it has joined none, or has just joined anew."""
    said = refusal()
    with database.write() as connection:
        changed = connection.execute(
            update(office).where(office.c.upstream.in_(("on", "stopped"))).values(upstream=RESTORED)
        )
        if changed.rowcount:
            connection.execute(update(upstream).values(error=said.title, error_code=said.code))


def is_noted(connection: Connection, code: str) -> bool:
    """Whether the office's server waits to join anew."""
    return connection.execute(select(office.c.upstream).where(office.c.code == code)).scalar() == RESTORED


def is_catching_up(connection: Connection, code: str) -> bool:
    """Whether it has joined anew and has not read everything yet."""
    return connection.execute(select(office.c.upstream).where(office.c.code == code)).scalar() == CATCHING_UP


def new_store_id(old: str, code: str) -> str:
    """What the server is called from now on: for one code always the same, so that a lost answer can be asked for."""
    return PREFIX + str(uuid.uuid5(uuid.NAMESPACE_OID, f"{old} {devices.normal_code(code)}"))


def begin_anew(connection: Connection, code: str) -> None:
    """Forget the stock and what was sent and read; the counters have to join again. The new identity is entered by the
    caller."""
    for table in (tables.number_lease, tables.receipt_book):
        connection.execute(delete(table).where(table.c.office == code, table.c.device == leases.STOCK))
    for table in (tables.relay_want, tables.relay_event, tables.relay_file):
        connection.execute(delete(table).where(table.c.office == code))
    connection.execute(update(upstream).where(upstream.c.office == code).values(cursor=0, revision=0))
    connection.execute(update(office).where(office.c.code == code).values(upstream=CATCHING_UP))
    device = tables.device
    for one in connection.execute(select(device.c.id).where(device.c.office == code)).scalars().all():
        _rename(connection, code, one)
    outbox.note_all(connection, code)


def _rename(connection: Connection, code: str, old: str) -> None:
    """Give a counter another device id, by which it sees that it has to send everything again, and a token that nobody
    has: it is told to ask for a code, and keeps its numbers meanwhile."""
    new, device = secrets.token_hex(8), tables.device
    connection.execute(
        update(device)
        .where(device.c.office == code, device.c.id == old)
        .values(id=new, token_hash=secrets.token_bytes(32), settled_through=0)
    )
    for table in tables.metadata.sorted_tables:
        if "device" in table.c and table is not upstream:
            its = (table.c.office == code, table.c.device == old)
            connection.execute(update(table).where(*its).values(device=new))


def caught_up(connection: Connection, code: str) -> None:
    """Everything of the central server is here."""
    connection.execute(
        update(office).where(office.c.code == code, office.c.upstream == CATCHING_UP).values(upstream="on")
    )
