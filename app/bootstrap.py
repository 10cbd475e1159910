"""The only place that builds and joins everything: store, services, paper, sync, window."""

from pathlib import Path

import platformdirs

from app.catalog.loader import load_builtin
from app.catalog.schema import Service
from app.domain.clock import Clock, SystemClock
from app.services import setup
from app.services.counter import Counter
from app.store.keys import KEY_FILE, has_key_store

APPLICATION = "lao-counter"


def default_home() -> Path:
    """The platform's data folder for this program."""
    return Path(platformdirs.user_data_dir(APPLICATION, appauthor=False))


def needs_passphrase(home: Path, creating: bool = False) -> bool:
    """Whether the key of this home is, or would be, wrapped by a passphrase."""
    return not has_key_store() if creating else (home / KEY_FILE).exists()


def built_in_services() -> list[Service]:
    """The service definitions that come with the program."""
    return list(load_builtin().values())


def open_counter(home: Path, passphrase: str | None, clock: Clock | None = None) -> Counter:
    """The counter of this home; services of a newer program version are taken in."""
    return setup.open_counter(home, clock or SystemClock(), passphrase, built_in_services())
