"""What tests of store, services and command line share: an office set up once, and a copy of it for each test."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest

from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.house_support import by_hand, house  # noqa: F401
from tests.integration.server_databases import (  # noqa: F401
    cluster,
    one_database,
    postgresql_url,
    server_database,
)
from tests.integration.support import homes


@pytest.fixture(autouse=True)
def no_key_store() -> Iterator[None]:
    """Tests leave the key store of whoever runs them alone."""
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture(scope="session")
def home_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home nobody may open: only for copying."""
    return homes.make(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
def home(home_template: Path, tmp_path: Path) -> Path:
    """A home of an office that stands alone, with no printer and no case."""
    return homes.copied(home_template, tmp_path / "home")


@pytest.fixture
def clock() -> homes.HandClock:
    """Friday, 20 November 2569, nine in the morning in Thailand."""
    return homes.HandClock()


@pytest.fixture
def counter(home: Path, clock: homes.HandClock) -> Iterator[Counter]:
    """The open counter of `home`, on `clock`."""
    with homes.opened(home, clock) as counter:
        yield counter


@pytest.fixture
def actor(counter: Counter) -> Actor:
    """The administrator."""
    row = counter_person(counter)
    return Actor(row[0], row[1], row[2], "เจ้าพนักงานธุรการ", "admin")


def counter_person(counter: Counter) -> tuple[str, str, str]:
    """Id, username and name of the administrator, without the price of a password."""
    with counter.store.read() as connection:
        row = connection.exec_driver_sql("SELECT id, username, full_name FROM staff").one()
    return row[0], row[1], row[2]
