"""What a home holds, read past the services: to prove that something was saved, or that nothing was."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from app.services.setup import DATABASE
from app.store.keys import load_key
from tests.integration.support import homes

KEPT = (
    "SELECT * FROM cases",
    "SELECT * FROM person",
    "SELECT * FROM event",
    "SELECT * FROM number_block",
    "SELECT * FROM number_void",
    "SELECT * FROM print_job",
    "SELECT * FROM printer",
    "SELECT * FROM draft",
    "SELECT * FROM office",
    "SELECT id, username, full_name, password_hash, active FROM staff",
    "SELECT * FROM audit WHERE action NOT IN ('signed_in', 'sign_in_refused')",
    "SELECT * FROM meta",
)
"""Everything that a refused command must leave as it was. Audit links to the sign-ins are left out with them."""


@contextmanager
def raw(home: Path, name: str = DATABASE) -> Iterator[Any]:
    """A connection of sqlcipher3 alone, as a person with the key and a tool would have; commits at once."""
    connection = sqlcipher.connect(str(home / name), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{load_key(home, homes.PASSPHRASE).hex()}'\"")
        yield connection
    finally:
        connection.close()


def content(home: Path) -> dict[str, list[Any]]:
    """Every row that counts."""
    with raw(home) as connection:
        return {sql: [row[:-1] if "audit" in sql else row for row in connection.execute(sql)] for sql in KEPT}


def one(home: Path, sql: str, *parameters: Any) -> Any:
    """The first value that a query finds."""
    with raw(home) as connection:
        row = connection.execute(sql, parameters).fetchone()
    return row[0] if row else None
