"""permits (list, removed)."""

from argparse import Namespace
from typing import Any

from app.cli.cases import reader
from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain import thai_date
from app.services import permits
from app.services.permits import Permit


def listing(arguments: Namespace) -> int:
    """The permits that are out, those first whose signs must be taken down first."""
    with open_counter(arguments) as counter:
        found = permits.listing(counter, reader(arguments, counter), arguments.which)
    if arguments.json:
        print_json([_json(one) for one in found])
        return 0
    for one in found:
        gone = f"รื้อถอนภายใน {thai_date.short(one.remove_by)}"
        print(f"{one.permit}  {one.number}  {one.name}  {one.place}  {one.state_text}  {gone}")
    if not found:
        say("ไม่มีหนังสืออนุญาตที่ต้องติดตาม")
    return 0


def _json(one: Permit) -> dict[str, Any]:
    keys = ("number", "permit", "name", "subject", "place", "since", "until", "remove_by", "state")
    return {key: getattr(one, key) for key in keys}


def removed(arguments: Namespace) -> int:
    """Confirm that the signs of a permit are gone."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        view = permits.confirm_removed(counter, actor, arguments.number, arguments.note)
    if arguments.json:
        print_json({"number": view.number, "status": view.status})
    else:
        print(f"{view.number}  {view.status_text}")
    return 0
