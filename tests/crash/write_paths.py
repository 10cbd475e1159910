"""All that writes: at a counter, between counter and server, and on the server. See tests.crash.moments."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image

from app.domain.errors import Refused, Unavailable
from app.services import (
    attachments,
    backups,
    cases,
    drafts,
    duplicates,
    key_rotation,
    letters,
    office_settings,
    paper_templates,
    people,
    print_jobs,
    printers,
    privacy,
    replication,
    search_index,
    setup,
    staff,
    staged_files,
    verification,
)
from app.services.counter import Counter
from app.services.model import Actor, Compared, NewFile, NoticeShown, Printer
from app.services.thaid import STAFF, ThaiDPerson
from app.store import numbers, tables
from sync import exchange, link, outbox
from sync.server import admin
from tests.crash import desk_paths, filing_paths, keeping_paths, money_paths, office_paths, travel_paths
from tests.crash.moments import Place, State, WritePath, nameless
from tests.crash.server_paths import NAME, ON_THE_SERVER
from tests.crash.server_paths import fill_server as _fill_server
from tests.crash.server_paths import nothing as _nothing
from tests.crash.server_paths import rows as _rows
from tests.crash.server_paths import url_of as _url
from tests.integration.support import books, homes
from tests.integration.support.register import command, number, register
from tests.integration.sync_support import OFFICE_CODE, VERSION, new_office, office_document

# places ------------------------------------------------------------------------------------------------------------


def _picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(target, "PNG")
    return target.getvalue()


def _open(home: Path) -> Counter:
    return homes.bootstrap.open_counter(home, homes.PASSPHRASE, homes.HandClock())


def _state(home: Path) -> State:
    if not setup.is_set_up(home):
        return {"set up": False}
    with homes.opened(home, homes.HandClock()) as counter, counter.store.read() as connection:
        return {table.name: _rows(connection, table) for table in tables.metadata.sorted_tables}


def _check(home: Path) -> list[str]:
    if not setup.is_set_up(home):
        return []
    with homes.opened(home, homes.HandClock()) as counter:
        wrong = [f"{check.name}: {check.detail}" for check in verification.verify(counter) if not check.ok]
    left = [path.name for path in home.glob("*.part*")]
    return wrong + [f"left behind: {name}" for name in left]


COUNTER = Place(_open, _state, _check)


def _folder(home: Path) -> SimpleNamespace:
    return SimpleNamespace(home=home, close=lambda: None)


FOLDER = replace(COUNTER, open=_folder)


def _raw_state(home: Path) -> State:
    """What lies in the tables, whatever version they are of."""
    with books.raw(home) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        kept = [name for (name,) in names if name in tables.metadata.tables or name == "alembic_version"]
        return {name: sorted(repr([nameless(value) for value in row]) for row in connection.execute(
            f"SELECT * FROM {name}")) for name in kept}  # fmt: skip


def _raw_check(home: Path) -> list[str]:
    with books.raw(home) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found


# the counter's paths -----------------------------------------------------------------------------------------------


def _actor(counter: Counter) -> Actor:
    with counter.store.read() as connection:
        row = connection.exec_driver_sql("SELECT id, username, full_name FROM staff ORDER BY role, username").fetchone()
    assert row is not None
    return Actor(row[0], row[1], row[2], "เจ้าพนักงานธุรการ", "admin")


PERSON = ThaiDPerson(
    number(7), "นาย", "กตัญญู", "", "ปิ่นแก้วทดสอบ", "", "", "", "", None, "", "male", "", ial="2.3",
    checked_at=datetime(2026, 11, 20, 2, 0, tzinfo=UTC), purpose=STAFF,
)  # fmt: skip


def _fill(home: Path) -> Path:
    """A counter with printers and the same man twice, the second time without his number."""
    homes.make(home, homes.HandClock())
    with homes.opened(home, homes.HandClock()) as counter:
        actor = _actor(counter)
        printers.add(counter, actor, Printer("slip", "file", str(home / "slips")))
        for cid in (number(1), ""):
            register(counter, actor, {**NAME, "cid": cid}, print_documents=("slip",))
    return home


def _copies_kept(counter: Counter) -> None:
    """The office wants a copy of its own with every slip."""
    row = paper_templates.new_row(counter.clock.now(), office_copies=["slip"])
    office_settings.change(counter, _actor(counter), {"paper": [row]})


def _both(counter: Counter) -> tuple[int, int]:
    with counter.store.read() as connection:
        first, second = connection.exec_driver_sql("SELECT row FROM person ORDER BY row").scalars()
    return first, second


def _first(counter: Counter) -> str:
    with counter.store.read() as connection:
        return str(connection.exec_driver_sql("SELECT number FROM cases ORDER BY row").scalars().first())


def _wrong_password(counter: Counter, _given: Any) -> None:
    with suppress(Refused):
        staff.sign_in(counter, homes.USERNAME, "ไม่ใช่รหัสนี้")


def _job(counter: Counter, *, sending: bool = False, failed: bool = False) -> int:
    job = print_jobs.list_jobs(counter)[-1]
    if sending or failed:
        claimed = print_jobs.claim(counter, "slip")
        assert claimed is not None
        job = claimed
        if failed:
            print_jobs.failed(counter, job, Unavailable("printer_off", "ปิดอยู่", "เปิดเครื่องพิมพ์"))
    return job.id


def _beside(counter: Counter) -> int:
    """A second slip printer, and a job that failed on the first."""
    _beside_only(counter)
    return _job(counter, failed=True)


def _beside_only(counter: Counter) -> None:
    printers.add(counter, _actor(counter), Printer("beside", "file", "papers"))


def _merged(counter: Counter) -> int:
    first, second = _both(counter)
    duplicates.merge(counter, _actor(counter), first, second, "บัตรตรงกัน")
    return second


def _drafted(counter: Counter) -> tuple[int, int]:
    """A draft on the counter's page; returns the two of the register."""
    drafts.save(counter, _actor(counter), "counter", {"topic": "ไฟดับ"})
    return _both(counter)


def _register_drafted(counter: Counter, both: tuple[int, int]) -> None:
    """A case of somebody new, decided to be two of the register, one after the other."""
    actor = _actor(counter)
    compared = (Compared(both[0], "different", "เลขต่างกัน"), Compared(both[1], "same", "บัตรตรงกัน"))
    staged = staged_files.stage(counter, NewFile("ภาพ.png", _picture()))
    new = command({**NAME, "cid": number(2)}, compared=compared, draft_page="counter", staged=(staged,))
    cases.register(counter, actor, new)


def _void(counter: Counter, _given: Any) -> None:
    with counter.store.write("admin") as work:
        series = counter.current.series
        numbers.void(work, series, numbers.take(work, series, stand_alone=True), "กระดาษเสีย")


def _quarantined(counter: Counter) -> None:
    with counter.store.write("sync") as work:
        work.run("INSERT INTO quarantine (seq, code, reason, at) VALUES (1, 'x', 'y', 1)")


def _retry_all(counter: Counter, _given: Any) -> None:
    with counter.store.write("admin") as work:
        outbox.retry(work)


def _by(act: Callable[..., object]) -> Callable[[Counter, Any], object]:
    """An act of the administrator on what was prepared."""
    return lambda counter, given: act(counter, _actor(counter), given)


SAFE = NoticeShown("2569-1")
AT_THE_COUNTER = [
    WritePath("register", COUNTER, _nothing, _by(lambda counter, actor, _: cases.register(
        counter, actor, command({**NAME, "cid": number(2)}, consents=("news",), notice=SAFE, print_documents=("slip",))
    )), repeats=True),
    WritePath("register with an office copy", COUNTER, _copies_kept, _by(lambda counter, actor, _: cases.register(
        counter, actor, command({**NAME, "cid": number(2)}, print_documents=("slip",)))), repeats=True),
    WritePath("register what was drafted", COUNTER, _drafted, _register_drafted, repeats=True),
    WritePath("status", COUNTER, _first, _by(lambda counter, actor, case: cases.change_status(
        counter, actor, case, "received"))),
    WritePath("assign", COUNTER, _first, _by(lambda counter, actor, case: cases.assign(
        counter, actor, case, actor.username)), repeats=True),
    WritePath("note", COUNTER, _first, _by(lambda counter, actor, case: cases.add_note(
        counter, actor, case, "โทรแจ้งแล้ว")), repeats=True),
    WritePath("attach", COUNTER, _first, _by(lambda counter, actor, case: attachments.attach(
        counter, actor, case, [NewFile("ภาพ.png", _picture())]))),
    *travel_paths.at_the_counter(COUNTER, _first, _by, lambda counter, actor, case: attachments.attach(
        counter, actor, case, [NewFile("ภาพ.png", _picture())])),
    WritePath("letter", COUNTER, _first, _by(lambda counter, actor, case: letters.issue(
        counter, actor, case, letters.EXPLANATION, "รออะไหล่")), repeats=True),
    WritePath("own division", COUNTER, _first, _by(lambda counter, actor, case: staff.set_division(
        counter, actor, actor.username, "finance"))),
    WritePath("merge", COUNTER, _both, _by(lambda counter, actor, both: duplicates.merge(counter, actor, *both))),
    WritePath("unmerge", COUNTER, _merged, _by(lambda counter, actor, other: duplicates.undo(counter, actor, other))),
    WritePath("different", COUNTER, _both, _by(lambda counter, actor, both: duplicates.decide(
        counter, actor, *both, "different")), repeats=True),
    WritePath("consent", COUNTER, _first, _by(lambda counter, actor, case: privacy.decide(
        counter, actor, case, "news", given=True))),
    WritePath("unmask", COUNTER, _first, _by(lambda counter, actor, case: people.unmask(
        counter, actor, case, "citizen_id", "ตรวจกับบัตร")), repeats=True),
    WritePath("wrong password", COUNTER, _nothing, _wrong_password, repeats=True),
    WritePath("sign in", COUNTER, _nothing, lambda counter, _: staff.sign_in(
        counter, homes.USERNAME, homes.PASSWORD), repeats=True),
    WritePath("link ThaiD", COUNTER, _nothing, _by(lambda counter, actor, _: staff.link_thaid(
        counter, actor, PERSON))),
    WritePath("unlink ThaiD", COUNTER, lambda counter: staff.link_thaid(counter, _actor(counter), PERSON),
              _by(lambda counter, actor, _: staff.unlink_thaid(counter, actor, actor.username))),
    WritePath("ThaiD sign-in", COUNTER, lambda counter: staff.link_thaid(counter, _actor(counter), PERSON),
              lambda counter, _: staff.sign_in_thaid(counter, PERSON), repeats=True),
    WritePath("draft", COUNTER, _nothing, _by(lambda counter, actor, _: drafts.save(
        counter, actor, "counter", {"topic": "ไฟดับ"}))),
    WritePath("discard draft", COUNTER, lambda counter: drafts.save(counter, _actor(counter), "counter", {"a": "ก"}),
              _by(lambda counter, actor, _: drafts.discard(counter, actor, "counter"))),
    WritePath("print", COUNTER, _first, _by(lambda counter, actor, case: print_jobs.plan(
        counter, actor, case, "slip", copy_reason="หาย")), repeats=True),
    WritePath("print to a file", COUNTER, _first, _by(lambda counter, actor, case: print_jobs.plan_file(
        counter, actor, case, "petition")), repeats=True),
    WritePath("claim a job", COUNTER, _nothing, lambda counter, _: print_jobs.claim(counter, "slip"), repeats=True),
    WritePath("job sent", COUNTER, partial(_job, sending=True), lambda counter, job: print_jobs.sent(
        counter, print_jobs.get_job(counter, job))),
    WritePath("job failed", COUNTER, partial(_job, sending=True), lambda counter, job: print_jobs.failed(
        counter, print_jobs.get_job(counter, job), Unavailable("printer_off", "ปิดอยู่", "เปิด"))),
    WritePath("job confirmed", COUNTER, partial(_job, sending=True), _by(print_jobs.confirm)),
    WritePath("job spoiled", COUNTER, _job, _by(lambda counter, actor, job: print_jobs.spoiled(
        counter, actor, job, "หมึกจาง"))),
    WritePath("job again", COUNTER, partial(_job, failed=True), _by(print_jobs.retry)),
    WritePath("interrupted jobs", COUNTER, partial(_job, sending=True), lambda counter, _:
              print_jobs.release_interrupted(counter, "slip")),
    WritePath("printer", COUNTER, _nothing, _by(lambda counter, actor, _: printers.add(
        counter, actor, Printer("a4", "file", "papers", 0))), repeats=True),
    WritePath("job to another printer", COUNTER, _beside, _by(lambda counter, actor, job: print_jobs.move(
        counter, actor, job, "beside")), repeats=True),
    WritePath("printer removed", COUNTER, _beside_only, _by(lambda counter, actor, _: printers.remove(
        counter, actor, "beside"))),
    WritePath("drawer opened", COUNTER, _nothing, _by(lambda counter, actor, _: printers.drawer_opened(
        counter, actor, Printer("slip", "file", "papers", drawer=True))), repeats=True),
    WritePath("void a number", COUNTER, _nothing, _void, repeats=True),
    WritePath("index", COUNTER, _nothing, lambda counter, _: search_index.catch_up(counter), steps=True),
    WritePath("quarantine again", COUNTER, _quarantined, _retry_all),
    *desk_paths.paths(COUNTER, _first, _job, _by),
    *office_paths.paths(COUNTER, _nothing, _by, _picture()),
    *keeping_paths.paths(COUNTER, _nothing, _by),
    *money_paths.paths(COUNTER, _by),
    WritePath("backup", COUNTER, _nothing, lambda counter, _: backups.back_up(
        counter, counter.home / "copy.db"), repeats=True, steps=True),
]  # fmt: skip


# whole homes -------------------------------------------------------------------------------------------------------


def _backed_up(folder: SimpleNamespace) -> None:
    with homes.opened(folder.home, homes.HandClock()) as counter:
        backups.back_up(counter, folder.home / "copy.db")
        register(counter, _actor(counter), {**NAME, "cid": number(3)})


def _restore(folder: SimpleNamespace, _given: Any) -> None:
    backups.restore(folder.home, folder.home / "copy.db", homes.PASSPHRASE, homes.HandClock())


def _rotate(folder: SimpleNamespace, _given: Any) -> None:
    with homes.opened(folder.home, homes.HandClock()) as counter:
        key_rotation.rotate(counter, homes.PASSPHRASE, homes.USERNAME)


def _set_up(folder: SimpleNamespace, _given: Any) -> None:
    homes.make(folder.home, homes.HandClock())


def _migrate(folder: SimpleNamespace, _given: Any) -> None:
    _open(folder.home).close()


# between counter and server ----------------------------------------------------------------------------------------


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A central server as a process of its own: the forks must not take its threads along."""
    code = (
        "import sys; from sync.server import app; app.Limiter.allow = lambda *_: True\n"  # a hundred joinings
        "with app.background(sys.argv[1]) as url: print(url, flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, _url(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def _sync(counter: Counter, _given: Any = None) -> None:
    exchange.sync_once(counter.store, apply=partial(replication.apply, counter), app_version=VERSION)


def _join(url: str, folder: Path, counter: Counter) -> None:
    code, _ = admin.enrol_code(_url(folder), OFFICE_CODE)
    link.enrol(counter.store, url, code, VERSION)
    counter.reload()


def _two_desks(url: str, folder: Path) -> Path:
    """A desk with cases to send, while the other desk's cases, steps and merge wait at the server for it."""
    for name in ("other", "desk"):
        setup.set_up(
            folder / name, office_document(), homes.bootstrap.built_in_services(),
            setup.Administrator(homes.USERNAME, homes.PASSWORD, "ผู้ดูแล ทดสอบ"), homes.HandClock(),
            homes.PASSPHRASE, join=lambda _work: None,
        )  # fmt: skip
        with homes.opened(folder / name, homes.HandClock()) as counter:
            _join(url, folder, counter)
            actor = _actor(counter)
            for cid in (number(11), "") if name == "other" else (number(12), number(13)):
                register(counter, actor, {**NAME, "cid": cid}, consents=("news",))
            if name == "other":
                _merged(counter)
                cases.change_status(counter, actor, _first(counter), "received")
                _sync(counter)
    return folder / "desk"


def _enrolment(url: str, folder: Path, _counter: Counter) -> tuple[str, str]:
    new_office(_url(folder), name="เทศบาลเมืองทดสอบใหม่")
    return url, admin.enrol_code(_url(folder), OFFICE_CODE)[0]


NAMES = (
    *(path.name for path in (*AT_THE_COUNTER, *ON_THE_SERVER)),
    *filing_paths.NAMES,
    "restore",
    "key rotation",
    "set up",
    "migration",
    "sync",
    "enrol",
)
"""Of every path in `everything`."""


def everything(folder: Path) -> Iterator[tuple[Path, list[WritePath]]]:
    """Templates with the paths that begin on a copy of them. What they need besides runs while they are tried."""
    filled = _fill(folder / "filled")
    yield filled, AT_THE_COUNTER
    yield filled, [WritePath("restore", FOLDER, _backed_up, _restore, repeats=True, steps=True)]
    yield filled, [WritePath("key rotation", FOLDER, _nothing, _rotate, repeats=True, steps=True)]
    yield filing_paths.province(folder / "province"), filing_paths.paths(COUNTER, _nothing, _by)
    empty = folder / "empty"
    empty.mkdir()
    yield empty, [WritePath("set up", FOLDER, _nothing, _set_up, steps=True)]
    from tests.integration.test_migrations import stored_at

    old = stored_at("0001", filled, folder / "old")
    yield old, [WritePath("migration", replace(FOLDER, state=_raw_state, check=_raw_check), _nothing, _migrate)]
    yield _fill_server(folder / "server"), ON_THE_SERVER
    served = _fill_server(folder / "served")
    with _server(served) as url:
        yield _two_desks(url, served), [WritePath("sync", COUNTER, _nothing, _sync, steps=True, repeats=True)]
        alone = folder / "alone"
        setup.set_up(
            alone, office_document(), homes.bootstrap.built_in_services(),
            setup.Administrator(homes.USERNAME, homes.PASSWORD, "ผู้ดูแล ทดสอบ"), homes.HandClock(), homes.PASSPHRASE,
            join=lambda _work: None,
        )  # fmt: skip
        yield alone, [
            WritePath("enrol", COUNTER, partial(_enrolment, url, served), lambda counter, given: link.enrol(
                counter.store, *given, VERSION), steps=True, repeats=True)
        ]  # fmt: skip
