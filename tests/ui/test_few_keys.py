"""A clerk with a card reader files a whole petition in the real window with at most six keys beyond the words."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.cli.window import CardReaders
from app.services import cases
from app.services.model import Place
from printing import press
from tests.support import pcscd as daemon_support
from tests.support.pcscd import READERS, Pcscd, is_filled, until
from tests.support.virtual_card import Chip, VirtualCard
from tests.ui.conftest import type_text
from tests.ui.test_card_window import SIRIWAN
from ui.application import Window
from ui.preferences import Preferences

MOST = 6


class Fingers:
    """Presses keys as a clerk does, into whatever has the focus, and counts what is no letter of a word."""

    def __init__(self, qtbot) -> None:
        self._qtbot = qtbot
        self.pressed: list[str] = []

    def word(self, text: str) -> None:
        """Words are typed where the focus is, as an input method gives them."""
        type_text(QApplication.focusWidget(), text)

    def key(self, key: Qt.Key) -> None:
        """One key of the real window, shortcuts and all."""
        self.pressed.append(key.name.removeprefix("Key_"))
        self._qtbot.keyClick(QApplication.focusWidget().window().windowHandle(), key)


@pytest.fixture(scope="module")
def pcscd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pcscd]:
    yield from daemon_support.running(tmp_path_factory.mktemp("pcscd"))


@pytest.fixture
def card(pcscd: Pcscd) -> Iterator[VirtualCard]:
    card = VirtualCard(Chip(SIRIWAN), pcscd.port)
    yield card
    card.remove()
    until(lambda: not is_filled(READERS[0]), "the slot is empty")


@pytest.fixture
def signed_in(counter, look, qtbot, tmp_path, actor) -> Iterator[Window]:
    """The whole window with a card reader, the clerk signed in."""
    preferences = Preferences(tmp_path / "window.json")
    window = Window(
        lambda _passphrase=None: counter,
        lambda _counter: press,
        look=look,
        preferences=preferences,
        cards=CardReaders(),
    )
    window.resize(1366, 768)
    window.show()
    qtbot.waitUntil(lambda: window.sign_in.stage == "sign_in", timeout=10_000)
    window.enter(actor)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)
    proving = window.main.counter.citizen.proving
    qtbot.waitUntil(lambda: proving.feed is not None and proving.feed._line.watch is not None, timeout=10_000)
    feed = proving.feed
    yield window
    window.main.counter.leave()
    feed._thread.join(5)
    window.close()
    window.deleteLater()


def test_a_petition_takes_at_most_six_keys_beyond_its_words(
    qtbot, signed_in: Window, card: VirtualCard, counter, capsys
):
    page = signed_in.main.counter
    fingers = Fingers(qtbot)
    card.insert()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.matter.line, timeout=10_000)
    fingers.word("ไฟฟ")
    fingers.key(Qt.Key.Key_Return)
    fingers.word("ไฟดับหน้าวัด")
    fingers.key(Qt.Key.Key_Return)
    fingers.word("ไฟฟ้าสาธารณะดับมา 3 คืน ทางมืดมาก")
    fingers.key(Qt.Key.Key_Return)
    fingers.key(Qt.Key.Key_Right)
    fingers.key(Qt.Key.Key_Return)
    fingers.word("หน้าวัด เสาไฟต้นที่ 3")
    fingers.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(page.saved.number), timeout=10_000)
    saved = cases.get(counter, page.saved.number)
    assert (saved.applicant.full_name, saved.knowing.way) == ("นางศิริวรรณ พุ่มพวง", "chip")
    assert (saved.answers["subcategory"], saved.subject) == ("street_light", "ไฟดับหน้าวัด")
    assert saved.place == Place(note="หน้าวัด เสาไฟต้นที่ 3")
    with capsys.disabled():
        print(f"\n{len(fingers.pressed)} keys beyond the words: {' '.join(fingers.pressed)}")
    assert len(fingers.pressed) <= MOST


def test_at_the_applicants_home_three_keys_are_enough(qtbot, signed_in: Window, card: VirtualCard, counter, capsys):
    page = signed_in.main.counter
    fingers = Fingers(qtbot)
    card.insert()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.matter.line, timeout=10_000)
    for word, key in (
        ("ขอถัง", Qt.Key.Key_Return),
        ("ขอถังขยะ 1 ใบ", Qt.Key.Key_Return),
        ("ถังเดิมแตก ขอเปลี่ยนใบใหม่", Qt.Key.Key_F9),
    ):
        fingers.word(word)
        fingers.key(key)
    qtbot.waitUntil(lambda: bool(page.saved.number), timeout=10_000)
    assert cases.get(counter, page.saved.number).answers["subcategory"] == "garbage"
    with capsys.disabled():
        print(f"\n{len(fingers.pressed)} keys beyond the words: {' '.join(fingers.pressed)}")
    assert len(fingers.pressed) <= 3
