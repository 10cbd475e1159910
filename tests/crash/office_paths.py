"""What the office writes beside its cases: the ThaiD campaign. See tests.crash.write_paths."""

from collections.abc import Callable
from typing import Any

from app.services import thaid_campaign
from app.services.counter import Counter
from tests.crash.moments import Place, WritePath


def paths(counter_place: Place, nothing: Callable[[Any], Any], by: Callable[..., Any]) -> list[WritePath]:
    """nothing: prepares nothing; by: makes an act of the administrator."""

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
    ]  # fmt: skip
