"""What e-LAAS and the register do not say alike, the same on every counter of the office.

A row of `elaas_difference` is told as an office record (kind "elaas_difference", key "<day>/<what>"); the row follows
the record that stands, so a difference that was settled at one counter is settled at all.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from app.services import office_records
from app.store.unit_of_work import UnitOfWork

DIFFERENCE: Final = "elaas_difference"
FIGURES: Final = ("ours_satang", "ours_count", "theirs_satang", "theirs_count")
TEXTS: Final = ("source", "state", "note")
STATES: Final = ("open", "settled", "gone")
COLUMNS = f"business_on, key, {', '.join((*FIGURES, *TEXTS))}"


def tell(work: UnitOfWork, keys: Iterable[tuple[str, str]]) -> None:
    """Let the other counters have these rows, (day, what), as they stand; what they have already is not sent again."""
    for day, key in keys:
        row = work.run(f"SELECT {COLUMNS} FROM elaas_difference WHERE business_on = ? AND key = ?", (day, key)).one()
        document = {name: getattr(row, name) for name in (*FIGURES, *TEXTS)}
        office_records.put(work, DIFFERENCE, f"{day}/{key}", document)


def settle(work: UnitOfWork, payload: Mapping[str, Any], by: str, at: int) -> None:
    """Enter a difference that came from another counter; the row follows the record that stands then."""
    office_records.write(work, payload, by, at)
    name = str(payload["key"])
    record = office_records.get(work.connection, DIFFERENCE, name)
    day, _slash, key = name.partition("/")
    if record is None or not key or not _is_whole(day, record.document):
        return
    values = [record.document[one] for one in (*FIGURES, *TEXTS)]
    work.run(
        f"INSERT INTO elaas_difference ({COLUMNS}, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (business_on, key) DO UPDATE SET ours_satang = excluded.ours_satang,"
        " ours_count = excluded.ours_count, theirs_satang = excluded.theirs_satang,"
        " theirs_count = excluded.theirs_count, source = excluded.source, state = excluded.state,"
        " note = excluded.note, at = excluded.at, by = excluded.by",
        (day, key, *values, int(record.changed_at.timestamp() * 1000), record.changed_by),
    )
    work.changed("money")


def _is_whole(day: str, document: Mapping[str, Any]) -> bool:
    """Whether this can be a row: another program may have written it."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return (
        all(type(document.get(name)) is int for name in FIGURES)
        and all(isinstance(document.get(name), str) for name in TEXTS)
        and document["state"] in STATES
    )
