"""Setting up a counter's home: the key, the database, the office, the first administrator, the first numbers."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.catalog.documents import to_document
from app.catalog.schema import Service
from app.domain.clock import Clock
from app.domain.errors import Refused, Unavailable
from app.domain.ids import uuid7, uuid_text
from app.domain.text_rules import clean_text
from app.services import erasing, key_rotation, offices, ordinances, staff
from app.services.counter import DATABASE, Counter
from app.store import numbers
from app.store.canonical import canonical_json
from app.store.engine import Store, disk_faults, open_engine
from app.store.files import forget_database, locked, replace, set_log_aside, unused_name
from app.store.keys import keep_key, new_key
from app.store.meta import meta_set
from app.store.schema import bring_up_to_date
from app.store.unit_of_work import UnitOfWork

__all__ = ["DATABASE", "Administrator", "is_set_up", "open_counter", "set_up"]


@dataclass(frozen=True, slots=True)
class Administrator:
    """The first person who may sign in."""

    username: str
    password: str
    full_name: str = ""
    position: str = ""


def is_set_up(home: Path) -> bool:
    """Whether there is a counter in this folder."""
    return (home / DATABASE).exists()


def set_up(
    home: Path,
    office: offices.OfficeDocument,
    services: Iterable[Service],
    administrator: Administrator,
    clock: Clock,
    passphrase: str | None,
    *,
    counter_name: str = "เคาน์เตอร์ 1",
    store_id: str = "",
    join: Callable[[UnitOfWork], object] | None = None,
) -> None:
    """Make a new counter in `home`. Refused "already_set_up" when there is one; a half-made one is made anew.

    store_id and join: for a counter that joins a central server, the identity it was enrolled under, and what enters
    the server's settings and first numbers; without them the office stands alone and leases numbers to itself.
    """
    if is_set_up(home):
        raise already_set_up()
    definitions = list(services)
    _check_services(office, definitions)
    name = clean_text(counter_name, "counter_name", label="ชื่อเคาน์เตอร์", max_length=60, required=True)
    staff.check_new(administrator.username, administrator.full_name, administrator.password)
    key = new_key(passphrase)
    half = home / f"{DATABASE}.new"
    with _alone(home):
        forget_database(half)
        store = Store(open_engine(half, key), clock, half)
        store.store_id = store_id or uuid_text(uuid7())
        try:
            _fill(store, key, office, definitions, administrator, name, join)
            keep_key(home, key, passphrase)
            set_log_aside(home / DATABASE, unused_name(home / DATABASE, "before-init"))
            replace(half, home / DATABASE)
        except BaseException:
            store.close()
            with contextlib.suppress(OSError):
                forget_database(half)
            raise


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Only one set-up of a folder at a time: key and database must be of one making."""
    lock, ours = home / "setting-up.lock", False
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locked(lock) as ours:
            if not ours:
                raise Refused("set_up_running", "มีการตั้งค่าโฟลเดอร์นี้อยู่แล้วในอีกหน้าต่างหนึ่ง", "รอให้เสร็จ แล้วเปิดโปรแกรมใหม่")
            if is_set_up(home):
                raise already_set_up()
            yield
    except OSError:
        raise _home_folder() from None
    finally:
        if ours:
            with contextlib.suppress(OSError):
                lock.unlink()


def _fill(
    store: Store,
    key: bytes,
    office: offices.OfficeDocument,
    definitions: list[Service],
    administrator: Administrator,
    counter_name: str,
    join: Callable[[UnitOfWork], object] | None,
) -> None:
    """Everything that a new counter's database holds, durably in the one file."""
    try:
        with disk_faults():
            bring_up_to_date(store.engine, store.path.parent / "backups", key, new=True)
        with store.write(administrator.username) as work:
            meta_set(work.connection, "store_id", store.store_id)
            meta_set(work.connection, "counter_name", counter_name)
            enter_office(work, 1, office)
            for service in definitions:
                enter_service(work, service)
            staff.add(work, administrator.username, administrator.full_name, administrator.password, "admin",
                      administrator.position)  # fmt: skip
            if join is None:
                numbers.lease_to_self(work, offices.series(office), office["first_run"])
            else:
                join(work)
            work.audit("counter_set_up", office["code"], counter_name)
        store.fold()
    finally:
        store.close()


def already_set_up() -> Refused:
    """A counter is never set up over another."""
    return Refused("already_set_up", "โฟลเดอร์นี้มีเคาน์เตอร์อยู่แล้ว จึงไม่ตั้งค่าทับ", "เลือกโฟลเดอร์อื่นด้วย --home")


def _home_folder() -> Unavailable:
    return Unavailable("home_folder", "สร้างโฟลเดอร์ข้อมูลของเคาน์เตอร์ไม่ได้", "ตรวจสิทธิ์เขียนและพื้นที่ดิสก์ของโฟลเดอร์นี้")


def open_counter(home: Path, clock: Clock, passphrase: str | None, services: Iterable[Service] = ()) -> Counter:
    """Open the counter in `home`: key, migrations, settings. `services` newer than the stored ones are taken in."""
    if not is_set_up(home):
        raise Refused("not_set_up", "ยังไม่ได้ตั้งค่าเคาน์เตอร์ในโฟลเดอร์นี้", "ตั้งค่าด้วยคำสั่ง init หรือ enrol ก่อน")
    with key_rotation.not_now(home):
        key = key_rotation.right_key(home, passphrase)
        store = Store(open_engine(home / DATABASE, key), clock, home / DATABASE)
        return _opened(home, store, clock, key, services)


def _opened(home: Path, store: Store, clock: Clock, key: bytes, services: Iterable[Service]) -> Counter:
    try:
        with disk_faults():
            bring_up_to_date(store.engine, home / "backups", key)
        _take_in(store, services)
        counter = Counter(home, store, clock, key)
        key_rotation.finish(counter)
        erasing.catch_up(counter)
        return counter
    except BaseException:
        store.close()
        raise


def _take_in(store: Store, services: Iterable[Service]) -> None:
    """Keep the definitions that are newer than the stored ones."""
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT code, max(version) FROM service_definition GROUP BY code").fetchall()
    known = {str(row[0]): int(row[1]) for row in rows}
    newer = [service for service in services if service.version > known.get(service.code, 0)]
    if newer:
        with store.write("setup") as work:
            for service in newer:
                enter_service(work, service)


def enter_office(work: UnitOfWork, revision: int, document: offices.OfficeDocument) -> None:
    """Keep one revision of the office's settings."""
    work.run(
        "INSERT INTO office (revision, document, received_at) VALUES (?, ?, ?) ON CONFLICT (revision) DO UPDATE SET"
        " document = excluded.document",
        (revision, canonical_json(document), work.now_ms),
    )
    work.changed("settings")


def enter_service(work: UnitOfWork, service: Service) -> None:
    """Keep one version of a service; a version that is here already stays as it is."""
    work.run(
        "INSERT INTO service_definition (code, version, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (service.code, service.version, canonical_json(to_document(service))),
    )
    work.changed("settings")


def _check_services(office: offices.OfficeDocument, definitions: list[Service]) -> None:
    ordinances.check_rates(office, definitions)
    known = {service.code: service for service in definitions}
    for code in office["services"]:
        if code not in known:
            raise Refused(
                "unknown_service", f"ไม่รู้จักบริการ {code} ในการตั้งค่า อปท.", f"บริการที่มี: {', '.join(known)}", "services"
            )
        if office["kind"] not in known[code].offered_by:
            raise Refused(
                "service_not_offered",
                f"อปท. ชนิดนี้ไม่มีบริการ {known[code].name}",
                f"ลบ {code} ออกจากรายการ services",
                "services",
            )
