"""What has to be paid for a case: the permit's fee and nothing for a petition."""

from datetime import date

import pytest

from app.domain.errors import Refused
from app.services import assessments, cases, registration_json
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support.petitions import permit, petition

ON = date(2026, 11, 25)


def test_a_permit_owes_its_fee(counter: Counter, actor: Actor) -> None:
    case = cases.enter(counter, actor, registration_json.from_json("ad_permit", permit()))
    found = assessments.of_number(counter, case.number, ON)
    assert [(line.revenue_code, line.satang) for line in found.lines] == [("ad_permit", 20_000)]
    assert found.total_satang == case.total_satang == 20_000


def test_a_petition_owes_nothing(counter: Counter, actor: Actor) -> None:
    case = cases.enter(counter, actor, registration_json.from_json("petition", petition()))
    assert assessments.of_number(counter, case.number) == assessments.NOTHING


def test_an_unknown_number_is_refused(counter: Counter) -> None:
    with pytest.raises(Refused, match=r"."):
        assessments.of_number(counter, "KT1080769000099", ON)
