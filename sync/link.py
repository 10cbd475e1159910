"""What this counter knows of its server, and the moment it joins.

Kept in the store's meta table: server_url, device_id, device_token (the database is encrypted under a key from the
key store, so the token is, too), device_store_id (the store that the token belongs to), cursor, settings_revision.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.catalog.documents import from_document
from app.domain.errors import CounterError, Refused
from app.services import file_transfer, offices, setup, status
from app.services.backups import REPLACED
from app.services.receipts import MODE_KINDS
from app.store import numbers, receipt_books
from app.store.engine import Store
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork
from sync.client import Client, checked_url
from sync.protocol import BookLease, EnrolAnswer, EnrolRequest, Lease, Settings


@dataclass(frozen=True, slots=True)
class Link:
    """Where the server is and how far we are with it."""

    url: str
    token: str
    store_id: str
    cursor: int
    revision: int


def read_link(connection: Connection, store_id: str) -> Link:
    """Refused "not_enrolled" for an office that stands alone, "store_restored" for a copy that has to join anew."""
    url, token = meta_get(connection, "server_url"), meta_get(connection, "device_token")
    if not url or not token:
        raise Refused(
            "not_enrolled", "เครื่องนี้ยังไม่ได้เข้าร่วมกับเครื่องแม่ข่ายกลาง", "ขอรหัสเข้าร่วมจากผู้ดูแลเครื่องแม่ข่าย แล้วใช้คำสั่ง enrol"
        )
    if meta_get(connection, "device_store_id") != store_id:
        raise Refused(
            "store_restored",
            "ฐานข้อมูลนี้กู้คืนจากไฟล์สำรอง ต้องเข้าร่วมกับเครื่องแม่ข่ายกลางใหม่",
            "ขอรหัสเข้าร่วมใหม่จากผู้ดูแลเครื่องแม่ข่าย แล้วใช้คำสั่ง enrol",
        )
    cursor, revision = meta_get(connection, "cursor", "0"), meta_get(connection, "settings_revision", "0")
    return Link(url, token, store_id, int(cursor), int(revision))


def ask(url: str, code: str, store_id: str, counter_name: str, app_version: str) -> EnrolAnswer:
    """Enrol a counter that is not set up yet, under the store id it is going to have.

    Nothing is kept here: set the counter up from the answer's settings, then `enter` the answer.
    """
    with Client(url) as client:
        return client.enrol(EnrolRequest(code, store_id, counter_name, app_version))


def enrol(store: Store, url: str, code: str, app_version: str) -> EnrolAnswer:
    """Enrol a counter that is set up: one that stood alone, was restored from a backup, or moves to another server.

    The numbers that it leased to itself are entered in the server's ledger, or the enrolment is refused.
    """
    with store.read() as connection:
        name = meta_get(connection, "counter_name")
        replaced = {*json.loads(meta_get(connection, REPLACED, "[]")), meta_get(connection, "device_store_id")}
        blocks = connection.exec_driver_sql(
            "SELECT id, series, first, last FROM number_block WHERE series NOT LIKE 'R%/%' ORDER BY first"
        ).fetchall()
        office = offices_document(connection)
        books = receipt_books.books(connection)
    request = EnrolRequest(
        code,
        store.store_id,
        name,
        app_version,
        blocks=tuple(Lease(row.id, row.id, row.series, row.first, row.last) for row in blocks),
        books=tuple(BookLease(row.id, row.id, row.book, row.fiscal_year, row.first, row.last) for row in books),
        replaces=tuple(sorted(replaced - {"", store.store_id})),
    )
    with Client(url) as client:
        answer = client.enrol(request)
        if answer.office_code != office["code"]:
            raise Refused("other_office", "รหัสเข้าร่วมนี้เป็นของ อปท. อื่น", "ขอรหัสเข้าร่วมของ อปท. นี้จากผู้ดูแลเครื่องแม่ข่าย")
        with store.write("sync") as work:
            enter(work, client.url, answer)
    return answer


def enter(work: UnitOfWork, url: str, answer: EnrolAnswer) -> None:
    """Keep identity, settings and first numbers. Doing it twice changes nothing."""
    connection, url = work.connection, checked_url(url)
    # another device id at the address that was there before: a new server, or one that was put back from a backup
    known_as = meta_get(connection, "device_id")
    elsewhere = meta_get(connection, "server_url") != url or known_as not in ("", answer.device_id)
    if elsewhere:
        meta_set(connection, "cursor", "0")
    if elsewhere or meta_get(connection, "device_store_id") != work.store_id:
        # the server knows what it has by the events' own ids, so sending everything again is safe
        meta_set(connection, "accepted_through", "0")
        meta_set(connection, "server_leases_registers", "")
        meta_set(connection, "server_leases_permits", "")
        file_transfer.queue_all(work)
    meta_set(connection, "server_url", url)
    meta_set(connection, "device_id", answer.device_id)
    meta_set(connection, "device_token", answer.token)
    meta_set(connection, "device_store_id", work.store_id)
    meta_set(connection, "last_sync_error", "")
    meta_set(connection, status.CENTRAL, "")
    meta_set(connection, numbers.REVOKED, "")
    for lease in answer.leases:
        numbers.add_block(work, lease.block, lease.series, lease.first, lease.last)
    enter_settings(work, answer.settings)
    kind = MODE_KINDS.get(str(answer.settings.office.get("receipt_mode")), receipt_books.COMPUTER)
    for book in answer.books:
        new = receipt_books.NewBook(book.book, book.fiscal_year, book.first, book.last, kind, "เครื่องแม่ข่ายกลาง",
                                    block=book.block)  # fmt: skip
        receipt_books.add(work, new)
    work.audit("enrolled", answer.device_id, url)
    work.changed("sync")


def enter_settings(work: UnitOfWork, settings: Settings) -> None:
    """Keep a new revision of office and services. What this program cannot read is left as it was, and said in meta
    "settings_error": a setting must not stop the sync of petitions."""
    connection = work.connection
    faults: list[str] = []
    try:
        setup.enter_office(work, settings.revision, office_document(settings.office))
    except CounterError as error:
        faults.append(error.title)
    for document in settings.services:
        try:
            setup.enter_service(work, from_document(document))
        except CounterError as error:
            faults.append(error.title)
    meta_set(connection, "settings_revision", str(settings.revision))
    meta_set(connection, "settings_error", " ".join(faults))


def office_document(document: Mapping[str, Any]) -> offices.OfficeDocument:
    """An office document of the server, checked; keys that only a newer program knows are left out."""
    known = {key: value for key, value in document.items() if key in offices.REQUIRED or key in offices.DEFAULTS}
    return offices.check_office(known)


def offices_document(connection: Connection) -> dict[str, Any]:
    """The office's newest settings in this store."""
    text = connection.exec_driver_sql("SELECT document FROM office ORDER BY revision DESC LIMIT 1").scalar_one()
    return dict(json.loads(text))
