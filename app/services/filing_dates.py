"""The day of a filing where the one that was registered has been put right (app/services/office_clock.py)."""

import json
from datetime import date

from sqlalchemy import Connection

EVENT = "filing_date_corrected"
NEWEST = (
    "SELECT payload FROM event WHERE record = ? AND kind = ?"
    " ORDER BY placed IS NULL DESC, placed DESC, seq DESC LIMIT 1"
)


def corrected(connection: Connection, record: bytes) -> date | None:
    """The day that stands by the newest correction in the office's order, or None."""
    payload = connection.exec_driver_sql(NEWEST, (record, EVENT)).scalar()
    return None if payload is None else date.fromisoformat(json.loads(payload)["filed_on"])
