"""What the office has to get ready, LHR: the list of staff, and requests for correction seen by two people only."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from sync_support import ACTOR, Province

from app.domain.errors import Refused, Unavailable
from app.services import backups, lhr, office_records, offices, readiness, verification
from app.services.model import Actor, NewFile
from app.store.canonical import canonical_json
from printing import office_papers
from sync.files import FileWork
from tests.integration.support import command, homes


def _pdf() -> bytes:
    from pypdf import PdfWriter

    writer, target = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(target)
    return target.getvalue()


PDF = NewFile("คำสั่ง.pdf", _pdf())
CLERK = Actor("u1", "clerk01", "นายวีระ ตั้งมั่น", "เจ้าพนักงานธุรการ", "user")
OTHER = Actor("u2", "clerk02", "นางสาวสมศรี ใจดี", "เจ้าพนักงานธุรการ", "user")
PERSON = {"name": "นายวีระ ตั้งมั่น", "employee_type": "contract", "division": "กองช่าง"}


def settle(counter, **changes):
    document = offices.check_office({**counter.current.document, **changes})
    with counter.store.write("test") as work:
        revision = counter.current.revision + 1
        work.run("INSERT INTO office VALUES (?, ?, ?)", (revision, canonical_json(document), work.now_ms))
    counter.reload()


def ask(counter, actor=CLERK):
    return lhr.ask(
        counter, actor, item="วันเดือนปีเกิด", old="1 ม.ค. 2530", new="11 ม.ค. 2530", files=[PDF]
    )  # fmt: skip


# readiness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("pao", ["bill_payment", "d_dopa", "assign_taxes", "meeting"]),
        ("town_municipality", ["d_dopa", "assign_ad_permit"]),
        ("sao", ["d_dopa", "assign_ad_permit"]),
        ("pattaya", ["d_dopa", "assign_ad_permit"]),
    ],
)
def test_each_kind_of_office_has_the_items_of_the_letter(counter, kind, codes):
    settle(counter, kind=kind)
    assert [item.code for item in readiness.listing(counter).items] == codes


def test_an_item_has_owner_due_day_done_day_and_file(counter, actor):
    item = readiness.save(counter, actor, "d_dopa", owner="นายวีระ", due_on="22/11/2569", note="ประชุมแล้ว", files=[PDF])
    assert (item.owner, item.due_on, item.done_on, item.note) == ("นายวีระ", date(2026, 11, 22), None, "ประชุมแล้ว")
    assert (item.tone, item.state_text) == ("warn", "เหลือ 2 วัน")
    assert readiness.content(counter, "d_dopa", item.files[0].sha256) == PDF.content
    done = readiness.save(counter, actor, "d_dopa", owner="นายวีระ", due_on="2026-11-22", done_on="2026-11-20")
    assert (done.tone, done.state_text, len(done.files)) == ("good", "เสร็จแล้ว 20 พ.ย. 2569", 1)
    assert readiness.listing(counter).done == 1


def test_what_is_overdue_says_so(counter, actor):
    item = readiness.save(counter, actor, "d_dopa", due_on="2026-11-17")
    assert (item.tone, item.state_text) == ("bad", "เลยกำหนด 3 วัน")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("item", {"code": "meeting"}),
        ("due_on", {"due_on": "31/2/2569"}),
        ("done_on", {"done_on": "2026-11-21"}),
        ("owner", {"owner": "ก" * 201}),
        ("attachments", {"files": [NewFile("งาน.exe", b"MZ")]}),
    ],
)
def test_a_wrong_part_is_named_and_nothing_is_kept(counter, actor, field, values):
    values = {"code": "d_dopa", "owner": "นายวีระ", **values}
    with pytest.raises(Refused) as error:
        readiness.save(counter, actor, values.pop("code"), **values)
    assert error.value.field in (field, f"readiness.{field}")
    assert [item.owner for item in readiness.listing(counter).items] == ["", ""]


def test_only_who_may_change_settings_may_say_that_something_is_ready(counter):
    with pytest.raises(Refused) as error:
        readiness.save(counter, CLERK, "d_dopa", owner="นายวีระ")
    assert error.value.code == "right_needed"


def test_its_files_are_verified_and_backed_up_and_come_back(counter, actor, home, clock, tmp_path):
    item = readiness.save(counter, actor, "d_dopa", files=[PDF])
    assert all(check.ok for check in verification.verify(counter))
    backups.back_up(counter, tmp_path / "copy.db")
    assert len([file for file in (tmp_path / "copy.db.files").rglob("*") if file.is_file()]) == 1
    counter.blobs.path(bytes.fromhex(item.files[0].sha256)).unlink()
    assert [check.name for check in verification.verify(counter) if not check.ok] == ["files"]
    with pytest.raises(Unavailable):
        readiness.content(counter, "d_dopa", item.files[0].sha256)


# staff -----------------------------------------------------------------------------------------------------------


def test_the_list_of_staff_tells_the_percentage(counter, actor):
    assert (lhr.staff(counter, actor).people, lhr.staff(counter, actor).percent) == ((), 0)
    first = lhr.save_person(counter, actor, **PERSON)
    lhr.save_person(counter, actor, name="นางสาวสมศรี ใจดี", employee_type="civil_servant", registered_on="1/11/2568")
    third = lhr.save_person(counter, actor, name="นายสมชาย มีสุข", employee_type="permanent")
    found = lhr.staff(counter, actor)
    assert (found.registered, found.percent, len(found.people)) == (1, 33, 3)
    lhr.save_person(counter, actor, first, **PERSON, registered_on="2026-11-20")
    lhr.save_person(counter, actor, third, name="นายสมชาย มีสุข", employee_type="permanent", left=True)
    found = lhr.staff(counter, actor)
    assert (found.registered, found.percent, len(found.people)) == (2, 100, 2)
    texts = office_papers.layout(found).texts()
    assert "ข้อมูล ณ วันที่ ๒๐ พฤศจิกายน ๒๕๖๙ · ลงทะเบียนแล้ว ๒ จาก ๒ คน (ร้อยละ ๑๐๐)" in texts
    assert "๒๐ พ.ย. ๒๕๖๙" in texts and "พนักงานจ้าง" in texts


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("employee_type", {"employee_type": "volunteer"}),
        ("name", {"name": " "}),
        ("registered_on", {"registered_on": "2026-11-21"}),
        ("key", {"key": "00"}),
    ],
)
def test_a_wrong_entry_of_staff_is_refused(counter, actor, field, changes):
    with pytest.raises(Refused) as error:
        lhr.save_person(counter, actor, **{**PERSON, **changes})
    assert error.value.field == field
    assert lhr.staff(counter, actor).people == ()


def test_the_list_of_staff_is_for_the_hr_officer(counter):
    for act in (lambda: lhr.staff(counter, CLERK), lambda: lhr.save_person(counter, CLERK, **PERSON)):
        with pytest.raises(Refused) as error:
            act()
        assert error.value.code == "right_needed"


# requests --------------------------------------------------------------------------------------------------------


def test_a_request_goes_from_submitted_to_entered_to_verified_by_its_owner(counter, actor):
    key = ask(counter)
    assert [one.state for one in lhr.requests(counter, CLERK)] == [lhr.SUBMITTED]
    lhr.entered(counter, actor, key, "แก้ใน LHR แล้ว")
    with pytest.raises(Refused) as error:
        lhr.verified(counter, actor, key)
    assert error.value.code == "owner_only"
    lhr.verified(counter, CLERK, key)
    (found,) = lhr.requests(counter, CLERK)
    assert (found.state, found.note, found.new) == (lhr.VERIFIED, "แก้ใน LHR แล้ว", "11 ม.ค. 2530")
    for act in (lambda: lhr.entered(counter, actor, key), lambda: lhr.verified(counter, CLERK, key)):
        with pytest.raises(Refused) as error:
            act()
        assert error.value.code == "state"


def test_a_request_is_seen_by_its_maker_and_the_hr_officer_alone(counter, actor):
    key = ask(counter)
    assert [one.key for one in lhr.requests(counter, actor)] == [key] == [r.key for r in lhr.requests(counter, CLERK)]
    assert lhr.requests(counter, OTHER) == []
    sha256 = lhr.requests(counter, CLERK)[0].files[0].sha256
    assert lhr.content(counter, CLERK, key, sha256) == PDF.content == lhr.content(counter, actor, key, sha256)
    for act in (lambda: lhr.content(counter, OTHER, key, sha256), lambda: lhr.verified(counter, OTHER, key)):
        with pytest.raises(Refused) as error:
            act()
        assert error.value.code == "request_unknown", "nothing tells that there is such a request"
    with pytest.raises(Refused) as error:
        lhr.entered(counter, CLERK, key)
    assert error.value.code == "right_needed"


def test_a_request_needs_what_is_wrong_what_is_right_and_evidence(counter):
    for changes, field in (({"files": []}, "files"), ({"item": ""}, "item"), ({"new": ""}, "new")):
        with pytest.raises(Refused) as error:
            lhr.ask(counter, CLERK, **{"item": "ชื่อ", "old": "", "new": "วีระ", "files": [PDF], **changes})
        assert error.value.field == field
    assert lhr.requests(counter, CLERK) == []


def test_the_audit_trail_holds_no_content_of_a_request(counter, actor):
    key = ask(counter)
    lhr.entered(counter, actor, key)
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT action || subject || detail FROM audit").scalars().all()
    assert any(key in row for row in rows)
    assert not any(word in row for row in rows for word in ("2530", "เกิด", CLERK.full_name, PDF.name))


# two counters ----------------------------------------------------------------------------------------------------


def test_records_and_files_travel_and_changes_made_apart_are_settled_alike(tmp_path):
    admin = replace(ACTOR, role="admin")
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        key = ask(first.counter)
        readiness.save(first.counter, admin, "d_dopa", owner="เครื่อง 1")
        readiness.save(second.counter, admin, "d_dopa", owner="เครื่อง 2 ครั้งแรก")
        readiness.save(second.counter, admin, "d_dopa", owner="เครื่อง 2")
        for _ in range(2):
            for desk in (first, second):
                assert desk.sync().rejected == 0
        for desk in (first, second):
            assert [item.owner for item in readiness.listing(desk.counter).items] == ["เครื่อง 2", ""]
        lhr.entered(second.counter, admin, key)
        second.sync()
        first.sync()
        assert lhr.requests(first.counter, CLERK)[0].state == lhr.ENTERED
        (there,) = lhr.requests(second.counter, admin)[0].files
        assert not there.here
        assert FileWork(first.store, first.counter.blobs).send().sent == 1
        second.counter.fetch_file = FileWork(second.store, second.counter.blobs).fetch
        assert lhr.content(second.counter, admin, key, there.sha256) == PDF.content
        with second.store.read() as connection:
            assert len(office_records.listing(connection, lhr.REQUEST)) == 1


# commands --------------------------------------------------------------------------------------------------------


def test_commands_of_readiness(home, tmp_path):
    (tmp_path / "order.pdf").write_bytes(PDF.content)
    set_ = command.run(
        home, "readiness", "set", "d_dopa", "--owner", "นายวีระ", "--file", tmp_path / "order.pdf", "--json"
    )
    assert (set_.code, set_.json["files"][0]["name"]) == (0, "order.pdf")
    assert command.run(home, "readiness", "set", "d_dopa", "--done", date.today().isoformat(), "--json").code == 0
    shown = command.run(home, "readiness", "show", "--json").json
    assert (shown["done"], shown["items"][0]["owner"]) == (1, "นายวีระ"), "what was not named stays"
    assert "d_dopa" in command.run(home, "readiness").out
    for name in ("ready.pdf", "ready.png"):
        assert command.run(home, "report", "readiness", "--out", tmp_path / name).code == 0
        assert (tmp_path / name).stat().st_size > 1_000
    assert command.run(home, "report", "readiness", "--json").error["field"] == "out"
    assert command.run(home, "readiness", "set", "moon", "--json").error["field"] == "item"


def test_commands_of_lhr(home, tmp_path):
    (tmp_path / "order.pdf").write_bytes(PDF.content)
    order = tmp_path / "order.pdf"
    made = command.run(home, "lhr", "person", "นายวีระ ตั้งมั่น", "contract", "--registered", "1/11/2568", "--json")
    assert made.code == 0
    listed = command.run(home, "lhr", "staff", "--json").json
    assert (listed["percent"], listed["people"][0]["key"]) == (100, made.json["key"])
    assert command.run(home, "report", "lhr-staff", "--out", tmp_path / "staff.pdf").code == 0
    key = command.run(home, "lhr", "ask", "ชื่อ", "--new", "วีระ", "--file", order, "--json").json["key"]
    assert command.run(home, "lhr", "entered", key).code == 0
    assert command.run(home, "lhr", "verified", key).code == 0
    assert [one["state"] for one in command.run(home, "lhr", "requests", "--json").json] == ["owner_verified"]
    assert "ชื่อ" in command.run(home, "lhr").out
    assert command.run(home, "lhr", "ask", "ชื่อ", "--new", "วีระ", "--json").error["field"] == "files"
    assert homes.USERNAME in command.run(home, "lhr", "requests", "--json").json[0]["requester"]
