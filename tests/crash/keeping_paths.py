"""What keeping writes: the recovery key, backups by the plan, their rehearsal."""

from collections.abc import Callable
from typing import Any

from app.services import backup_plan, breaches, cases, data_requests, destruction, recovery, rehearsal, retention
from app.services.model import Actor
from tests.crash.moments import Place, WritePath

Act = Callable[[Any, Any], object]


def paths(place: Place, nothing: Act, by: Callable[[Callable[[Any, Any, Any], object]], Act]) -> list[WritePath]:
    """The write paths, on the counter that `place` opens."""

    def asked(counter: Any) -> str:
        return str(
            by(lambda counter, actor, _: data_requests.receive(counter, actor, "access", name="ก"))(counter, None)
        )

    def closed(counter: Any, actor: Any, _given: Any) -> str:
        number = cases.recent(counter, 1)[0].number
        cases.change_status(counter, actor, number, "cancelled", note="ไม่ติดใจ")
        retention.set_rule(counter, actor, "petition", 1, basis="ทดสอบ")
        return str(number)

    def approved(counter: Any) -> str:
        by(closed)(counter, None)
        other = Actor("x", "other", "อีกคน", "", "admin")
        asked_by = by(lambda counter, actor, _: data_requests.receive(counter, actor, "erasure", name="ก"))(
            counter, None
        )
        by(lambda counter, actor, _: data_requests.check_identity(counter, actor, asked_by, "card"))(counter, None)
        refused = asked(counter)
        by(lambda counter, actor, _: data_requests.refuse(counter, actor, refused, "ก"))(counter, None)
        numbers = [cases.recent(counter, 1)[0].number, refused]
        key = str(by(lambda counter, actor, _: destruction.propose(
            counter, actor, numbers, request=asked_by))(counter, None))  # fmt: skip
        destruction.approve(counter, other, key, "1/2569")
        return key

    return [
        WritePath("data request", place, nothing, lambda counter, _: asked(counter), repeats=True),
        WritePath("data request checked", place, asked, by(lambda counter, actor, key: data_requests.check_identity(
            counter, actor, key, "card"))),
        WritePath("breach", place, nothing, by(lambda counter, actor, _: breaches.enter(
            counter, actor, "1/11/2569", "10:00", what="แฟ้มหาย")), repeats=True),
        WritePath("legal hold", place, nothing, by(lambda counter, actor, _: retention.hold(
            counter, actor, cases.recent(counter, 1)[0].number, "คดี"))),
        WritePath("retention rule", place, nothing, by(lambda counter, actor, _: retention.set_rule(
            counter, actor, "petition", 5, basis="ก"))),
        WritePath("destruction", place, approved, by(lambda counter, actor, key: destruction.run(
            counter, actor, key)), steps=True),
        WritePath(
            "recovery key", place, nothing, by(lambda counter, actor, _: recovery.make(counter, actor)), repeats=True
        ),
        WritePath(
            "backup by plan", place, nothing, lambda counter, _: backup_plan.run(counter), repeats=True, steps=True
        ),
        WritePath(
            "rehearsal", place, lambda counter: backup_plan.run(counter),
            lambda counter, _: rehearsal.rehearse(counter, "x"), repeats=True, steps=True,
        ),
    ]  # fmt: skip
