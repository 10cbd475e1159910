"""For every test: Qt draws without a screen, hashes are cheap, and a busy machine is no failure of a property."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support import hashes, kept

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files in the order of their length, so that no process sits alone over a long one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -many[item.path], item.path))


@pytest.fixture(scope="session", autouse=True)
def one_application(qapp: object) -> object:
    """There can be one Qt application in a process: the one that windows need, also where a slip is drawn first."""
    return qapp


@pytest.fixture(scope="session", autouse=True)
def kept_readings() -> Iterator[None]:
    """Hundreds of commands in one process need not read the command line's description and the services each time."""
    with kept.readings():
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Where the price of a passphrase or a password is the point, `real_hashes` brings it back."""
    with hashes.cheap():
        yield


@pytest.fixture
def real_hashes(cheap_hashes: None) -> Iterator[None]:
    """argon2id as the program asks for it."""
    with hashes.real():
        yield
