"""What the office writes beside its cases: the ThaiD campaign, and things with files. See tests.crash.write_paths."""

from collections.abc import Callable
from typing import Any

from app.services import lhr, readiness, thaid_campaign
from app.services.counter import Counter
from app.services.model import NewFile
from tests.crash.moments import Place, WritePath


def paths(
    counter_place: Place, nothing: Callable[[Any], Any], by: Callable[..., Any], picture: bytes
) -> list[WritePath]:
    """nothing: prepares nothing; by: makes an act of the administrator; picture: a small PNG."""
    evidence = [NewFile("ภาพ.png", picture)]

    def asked(counter: Counter) -> Any:
        return by(lambda counter, actor, _: lhr.ask(
            counter, actor, item="ชื่อ", old="", new="วีระ", files=evidence))(counter, None)  # fmt: skip

    def counted(counter: Counter) -> None:
        by(lambda counter, actor, _: thaid_campaign.count(counter, actor, "citizens", number=3))(counter, None)

    def reported(counter: Counter, actor: Any, _given: Any) -> None:
        thaid_campaign.report(counter, actor, thaid_campaign.thaid_week.week_ending(thaid_campaign.today(counter)))

    return [
        WritePath("ThaiD count", counter_place, nothing, by(lambda counter, actor, _: thaid_campaign.count(
            counter, actor, "citizens")), repeats=True),
        WritePath("ThaiD count undone", counter_place, counted, by(lambda counter, actor, _: thaid_campaign.undo(
            counter, actor))),
        WritePath("ThaiD report", counter_place, counted, by(reported), repeats=True),
        WritePath("readiness", counter_place, nothing, by(lambda counter, actor, _: readiness.save(
            counter, actor, "d_dopa", owner="ก", files=evidence))),
        WritePath("LHR request", counter_place, nothing, lambda counter, _: asked(counter), repeats=True),
        WritePath("LHR request entered", counter_place, asked, by(lambda counter, actor, key: lhr.entered(
            counter, actor, key))),
        WritePath("LHR person", counter_place, nothing, by(lambda counter, actor, _: lhr.save_person(
            counter, actor, name="ก ข", employee_type="contract")), repeats=True),
    ]  # fmt: skip
