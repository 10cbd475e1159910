"""Staff who sign in by ThaiD: linked once, then let in; anybody else is not, and no number is kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command as alembic_command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from app.domain.errors import Refused
from app.services import staff
from app.services.counter import Counter
from app.services.model import Actor
from app.services.thaid import CITIZEN, STAFF, ThaiDPerson
from app.store import tables
from app.store.engine import open_engine
from app.store.schema import HEAD, MIGRATIONS, bring_up_to_date, schema_version
from tests.integration.thaid_support import NUMBER, OTHER_NUMBER, STANDARD, Scene, scene

ME = ThaiDPerson(
    NUMBER, "นาย", "กตัญญู", "", "ปิ่นแก้วทดสอบ", "", "", "", "", None, "", "male", "", ial="2.3",
    checked_at=datetime(2026, 11, 20, 2, 0, tzinfo=UTC), purpose=STAFF,
)  # fmt: skip
YOU = replace(ME, citizen_id=OTHER_NUMBER, first_name="อื่น")


@pytest.fixture
def second(counter: Counter) -> Actor:
    with counter.store.write("admin") as work:
        staff_id = staff.add(work, "somsak", "สมศักดิ์ ทดสอบ", "a long enough password", "user")
    return Actor(staff_id, "somsak", "สมศักดิ์ ทดสอบ", "", "user")


def refusal(act: object, *arguments: object) -> str:
    with pytest.raises(Refused) as caught:
        act(*arguments)  # type: ignore[operator]
    return caught.value.code


def test_linked_once_then_let_in(counter: Counter, actor: Actor) -> None:
    assert not staff.has_thaid(counter, actor.username)
    staff.link_thaid(counter, actor, ME)
    staff.link_thaid(counter, actor, ME)
    assert staff.has_thaid(counter, actor.username)
    assert staff.sign_in_thaid(counter, ME).id == actor.id
    assert staff.sign_in_thaid(counter, ME, actor.username).username == actor.username


def test_a_person_who_is_linked_to_nobody(counter: Counter, actor: Actor) -> None:
    staff.link_thaid(counter, actor, ME)
    assert refusal(staff.sign_in_thaid, counter, YOU) == "thaid_not_linked"


def test_the_wrong_person_for_the_chosen_account(counter: Counter, actor: Actor, second: Actor) -> None:
    staff.link_thaid(counter, actor, ME)
    staff.link_thaid(counter, second, YOU)
    assert refusal(staff.sign_in_thaid, counter, YOU, actor.username) == "thaid_wrong_person"
    assert staff.sign_in_thaid(counter, YOU, second.username).id == second.id


def test_a_number_signs_one_account_in(counter: Counter, actor: Actor, second: Actor) -> None:
    staff.link_thaid(counter, actor, ME)
    assert refusal(staff.link_thaid, counter, second, ME) == "thaid_linked_elsewhere"
    assert refusal(staff.link_thaid, counter, actor, YOU) == "thaid_linked_already"


def test_a_proof_for_a_form_signs_nobody_in(counter: Counter, actor: Actor) -> None:
    for_a_form = replace(ME, purpose=CITIZEN)
    assert refusal(staff.link_thaid, counter, actor, for_a_form) == "thaid_purpose"
    staff.link_thaid(counter, actor, ME)
    assert refusal(staff.sign_in_thaid, counter, for_a_form) == "thaid_purpose"


def test_unlinked_by_oneself_or_by_an_administrator(counter: Counter, actor: Actor, second: Actor) -> None:
    staff.link_thaid(counter, second, YOU)
    staff.link_thaid(counter, actor, ME)
    assert refusal(staff.unlink_thaid, counter, second, actor.username) == "right_needed"
    staff.unlink_thaid(counter, actor, second.username)
    assert refusal(staff.sign_in_thaid, counter, YOU) == "thaid_not_linked"
    staff.unlink_thaid(counter, actor, actor.username)
    assert not staff.has_thaid(counter, actor.username)
    assert refusal(staff.unlink_thaid, counter, actor, "nobody") == "staff_unknown"


def test_who_is_not_active_any_more_is_not_let_in(counter: Counter, actor: Actor, second: Actor) -> None:
    staff.link_thaid(counter, second, YOU)
    with counter.store.write(actor.username) as work:
        work.run("UPDATE staff SET active = 0 WHERE id = ?", (second.id,))
    assert refusal(staff.sign_in_thaid, counter, YOU) == "thaid_not_linked"


def test_no_number_is_kept_and_every_sign_in_is_in_the_audit(counter: Counter, actor: Actor) -> None:
    staff.link_thaid(counter, actor, ME)
    staff.sign_in_thaid(counter, ME)
    assert refusal(staff.sign_in_thaid, counter, YOU) == "thaid_not_linked"
    with counter.store.read() as connection:
        actions = connection.exec_driver_sql("SELECT action FROM audit").scalars().all()
        names = (
            connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%'"
            )
            .scalars()
            .all()
        )
        everything = "".join(str(connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall()) for name in names)
        register = connection.exec_driver_sql("SELECT thaid_hash FROM staff").scalar()
    assert actions[-3:] == ["thaid_linked", "signed_in_thaid", "sign_in_thaid_refused"]
    assert NUMBER not in everything
    assert len(register) == 16


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("thaid")) as made:
        made.provider.switch(**STANDARD)
        yield made


def test_a_clerk_links_and_signs_in_at_a_real_counter(stage: Scene) -> None:
    counter = stage.desk.counter
    clerk = staff.sign_in(counter, "somying", "a long enough password")
    staff.link_thaid(counter, clerk, stage.person(STAFF))
    assert staff.sign_in_thaid(counter, stage.person(STAFF), "somying").id == clerk.id
    stage.provider.switch(person={"pid": OTHER_NUMBER})
    assert refusal(staff.sign_in_thaid, counter, stage.person(STAFF), "somying") == "thaid_not_linked"


def test_the_migration_keeps_staff_and_their_passwords(tmp_path: Path) -> None:
    key = bytes(range(32))
    engine = open_engine(tmp_path / "counter.db", key)
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        alembic_command.upgrade(config, "0002")
        for name in ("somying", "somsak"):
            connection.exec_driver_sql(
                "INSERT INTO staff (id, username, full_name, role, password_hash, failed_attempts)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (name, name, name, "user", "$argon2id$kept", 3),
            )
    assert bring_up_to_date(engine, tmp_path / "backups", key)
    with engine.connect() as connection:
        assert schema_version(connection) == HEAD
        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)
        assert [found for found in differences if "staff" in str(found)] == []
        rows = connection.exec_driver_sql(
            "SELECT username, password_hash, failed_attempts, thaid_hash FROM staff ORDER BY username"
        ).fetchall()
    engine.dispose()
    assert [tuple(row) for row in rows] == [
        ("somsak", "$argon2id$kept", 3, None), ("somying", "$argon2id$kept", 3, None)
    ]  # fmt: skip
    assert len(list((tmp_path / "backups").glob("before-*.db"))) == 1
