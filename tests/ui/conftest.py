"""A real counter (SQLCipher file in a temporary folder), real paper, and the pages on Qt's offscreen platform."""

import gc
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import bootstrap
from app.services import cases, offices, setup, staff
from app.services.counter import Counter
from app.services.model import Actor, Applicant, CaseView, RegisterCase
from printing import press
from ui.application import Window, prepare
from ui.ports import Session
from ui.preferences import Preferences
from ui.style import Look
from ui.tasks import Tasks

PASSWORD = "รหัสผ่าน-1234"
PASSPHRASE = "เปิดเคาน์เตอร์"
OFFICE = {
    "code": "04830203",
    "name": "เทศบาลเมืองกะทู้",
    "kind": "town_municipality",
    "letters": "KT",
    "phone": "076-321-500",
    "services": ["petition", "ad_permit"],
    "address": {
        "house_no": "12",
        "moo": "2",
        "road": "วิชิตสงคราม",
        "subdistrict": "กะทู้",
        "district": "กะทู้",
        "province": "ภูเก็ต",
        "postcode": "83120",
    },
}
CITIZEN_ID = "1234567890121"
PETITION = RegisterCase(
    service="petition",
    applicant=Applicant("นาย", "กตัญญู", "ปิ่นแก้ว", CITIZEN_ID, "0812345678"),
    answers={
        "category": "utilities",
        "subcategory": "street_light",
        "topic": "ไฟดับหน้าวัด",
        "detail": "ไฟฟ้าสาธารณะดับมา 3 คืน ขอให้ตรวจสอบและซ่อมแซม",
    },
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning of Qt fails the test that caused it."""
    for item in items:
        if "tests/ui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))  # the offscreen platform has none


PATIENCE_MS = 60_000
"""The least that is waited for a condition: a machine may be busy, and what holds is seen at once."""


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    until, signal = QtBot.waitUntil, QtBot.waitSignal

    def wait_until(self: QtBot, callback: Callable[[], bool | None], *, timeout: int = 0) -> None:
        until(self, callback, timeout=max(timeout, PATIENCE_MS))

    def wait_signal(self: QtBot, signal_of: Any, *, timeout: int = 0, **options: Any) -> Any:
        return signal(self, signal_of, timeout=max(timeout, PATIENCE_MS), **options)

    with patch.object(QtBot, "waitUntil", wait_until), patch.object(QtBot, "waitSignal", wait_signal):
        yield


@pytest.fixture(autouse=True)
def garbage() -> Iterator[None]:
    """As in the program: reference cycles are looked for on Qt's thread between events only (ui/garbage.py).

    What the test has closed is gone before the next one begins.
    """
    gc.disable()
    yield
    gc.collect(1)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The application in the style that the program has (ui.style.application)."""
    return ["lao-counter", "-style", "fusion"]


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 2, 45, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def running(self) -> float:
        return self.moment.timestamp()

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A counter set up once; each test gets a copy."""
    home = tmp_path_factory.mktemp("counter") / "home"
    administrator = setup.Administrator("duangjai", PASSWORD, "นางสาวดวงใจ รักษ์ถิ่น", "เจ้าพนักงานธุรการ")
    document = offices.check_office(OFFICE)
    setup.set_up(home, document, bootstrap.built_in_services(), administrator, SetClock(), PASSPHRASE)
    return home


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def home(new_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(new_home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def counter(home: Path, clock: SetClock) -> Iterator[Counter]:
    counter = bootstrap.open_counter(home, PASSPHRASE, clock)
    yield counter
    counter.close()


@pytest.fixture
def actor(counter: Counter) -> Actor:
    return staff.sign_in(counter, "duangjai", PASSWORD)


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    look = prepare(qapp, Preferences())
    look.dress()
    yield look
    look.set_scale(100)
    look.set_theme("light")


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    tasks = Tasks()
    yield tasks
    tasks.close()


@pytest.fixture
def session(counter: Counter, actor: Actor, look: Look, tasks: Tasks, tmp_path: Path) -> Session:
    counter.subscribe(tasks.announce)
    session = Session(counter, press, tasks, look, Preferences(tmp_path / "window.json"))
    session.actor = actor
    return session


@pytest.fixture
def settle(qtbot, session: Session) -> Callable[[], None]:
    """Wait until every query and command asked for has been answered."""
    return lambda: qtbot.waitUntil(lambda: session.tasks.pending == 0, timeout=10_000)


@pytest.fixture
def show(qtbot, settle) -> Callable[[QWidget], QWidget]:
    """Put a page on the screen and wait until it is usable."""

    def shown(widget: QWidget) -> QWidget:
        qtbot.addWidget(widget)
        if hasattr(widget, "begin"):
            widget.begin()
        widget.resize(1366, 768)
        widget.show()
        widget.activateWindow()
        qtbot.waitExposed(widget)
        settle()
        qtbot.wait(10)
        return widget

    return shown


@pytest.fixture
def petition(counter: Counter, actor: Actor) -> CaseView:
    """One petition in the register."""
    return cases.register(counter, actor, PETITION)


def type_text(widget: QWidget, text: str) -> None:
    """Type as a Thai input method does; key clicks with Thai letters would abort Qt."""
    target = widget.focusProxy() or widget
    while target.focusProxy() is not None:
        target = target.focusProxy()
    target.setFocus()
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(target, event)


@pytest.fixture
def window(counter: Counter, look: Look, qtbot, tmp_path: Path) -> Iterator[Window]:
    """The whole window on an open counter, before anybody signed in."""
    preferences = Preferences(tmp_path / "window.json")
    window = Window(lambda _passphrase=None: counter, lambda _counter: press, look=look, preferences=preferences)
    window.show()
    qtbot.waitUntil(lambda: window.sign_in.stage == "sign_in", timeout=10_000)
    yield window
    window.close()
    window.deleteLater()
