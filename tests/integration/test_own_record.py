"""One's own record of LHR: a real server between a counter and a system of records that is a process of its own."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from app import bootstrap
from app.domain.errors import CounterError, Refused
from app.services import accounts, own_record, rights, staff
from app.services.model import Actor, Printer
from app.services.own_record import OwnRecordPaper
from app.services.thaid import CITIZEN, LHR, STAFF, ThaiDPerson
from printing import office_papers
from sync import thaid
from sync.server.thaid import lhr
from sync.thaid_messages import RecordAnswer, RecordField
from tests.integration.sync_support import Province
from tests.integration.thaid_support import NUMBER, OTHER_NUMBER, ROOT, STANDARD, Phone, Scene, local
from tests.support.lhr_records import record

DESCRIPTION = """
url = "{url}/v1/me"
scopes = ["lhr"]
resource = "https://lhr.example.go.th"
owner = "data.citizenId"
timeout_seconds = 2
shown_minutes = 3
from = 2025-11-01
headers = {{ "X-Api-Key" = "{{secret}}" }}

[[field]]
key = "data.position.title"
label = "ตำแหน่ง"
group = "ตำแหน่งปัจจุบัน"
[[field]]
key = "data.birthDate"
label = "วันเกิด"
group = "ส่วนตัว"
kind = "date"
[[field]]
key = "data.bank.account"
label = "บัญชีรับเงินเดือน"
group = "ส่วนตัว"
mask = true
[[field]]
key = "data.salary.*"
label = "เงินเดือน"
group = "ตำแหน่งและเงินเดือน"
parts = ["from", "rate", "order"]
"""
SECRET = "key-of-the-office"
NOBODY_ELSE = ("ชำนาญงาน", "ไม่มีใครต้องเห็น")
CONTENT = ("เจ้าพนักงานธุรการ", "999-0-00001-1", "18,790", NUMBER)


class Records:
    """The system of records in a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.lhr_records"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def switch(self, **changes: Any) -> dict[str, Any]:
        with local() as http:
            found: dict[str, Any] = http.post(f"{self.url}/test/switch", json=changes, timeout=10).json()
        return found

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


class Stage(Scene):
    """Somebody of the staff who has linked ThaiD, and the system of records."""

    def __init__(self, province: Province, records: Records, described: lhr.Description) -> None:
        super().__init__(province)
        self.records, self.described = records, described
        self.provider.switch(person={"lhr": True})
        self.records.switch(issuer=self.provider.issuer)
        self.counter = self.desk.counter
        self.owner = staff.sign_in(self.counter, "somying", "a long enough password")
        staff.link_thaid(self.counter, self.owner, self.person(STAFF))

    def proof(self) -> tuple[thaid.ThaiDSession, ThaiDPerson]:
        session = self.begin(LHR)
        with Phone() as phone:
            answer = phone.sign_in(session.url)
        assert answer.status_code == 200
        assert not [part for address in phone.addresses for part in CONTENT if part in address]
        return session, thaid.wait(session, seconds=10)

    def look(self, actor: Actor | None = None) -> own_record.OwnRecord:
        return bootstrap.own_record(self.counter, actor or self.owner, *self.proof())

    def trail(self) -> list[tuple[str, str, str]]:
        with self.counter.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT by, action, subject || detail FROM audit").fetchall()
        return [tuple(row) for row in rows if row[1].startswith("own_record")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder, records = tmp_path_factory.mktemp("lhr"), Records()
    (folder / "lhr.toml").write_text(DESCRIPTION.format(url=records.url), "utf-8")
    described = lhr.read(folder / "lhr.toml", {lhr.SECRET_VARIABLE: SECRET})
    try:
        with Province(folder, lhr=described) as province:
            stage = Stage(province, records, described)
            try:
                yield stage
            finally:
                stage.provider.stop()
    finally:
        records.stop()


@pytest.fixture
def stage(whole: Stage) -> Stage:
    whole.provider.switch(**STANDARD)
    whole.provider.switch(person={"lhr": True})
    whole.records.switch(cheat="")
    return whole


def refusal(act: object, *arguments: object) -> str:
    with pytest.raises(CounterError) as caught:
        act(*arguments)  # type: ignore[operator]
    assert caught.value.title and caught.value.hint
    assert not [part for part in CONTENT if part in f"{caught.value.title}{caught.value.hint}{caught.value!r}"]
    return caught.value.code


def test_the_owner_sees_what_the_description_names_and_nothing_of_it_is_kept(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = len(stage.trail())
    found = stage.look()
    lines = {one.label: one for one in found.fields}
    assert list(found.groups()) == ["ตำแหน่งปัจจุบัน", "ส่วนตัว", "ตำแหน่งและเงินเดือน"]
    assert lines["ตำแหน่ง"].values == ("เจ้าพนักงานธุรการ",)
    assert lines["วันเกิด"].values == ("29 กุมภาพันธ์ 2527",)
    assert lines["บัญชีรับเงินเดือน"].text(unmasked=False) == own_record.HIDDEN
    assert lines["บัญชีรับเงินเดือน"].text(unmasked=True) == "999-0-00001-1"
    assert lines["เงินเดือน"].values == ("2566-10-01 · 18,020 · 12/2566", "2567-10-01 · 18,790 · 15/2567")
    assert found.minutes == 3
    assert not [part for part in NOBODY_ELSE if part in str([one.values for one in found.fields])]
    assert stage.trail()[before:] == [("somying", "own_record_seen", "somying")]
    asked = stage.provider.seen("auth")[-1]
    assert "lhr" in asked["scope"].split() and asked["resource"] == "https://lhr.example.go.th"
    assert "address" not in asked["scope"].split()
    assert "เจ้าพนักงาน" not in f"{found!r}{found.fields!r}"
    sheet = OwnRecordPaper("เทศบาล", found, unmasked=False, at=found.read_at)
    pdf = PdfReader(BytesIO(office_papers.content(".pdf", sheet)))
    told = "".join(page.extract_text() for page in pdf.pages).replace("\u200b", "")
    assert "เจ้าพนักงานธุรการ" in told and "สำเนาของเจ้าของข้อมูล" in told and "999-0-00001-1" not in told
    assert_nowhere(stage, caplog.text)


def assert_nowhere(stage: Stage, log: str) -> None:
    """Neither in a table, decrypted, nor in a file, nor in the log; the number only where it is hashed or sealed."""
    from tests.integration.test_thaid_privacy import everything_at, everything_in, files_below

    for content in (
        everything_in(stage.province.database), everything_at(stage.desk), files_below(stage.desk.home), log.encode()
    ):  # fmt: skip
        assert not [part for part in CONTENT if part.encode() in content]


def test_a_proof_opens_the_record_once_and_the_token_is_taken_back(stage: Stage) -> None:
    session, person = stage.proof()
    assert bootstrap.own_record(stage.counter, stage.owner, session, person).fields
    assert refusal(bootstrap.own_record, stage.counter, stage.owner, session, person) == "lhr_used"
    left = stage.province.rows("SELECT count(*) FROM thaid_session WHERE secrets IS NOT NULL")
    assert left[0][0] == 0


def test_nobody_else_opens_it_also_no_administrator(stage: Stage) -> None:
    chief, before = stage.owner, len(stage.trail())
    name = accounts.add(
        stage.counter, chief, full_name="นายก่อ เกิด", position="ธุรการ", division="finance", password="ครั้งแรก-1234"
    )
    clerk = staff.change_password(stage.counter, name, "ครั้งแรก-1234", "ของตนเอง-5678")
    session, person = stage.proof()
    for role in rights.templates():
        other = replace(clerk, held=rights.of_template(role))
        assert refusal(bootstrap.own_record, stage.counter, other, session, person) == "thaid_not_linked"
    assert refusal(own_record.can_begin, stage.counter, clerk) == "thaid_not_linked"
    # the other's try has thrown the proof away
    assert refusal(bootstrap.own_record, stage.counter, stage.owner, session, person) == "lhr_used"
    stage.provider.switch(person={"pid": OTHER_NUMBER})
    assert refusal(stage.look) == "thaid_wrong_person"
    for purpose in (CITIZEN, STAFF):
        proof = replace(person, purpose=purpose)
        assert refusal(staff.require_own, stage.counter, stage.owner, proof) == "thaid_purpose"
    assert refusal(staff.sign_in_thaid, stage.counter, person) == "thaid_purpose"
    assert len(stage.trail()) == before


@pytest.mark.parametrize(
    ("cheat", "code"),
    [
        ("error", "lhr_fault"),
        ("html", "lhr_fault"),
        ("silent", "lhr_silent"),
        ("unauthorized", "lhr_token_refused"),
        ("other", "lhr_other_person"),
        ("nobody", "lhr_owner"),
        ("empty", "lhr_form"),
        ("missing", "lhr_no_record"),
    ],
)
def test_every_bad_answer_is_refused_in_words(stage: Stage, cheat: str, code: str) -> None:
    before = stage.trail()
    stage.records.switch(cheat=cheat, seconds=5)
    assert refusal(stage.look) == code
    assert stage.trail() == before


def test_a_citizens_or_clerks_proof_is_no_key_to_a_record(stage: Stage) -> None:
    asked = stage.records.switch()["asked"]
    for purpose in (CITIZEN, STAFF):
        session = stage.begin(purpose)
        with Phone() as phone:
            phone.sign_in(session.url)
        person = thaid.wait(session, seconds=10)
        assert refusal(thaid.record, session, person, datetime.now(UTC)) == "lhr_used"
    stage.provider.switch(person={"lhr": False})
    assert refusal(stage.look) == "lhr_token_refused"
    assert stage.records.switch()["asked"] == asked + 1


def test_an_office_without_it_is_told_who_does_what(tmp_path: Path, stage: Stage) -> None:
    flow = SimpleNamespace(database=stage.province.database)
    from sync.server.database import Database
    from sync.server.faults import Denied
    from sync.server.thaid.flow import Flow

    database = Database(flow.database)
    token = stage.begin().token
    yesterday = replace(stage.described, ends=date(2025, 12, 31))
    for described, code in ((None, "lhr_not_configured"), (yesterday, "lhr_not_valid")):
        with pytest.raises(Denied) as caught:
            Flow(database, lambda _hash: None, described).start(token, LHR)
        assert caught.value.code == code and "ผู้ดูแลเครื่องแม่ข่าย" in caught.value.hint
    database.close()


GOOD = {"url": "https://lhr.example.go.th/me", "owner": "pid", "field": [{"key": "a", "label": "ก"}]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "http://lhr.example.go.th"}, "url"),
        ({"url": "https://name@lhr.example.go.th"}, "url"),
        ({"owner": ""}, "owner"),
        ({"owner": "a..b"}, "owner"),
        ({"colour": 1}, "colour"),
        ({"field": []}, "field"),
        ({"field": ["a"]}, "field[0]"),
        ({"field": [{"key": "a", "label": ""}]}, "field[0].label"),
        ({"field": [{"key": "a", "label": "ก", "kind": "code"}]}, "field[0].kind"),
        ({"field": [{"key": "a", "label": "ก", "secret": True}]}, "field[0].secret"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"timeout_seconds": True}, "timeout_seconds"),
        ({"shown_minutes": 90}, "shown_minutes"),
        ({"scopes": ["a b"]}, "scopes"),
        ({"headers": {"Authorization": "x"}}, "headers"),
        ({"headers": {"X": "{secret}"}}, "headers"),
        ({"from": "2026-01-01"}, "from"),
        ({"from": date(2026, 2, 1), "until": date(2026, 1, 1)}, "until"),
    ],
)
def test_a_description_is_checked_key_by_key(changes: dict[str, Any], field: str) -> None:
    assert lhr.check(GOOD).fields[0].group == "ทั่วไป"
    with pytest.raises(Refused) as caught:
        lhr.check({**GOOD, **changes})
    assert caught.value.field == field


def test_what_comes_back_is_bounded_and_clean() -> None:
    described = lhr.check({**GOOD, "field": [{"key": "a.*", "label": "ก"}]})
    answer = {"pid": NUMBER, "a": ["x\x00\x07y" * 900, {"deep": 1}, True, None, 7, *range(5000)]}
    found = lhr.mapped(described, answer, NUMBER)
    assert RecordAnswer.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert len(found.fields[0].values) <= 200
    both = lhr.check({**GOOD, "owner": "people.*.pid"})
    with pytest.raises(lhr.Trouble, match="lhr_other_person"):
        lhr.mapped(both, {"people": [{"pid": NUMBER}, {"pid": OTHER_NUMBER}], "a": "x"}, NUMBER)
    assert record(NUMBER)["data"]["citizenId"] == NUMBER
    assert RecordField("ก", "ข", ("ค",), masked=True).masked


def test_no_printer_that_keeps_a_file() -> None:
    with pytest.raises(Refused, match="own_record_file"):
        own_record.require_fleeting([Printer("A4", "file", "/tmp", 0, True).kind])
    own_record.require_fleeting(["system", "network"])
