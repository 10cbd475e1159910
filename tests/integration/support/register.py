"""Registering made-up people in a line, for tests of what the register knows about them."""

from dataclasses import replace
from typing import Any

from app.domain.citizen_id import check_digit
from app.services import cases, registration_json
from app.services.counter import Counter
from app.services.model import Actor, CaseView, RegisterCase
from tests.integration.support import petitions


def number(place: int) -> str:
    """A valid citizen number that belongs to nobody."""
    twelve = f"19999{place:07d}"
    return twelve + check_digit(twelve)


def command(applicant: dict[str, Any] | None = None, **changes: Any) -> RegisterCase:
    """The sample petition by another applicant; `changes` are other parts of the command."""
    answers = changes.pop("answers", {})
    data = petitions.petition(**answers)
    data["applicant"] = {**data["applicant"], **(applicant or {})}
    return replace(registration_json.from_json("petition", data), **changes)


def register(counter: Counter, actor: Actor, applicant: dict[str, Any] | None = None, **changes: Any) -> CaseView:
    """Register that petition."""
    return cases.register(counter, actor, command(applicant, **changes))
