"""The advertising permit: its questions, its fee, and the limits of period, number and size."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import answers, loader
from app.domain.errors import Refused

SERVICE = loader.load_builtin()["ad_permit"]
ON = date(2026, 7, 20)
PER_SIGN = [{"service": "ad_permit", "value": "200.00", "unit": "baht_per_sign", "from": "2020-01-01"}]


def application(**changes):
    given = {
        "applicant_kind": "person",
        "method": ["post"],
        "commercial": True,
        "media_type": "vinyl",
        "width": "1.20",
        "height": "2.40",
        "quantity": 2,
        "text_brief": "มหกรรมสินค้าชุมชน\nลดราคาทั้งงาน",
        "place": "ถนนวิชิตสงคราม",
        "start": "2026-08-01",
        "end": "29 ก.ย. 2569",
        "removal_pledge": True,
    }
    return {key: value for key, value in (given | changes).items() if value is not None}


def refusal(rates=(), **changes):
    with pytest.raises(Refused) as refused:
        answers.validate(SERVICE, application(**changes), on=ON, rates=rates)
    return refused.value.code, refused.value.field


def stored(rates=(), **changes):
    return answers.validate(SERVICE, application(**changes), on=ON, rates=rates)


def test_two_commercial_signs_of_sixty_days():
    found = stored()
    assert found["end"] == "2026-09-29"
    assert answers.assess(SERVICE, found, [], ON) == 20_000
    assert answers.assess(SERVICE, found, PER_SIGN, ON) == 40_000
    assert answers.permit_period(SERVICE, found, [], ON) == (
        date(2026, 8, 1),
        date(2026, 9, 29),
        date(2026, 10, 2),
    )
    assert answers.subject(SERVICE, found) == "มหกรรมสินค้าชุมชน ลดราคาทั้งงาน"
    assert answers.working_days(SERVICE, found) == 7
    assert answers.type_text(SERVICE, found) == SERVICE.name
    shown = {key: text for key, _, text in answers.lines(SERVICE, found)}
    assert (shown["commercial"], shown["width"], shown["method"]) == ("เป็นการค้า", "1.20 เมตร", "ปิด")


def test_not_for_trade_is_cheaper_and_shorter():
    found = stored(commercial=False, end="30/8/2569")
    assert answers.assess(SERVICE, found, [], ON) == 10_000
    assert refusal(commercial=False, end="31/8/2569") == ("period_too_long", "answers.end")


@pytest.mark.parametrize(
    ("changes", "code", "key"),
    [
        ({"end": "30/9/2569"}, "period_too_long", "end"),
        ({"end": "31/7/2569"}, "period_backwards", "end"),
        ({"quantity": 3}, "too_large", "quantity"),
        ({"quantity": 0}, "too_small", "quantity"),
        ({"width": "1.21"}, "too_large", "width"),
        ({"height": "2.41"}, "too_large", "height"),
        ({"width": None}, "required", "width"),
        ({"removal_pledge": False}, "must_agree", "removal_pledge"),
        ({"removal_pledge": None}, "required", "removal_pledge"),
        ({"method": []}, "required", "method"),
        ({"method": ["fly"]}, "unknown_choice", "method"),
        ({"applicant_kind": "juristic"}, "required", "applicant_name"),
        ({"applicant_kind": "juristic", "applicant_name": "บริษัท ก จำกัด"}, "required", "applicant_id"),
        ({"lat": "98.33"}, "too_large", "lat"),
        ({"start": "31/02/2569"}, "date", "start"),
    ],
)
def test_what_is_beyond_the_limits_is_refused(changes, code, key):
    assert refusal(**changes) == (code, f"answers.{key}")


def test_a_turned_sign_is_the_same_sign():
    assert stored(width="2.40", height="1.20")["width"] == "2.40"


def test_leaflets_have_no_size_and_are_not_counted_as_signs():
    found = stored(media_type="leaflet", quantity=5000)
    assert "width" not in found
    assert answers.assess(SERVICE, found, PER_SIGN, ON) == 20_000


def test_a_juristic_person():
    found = stored(applicant_kind="juristic", applicant_name="บริษัท ตัวอย่าง จำกัด", applicant_id="0999900000015")
    assert answers.search_texts(SERVICE, found)[0] == "บริษัท ตัวอย่าง จำกัด"


def test_the_office_may_lift_limits():
    rates = [
        {"service": "ad_permit", "product": product, "value": "0", "unit": "limit", "from": "2020-01-01"}
        for product in ("max_quantity", "max_width", "max_days_commercial")
    ]
    assert stored(rates, quantity=500, width="9", height="9", end="31/12/2570")


@pytest.mark.parametrize(
    ("on", "warned"), [(date(2026, 7, 25), False), (date(2026, 7, 26), True), (date(2026, 8, 2), True)]
)
def test_filing_late_is_warned_about(on, warned):
    assert bool(answers.warnings(SERVICE, stored(), on=on)) == warned


def test_what_nobody_has_confirmed_says_so():
    parameters = SERVICE.fee.parameters + SERVICE.validity.parameters
    assert all(item.configurable and not item.confirmed for item in parameters)
    assert not SERVICE.due.confirmed
    assert len(SERVICE.clerk_notes[0].items) == 8
    assert "pao" not in SERVICE.offered_by


@given(st.integers(1, 60), st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
def test_every_period_within_the_limit_is_taken(days, start):
    end = date.fromordinal(start.toordinal() + days - 1)
    assert stored(start=start.isoformat(), end=end.isoformat())
