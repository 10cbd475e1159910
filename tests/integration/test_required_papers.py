"""Papers that a service requires: told, or asked for before the case is taken, as the office has set."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.services import cases, office_settings, registration_json
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support import command, homes
from tests.integration.support.petitions import permit, petition

BOTH = ["design", "site_plan"]
DESIGN, PLAN, POWER = "ตัวอย่างแผ่นประกาศ/แบบป้าย 1 ชุด", "แผนผังบริเวณที่จะปิด", "หนังสือมอบอำนาจ (กรณียื่นแทน)"
DAUGHTER = {"name": "นางสาวสมหญิง ใจดี", "relation": "บุตร"}


@pytest.fixture
def counter(home: Path) -> Iterator[Counter]:
    with homes.opened(home) as counter:
        yield counter


@pytest.fixture
def actor(counter: Counter) -> Actor:
    return homes.signed_in(counter)


def missing(counter: Counter, actor: Actor, **beside: object) -> tuple[str, ...]:
    return cases.enter(counter, actor, registration_json.from_json("ad_permit", {**permit(), **beside})).missing_papers


def test_what_is_missing_is_told_or_refused(counter: Counter, actor: Actor) -> None:
    assert missing(counter, actor) == (DESIGN, PLAN)
    assert missing(counter, actor, papers=["design"]) == (PLAN,)
    assert missing(counter, actor, papers=BOTH) == ()
    assert missing(counter, actor, papers=BOTH, filed_by=DAUGHTER) == (POWER,)
    assert missing(counter, actor, papers=BOTH, filed_by={**DAUGHTER, "authority": True}) == ()
    office_settings.change(counter, actor, {"required_papers": "refuse"})
    with pytest.raises(Refused) as caught:
        missing(counter, actor, papers=["site_plan"])
    assert (caught.value.code, caught.value.field) == ("papers_missing", "papers")
    assert DESIGN in caught.value.title
    for beside in ({"papers": BOTH}, {"papers": [*BOTH, "power_of_attorney"], "filed_by": DAUGHTER}):
        assert missing(counter, actor, **beside) == ()
    with pytest.raises(Refused, match="papers_missing"):
        missing(counter, actor, papers=BOTH, filed_by=DAUGHTER)
    office_settings.change(counter, actor, {"required_papers": "off"})
    assert missing(counter, actor) == ()
    with pytest.raises(Refused, match="unknown_paper"):
        missing(counter, actor, papers=["passport"])
    with pytest.raises(Refused, match="office_setting"):
        office_settings.change(counter, actor, {"required_papers": "sometimes"})


def test_the_case_keeps_what_was_received(counter: Counter, actor: Actor) -> None:
    data = {**permit(), "papers": ["design", "design"]}
    number = cases.enter(counter, actor, registration_json.from_json("ad_permit", data)).number
    with counter.store.read() as connection:
        text = connection.exec_driver_sql("SELECT document FROM cases WHERE number = ?", (number,)).scalar_one()
    document = json.loads(text)
    assert (document["papers"], document["papers_missing"]) == (["design"], [PLAN])


def test_by_command(home: Path) -> None:
    answer = command.run(home, "register", "ad_permit", "-", "--no-print", "--json", stdin=json.dumps(permit()))
    assert answer.json["missing_papers"] == [DESIGN, PLAN]
    told = command.run(home, "register", "ad_permit", "-", "--no-print", stdin=json.dumps(permit()))
    assert DESIGN in told.err
    wrong = json.dumps({**petition(), "papers": ["design"]})
    refused = command.run(home, "register", "petition", "-", "--no-print", "--json", stdin=wrong)
    assert (refused.code, refused.error["code"], refused.error["field"]) == (3, "unknown_paper", "papers")
