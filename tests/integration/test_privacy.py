"""The privacy notice with its version, and consents that nobody ticks beforehand."""

from typing import Any

import pytest

from app.domain.errors import Refused
from app.services import cases, people, privacy
from app.services.counter import Counter
from app.services.model import Actor, NoticeShown
from tests.integration.support import homes
from tests.integration.support.register import register


def test_the_notice_names_the_office(counter: Counter) -> None:
    notice = privacy.notice(counter)
    assert counter.office.name in notice.paragraphs[0]
    assert counter.office.phone in notice.paragraphs[-1]
    assert "{" not in "".join(notice.paragraphs)
    assert {purpose.code for purpose in notice.purposes} == {"news", "survey"}
    assert all(purpose.version and purpose.text for purpose in notice.purposes)


@pytest.mark.parametrize("language", ["xx", "../th", ""])
def test_a_language_without_notice_is_refused(counter: Counter, language: str) -> None:
    with pytest.raises(Refused) as refusal:
        privacy.notice(counter, language)
    assert refusal.value.code == "notice_language"


def test_the_case_keeps_which_notice_was_given(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    version = privacy.notice(counter).version
    view = register(counter, actor, notice=NoticeShown(version, how="paper"))
    assert view.notice == NoticeShown(version, "th", "paper", clock.now())
    assert register(counter, actor).notice is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"notice": NoticeShown("1999")}, "notice_version"),
        ({"notice": NoticeShown("2569-1", how="telepathy")}, "notice_how"),
        ({"notice": NoticeShown("2569-1", language="xx")}, "notice_language"),
        ({"consents": ("everything",)}, "consent_purpose"),
    ],
)
def test_what_there_is_not_is_refused(counter: Counter, actor: Actor, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        register(counter, actor, **changes)
    assert refusal.value.code == code
    assert cases.recent(counter) == []


def test_nothing_is_ticked_beforehand(counter: Counter, actor: Actor) -> None:
    person = people.of_case(counter, register(counter, actor).number).person
    assert [one.decision for one in privacy.consents(counter, person)] == ["", ""]


def test_a_consent_is_given_withdrawn_and_given_again(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    view = register(counter, actor, consents=("news", "news"))
    person = people.of_case(counter, view.number).person
    clock.forward(hours=1)
    privacy.decide(counter, actor, view.number, "news", given=False)
    clock.forward(hours=1)
    news, survey = privacy.consents(counter, person)
    assert (news.decision, news.text_version, survey.decision) == ("withdrawn", news.purpose.version, "")
    again = register(counter, actor, consents=("news", "survey"))
    assert [(one.decision, one.at) for one in privacy.consents(counter, person)] == [("given", clock.now())] * 2
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT purpose, decision, by FROM consent ORDER BY row").fetchall()
        audit = connection.exec_driver_sql("SELECT subject FROM audit WHERE action LIKE 'consent%'").fetchall()
    assert [row.decision for row in rows] == ["given", "withdrawn", "given", "given"]
    assert {row.by for row in rows} == {actor.username}
    assert [row.subject for row in audit] == [view.number, view.number, again.number, again.number]
    assert [event.kind for event in cases.events(counter, view.number)][1:] == ["consent_changed"] * 2


def test_consents_of_an_unknown_case_are_refused(counter: Counter, actor: Actor) -> None:
    with pytest.raises(Refused) as refusal:
        privacy.decide(counter, actor, "KT1201169000099", "news", given=True)
    assert refusal.value.code == "unknown_number"
