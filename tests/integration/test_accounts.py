"""Accounts, first passwords, appointment orders and rights: at one counter, and alike on all of an office."""

import json
from dataclasses import replace

import pytest
from sync_support import Province

from app.domain import grants
from app.domain.errors import Refused
from app.services import (
    account_rows,
    accounts,
    appointments,
    lhr,
    office_settings,
    pins,
    rights,
    staff,
    verification,
)
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support import command, homes
from tests.integration.test_office_records import PDF

FIRST, OWN = "ครั้งแรก-1234", "ของตนเอง-5678"
PERSON = {"full_name": "นางสาวสมใจ รักงาน", "position": "เจ้าพนักงานธุรการ", "division": ""}


@pytest.fixture
def chief(counter: Counter) -> Actor:
    return homes.signed_in(counter)


def code_of(refused: pytest.ExceptionInfo[Refused]) -> tuple[str, str | None]:
    return refused.value.code, refused.value.field


def add(counter: Counter, actor: Actor, **changes: object) -> str:
    values = {**PERSON, "division": accounts.divisions(counter)[0][0], "password": FIRST, **changes}
    return accounts.add(counter, actor, **values)


def enter(counter: Counter, username: str, password: str = OWN) -> Actor:
    return staff.sign_in(counter, username, password)


def test_usernames_say_office_status_and_number(counter, chief):
    code = counter.office.code
    assert accounts.suggestion(counter, "user") == f"{code}user01"
    assert [add(counter, chief), add(counter, chief)] == [f"{code}user01", f"{code}user02"]
    assert add(counter, chief, role="admin", username=f"{code}admin007") == f"{code}admin007"
    taken = [f"{code}user{number:02d}" for number in range(1, 100)]
    assert grants.next_username(code, "user", taken) == f"{code}user100"
    for wrong in ("somjai", f"{code}admin01", f"{code}user1", f"{code}user0001", "04999999user01", f"{code}staff01"):
        with pytest.raises(Refused) as refused:
            add(counter, chief, username=wrong)
        assert code_of(refused) == ("username", "username"), wrong
    with pytest.raises(Refused) as refused:
        add(counter, chief, username=f"{code}user01")
    assert refused.value.code == "username_taken"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"full_name": " "}, "required", "full_name"),
        ({"position": ""}, "required", "position"),
        ({"division": ""}, "required", "division"),
        ({"division": "nowhere"}, "division", "division"),
        ({"employee_type": "friend"}, "employee_type", "employee_type"),
        ({"role": "root"}, "role", "role"),
        ({"template": "king"}, "role_template", "template"),
        ({"password": "short"}, "password_short", "password"),
        ({"confirm": "another one"}, "confirm", "confirm"),
    ],
)
def test_what_an_account_needs(counter, chief, changes, code, field):
    before = len(accounts.listing(counter, chief))
    with pytest.raises(Refused) as refused:
        add(counter, chief, **changes)
    assert code_of(refused) == (code, field)
    assert len(accounts.listing(counter, chief)) == before


def test_the_first_password_is_changed_before_anything_else(counter, chief, clock):
    name = add(counter, chief)
    with pytest.raises(Refused) as refused:
        enter(counter, name, FIRST)
    assert code_of(refused) == ("password_must_change", "new_password")
    for old, new, confirm, code in (
        ("wrong one here", OWN, OWN, "sign_in"),
        (FIRST, "short", "short", "password_short"),
        (FIRST, FIRST, FIRST, "password_same"),
        (FIRST, OWN, OWN + "x", "confirm"),
    ):
        with pytest.raises(Refused, match=code):
            staff.change_password(counter, name, old, new, confirm)
    assert staff.change_password(counter, name, FIRST, OWN, OWN).username == name
    person = enter(counter, name)
    pins.choose(counter, person, OWN, "482915")
    for _ in range(staff.FREE_ATTEMPTS):
        with pytest.raises(Refused, match="sign_in"):
            enter(counter, name, "wrong password")
    accounts.reset_password(counter, chief, name, FIRST, FIRST)
    for secret in ("482915", OWN):
        with pytest.raises(Refused, match="sign_in"):
            staff.sign_in(counter, name, secret, pin=True)
    with pytest.raises(Refused, match="password_must_change"):
        enter(counter, name, FIRST)
    told = [row["action"] for row in _audit(counter)]
    assert {"account_added", "password_changed", "password_reset", "pin_set"} <= set(told)
    assert FIRST not in json.dumps(_audit(counter), ensure_ascii=False)


def _audit(counter: Counter) -> list[dict[str, str]]:
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT action, subject, detail FROM audit").fetchall()
    return [{"action": row[0], "subject": row[1], "detail": row[2]} for row in rows]


def test_the_last_administrator_stays(counter, chief):
    for change in (
        lambda: accounts.set_active(counter, chief, chief.username, False),
        lambda: accounts.change(counter, chief, chief.username, role="user"),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code in ("own_account", "last_admin")
    second = add(counter, chief, role="admin", root=True)
    staff.change_password(counter, second, FIRST, OWN)
    accounts.set_active(counter, enter(counter, second), chief.username, False)
    with pytest.raises(Refused, match="sign_in"):
        homes.signed_in(counter)
    with pytest.raises(Refused, match="last_admin"):
        accounts.change(counter, enter(counter, second), second, role="user")
    with pytest.raises(Refused, match="staff_unknown"):
        accounts.reset_password(counter, chief, second, FIRST)  # who was disabled does nothing more
    accounts.set_active(counter, enter(counter, second), chief.username, True)
    assert homes.signed_in(counter)


def test_levels_of_administrators(counter, chief):
    plain, other, user = (add(counter, chief, role=role) for role in ("admin", "admin", "user"))
    for name in (plain, user):
        staff.change_password(counter, name, FIRST, OWN)
    admin, clerk = enter(counter, plain), enter(counter, user)
    accounts.change(counter, admin, user, position="หัวหน้างาน")
    with pytest.raises(Refused, match="nothing_to_save"):
        accounts.change(counter, admin, user, position="หัวหน้างาน")
    for who, target, code in ((admin, other, "chief_admin_needed"), (clerk, user, "right_needed")):
        with pytest.raises(Refused, match=code):
            accounts.reset_password(counter, who, target, FIRST)
    with pytest.raises(Refused, match="chief_admin_needed"):
        add(counter, admin, role="admin", root=True)
    with pytest.raises(Refused, match="chief_admin_needed"):
        accounts.change(counter, admin, user, role="admin")
    with pytest.raises(Refused, match="right_needed"):
        accounts.listing(counter, clerk)
    assert add(counter, admin).endswith("user02")


def test_orders_let_people_in_and_their_end_is_told_in_advance(counter, chief, clock):
    name = add(counter, chief)
    staff.change_password(counter, name, FIRST, OWN)
    office_settings.change(counter, chief, {"appointments": {"required": True, "warn_days": 10}})
    with pytest.raises(Refused) as refused:
        enter(counter, name)
    assert refused.value.code == "appointment_needed"
    assert accounts.get(counter, chief, name).state == "รอคำสั่งแต่งตั้ง"
    assert homes.signed_in(counter), "a chief administrator is never shut out"
    order = {"number": "12/2569", "ordered_on": "1 พ.ย. 2569", "persons": [name], "since": "2026-11-01",
             "until": "2026-11-30"}  # fmt: skip
    for changes, code in (
        ({"files": []}, "order_file"),
        ({"number": ""}, "required"),
        ({"persons": []}, "persons"),
        ({"persons": ["nobody"]}, "staff_unknown"),
        ({"until": "2026-10-01"}, "until"),
        ({"ordered_on": "31 ก.พ. 2569"}, "date"),
        ({"files": [replace(PDF, content=b"MZ\x90\x00")]}, "file_kind"),
    ):
        with pytest.raises(Refused) as refused:
            appointments.save(counter, chief, **{**order, "files": [PDF], **changes})
        assert code in (refused.value.code, "date"), changes
    assert appointments.listing(counter, chief) == []
    key = appointments.save(counter, chief, **order, files=[PDF])
    assert enter(counter, name).username == name
    assert appointments.content(counter, chief, key, appointments.listing(counter, chief)[0].files[0].sha256)
    ending = appointments.ends_soon(counter, name)
    assert ending is not None and ending.days_left(appointments.today(counter)) == 10
    assert "อีก 10 วัน" in accounts.get(counter, chief, name).state
    clock.forward(days=11)
    with pytest.raises(Refused, match="appointment_needed"):
        enter(counter, name)
    longer = appointments.save(counter, chief, **{**order, "until": ""}, files=[PDF])
    assert enter(counter, name)
    appointments.revoke(counter, chief, longer)
    assert staff.refreshed(counter, replace(chief, id=_id(counter, name))) is None


def _id(counter: Counter, username: str) -> str:
    with counter.store.read() as connection:
        return str(connection.exec_driver_sql("SELECT id FROM staff WHERE username = ?", (username,)).scalar())


def test_rights_by_template_by_grid_and_like_another(counter, chief, clock):
    one, other = add(counter, chief, template="viewer"), add(counter, chief)
    for name in (one, other):
        staff.change_password(counter, name, FIRST, OWN)
    assert rights.held(enter(counter, one)) == {"view:*", "report:*"}
    today = rights.held(Actor("1", "x", "x", "", "user"))
    assert rights.held(enter(counter, other)) == today, "what clerks could do before stays"
    rows = [{"service": "petition", "may": ["create", "view"]},
            {"service": "ad_permit", "may": ["approve"], "from": "2026-11-20", "to": "2026-11-21"}]  # fmt: skip
    accounts.set_rights(counter, chief, one, rows=rows, general=["merge_people"])
    person = enter(counter, one)
    assert rights.held(person) == {"view:petition", "create:petition", "approve:ad_permit", "merge_people"}
    assert rights.may(person, rights.APPROVE) and not rights.may(person, rights.APPROVE, "petition")
    accounts.copy_rights(counter, chief, other, one)
    clock.forward(days=3)
    assert not rights.may(enter(counter, other), rights.APPROVE)
    for changes, code in (
        ({"rows": [{"service": "pets", "may": []}]}, "rights"),
        ({"rows": [{"service": "*", "may": ["fly"]}]}, "rights"),
        ({"rows": [{"service": "*", "may": [], "from": "soon"}]}, "rights"),
        ({"rows": [{"service": "*", "may": [], "from": "2026-02-01", "to": "2026-01-01"}]}, "rights"),
        ({"rows": [], "general": ["manage_staff"]}, "general"),
        ({"template": "king"}, "role_template"),
    ):
        with pytest.raises(Refused) as refused:
            accounts.set_rights(counter, chief, one, **changes)
        assert refused.value.code == code
    with pytest.raises(Refused, match="rights"):
        accounts.copy_rights(counter, chief, one, chief.username)
    assert any("petition=view+create" in row["detail"] for row in _audit(counter))
    assert all(check.ok for check in verification.verify(counter))


def test_accounts_reach_every_counter_and_the_server_refuses_what_nobody_may(tmp_path):
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        chief = staff.sign_in(first.counter, "somying", "a long enough password")
        name = add(first.counter, chief)
        key = appointments.save(first.counter, chief, number="1/2569", ordered_on="2026-01-01", persons=[name],
                                since="2026-01-01", files=[PDF])  # fmt: skip
        for desk in (first, second, first):
            assert desk.sync().rejected == 0
        assert staff.change_password(second.counter, name, FIRST, OWN).full_name == PERSON["full_name"]
        there = staff.sign_in(second.counter, "somying", "a long enough password")
        assert appointments.listing(second.counter, there)[0].key == key
        for desk in (second, first):
            desk.sync()
        assert enter(first.counter, name).position == PERSON["position"]
        accounts.set_active(first.counter, chief, name, False)
        for desk in (first, second):
            desk.sync()
        with pytest.raises(Refused, match="sign_in"):
            enter(second.counter, name)
        # a counter that was tampered with: a user who makes himself an administrator
        with second.store.write(name) as work:
            account = accounts.account_rows.document(work.connection, name)
            accounts.account_rows.put(work, name, {**account, "role": "admin", "root": True, "active": True})
        assert second.sync().rejected == 1
        assert "จัดการผู้ใช้" in second.one("SELECT reason FROM quarantine")
        first.sync()
        with pytest.raises(Refused, match="sign_in"):
            enter(first.counter, name)


def test_one_username_given_to_two_persons_at_once_is_kept_by_the_first(tmp_path):
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        chiefs = [staff.sign_in(desk.counter, "somying", "a long enough password") for desk in (first, second)]
        taken = add(first.counter, chiefs[0], full_name="นายหนึ่ง มาก่อน")
        assert add(second.counter, chiefs[1], full_name="นางสอง มาหลัง") == taken
        there = staff.change_password(second.counter, taken, FIRST, OWN)
        for desk in (second, first, second, first):
            assert desk.sync().rejected == 0
        lists = [
            {
                (one.full_name, one.username, one.state)
                for one in accounts.listing(desk.counter, chief)
                if one.role == "user"
            }
            for desk, chief in zip((first, second), chiefs, strict=True)
        ]
        assert lists[0] == lists[1]
        ((marked, state),) = [(name, state) for who, name, state in lists[0] if who == "นางสอง มาหลัง"]
        assert marked.startswith(f"{taken}-") and "ชื่อผู้ใช้ซ้ำ" in state
        assert [name for who, name, _state in lists[0] if who == "นายหนึ่ง มาก่อน"] == [taken]
        for desk in (first, second):
            assert enter(desk.counter, marked).full_name == "นางสอง มาหลัง"
            with pytest.raises(Refused, match="sign_in"):
                enter(desk.counter, taken)
            assert desk.one("SELECT detail FROM audit WHERE action = 'account_name_taken'") == taken
        assert staff.refreshed(second.counter, there).username == marked
        # both go on: a change of each reaches the other counter under its own name
        accounts.set_active(first.counter, chiefs[0], marked, False)
        accounts.change(second.counter, chiefs[1], taken, position="นิติกร")
        for desk in (first, second, first):
            assert desk.sync().rejected == 0
        assert accounts.get(first.counter, chiefs[0], taken).position == "นิติกร"
        with pytest.raises(Refused, match="sign_in"):
            enter(second.counter, marked)


def test_two_counters_that_disable_each_others_administrator_keep_one(tmp_path):
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        chief = staff.sign_in(first.counter, "somying", "a long enough password")
        accounts.share(first.counter, chief, "somying")
        other = add(first.counter, chief, role="admin", root=True)
        staff.change_password(first.counter, other, FIRST, OWN)
        for desk in (first, second):
            desk.sync()
        accounts.set_active(first.counter, chief, other, False)
        accounts.set_active(second.counter, enter(second.counter, other), "somying", False)
        for desk in (first, second, first):
            desk.sync()
        for desk in (first, second):
            assert desk.one("SELECT count(*) FROM staff WHERE role = 'admin' AND active = 1") == 1


def test_the_last_chief_stays_in_every_way(counter, chief):
    plain = add(counter, chief, role="admin")
    staff.change_password(counter, plain, FIRST, OWN)
    office_settings.change(counter, chief, {"appointments": {"required": True}})
    for wanted in ({"role": "user"}, {"root": False}, {"role": "admin", "root": False}):
        with pytest.raises(Refused, match="last_admin"):
            accounts.change(counter, chief, chief.username, **wanted)
    with pytest.raises(Refused, match="own_account"):
        accounts.set_active(counter, chief, chief.username, False)
    accounts.set_rights(counter, chief, chief.username, rows=[], general=())
    bare = homes.signed_in(counter)
    assert rights.may(bare, rights.MANAGE_STAFF) and rights.may(bare, rights.OFFICE_SETTINGS)
    with pytest.raises(Refused, match="appointment_needed"):
        enter(counter, plain)
    second = add(counter, bare, role="admin", root=True)
    staff.change_password(counter, second, FIRST, OWN)
    accounts.change(counter, bare, bare.username, root=False)
    with pytest.raises(Refused, match="appointment_needed"):
        homes.signed_in(counter)
    assert rights.may(enter(counter, second), rights.MANAGE_STAFF)


def test_counters_that_both_demote_are_not_left_without_a_chief(tmp_path):
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        chief = staff.sign_in(first.counter, "somying", "a long enough password")
        accounts.share(first.counter, chief, "somying")
        other = add(first.counter, chief, role="admin", root=True)
        staff.change_password(first.counter, other, FIRST, OWN)
        for desk in (first, second):
            desk.sync()
        accounts.change(first.counter, chief, other, role="user")
        accounts.change(second.counter, enter(second.counter, other), "somying", role="user")
        for desk in (first, second, first, second):
            desk.sync()
        for desk in (first, second):
            with desk.store.read() as connection:
                (left,) = account_rows.chiefs(connection)
            secret = "a long enough password" if left == "somying" else OWN
            held = staff.sign_in(desk.counter, left, secret)
            assert rights.may(held, rights.MANAGE_STAFF) and accounts.listing(desk.counter, held)
        # where one counter named a new chief, nobody else is kept in charge any more
        with first.store.read() as connection:
            (left,) = account_rows.chiefs(connection)
        acting = staff.sign_in(first.counter, left, "a long enough password" if left == "somying" else OWN)
        new = add(first.counter, acting, role="admin", root=True)
        for desk in (first, second):
            desk.sync()
        with second.store.read() as connection:
            assert new in account_rows.chiefs(connection)
        assert second.meta("kept_admin") == ""


def test_orders_and_requests_follow_the_person_when_a_username_clashes(tmp_path):
    order = {"number": "7/2569", "ordered_on": "2026-11-01", "since": "2026-11-01", "until": ""}
    pdf = PDF
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        chiefs = [staff.sign_in(desk.counter, "somying", "a long enough password") for desk in (first, second)]
        add(first.counter, chiefs[0], full_name="นายหนึ่ง มาก่อน")
        name = add(second.counter, chiefs[1], full_name="นางสอง มาหลัง", order=accounts.NewOrder(**order, files=(pdf,)))
        later = staff.change_password(second.counter, name, FIRST, OWN)
        lhr.ask(second.counter, later, item="ชื่อสกุล", old="ก", new="ข", files=[pdf])
        for desk in (second, first, second, first):
            assert desk.sync().rejected == 0
        for desk, chief in zip((first, second), chiefs, strict=True):
            ((appointed,),) = [one.persons for one in appointments.listing(desk.counter, chief)]
            assert appointed.startswith(f"{name}-")
            standing = {one.username: one.standing.appointed for one in accounts.listing(desk.counter, chief)}
            assert standing[appointed] and not standing[name]
            hers = enter(desk.counter, appointed)
            his = replace(hers, username=name)
            assert [one.own for one in lhr.requests(desk.counter, hers)] == [True]
            assert lhr.requests(desk.counter, his) == []


def test_commands_of_accounts(home, tmp_path):
    (tmp_path / "order.pdf").write_bytes(PDF.content)
    division = ("--position", "นิติกร", "--division", "public_works")
    as_admin = ("--as", homes.USERNAME)

    def run(*words: object, **changes: str | None) -> command.Answer:
        return command.run(home, *words, *as_admin, "--json", **changes)

    made = run("staff", "add", "นายก่อ เกิด", *division)
    assert made.code == 0, made.err
    name, first = made.json["username"], made.json["first_password"]
    assert len(first) == 10
    locked = command.run(home, "work", "mine", "--as", name, "--json", LAO_COUNTER_PASSWORD=first)
    assert (locked.code, locked.error["code"]) == (3, "password_must_change")
    own = {"LAO_COUNTER_PASSWORD": first, "LAO_COUNTER_NEW_PASSWORD": OWN}
    assert command.run(home, "staff", "password", "--as", name, "--json", **own).json == {"username": name}
    mine = {"LAO_COUNTER_PASSWORD": OWN}
    assert command.run(home, "work", "mine", "--as", name, "--json", **mine).json == []
    assert command.run(home, "staff", "list", "--as", name, "--json", **mine).error["code"] == "right_needed"
    assert run("staff", "change", name, "--position", "นิติกรชำนาญการ").code == 0
    assert {row["username"]: row["position"] for row in run("staff", "list").json}[name] == "นิติกรชำนาญการ"
    grid = tmp_path / "grid.toml"
    grid.write_text('general = ["merge_people"]\n[[rights]]\nservice = "petition"\nmay = ["view"]\n', "utf-8")
    assert run("staff", "give", name, "--grid", grid).code == 0
    assert run("staff", "rights", name).json["rights"] == [{"service": "petition", "may": ["view"]}]
    assert run("staff", "give", name, "--template", "viewer").code == 0
    assert run("staff", "rights", name).json["template"] == "viewer"
    added = run("orders", "add", "9/2569", "--date", "2026-01-05", "--from", "2026-01-05", "--person", name, "--file",
                tmp_path / "order.pdf")  # fmt: skip
    assert added.code == 0, added.err
    assert run("orders", "list", "--out", tmp_path / "orders.pdf").json[0]["persons"] == [name]
    assert (tmp_path / "orders.pdf").read_bytes().startswith(b"%PDF")
    assert run("orders", "revoke", added.json["key"]).code == 0
    assert run("staff", "disable", name).code == 0
    assert command.run(home, "work", "mine", "--as", name, "--json", **mine).error["code"] == "sign_in"
    assert run("staff", "enable", name).code == 0
    assert len(run("staff", "reset", name).json["first_password"]) == 10
    assert {row["code"] for row in run("staff", "templates").json} >= {"admin", "user", "viewer"}
