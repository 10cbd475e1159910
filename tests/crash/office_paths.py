"""What the office writes beside its cases: the ThaiD campaign, and things with files. See tests.crash.write_paths."""

from collections.abc import Callable
from typing import Any

from app.services import accounts, appointments, lhr, own_record, readiness, thaid_campaign
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

    def added(counter: Counter, actor: Any, _given: Any) -> str:
        return accounts.add(counter, actor, full_name="ก ข", position="นิติกร", division="finance",
                            password="ครั้งแรก-1234")  # fmt: skip

    def changed(counter: Counter, actor: Any, _given: Any) -> None:
        accounts.change(counter, actor, actor.username, position="หัวหน้า", full_name="ก ข", division="finance")

    def given(counter: Counter, actor: Any, name: str) -> None:
        accounts.set_rights(counter, actor, name, rows=[{"service": "petition", "may": ["view"]}], general=[])

    def ordered(counter: Counter, actor: Any, _given: Any) -> None:
        appointments.save(counter, actor, number="1/2569", ordered_on="2026-01-01", persons=[actor.username],
                          since="2026-01-01", files=evidence)  # fmt: skip

    return [
        WritePath("account changed", counter_place, nothing, by(changed)),
        WritePath("rights given", counter_place, lambda counter: by(added)(counter, None), by(given)),
        WritePath("appointment order", counter_place, nothing, by(ordered), repeats=True),
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
        WritePath("own record seen", counter_place, nothing, by(lambda counter, actor, _: own_record.note(
            counter, actor, own_record.SEEN)), repeats=True),
        WritePath("LHR person", counter_place, nothing, by(lambda counter, actor, _: lhr.save_person(
            counter, actor, name="ก ข", employee_type="contract")), repeats=True),
    ]  # fmt: skip
