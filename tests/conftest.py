"""For every test: Qt draws without a screen, and a busy machine is no failure of a property."""

import os

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def one_application(qapp: object) -> object:
    """There can be one Qt application in a process: the one that windows need, also where a slip is drawn first."""
    return qapp
