"""An open result page: its address is a sealed token that is good for 15 minutes and says nothing to who reads it.

There are no cookies: the token is the right to see the case and to act on it, so that no other site can send a form in
the citizen's name, and two results can be open beside each other. Any process of the server can open it.
"""

import json
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

from sync.server.database import Database
from sync.server.own_secrets import secret_of

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
        self._fernet = Fernet(secret_of(database, NAME, Fernet.generate_key))

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
