"""What was kept long enough is destroyed by two people: at every counter, on the server, in backups; the rest stays."""

import hashlib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.catalog.loader import load_builtin
from app.catalog.samples import sample
from app.domain.errors import Refused
from app.services import (
    attachments,
    backup_plan,
    backups,
    bills,
    cases,
    corrections,
    data_requests,
    destruction,
    drafts,
    office_records,
    people,
    receipt_rows,
    receipts,
    registration,
    registration_json,
    retention,
    search_index,
    setup,
    verification,
)
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.services.money_model import MIXED, Part, Pay
from sync.files import FileWork
from sync.server.database import Database
from sync.server.files import forget
from sync.server.files.store import open_store
from sync.server.relay import admin as relay_admin
from tests.integration.house_support import House
from tests.integration.server_databases import BOTH, database_of
from tests.integration.support import books, homes, money
from tests.integration.sync_support import OFFICE_CODE, Desk, Province

OFFICER = Actor("1", "somying", "สมหญิง ทดสอบ", "เจ้าหน้าที่", "admin")
OTHER = replace(OFFICER, id="2", username="somchai", full_name="สมชาย ทดสอบ")
CLERK = replace(OFFICER, id="3", username="clerk", role="user")
LATER = timedelta(days=3_660)
SECRETS = ("ดวงกมลพรรณ", "ศรีสุวรรณมาลี", "0897613542", "รัษฎานุสรณ์", "ท่อระบายน้ำส่งกลิ่น", "โทรหาลูกสาว", "ภาพบ้าน")


class Later:
    """The clock of a counter, moved on."""

    def __init__(self, clock: Any, by: timedelta) -> None:
        self._clock, self.by = clock, by

    def now(self) -> datetime:
        return self._clock.now() + self.by

    def running(self) -> float:
        return self._clock.running() + self.by.total_seconds()


def picture(colour: str) -> bytes:
    target = BytesIO()
    Image.new("RGB", (9, 9), colour).save(target, "PNG")
    return target.getvalue()


OF_REQUEST = picture("green") + SECRETS[0].encode()


def register(counter: Counter, *, cid: str = "", first_name: str = "ดวงกมลพรรณ") -> str:
    data = sample(load_builtin()["petition"])
    data["applicant"] |= {"first_name": first_name, "last_name": "ศรีสุวรรณมาลี", "phone": "0897613542"}
    data["applicant"] |= {"cid": cid}
    data["applicant"].setdefault("address", {})["road"] = "รัษฎานุสรณ์"
    data["answers"] |= {"topic": "ท่อระบายน้ำส่งกลิ่น", "detail": "โทรหาลูกสาวก่อนเข้าบ้าน ท่อระบายน้ำส่งกลิ่นทุกคืน"}
    command = registration_json.from_json("petition", {**data, "consents": ["news"]})
    return registration.enter(counter, OFFICER, command).number


def finish(counter: Counter, number: str) -> None:
    """The whole way of a case that leaves words everywhere, and its end."""
    attachments.attach(counter, OFFICER, number, [NewFile("ภาพบ้าน.png", picture("red"))])
    cases.add_note(counter, OFFICER, number, "โทรหาลูกสาวแล้ว 0897613542")
    corrections.correct(counter, OFFICER, number, {"applicant.phone": "0897613542", "place.note": "รัษฎานุสรณ์"})
    drafts.save(counter, OFFICER, "desk", {"of": number, "note": "โทรหาลูกสาว"})
    cases.change_status(counter, OFFICER, number, "cancelled", note="โทรหาลูกสาวแล้ว ไม่ติดใจ")


def later(counter: Counter, by: timedelta = LATER) -> None:
    counter.clock = counter.store.clock = Later(counter.clock, by)


def everything(home: Path) -> str:
    """All text of every table that the program reads."""
    with books.raw(home) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%'")
        return "\n".join(
            str(row) for (name,) in names.fetchall() for row in connection.execute(f"SELECT * FROM {name}")
        )


def found(text: str) -> list[str]:
    return [word for word in SECRETS if word in text]


def approved(counter: Counter, numbers: tuple[str, ...] = ()) -> str:
    key = destruction.propose(counter, OFFICER, numbers, reason="ครบอายุ")
    destruction.approve(counter, OTHER, key, "คำสั่งที่ 12/2579 ลงวันที่ 1 ธันวาคม 2579")
    return key


@pytest.fixture
def counter(home: Path) -> Any:
    with homes.opened(home) as counter:
        yield counter


def test_a_list_of_what_is_due_is_approved_by_another_and_leaves_numbers_and_audit(
    counter: Counter, home: Path
) -> None:
    old, going_on = register(counter, cid="1999900000013"), register(counter)
    finish(counter, old)
    search_index.catch_up(counter)
    assert retention.due(counter, OFFICER) == [], "nothing is due yet"
    with pytest.raises(Refused, match="nothing_due"):
        destruction.propose(counter, OFFICER)
    later(counter)
    (one,) = retention.due(counter, OFFICER)
    assert (one.number, one.kind) == (old, "petition") and "ข้อ 57" in one.basis
    key = destruction.propose(counter, OFFICER, reason="ครบอายุ")
    with pytest.raises(Refused, match="same_person"):
        destruction.approve(counter, OFFICER, key, "12/2579")
    with pytest.raises(Refused, match="state"):
        destruction.run(counter, OFFICER, key)
    with pytest.raises(Refused, match="right_needed"):
        destruction.approve(counter, CLERK, key, "12/2579")
    destruction.approve(counter, OTHER, key, "คำสั่งที่ 12/2579")
    told: list[tuple[int, int]] = []
    done = destruction.run(counter, OFFICER, key, lambda at, every: told.append((at, every)))
    assert (done.state, len(done.destroyed), done.drafts, told) == ("done", 1, 0, [(0, 1), (1, 1)])
    assert cases.find(counter, "ดวงกมลพรรณ", actor=OFFICER)[0].number == going_on
    assert [row.number for row in cases.find(counter, "ท่อระบายน้ำ", actor=OFFICER)] == [going_on]
    assert cases.find(counter, "1999900000013", actor=OFFICER) == []
    assert len(people.find(counter, "ดวงกมลพรรณ")) == 1 and cases.get(counter, old).subject == "(ทำลายแล้ว)"
    assert attachments.listing(counter, old) == [] and not list(counter.blobs.folder.glob("??/*"))
    assert cases.get(counter, old, OFFICER).applicant.citizen_id == ""
    assert all(check.ok for check in verification.verify(counter)), verification.verify(counter)
    with pytest.raises(Refused, match="case_open"):
        destruction.propose(counter, OFFICER, [old])
    destruction.approve(counter, OTHER, _all_of(counter, going_on), "13/2579")
    destruction.run(counter, OFFICER, destruction.listing(counter, OFFICER)[0].key)
    counter.store.close()
    assert found(everything(home)) == []
    with books.raw(home) as connection:
        index = b"".join(row[0] for row in connection.execute("SELECT block FROM search_data"))
    assert b"000" in index
    assert "ดวง".encode() not in index and "ท่อ".encode() not in index, "nor in older parts of the index"
    with homes.opened(home) as again:
        assert [cases.get(again, number).number for number in (old, going_on)] == [old, going_on]
        assert all(check.ok for check in verification.verify(again))


def _all_of(counter: Counter, number: str) -> str:
    finish(counter, number)
    later(counter)
    return destruction.propose(counter, OFFICER)


def test_a_hold_and_a_reopened_case_are_left_and_named(counter: Counter) -> None:
    held, reopened, gone = register(counter), register(counter), register(counter)
    for number in (held, reopened, gone):
        cases.change_status(counter, OFFICER, number, "cancelled", note="ไม่ติดใจ")
    later(counter)
    key = approved(counter)
    retention.hold(counter, OFFICER, held, "คดีปกครอง", "หนังสือ 5/2579")
    with counter.store.write("test") as work:
        work.run("UPDATE cases SET open = 1 WHERE number = ?", (reopened,))
    done = destruction.run(counter, OFFICER, key)
    assert {line.number: line.skipped for line in done.lines} == {
        held: "ระงับการทำลาย", reopened: "เรื่องเปิดใหม่", gone: "",
    }  # fmt: skip
    with pytest.raises(Refused, match="held"):
        destruction.propose(counter, OFFICER, [held])
    with pytest.raises(Refused, match="case_destroyed"):
        retention.hold(counter, OFFICER, gone, "คดี")
    assert retention.due(counter, OFFICER) == []
    retention.lift(counter, OFFICER, held)
    assert [one.number for one in retention.due(counter, OFFICER)] == [held]
    assert destruction.certificate(counter, OFFICER, key).destruction.destroyed[0].number == gone


def test_a_rule_of_the_office_counts_from_its_day(counter: Counter) -> None:
    number = register(counter)
    cases.change_status(counter, OFFICER, number, "cancelled", note="ไม่ติดใจ")
    retention.set_rule(counter, OFFICER, "petition", 1, since="1/1/2580", basis="ประกาศเทศบาล")
    later(counter, timedelta(days=800))
    assert retention.due(counter, OFFICER) == [], "the shorter time is not in force yet"
    retention.set_rule(counter, OFFICER, "petition", 2, basis="ประกาศเทศบาล", verified=True)
    assert [(one.number, one.basis) for one in retention.due(counter, OFFICER)] == [(number, "ประกาศเทศบาล")]
    rule = next(one for one in retention.rules(counter) if one.kind == "petition")
    assert (rule.years, rule.own, rule.verified) == (2, True, True)
    for wrong in ({"kind": "x", "length": 1}, {"kind": "petition", "length": 0}, {"kind": "petition", "length": 101}):
        with pytest.raises(Refused):
            retention.set_rule(counter, OFFICER, basis="ก", **wrong)


def test_erasure_on_request_needs_an_identity_that_was_checked(counter: Counter) -> None:
    number = register(counter)
    finish(counter, number)
    asked = data_requests.receive(counter, OFFICER, "erasure", name="ดวงกมลพรรณ", number=number)
    with pytest.raises(Refused, match="not_due"):
        destruction.propose(counter, OFFICER, [number])
    with pytest.raises(Refused, match="request"):
        destruction.propose(counter, OFFICER, [number], request=asked)
    data_requests.check_identity(counter, OFFICER, asked, "card")
    key = destruction.propose(counter, OFFICER, [number], request=asked)
    destruction.approve(counter, OTHER, key, "12/2569")
    assert destruction.run(counter, OFFICER, key).destroyed[0].number == number


def test_a_restored_backup_destroys_it_again(counter: Counter, home: Path, tmp_path: Path) -> None:
    number = register(counter)
    finish(counter, number)
    (made,) = backup_plan.run(counter)
    shared = list(made.file.parent.glob("files-of-cases/??/*"))
    assert len(shared) == 1
    later(counter)
    destruction.run(counter, OFFICER, approved(counter))
    assert not shared[0].exists(), "its file goes from the backups within reach"
    counter.store.close()
    assert (home / "destroyed.sealed").is_file() and number.encode() not in (home / "destroyed.sealed").read_bytes()
    backups.restore(home, made.file, homes.PASSPHRASE, homes.HandClock(datetime(2037, 1, 1, tzinfo=UTC)))
    (home / "counter.db.before-restore").unlink()
    with homes.opened(home) as again:
        assert cases.get(again, number).subject == "(ทำลายแล้ว)"
        assert all(check.ok for check in verification.verify(again)), verification.verify(again)
    assert found(everything(home)) == []


@pytest.fixture
def province(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with Province(tmp_path, database_of(request)) as found:
        yield found


@BOTH
def test_it_reaches_the_other_counters_and_the_server_and_later_news_of_it_leave_nothing(province: Province) -> None:
    first, second = province.desk(), province.desk("เคาน์เตอร์ 2")
    number = register(first.counter, cid="1999900000013")
    asked = answered(first.counter)
    first.sync()
    second.sync()
    cases.add_note(second.counter, OFFICER, number, "โทรหาลูกสาว เขียนก่อนรู้ว่าทำลาย")
    with second.store.write("test") as work:
        record = office_records.get(work.connection, "data_request", asked)
        assert record
        office_records.put(work, "data_request", asked, {**record.document, "detail": "โทรหาลูกสาว"})
    finish(first.counter, number)
    other = first.register()[0]
    attachments.attach(first.counter, OFFICER, other, [NewFile("อื่น.png", picture("blue"))])
    later(first.counter)
    assert retention.due(first.counter, OFFICER)[1:] == [], "a case that the server has not whole is not listed"
    key = destruction.propose(first.counter, OFFICER)
    destruction.refuse(first.counter, OTHER, key, "รอส่ง")
    first.sync()
    assert FileWork(first.store, first.counter.blobs).send().sent == 3
    contents = [picture("red"), OF_REQUEST, picture("blue")]
    assert [on_server(province, content) for content in contents] == contents
    destruction.run(first.counter, OFFICER, approved(first.counter))
    first.sync()
    log = str(province.rows("SELECT payload FROM log"))
    assert "ท่อระบายน้ำ" not in log and "0897613542" not in log
    swept(province)
    assert [on_server(province, content) for content in contents] == [None, None, contents[2]], "another's file stays"
    second.sync()
    first.sync()
    assert found(str(province.rows("SELECT * FROM log"))) == [], "nor what another counter sent later"
    third = province.desk("เคาน์เตอร์ 3")
    third.sync()
    for desk in (first, second, third):
        assert cases.get(desk.counter, number).subject == "(ทำลายแล้ว)"
        assert data_requests.listing(desk.counter, OFFICER) == []
        assert all(check.ok for check in verification.verify(desk.counter)), verification.verify(desk.counter)
        assert desk.meta("inbox_failed") in ("", "[]") and desk.one("SELECT count(*) FROM quarantine") == 0
    homes_of = [desk.home for desk in (first, second, third)]
    for desk in (first, second, third):
        desk.counter.store.close()
    assert [found(_text(home)) for home in homes_of] == [[], [], []]


def answered(counter: Counter) -> str:
    """A request of a data subject with a file that says who, answered."""
    file = NewFile(f"{SECRETS[0]}.png", OF_REQUEST)
    key = data_requests.receive(counter, OFFICER, "access", name=SECRETS[1], contact="0897613542", files=[file])
    data_requests.check_identity(counter, OFFICER, key, "card")
    data_requests.answer(counter, OFFICER, key, "โทรหาลูกสาว ส่งสำเนาแล้ว")
    return key


def on_server(province: Province, content: bytes) -> bytes | None:
    with closing(Database(province.database)) as database:
        return open_store(database).get(OFFICE_CODE, hashlib.sha256(content).digest())


def swept(province: Province) -> None:
    """The server's own thread may have been first."""
    with closing(Database(province.database)) as database:
        forget.sweep(database, open_store(database))
    assert province.rows("SELECT * FROM file_to_forget") == []


def _text(home: Path) -> str:
    counter = setup.open_counter(home, homes.HandClock(datetime(2037, 1, 1, tzinfo=UTC)), "กุญแจ")
    try:
        with counter.store.read() as connection:
            names = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%'"
            ).scalars().all()  # fmt: skip
            return "\n".join(
                str(row) for name in names for row in connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall()
            )
    finally:
        counter.close()


def test_two_lists_that_destroy_one_case_apart_from_each_other_are_one(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk(), province.desk("เคาน์เตอร์ 2")
        number = register(first.counter)
        corrections.correct(first.counter, OFFICER, number, {"external_number": "โทรหาลูกสาว"})
        first.sync()
        finish(first.counter, number)
        for desk in (first, second):
            desk.sync()
        keys = []
        for desk in (first, second):
            later(desk.counter)
            keys.append(approved(desk.counter))
            desk.sync()
        for desk, key in zip((first, second), keys, strict=True):
            destruction.run(desk.counter, OFFICER, key)
        for desk in (second, first, second):
            desk.sync()
        kept = "SELECT destruction || at || by FROM destroyed"
        assert first.one(kept) == second.one(kept)
        assert [desk.one("SELECT external_number FROM cases") for desk in (first, second)] == ["", ""]
        for desk in (first, second):
            assert all(check.ok for check in verification.verify(desk.counter)), verification.verify(desk.counter)


def test_what_was_destroyed_before_the_house_had_a_line_is_destroyed_everywhere(house: House) -> None:
    inside, outside = house.inside("หน้าต่าง 1"), house.desk("สาขา")
    [number] = inside.register(first_name="ดวงกมลพรรณ")
    inside.sync()
    house.pass_on()
    outside.sync()
    cases.change_status(inside.counter, OFFICER, number, "cancelled", note="โทรหาลูกสาวแล้ว ไม่ติดใจ")
    inside.sync()
    with inside.store.write(OFFICER.username) as work:
        record = work.run("SELECT id FROM cases").scalar_one()
        told = {"destruction": "0" * 32, "number": number, "listed_by": "somying", "approved_by": "wichai"}
        work.emit("case_destroyed", record, told)
    inside.sync()
    house.pass_on()
    assert relay_admin.listing(house.office) == [], "nothing was refused"
    outside.sync()
    assert cases.get(outside.counter, number).subject == "(ทำลายแล้ว)"
    for rows in (house.rows("SELECT payload FROM log"), house.at_the_office("SELECT payload FROM log")):
        assert "ดวงกมลพรรณ" not in str(rows) and "ลูกสาว" not in str(rows)
    [late] = outside.register(first_name="ดวงกมลพรรณ")
    outside.sync()
    house.pass_on()
    with outside.store.write(OFFICER.username) as work:
        record = work.run("SELECT id FROM cases WHERE number = ?", (late,)).scalar_one()
        work.emit("case_destroyed", record, {**told, "number": late})
    outside.sync()
    house.pass_on()
    assert "ดวงกมลพรรณ" not in str(house.at_the_office("SELECT payload FROM log"))


def test_an_event_without_a_second_person_is_refused_by_the_server(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        register(desk.counter)
        with desk.store.write("test") as work:
            record = work.run("SELECT id FROM cases").scalar_one()
            work.emit("case_destroyed", record, {"destruction": "x", "listed_by": "a", "approved_by": "a"})
        desk.sync()
        assert desk.one("SELECT code FROM quarantine") == "destruction_unapproved"
        assert "ท่อระบายน้ำ" in str(province.rows("SELECT payload FROM log"))


def test_what_an_older_program_passed_over_is_made_up_for(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home", "เคาน์เตอร์ 1", alone=True)
    number = register(desk.counter)
    with desk.store.write("test") as work:
        record = work.run("SELECT id FROM cases").scalar_one()
        work.emit("case_destroyed", record, {"destruction": "x", "listed_by": "a", "approved_by": "b"})
        work.run("INSERT INTO meta VALUES ('destructions_to_find', '1')")
    desk.close()
    assert found(_text(desk.home)) == [] and number in _text(desk.home)


def test_data_destroyed_past_the_program_are_found(counter: Counter) -> None:
    register(counter)
    with counter.store.write("test") as work:
        work.run("INSERT INTO destroyed SELECT row, 'x', 1, 'x' FROM cases")
        work.run("UPDATE cases SET document = '{}'")
    failing = {check.name for check in verification.verify(counter) if not check.ok}
    assert failing == {"cases"}


def test_money_and_its_numbers_stay_when_the_payer_goes(home: Path) -> None:
    clock = homes.HandClock()
    with homes.opened(home, clock) as counter:
        admin = homes.signed_in(counter)
        number = money.approved_permit(counter, admin)
        bills.make(counter, admin, number)
        receipt = receipts.issue(
            counter, admin, Pay(number, method="transfer", amount_satang=20_000, reference="ดวงกมล")
        )
        with counter.store.write("test") as work:
            work.run("UPDATE cases SET open = 0 WHERE number = ?", (number,))
            with pytest.raises(Exception, match="receipt is frozen"):
                work.run("UPDATE receipt SET document = '{}'")
        mixed = money.approved_permit(counter, admin)
        parts = (Part("cash", 5_000), Part("cheque", 15_000, "ดวงกมล", "ธนาคารของดวงกมล"))
        receipts.issue(counter, admin, Pay(mixed, MIXED, 20_000, parts=parts))
        with counter.store.write("test") as work:
            work.run("UPDATE cases SET open = 0 WHERE number = ?", (mixed,))
        payer = cases.get(counter, number).applicant.first_name
        clock.forward(days=3_660)
        retention.set_rule(counter, admin, "receipt", 20, basis="ยังไม่ได้ตรวจสอบ")
        assert retention.due(counter, admin) == [], "the receipt is kept longer than the permit"
        retention.set_rule(counter, admin, "receipt", 10, basis="ตรวจสอบแล้ว")
        key = destruction.propose(counter, admin)
        destruction.approve(counter, OTHER, key, "12/2579")
        destruction.run(counter, admin, key)
        kept, shared = sorted(receipt_rows.listed(counter), key=lambda one: one.no)
        assert shared.shares == (("cash", 5_000), ("cheque", 15_000)), "money by the way it was paid stays"
        assert (kept.book, kept.no, kept.total_satang) == (receipt.book, receipt.no, receipt.total_satang)
        assert all(check.ok for check in verification.verify(counter)), verification.verify(counter)
        with pytest.raises(Refused, match="case_destroyed"):
            cases.add_note(counter, admin, number, "อีกครั้ง")
        with counter.store.write("test") as work, pytest.raises(Exception, match="receipt is frozen"):
            work.run("UPDATE receipt SET total_satang = 1")
    with books.raw(home) as connection:
        for table in ("receipt", "bill", "payment", "payment_part", "event", "cases", "person", "print_job"):
            rows = str(connection.execute(f"SELECT * FROM {table}").fetchall())
            assert payer not in rows and "ดวงกมล" not in rows, table
