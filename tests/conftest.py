"""For every test: Qt draws without a screen, hashes are cheap, and a busy machine is no failure of a property."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support import hashes

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def one_application(qapp: object) -> object:
    """There can be one Qt application in a process: the one that windows need, also where a slip is drawn first."""
    return qapp


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
