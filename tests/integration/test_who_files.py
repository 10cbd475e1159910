"""Who files apart from who asks: on behalf of somebody, by telephone or letter, and by nobody who would be named."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli.cases import case_json
from app.domain.errors import Refused
from app.services import cases, duplicates, people, registration_json
from app.services.counter import Counter
from app.services.model import Actor, CaseView, CopyMark, FiledBy
from printing import pdf
from printing.petition import petition_layout
from tests.integration.support import homes, petitions
from tests.integration.support.register import number
from tests.integration.test_paper_pdf import pdftotext
from tests.integration.test_people_replication import deliver

SON = {"name": "นายวีระ ศรีสุข", "relation": "บุตร", "phone": "089-765 4321", "cid": number(5), "authority": True}
NOBODY = {"kind": "anonymous"}


@pytest.fixture
def other(tmp_path: Path, clock: homes.HandClock) -> Iterator[Counter]:
    with homes.opened(homes.make(tmp_path / "other", clock, first_run=500_000), clock) as counter:
        yield counter


def filed(counter: Counter, actor: Actor, **parts: Any) -> CaseView:
    data = {**petitions.petition(), **parts}
    return cases.register(counter, actor, registration_json.from_json("petition", data))


@pytest.mark.parametrize("channel", ["phone", "letter", "line", "online", "counter"])
def test_who_filed_and_by_which_way_stays_with_the_case(
    counter: Counter, actor: Actor, other: Counter, channel: str
) -> None:
    saved = filed(counter, actor, filed_by=SON, channel=channel)
    assert saved.filed_by == FiledBy("นายวีระ ศรีสุข", "บุตร", "0897654321", number(5), True)
    assert saved.channel == channel
    deliver(counter, other)
    for place in (counter, other):
        assert cases.get(place, saved.number).filed_by == saved.filed_by
        assert [case.number for case in cases.find(place, "วีระ")] == [saved.number]
        assert [case.number for case in cases.find(place, "4321")] == [saved.number]


def test_the_sheet_names_who_filed_and_masks_the_numbers(counter: Counter, actor: Actor) -> None:
    saved = filed(counter, actor, filed_by=SON)
    text = pdftotext(pdf.render(petition_layout(saved, CopyMark(0))))
    assert "ยื่นแทนโดย" in text
    assert "นายวีระ ศรีสุข (บุตร)" in text
    assert "xxx-xxx-4321" in text
    assert number(5) not in text
    assert "0897654321" not in text
    plain = pdftotext(pdf.render(petition_layout(replace(saved, filed_by=None), CopyMark(0))))
    assert "ยื่นแทน" not in plain


def test_the_command_line_masks_the_numbers(counter: Counter, actor: Actor) -> None:
    told = json.dumps(case_json(filed(counter, actor, filed_by=SON)), ensure_ascii=False, default=str)
    assert "นายวีระ ศรีสุข" in told
    assert "xxx-xxx-4321" in told
    assert number(5) not in told
    assert "0897654321" not in told


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({**SON, "name": " "}, "filed_by.name"),
        ({**SON, "phone": "12"}, "filed_by.phone"),
        ({**SON, "cid": "1234567890123"}, "filed_by.citizen_id"),
        ({**SON, "authority": "yes"}, "filed_by.authority"),
        ({**SON, "age": "40"}, "filed_by.age"),
        ({**SON, "relation": "ก" * 200}, "filed_by.relation"),
        ("นายวีระ", "filed_by"),
    ],
)
def test_what_is_wrong_with_who_filed_is_named(counter: Counter, actor: Actor, wrong: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        filed(counter, actor, filed_by=wrong)
    assert refused.value.field == field
    assert cases.recent(counter) == []


def test_whole_numbers_of_who_filed_are_seen_with_a_reason(counter: Counter, actor: Actor) -> None:
    saved = filed(counter, actor, filed_by=SON)
    assert people.unmask(counter, actor, saved.number, "filed_by.phone", "โทรกลับ") == "0897654321"
    assert "filed_by.phone" in people.accesses(counter)[0]["detail"]
    with pytest.raises(Refused):
        people.unmask(counter, actor, people.of_case(counter, saved.number).person, "filed_by.phone", "โทรกลับ")


@pytest.mark.parametrize("sub", [("utilities", "street_light"), ("complaints", "corruption")])
def test_a_petition_may_name_nobody(counter: Counter, actor: Actor, other: Counter, sub: tuple[str, str]) -> None:
    answers = {**petitions.petition()["answers"], "category": sub[0], "subcategory": sub[1]}
    saved = filed(counter, actor, applicant=NOBODY, channel="letter", answers=answers)
    assert saved.applicant.full_name == "ไม่ประสงค์ออกนาม"
    assert saved.restricted == (sub[1] == "corruption")
    deliver(counter, other)
    assert cases.get(other, saved.number, actor).applicant == saved.applicant
    again = filed(counter, actor, applicant=NOBODY, answers=answers)
    assert people.of_case(counter, again.number).person != people.of_case(counter, saved.number).person
    assert duplicates.doubles(counter) == []
    assert "ไม่ประสงค์ออกนาม" in pdftotext(pdf.render(petition_layout(saved, CopyMark(0))))


@pytest.mark.parametrize("part", [{"first_name": "มานี"}, {"cid": number(1)}, {"passport": "AA12345"}])
def test_who_names_nobody_has_no_name_and_no_number(counter: Counter, actor: Actor, part: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        filed(counter, actor, applicant={**NOBODY, **part})
    assert refused.value.code == "not_for_kind"


def test_a_permit_wants_a_name(counter: Counter, actor: Actor) -> None:
    sample = {**petitions.petition(), "applicant": NOBODY}
    command = replace(registration_json.from_json("petition", sample), service="ad_permit", answers={})
    with pytest.raises(Refused) as refused:
        cases.register(counter, actor, command)
    assert (refused.value.code, refused.value.field) == ("anonymous", "applicant.kind")
