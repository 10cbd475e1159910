"""What must be there for which kind of applicant, and how the way of knowing is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.citizen_id import check_digit
from app.domain.errors import Refused
from app.services import knowing
from app.services.applicants import advice, clean_applicant
from app.services.case_documents import applicant_document, applicant_from
from app.services.model import Actor, Address, Applicant, Knowing


def number(twelve: str) -> str:
    return twelve + check_digit(twelve)


def wrong(twelve: str) -> str:
    return twelve + str((int(check_digit(twelve)) + 1) % 10)


CITIZEN = Applicant("นาย", "กตัญญู", "ปิ่นแก้ว", number("199990000001"))
COMPANY = Applicant(
    "นาง", "มาลี", "ดี", number("083556500000"), kind="juristic", organisation="บริษัท ทดสอบ จำกัด", power_of_attorney=True
)
ACTOR = Actor("1", "u", "ผู้ตรวจ ทดสอบ", "", "user")
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


def test_names_read_right() -> None:
    assert CITIZEN.full_name == "นายกตัญญู ปิ่นแก้ว"
    assert COMPANY.full_name == "บริษัท ทดสอบ จำกัด โดย นางมาลี ดี ผู้รับมอบอำนาจ"
    assert replace(COMPANY, power_of_attorney=False).full_name == "บริษัท ทดสอบ จำกัด โดย นางมาลี ดี"
    assert replace(COMPANY, title="", first_name="", last_name="").full_name == "บริษัท ทดสอบ จำกัด"
    assert Applicant("", "Aung", "", kind="foreigner").full_name == "Aung"


@pytest.mark.parametrize(
    "applicant",
    [
        CITIZEN,
        COMPANY,
        replace(COMPANY, representative_id=number("199990000001")),
        Applicant("", "Aung", "", kind="foreigner", passport="MB123456"),
        Applicant("", "Aung", "", wrong("612345678901"), kind="foreigner", number_confirmed=True),
        Applicant("", "ไม่มีเลข", "", kind="unnumbered"),
    ],
)
def test_what_is_right_stays_as_it_is(applicant: Applicant) -> None:
    assert clean_applicant(applicant) == applicant


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "robot"}, "applicant.kind"),
        ({"title": ""}, "applicant.title"),
        ({"last_name": ""}, "applicant.last_name"),
        ({"organisation": "บริษัท"}, "applicant.organisation"),
        ({"power_of_attorney": True}, "applicant.power_of_attorney"),
        ({"passport": "AB123456"}, "applicant.passport"),
        ({"kind": "unnumbered"}, "applicant.citizen_id"),
        ({"kind": "juristic"}, "applicant.organisation"),
        ({"kind": "juristic", "organisation": "ก", "representative_id": "12"}, "applicant.representative_id"),
        ({"kind": "foreigner", "passport": "A-1"}, "applicant.passport"),
        ({"citizen_id": wrong("199990000001")}, "applicant.citizen_id"),
        ({"citizen_id": wrong("199990000001"), "kind": "foreigner"}, "applicant.citizen_id"),
        ({"citizen_id": wrong("199990000001"), "number_confirmed": True}, "applicant.citizen_id"),
        ({"citizen_id": wrong("612345678901")}, "applicant.citizen_id"),
    ],
)
def test_what_is_wrong_is_refused_by_name(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        clean_applicant(replace(CITIZEN, **changes))
    assert refusal.value.field == field


def test_a_power_of_attorney_needs_a_name() -> None:
    with pytest.raises(Refused) as refusal:
        clean_applicant(replace(COMPANY, first_name=""))
    assert refusal.value.field == "applicant.first_name"


@pytest.mark.parametrize("changes", [{"kind": "foreigner"}, {"number_confirmed": True}])
@pytest.mark.parametrize("first", "0678")
def test_a_doubtful_number_may_be_confirmed(changes: dict[str, Any], first: str) -> None:
    doubtful = wrong(f"{first}12345678901")
    cleaned = clean_applicant(replace(CITIZEN, citizen_id=doubtful, **changes))
    assert cleaned.citizen_id == doubtful
    assert cleaned.number_confirmed
    assert [item.field for item in advice(cleaned)] == ["applicant.citizen_id"]


def test_the_hint_of_a_doubtful_number_tells_how_to_confirm_it() -> None:
    with pytest.raises(Refused) as refusal:
        clean_applicant(replace(CITIZEN, citizen_id=wrong("612345678901")))
    assert "number_confirmed" in refusal.value.hint


def test_a_confirmation_that_was_not_needed_is_not_kept() -> None:
    assert clean_applicant(replace(CITIZEN, number_confirmed=True)) == CITIZEN


def test_advice_tells_what_to_look_at_again() -> None:
    assert advice(CITIZEN) == ()
    bad_place = Address(subdistrict="กะทู้", district="กะทู้", province="ภูเก็ต", postcode="10200")
    fields = [item.field for item in advice(replace(CITIZEN, citizen_id="", address=bad_place))]
    assert fields == ["applicant.citizen_id", "applicant.address.postcode"]
    assert advice(Applicant("", "ก", "", kind="unnumbered")) == ()


def test_nobody_checked_is_nothing_kept() -> None:
    assert knowing.clean(Knowing(), ACTOR, NOW) == Knowing()
    assert knowing.document(Knowing()) == {"way": "none"}
    assert knowing.from_document(None) == Knowing()
    assert knowing.text(Knowing()) == "ไม่ได้ตรวจตัวบุคคล"


@pytest.mark.parametrize(
    "entry",
    [
        Knowing("chip"),
        Knowing("thaid", ial="2.3"),
        Knowing("known_in_person", note="ลูกบ้านหมู่ 1", checked_by="ปลัด", checked_at=datetime(2026, 11, 19, tzinfo=UTC)),
        Knowing("card_seen", failed_way="chip", failed_reason="บัตรชำรุด"),
        Knowing("none", failed_way="thaid", failed_reason="ออฟไลน์"),
    ],
)
def test_a_way_of_knowing_is_kept_whole(entry: Knowing) -> None:
    kept = knowing.clean(entry, ACTOR, NOW)
    assert (kept.checked_by, kept.checked_at) == (entry.checked_by or ACTOR.full_name, entry.checked_at or NOW)
    assert knowing.from_document(knowing.document(kept)) == kept
    assert knowing.text(kept)


def test_a_fall_back_tells_what_failed_and_why() -> None:
    entry = Knowing("card_seen", failed_way="chip", failed_reason="บัตรชำรุด")
    assert knowing.text(entry) == "ดูบัตรตัวจริง (อ่านชิปไม่ได้: บัตรชำรุด)"
    assert knowing.text(Knowing("thaid", ial="2.3", note="ผู้แทน")) == "ยืนยันตัวตนด้วย ThaiD (IAL 2.3) ผู้แทน"


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (Knowing("magic"), "knowing.way"),
        (Knowing("chip", ial="2.3"), "knowing.ial"),
        (Knowing("thaid", ial="high"), "knowing.ial"),
        (Knowing("chip", failed_way="thaid", failed_reason="ก"), "knowing.failed_way"),
        (Knowing("card_seen", failed_way="card_seen", failed_reason="ก"), "knowing.failed_way"),
        (Knowing("card_seen", failed_way="chip"), "knowing.failed_reason"),
        (Knowing("card_seen", failed_reason="ก"), "knowing.failed_way"),
        (Knowing("card_seen", note="ก\x00"), "knowing.note"),
    ],
)
def test_a_contradiction_is_refused(entry: Knowing, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        knowing.clean(entry, ACTOR, NOW)
    assert refusal.value.field == field


@pytest.mark.parametrize("applicant", [CITIZEN, COMPANY, replace(COMPANY, title="", first_name="", last_name="")])
def test_an_applicant_is_read_back_whole_also_from_a_newer_program(applicant: Applicant) -> None:
    stored = {**applicant_document(applicant), "favourite_colour": "เขียว"}
    assert applicant_from(stored) == applicant


def test_a_way_of_knowing_is_read_from_a_newer_program() -> None:
    assert knowing.from_document({"way": "chip", "iris": "yes"}) == Knowing("chip")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "applicant.title"),
        ({"citizen_id": "   "}, None),
        ({"phone": "  "}, None),
        ({"citizen_id": "1100000000010"}, "applicant.citizen_id"),
        ({"citizen_id": "1100000000010", "first_name": ""}, "applicant.first_name"),
        ({"phone": "0812345678x"}, "applicant.phone"),
        ({"address": Address(postcode="8312")}, "applicant.address.postcode"),
    ],
)
def test_the_quick_look_refuses_nothing_else_and_nothing_later(changes: dict[str, Any], field: str | None) -> None:
    plain = Applicant("นาย", "กตัญญู", "ปิ่นแก้ว", "", "0812345678", address=Address(house_no="99/9", postcode="83120"))
    assert clean_applicant(plain) is plain
    if field is None:
        assert not clean_applicant(replace(plain, **changes)).citizen_id
        return
    with pytest.raises(Refused) as refused:
        clean_applicant(replace(plain, **changes))
    assert refused.value.field == field
