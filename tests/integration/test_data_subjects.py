"""Work with personal data: requests in their time, breaches and their clock, the record of processing, own data."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.domain.errors import Refused
from app.services import audit, breaches, data_requests, person_export, privacy_guide, processing, status
from app.services.counter import Counter
from app.services.model import Actor
from app.store.meta import meta_set
from printing import office_papers
from tests.integration.support import command, homes
from tests.integration.test_destruction import finish, register

ADMIN = Actor("1", "somying", "สมหญิง ทดสอบ", "เจ้าหน้าที่", "admin")
CLERK = replace(ADMIN, id="3", username="clerk", role="user")


@pytest.fixture
def clock() -> homes.HandClock:
    return homes.HandClock()


@pytest.fixture
def counter(home: Path, clock: homes.HandClock) -> Any:
    with homes.opened(home, clock) as counter:
        yield counter


def receive(counter: Counter, kind: str = "access", **more: Any) -> str:
    return data_requests.receive(counter, ADMIN, kind, name="นางสาวดวงกมลพรรณ", contact="ทางไปรษณีย์", **more)


def test_a_request_has_its_day_and_is_answered_after_its_identity(counter: Counter, clock: homes.HandClock) -> None:
    key = receive(counter, received_on="10/11/2569")
    (one,) = data_requests.listing(counter, ADMIN)
    assert (one.due_on, one.state, one.tone) == (date(2026, 12, 10), "received", "plain")
    with pytest.raises(Refused, match="state"):
        data_requests.answer(counter, ADMIN, key, "ส่งสำเนาแล้ว")
    data_requests.check_identity(counter, ADMIN, key, "card", "ดูบัตรจริง")
    clock.forward(days=15)
    assert data_requests.get(counter, ADMIN, key).tone == "warn"
    clock.forward(days=10)
    assert data_requests.get(counter, ADMIN, key).due_text == "เลยกำหนด 5 วัน"
    assert status.counter_status(counter).privacy_warning == "คำขอเจ้าของข้อมูลเลยกำหนด 1"
    data_requests.answer(counter, ADMIN, key, "ส่งสำเนาแล้ว")
    done = data_requests.get(counter, ADMIN, key)
    assert (done.state, done.identity, done.closed_by) == ("answered", "บัตรประชาชน · ดูบัตรจริง", "สมหญิง ทดสอบ")
    assert status.counter_status(counter).privacy_warning == ""
    with pytest.raises(Refused, match="state"):
        data_requests.refuse(counter, ADMIN, key, "สายไป")


def test_days_are_the_offices_own_to_set(counter: Counter) -> None:
    privacy_guide.set_period(counter, ADMIN, "access", 15, "ประกาศของหน่วยงาน")
    key = receive(counter)
    assert data_requests.get(counter, ADMIN, key).due_on == date(2026, 12, 5)
    for what, length, basis in (("x", 1, "ก"), ("access", 0, "ก"), ("access", 1, ""), ("breach", 9_999, "ก")):
        with pytest.raises(Refused):
            privacy_guide.set_period(counter, ADMIN, what, length, basis)


@pytest.mark.parametrize(
    ("more", "code"),
    [({"kind": "x"}, "kind"), ({"received_on": "1/1/2580"}, "received_on"), ({"number": "KT1201169000999"}, "unknown"),
     ({"detail": "\x07"}, "control")],
)  # fmt: skip
def test_requests_that_cannot_be(counter: Counter, more: dict[str, str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        receive(counter, **{"kind": "access", **more})
    assert data_requests.listing(counter, ADMIN) == []


def test_only_who_keeps_privacy_sees_any_of_it(counter: Counter) -> None:
    for ask in (data_requests.listing, breaches.listing, processing.record):
        with pytest.raises(Refused, match="right_needed"):
            ask(counter, CLERK)


def test_the_clock_of_a_breach(counter: Counter, clock: homes.HandClock) -> None:
    with pytest.raises(Refused, match="found_time"):
        breaches.enter(counter, ADMIN, "20/11/2569", "25:00", what="แฟ้มหาย")
    with pytest.raises(Refused, match="found_on"):
        breaches.enter(counter, ADMIN, "21/11/2569", "10:00", what="แฟ้มหาย")
    key = breaches.enter(counter, ADMIN, "20/11/2569", "08.30", what="แฟ้มคำร้องหาย", people="40 คน")
    (one,) = breaches.listing(counter, ADMIN)
    assert (one.clock, one.tone) == ("แจ้ง สคส. ภายใน 71 ชั่วโมง 30 นาที", "warn")
    assert status.counter_status(counter).privacy_warning == one.clock
    with pytest.raises(Refused, match="risk"):
        breaches.close(counter, ADMIN, key)
    breaches.change(counter, ADMIN, key, risk="high", measures="เปลี่ยนกุญแจตู้")
    clock.forward(hours=72)
    assert status.counter_status(counter).privacy_warning == "เลยเวลาแจ้ง สคส. 0 ชั่วโมง 30 นาที"
    with pytest.raises(Refused, match="told_at"):
        breaches.close(counter, ADMIN, key)
    breaches.told(counter, ADMIN, key, "commission")
    with pytest.raises(Refused, match="people_told_at"):
        breaches.close(counter, ADMIN, key)
    breaches.told(counter, ADMIN, key, "people")
    breaches.close(counter, ADMIN, key)
    assert breaches.listing(counter, ADMIN)[0].clock == "ปิดเหตุแล้ว"
    assert status.counter_status(counter).privacy_warning == ""
    with pytest.raises(Refused, match="state"):
        breaches.change(counter, ADMIN, key, what="อีกเรื่อง")


def test_a_clock_set_back_lengthens_no_period_and_the_form_says_it_all(
    counter: Counter, clock: homes.HandClock, tmp_path: Path
) -> None:
    key = breaches.enter(counter, ADMIN, "20/11/2569", "08.30", what="แฟ้มคำร้องหาย", risk="risk")
    clock.forward(hours=60)
    breaches.change(counter, ADMIN, key, people="๔๐ คน")
    clock.forward(days=-30)
    assert breaches.listing(counter, ADMIN)[0].clock == "แจ้ง สคส. ภายใน 11 ชั่วโมง 30 นาที"
    with counter.store.write("test") as work:  # as the server tells: this machine is 33 days behind
        meta_set(work.connection, "clock_offset_ms", str(33 * 86_400_000))
    assert breaches.listing(counter, ADMIN)[0].tone == "bad"
    breaches.told(counter, ADMIN, key, "commission")
    (one,) = breaches.listing(counter, ADMIN)
    assert one.told_at and one.told_at > one.due_at
    text = _text(office_papers.content(".pdf", breaches.form(counter, ADMIN, key)), tmp_path)
    assert "แฟ้มคำร้องหาย" in text and "๔๐ คน" in text and "เหตุที่แจ้งช้า" in text and "มีความเสี่ยง" in text
    assert audit.find(counter, ADMIN, action="breach_form")
    with pytest.raises(Refused, match="right_needed"):
        breaches.form(counter, CLERK, key)


def test_the_record_of_processing_names_refusals_and_nobody(counter: Counter, tmp_path: Path) -> None:
    key = receive(counter, "erasure")
    data_requests.refuse(counter, ADMIN, key, "ต้องเก็บตามกฎหมาย")
    processing.save(counter, ADMIN, "cctv", activity="กล้องวงจรปิด", purpose="ความปลอดภัย", basis="มาตรา 24(5)")
    processing.save(counter, ADMIN, "petitions", recipients="กองช่างเท่านั้น")
    processing.remove(counter, ADMIN, "messages")
    found = processing.record(counter, ADMIN)
    by_key = {one.key: one for one in found.activities}
    assert by_key["petitions"].recipients == "กองช่างเท่านั้น" and by_key["petitions"].own
    assert "cctv" in by_key and "messages" not in by_key and found.refused[0][2] == "ต้องเก็บตามกฎหมาย"
    text = _text(office_papers.content(".pdf", found), tmp_path)
    assert "กล้องวงจรปิด" in text and "ต้องเก็บตามกฎหมาย" in text and "ดวงกมล" not in text
    with pytest.raises(Refused, match="required"):
        processing.save(counter, ADMIN, "new_one", activity="ก")


def test_one_persons_data_as_a_file_are_whole_and_the_export_is_recorded(counter: Counter, tmp_path: Path) -> None:
    number = register(counter, cid="1999900000013")
    finish(counter, number)
    other = register(counter, first_name="คนอื่น")
    found = person_export.of_case(counter, ADMIN, number)
    data = json.loads(found.text)
    assert [case["number"] for case in data["cases"]] == [number] and other not in found.text
    assert "1999900000013" in found.text and "ภาพบ้าน.png" in found.text and "โทรหาลูกสาว" in found.text
    text = _text(office_papers.content(".pdf", found), tmp_path)
    assert "ดวงกมลพรรณ" in text and "ท่อระบายน้ำส่งกลิ่น" in text
    (entry,) = audit.find(counter, ADMIN, action="person_exported")
    assert (entry.subject, entry.by) == (number, "somying")
    with pytest.raises(Refused, match="right_needed"):
        person_export.of_case(counter, CLERK, number)


def _text(pdf: bytes, folder: Path) -> str:
    (folder / "paper.pdf").write_bytes(pdf)
    return "\n".join(page.extract_text() for page in PdfReader(folder / "paper.pdf").pages).replace("\u200b", "")


def test_the_commands(home: Path, tmp_path: Path) -> None:
    def json_of(*words: Any) -> Any:
        answer = command.run(home, *words, "--json")
        assert answer.code == 0, answer.err
        return answer.json

    key = json_of("privacy", "receive", "access", "นาง ก", "--contact", "x")["key"]
    json_of("privacy", "identity", key, "card")
    json_of("privacy", "answer", key, "ส่งแล้ว")
    assert json_of("privacy", "requests")[0]["state"] == "answered"
    assert json_of("privacy", "processing", "--out", tmp_path / "r.pdf")["file"].endswith("r.pdf")
    json_of("privacy", "activity", "cctv", "activity=กล้อง", "purpose=ก", "basis=ข")
    json_of("privacy", "period", "breach", 48, "--basis", "ประกาศ")
    breach = json_of("privacy", "breach", "--found", "1/11/2569", "--time", "9:00", "--what", "หาย", "--risk", "none")[
        "key"
    ]
    json_of("privacy", "close", breach)
    assert json_of("privacy", "form", breach, "--out", tmp_path / "f.png")["file"].endswith("f.png")
    assert json_of("privacy", "show", key)["answer"] == "ส่งแล้ว"
    json_of("privacy", "activity", "cctv", "--left")
    assert "cctv" not in str(json_of("privacy", "processing"))
    assert json_of("privacy", "breaches")[0]["clock"] == "ปิดเหตุแล้ว"
    json_of("retention", "set", "petition", 5, "--basis", "ประกาศ")
    assert json_of("retention", "rules")[0]["years"] == 5
    assert json_of("retention", "due") == json_of("retention", "holds") == json_of("destruction", "list") == []
    for words, code in (
        (("destruction", "propose"), "nothing_due"), (("destruction", "run", "x"), "destruction_unknown"),
        (("destruction", "show", "x"), "destruction_unknown"), (("privacy", "show", "x"), "request_unknown"),
        (("privacy", "form", "x", "--out", tmp_path / "f.pdf"), "breach_unknown"),
        (("privacy", "activity", "nothing", "--left"), "activity_unknown"),
        (("privacy", "receive", "access", "ก", "--file", tmp_path / "missing.pdf"), "attachments"),
        (("privacy", "breach", "--found", "1/11/2569", "--time", "9:00", "--what", "ก", "--risk", "x"), "risk"),
        (("retention", "hold", "0" * 32, "--reason", "ก"), "unknown_number"),
        (("destruction", "propose", "0" * 32), "case_open"),
        (("destruction", "approve", "x", "--order", "1"), "destruction_unknown"),
        (("destruction", "certificate", "x", "--out", tmp_path / "c.pdf"), "destruction_unknown"),
        (("retention", "hold", "KT1201169000001", "--reason", "ก"), "unknown_number"),
        (("retention", "lift", "KT1201169000001"), "not_held"), (("privacy", "receive", "x", "ก"), "kind"),
        (("privacy", "export", "KT1201169000001", "--out", tmp_path / "x.pdf"), "unknown_number"),
        (("privacy", "export", "KT1201169000001", "--out", tmp_path / "x.txt"), "file_kind"),
        (("privacy", "told", breach, "nobody"), "whom"), (("privacy", "activity", "x y", "a=b"), "key"),
    ):  # fmt: skip
        answer = command.run(home, *words, "--json")
        assert (answer.code, answer.error["code"]) == (3, code), words
