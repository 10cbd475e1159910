"""What the officers' desk writes besides the steps of a case. See tests.crash.write_paths."""

from collections.abc import Callable
from typing import Any

from app.services import letters, office_settings, print_batches, print_jobs
from app.services.counter import Counter
from tests.crash.moments import Place, WritePath

Prepared = Callable[[Any], Any]

SETTINGS = {
    "holidays": ["2026-12-31"],
    "phone": "076-111-222",
    "services": ["petition"],
    "divisions": [{"code": "water", "name": "กองประปา", "active": True}],
    "service_settings": [{"service": "petition", "division": "water"}],
}


def paths(counter_place: Place, first: Prepared, job: Prepared, by: Callable[..., Any]) -> list[WritePath]:
    """first, job: number of a case, id of a print job; by: makes an act of the administrator."""

    def with_a_printer(counter: Counter) -> str:
        with counter.store.write("test") as work:
            work.run("INSERT INTO printer (name, kind, address, dots) VALUES ('a4', 'file', 'papers', 0)")
        counter.reload()
        return str(first(counter))

    return [
        WritePath("letter on paper", counter_place, with_a_printer, by(lambda counter, actor, case: letters.issue(
            counter, actor, case, letters.EXPLANATION, "รออะไหล่", on_paper=True)), repeats=True),
        WritePath("batch withdrawn", counter_place, job, by(lambda counter, actor, job: print_batches.withdraw(
            counter, actor, [job]))),
        WritePath("receiving stamp", counter_place, first, by(lambda counter, actor, case: print_jobs.plan_file(
            counter, actor, case, "receiving_stamp"))),
        WritePath("office settings", counter_place, first, by(lambda counter, actor, _: office_settings.change(
            counter, actor, SETTINGS))),
    ]  # fmt: skip
