"""Refusals that the server sends, each with the HTTP status that says whose turn it is."""

from app.domain.errors import CounterError, Refused, Unavailable
from sync.json_form import Malformed


class Denied(Refused):
    """A refusal with its own HTTP status; nothing was changed."""

    def __init__(self, status: int, code: str, title: str, hint: str = "") -> None:
        super().__init__(code, title, hint)
        self.status = status


class RowFault(Unavailable):
    """Something was to be written that cannot stand in the database; nothing was."""


def status_of(error: CounterError) -> int:
    """HTTP status of an error: 4xx for the sender to mend, 503 for us."""
    if isinstance(error, Denied):
        return error.status
    if isinstance(error, Malformed):
        return 400
    return 422 if isinstance(error, Refused) else 503


def body_of(error: CounterError) -> dict[str, str]:
    """{"code", "title", "hint"}; a malformed message names its key in the hint."""
    hint = f"{error.hint} ({error.field})" if error.field else error.hint
    return {"code": error.code, "title": error.title, "hint": hint}
