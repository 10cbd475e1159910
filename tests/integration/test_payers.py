"""The register of payers and what the office's settings may say: by command, by filing, over ceilings, late, waived."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.catalog.loader import load_builtin
from app.domain.errors import Refused
from app.services import (
    assessments,
    cases,
    filing_drafts,
    late_payers,
    office_settings,
    offices,
    ordinances,
    payer_cases,
    payer_import,
    payers,
    receipts,
    waivers,
)
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import Pay
from tests.integration.support import command, filings, homes
from tests.integration.support.filings import HOTEL, OIL, PROVINCE, RATES, file
from tests.integration.test_people_replication import deliver

LATE = {"surcharge_percent_per_month": "1.5", "penalty_multiplier": "1"}


@pytest.fixture
def clock() -> homes.HandClock:
    return homes.HandClock(datetime(2026, 8, 25, 2, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def province_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filings.make(tmp_path_factory.mktemp("province") / "home", homes.HandClock(), late=LATE)


@pytest.fixture
def home(province_template: Path, tmp_path: Path) -> Path:
    return homes.copied(province_template, tmp_path / "home")


def office(**settings: Any) -> dict[str, Any]:
    return offices.check_office({**homes.OFFICE, **PROVINCE, **settings})


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({"service": HOTEL, "value": "3.01", "unit": "percent"}, "over_ceiling", "rate[0].value"),
        ({"service": OIL, "value": "10.01", "unit": "satang_per_litre"}, "over_ceiling", "rate[0].value"),
        ({"service": "tobacco_tax", "value": "11", "unit": "satang_per_stick"}, "over_ceiling", "rate[0].value"),
        ({"service": OIL, "value": "4.54", "unit": "percent"}, "office_setting", "rate[0].unit"),
        (
            {"service": OIL, "value": "1", "unit": "satang_per_litre", "product": "LPG"},
            "office_setting",
            "rate[0].unit",
        ),
        (
            {"service": OIL, "value": "1", "unit": "satang_per_kg", "product": "COAL"},
            "office_setting",
            "rate[0].product",
        ),
    ],
)
def test_rates_that_no_ordinance_may_set(row: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        ordinances.check_rates(office(rate=[{**row, "from": "2026-01-01"}]), load_builtin().values())
    assert (caught.value.code, caught.value.field) == (code, field)


def test_rates_at_the_ceiling_are_taken() -> None:
    rows = [
        {"service": HOTEL, "value": "3", "unit": "percent", "from": "2026-01-01"},
        {"service": OIL, "value": "10", "unit": "satang_per_kg", "product": "LPG", "from": "2026-01-01"},
    ]
    ordinances.check_rates(office(rate=rows), load_builtin().values())


def test_an_office_over_the_ceiling_is_not_set_up(tmp_path: Path, clock: homes.HandClock) -> None:
    with pytest.raises(Refused, match="over_ceiling"):
        filings.make(tmp_path / "new", clock, rate=[*RATES, {**RATES[2], "value": "3.5", "from": "2030-01-01"}])
    assert not (tmp_path / "new" / "counter.db").exists()


def test_who_is_late(counter: Counter, actor: Actor) -> None:
    for code in ("A1", "A2", "A3"):
        payers.add(counter, actor, "hotel", code, {"name": f"โรงแรม {code}", "active_from": "2020-01-01"})
    payers.add(counter, actor, "hotel", "A3", {"active_to": "2026-05-31"})
    payers.add(counter, actor, "hotel", "A4", {"name": "โรงแรมใหม่", "active_from": "2026-07-01"})
    filed = file(counter, actor, HOTEL, hotel_code="A1", hotel_name=None)
    found = late_payers.listing(counter, date(2026, 6, 1))
    assert [(one.payer.code, one.due_on, one.days_late) for one in found] == [("A2", date(2026, 7, 10), 46)]
    assert [one.payer.code for one in late_payers.listing(counter, date(2026, 5, 1))] == ["A1", "A2", "A3"]
    cases.change_status(counter, actor, filed.number, "cancelled", "ยื่นผิด")
    assert [one.payer.code for one in late_payers.listing(counter, date(2026, 6, 1), HOTEL)] == ["A1", "A2"]
    with pytest.raises(Refused, match="future_month"):
        late_payers.listing(counter, date(2026, 9, 1))


def test_an_entry_changes_and_its_past_stays(counter: Counter, actor: Actor) -> None:
    payers.add(counter, actor, "trader", "๗", {"name": "ร้านเดิม", "tax_id": "0999900000015"})
    payers.add(counter, actor, "trader", "7", {"name": "ร้านใหม่"})
    payers.add(counter, actor, "trader", "7", {"name": "ร้านใหม่"})
    names = [change.document["name"] for change in payers.history(counter, "trader", "7")]
    assert names == ["ร้านใหม่", "ร้านเดิม"]
    found = payers.find(counter, "trader", "ใหม่")
    assert [(one.code, one.document["tax_id"]) for one in found] == [("7", "0999900000015")]
    for text in ("%", "_", "' OR 1=1 --"):
        assert payers.find(counter, "trader", text) == []


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "name"),
        ({"name": "ก", "owner": "ข"}, "owner"),
        ({"name": "ก", "tax_id": "1234567890123"}, "tax_id"),
        ({"name": "ก", "active_from": "2026-02-01", "active_to": "2026-01-01"}, "active_to"),
    ],
)
def test_a_wrong_entry_is_refused(counter: Counter, actor: Actor, document: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        payers.add(counter, actor, "hotel", "1", document)
    assert caught.value.field == field
    assert payers.listing(counter) == []


def test_an_order_waives_what_was_added(counter: Counter, actor: Actor) -> None:
    case = file(counter, actor, HOTEL)
    assert case.total_satang == 260_000 + 7_800 + 260_000
    order = {"order_number": "12/2569", "ordered_on": "2026-08-20", "approver": "นายก อบจ.", "reason": "เหตุอุทกภัย"}
    waivers.grant(counter, actor, case.number, "penalty", 260_000, **order)
    waivers.grant(counter, actor, case.number, "surcharge", 3_000, **order)
    found = assessments.of_number(counter, case.number)
    assert {line.revenue_code: line.satang for line in found.lines} == {HOTEL: 260_000, "hotel_fee_surcharge": 4_800}
    assert [event.text for event in cases.events(counter, case.number) if event.kind == waivers.EVENT]
    clerk = Actor("9", "clerk", "เสมียน", "", "user")
    with pytest.raises(Refused, match="right_needed"):
        waivers.grant(counter, clerk, case.number, "surcharge", 100, **order)


def test_what_is_not_confirmed_is_told(tmp_path: Path, clock: homes.HandClock) -> None:
    for confirmed, notes in (([], 2), ([HOTEL], 1), ([HOTEL, "late"], 0)):
        home = filings.make(tmp_path / str(notes), clock, late=LATE, confirmed=confirmed)
        with homes.opened(home, clock) as counter:
            case = file(counter, homes.signed_in(counter), HOTEL)
            found = assessments.of_number(counter, case.number).notes
            assert len([note for note in found if note.startswith(assessments.CHECK_ORDINANCE)]) == notes


@pytest.fixture
def province(home: Path) -> Iterator[Path]:
    yield home


def test_by_command(province: Path, tmp_path: Path) -> None:
    for code in (HOTEL, OIL, "tobacco_tax", "hotel_registration"):
        sample = command.run(province, "services", "sample", code)
        assert sample.code == 0
        answer = command.run(province, "register", code, "-", "--no-print", "--json", stdin=sample.out)
        assert answer.code == 0, answer.err
        assert set(answer.json) >= {"number", "total_satang", "due_on"}
    again = command.run(province, "register", HOTEL, "-", "--no-print", "--json", stdin=sample_of(HOTEL))
    assert (again.code, again.error["code"], again.error["field"]) == (3, "second_normal", "answers.filing_kind")
    entry = json.dumps({"name": "โรงแรมสอง", "active_from": "2026-01-01"})
    assert command.run(province, "payers", "add", "hotel", "77", "-", stdin=entry).code == 0
    found = command.run(province, "payers", "list", "hotel", "--json")
    assert [payer["code"] for payer in found.json] == ["1234567", "77"]
    late = command.run(province, "payers", "late", "--month", "6/2569", "--json", "--out", tmp_path / "late.pdf")
    assert [one["code"] for one in late.json if one["service"] == HOTEL] == ["77"]
    assert (tmp_path / "late.pdf").read_bytes().startswith(b"%PDF")
    assert command.run(province, "payers", "show", "hotel", "77", "--json").json[0]["document"]["name"] == "โรงแรมสอง"


def sample_of(service: str) -> str:
    return json.dumps(filings.data(service), ensure_ascii=False)


@pytest.fixture
def other(tmp_path: Path, clock: homes.HandClock) -> Iterator[Counter]:
    """Another counter of the province."""
    home = filings.make(tmp_path / "other", clock, late=LATE, first_run=500_000)
    with homes.opened(home, clock) as counter:
        yield counter


@pytest.mark.parametrize("times", [1, 2])
def test_filings_payers_and_orders_travel(counter: Counter, actor: Actor, other: Counter, times: int) -> None:
    file(counter, actor, "hotel_registration")
    wrong = file(counter, actor, HOTEL, period_month=5)
    right = file(counter, actor, HOTEL, period_month=5, corrects=wrong.number, revenue="310000")
    payers.add(counter, actor, "trader", "7", {"name": "ร้านหนึ่ง"})
    payers.add(counter, actor, "trader", "7", {"name": "ร้านสอง"})
    order = {"order_number": "12/2569", "ordered_on": "2026-08-20", "approver": "นายก อบจ.", "reason": "เหตุอุทกภัย"}
    waivers.grant(counter, actor, right.number, "penalty", 100, **order)
    deliver(counter, other, times)
    assert cases.get(other, wrong.number).status == "cancelled"
    assert assessments.of_number(other, right.number) == assessments.of_number(counter, right.number)
    for kind, code in (("hotel", "1234567"), ("trader", "7")):
        here, there = payers.history(counter, kind, code), payers.history(other, kind, code)
        assert [change.document for change in there] == [change.document for change in here]
        assert payers.find(other, kind, code)[0].document == here[0].document
    # the other counter goes on with the month that was carried here, and knows the second normal filing
    clerk = homes.signed_in(other)
    june = filings.hotel(other, clerk, 6, "1000")
    assert cases.get(other, june.number).answers["ar_in"] == "50000.00"
    with pytest.raises(Refused, match="second_normal"):
        filings.hotel(other, clerk, 5, "1000")


def test_a_rate_over_the_ceiling_is_no_setting(counter: Counter, actor: Actor) -> None:
    with pytest.raises(Refused, match="over_ceiling"):
        office_settings.change(counter, actor, {"rate": [*RATES, {**RATES[2], "value": "3.5"}]})
    named = {"ordinances": {HOTEL: {"number": "2/2544", "on": "2001-09-01"}}}
    office_settings.change(counter, actor, {"confirmed": [HOTEL], **named, "rate": [{**RATES[2], "value": "2"}]})
    assert file(counter, actor, HOTEL).total_satang == 520_000 + 15_600 + 520_000


def test_two_normal_filings_from_two_counters_are_told(counter: Counter, actor: Actor, other: Counter) -> None:
    here = file(counter, actor, HOTEL)
    there = file(other, homes.signed_in(other), HOTEL)
    deliver(other, counter)
    for one, another in ((here, there), (there, here)):
        (note,) = (note for note in assessments.of_number(counter, one.number).notes if another.number in note)
        assert "แบบซ้ำ" in note
    cases.change_status(counter, actor, there.number, "cancelled", "ซ้ำกับแบบของเครื่องนี้")
    assert not [note for note in assessments.of_number(counter, here.number).notes if there.number in note]


def test_hints_while_typing(counter: Counter, actor: Actor) -> None:
    service = counter.catalog["hotel_registration"]
    late = filings.data("hotel_registration", registration_kind="change", changed_on="2026-08-01")["answers"]
    file(counter, actor, "hotel_registration")
    assert filing_drafts.draft(counter, service, late).told == ("แจ้งเปลี่ยนแปลงเกิน 15 วันที่กำหนด",)
    hotel = counter.catalog[HOTEL]
    early = filings.data(HOTEL, period_month=8)["answers"]
    assert "ยื่นก่อนสิ้นเดือน" in filing_drafts.draft(counter, hotel, early).told[0]
    assert filing_drafts.draft(counter, hotel, {}).problem
    assert filing_drafts.draft(counter, hotel, {"hotel_code": "1234567"}).filled["hotel_name"] == "โรงแรมตัวอย่าง"


def csv_text(*lines: str) -> bytes:
    return "\n".join(("รหัส,ชื่อ,เลขผู้เสียภาษี,โทรศัพท์,เริ่มกิจการ,จำนวนห้อง,หมายเหตุ", *lines)).encode("utf-8-sig")


def test_a_csv_is_looked_at_and_taken_over_whole(counter: Counter, actor: Actor) -> None:
    payers.add(counter, actor, "hotel", "A1", {"name": "โรงแรมหนึ่ง", "phone": "076321500", "note": "เดิม"})
    wrong = csv_text(
        "A1,โรงแรมหนึ่ง,,,,,", "A2,โรงแรมสอง,1234567890123,,,,", "A3,,,,,,", "A4,โรงแรมสี่,,,31/2/2560,,", "A2,ซ้ำ,,,,,",
        "A5,โรงแรมห้า,,,,หลายห้อง,", ",ไม่มีรหัส,,,,,", "A6,โรงแรมหก,,,,,ก,ข",
    )  # fmt: skip
    plan = payer_import.plan(counter, "hotel", wrong)
    assert [row.line for row in plan.rows if row.state == "wrong"] == [3, 4, 5, 6, 7, 8, 9]
    assert all(row.message for row in plan.rows if row.state == "wrong")
    with pytest.raises(Refused, match="csv_wrong"):
        payer_import.carry_out(counter, actor, plan)
    assert [one.code for one in payers.listing(counter)] == ["A1"]
    right = csv_text("A1,โรงแรมหนึ่ง,,,1 ต.ค. 2544,,", 'A2,"โรงแรม, สอง",,,,"1,048",', "", "A1x,โรงแรมสาม,,,,,")
    plan = payer_import.plan(counter, "hotel", right)
    assert [(row.line, row.state, row.message) for row in plan.rows] == [
        (2, "changed", "เริ่มกิจการ"), (3, "new", ""), (5, "new", "")
    ]  # fmt: skip
    assert payer_import.carry_out(counter, actor, plan) == 3
    kept = payers.find(counter, "hotel", "A1")[0].document
    assert (kept["active_from"], kept["note"], kept["phone"]) == ("2001-10-01", "เดิม", "076321500")
    assert payers.find(counter, "hotel", "A2")[0].document["rooms_total"] == 1_048
    again = payer_import.plan(counter, "hotel", right)
    assert {row.state for row in again.rows} == {"same"}
    with pytest.raises(Refused, match="nothing_to_save"):
        payer_import.carry_out(counter, actor, again)
    for encoding, separator in (("cp874", ";"), ("utf-16", "\t")):
        other = right.decode("utf-8-sig").replace(",", separator).replace('"โรงแรม; สอง"', "โรงแรมสอง").encode(encoding)
        assert {row.state for row in payer_import.plan(counter, "hotel", other).rows} <= {"same", "changed", "wrong"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "csv_empty"),
        ("ชื่อ,ที่ตั้ง\nก,ข".encode(), "csv_heading"),
        ("รหัส,ชื่อ,สี\n1,ก,แดง".encode(), "csv_heading"),
        ('รหัส,ชื่อ\n"1,ก'.encode(), "csv_form"),
        (b"\x80\x81\x82\xff\xfd\xfc", "csv_encoding"),
    ],
)
def test_a_file_that_is_no_list_is_refused(counter: Counter, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        payer_import.plan(counter, "hotel", content)
    assert caught.value.code == code


def test_what_a_payer_filed_and_paid(counter: Counter, actor: Actor) -> None:
    wrong = file(counter, actor, HOTEL, period_month=5)
    right = file(counter, actor, HOTEL, period_month=5, corrects=wrong.number)
    june = filings.hotel(counter, actor, 6, "1000")
    total = assessments.of_number(counter, right.number).total_satang
    receipts.issue(counter, actor, Pay(right.number, "cash", total))
    found = payer_cases.listing(counter, "hotel", "1234567")
    assert [(one.number, one.stands, bool(one.receipt)) for one in found] == [
        (june.number, True, False), (right.number, True, True), (wrong.number, False, False)
    ]  # fmt: skip
    closed = payers.close(counter, actor, "hotel", "1234567", "31/7/2569")
    assert closed.document["active_to"] == "2026-07-31"
    assert [late.payer.code for late in late_payers.listing(counter, date(2026, 7, 1), HOTEL)] == ["1234567"]
    assert late_payers.listing(counter, date(2026, 8, 1), HOTEL) == []
    with pytest.raises(Refused, match="payer_known"):
        payers.add(counter, actor, "hotel", "1234567", {"name": "อื่น"}, new=True)
    with pytest.raises(Refused, match="unknown_payer"):
        payers.close(counter, actor, "hotel", "9", "31/8/2569")


def test_import_and_close_by_command(province: Path, tmp_path: Path) -> None:
    path = tmp_path / "โรงแรม.csv"
    path.write_bytes(csv_text("A1,โรงแรมหนึ่ง,,,,,", "A2,,,,,,"))
    looked = command.run(province, "payers", "import", "hotel", path, "--dry-run", "--json").json
    assert (looked["new"], looked["wrong"], looked["taken"]) == (1, 1, False)
    assert looked["rows"][1]["message"].startswith("ยังไม่ได้กรอก")
    assert command.run(province, "payers", "import", "hotel", path, "--json").error["code"] == "csv_wrong"
    path.write_bytes(csv_text("A1,โรงแรมหนึ่ง,,,,,"))
    assert command.run(province, "payers", "import", "hotel", path, "--json").json["taken"] is True
    assert command.run(province, "payers", "close", "hotel", "A1", "--on", "1/1/2560", "--json").code == 0
    assert command.run(province, "payers", "cases", "hotel", "A1", "--json").json == []
    assert command.run(province, "payers", "late", "--month", "6/2569", "--code", "A1", "--json").json == []
