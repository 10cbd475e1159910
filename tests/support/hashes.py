"""argon2id at its lowest price, for tests in whose midst it is only in the way.

The program itself knows one price; what that is, and that it is paid, is tested with `real`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from argon2 import PasswordHasher

from app.services import staff
from app.store import keys

CHEAP = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}
_KEYS, _PASSWORDS = dict(keys.ARGON2), staff._hasher


def _cheap_passwords() -> PasswordHasher:
    return PasswordHasher(**CHEAP)


@contextmanager
def cheap() -> Iterator[None]:
    """Key files and passwords made in this process cost next to nothing."""
    with patch.dict(keys.ARGON2, CHEAP), patch.object(staff, "_hasher", _cheap_passwords):
        yield


@contextmanager
def real() -> Iterator[None]:
    """What the program asks for."""
    with patch.dict(keys.ARGON2, _KEYS), patch.object(staff, "_hasher", _PASSWORDS):
        yield
