"""What keeping writes: the recovery key, backups by the plan, their rehearsal."""

from collections.abc import Callable
from typing import Any

from app.services import backup_plan, recovery, rehearsal
from tests.crash.moments import Place, WritePath

Act = Callable[[Any, Any], object]


def paths(place: Place, nothing: Act, by: Callable[[Callable[[Any, Any, Any], object]], Act]) -> list[WritePath]:
    """The write paths, on the counter that `place` opens."""
    return [
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
