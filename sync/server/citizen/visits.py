"""An open result page: its address is a sealed token that is good for 15 minutes and says nothing to who reads it.

There are no cookies: the token is the right to see the case and to act on it, so that no other site can send a form in
the citizen's name, and two results can be open beside each other. Any process of the server can open it.
"""

import json
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, insert, select

from sync.server import tables
from sync.server.database import Database

SECONDS = 15 * 60
LONGEST = 400
NAME = "visits"


@dataclass(frozen=True, slots=True)
class Visit:
    """A case that is open before somebody. by: "digits" or "slip", how they proved that it is theirs to see."""

    office: str
    record: bytes
    by: str


class Visits:
    """Makes and opens tokens with the key that this database keeps for it."""

    def __init__(self, database: Database) -> None:
        with database.write() as connection:
            self._fernet = Fernet(_key(connection))

    def begin(self, office: str, record: bytes, by: str) -> str:
        """A token for this case."""
        return self._fernet.encrypt(json.dumps([office, record.hex(), by]).encode()).decode().rstrip("=")

    def open(self, token: str) -> Visit | None:
        """The case of a token; None for one that was not made here or is older than 15 minutes."""
        if len(token) > LONGEST or not token.isascii():
            return None
        try:
            padded = token + "=" * (-len(token) % 4)
            content = self._fernet.decrypt(padded.encode(), SECONDS)
        except InvalidToken:
            return None
        office, record, by = json.loads(content)
        return Visit(office, bytes.fromhex(record), by)


def _key(connection: Connection) -> bytes:
    table = tables.server_secret
    kept = connection.execute(select(table.c.value).where(table.c.name == NAME)).scalar()
    if kept is None:
        kept = Fernet.generate_key()
        connection.execute(insert(table).values(name=NAME, value=kept))
    return bytes(kept)
