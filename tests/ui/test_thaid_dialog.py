"""ThaiD in the window: real counter, real central server, the test provider as a process, and a phone."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel

from app import bootstrap
from app.domain.errors import Refused, Unavailable
from app.services import staff
from app.services.thaid import STAFF
from tests.integration.thaid_support import NUMBER, STANDARD, Phone, Scene, scene
from ui.sign_in import SignInPage
from ui.thaid.dialog import ThaiDDialog
from ui.widgets.qr import qr_image


class Bridge:
    """What app/cli/window.py hands to the window."""

    begin = staticmethod(bootstrap.thaid_begin)
    watch = staticmethod(bootstrap.thaid_watch)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("thaid")) as made:
        yield made


@pytest.fixture
def stage(everybody: Scene) -> Scene:
    everybody.provider.switch(**STANDARD)
    everybody.configure()
    return everybody


@pytest.fixture
def opened(qtbot, look):
    """Open a dialog on a counter and wait until it shows an address or an end."""

    def opener(counter, thaid=Bridge, purpose="citizen"):
        dialog = ThaiDDialog(thaid, counter, look, purpose)
        qtbot.addWidget(dialog)
        dialog.people, dialog.ways = [], []
        dialog.proved.connect(dialog.people.append)
        dialog.other_way.connect(lambda way, code: dialog.ways.append((way, code)))
        dialog.open()
        qtbot.waitUntil(lambda: dialog.state not in ("", "asking"), timeout=10_000)
        return dialog

    return opener


def read(image: QImage) -> list[str]:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    picture = Image.frombuffer(
        "L", (grey.width(), grey.height()), bytes(grey.constBits()), "raw", "L", grey.bytesPerLine(), 1
    )
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def in_background(work) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_qr_is_drawn_as_it_is_read():
    for text in ("https://counter.example.test/thaid/" + "x" * 43, "ไฟฟ้า"):
        image = qr_image(text)
        assert read(image.scaled(image.size() * 4)) == [text]


@pytest.mark.parametrize("scale", [100, 200])
def test_the_qr_on_the_screen_is_the_address_of_the_session(qtbot, stage: Scene, opened, look, scale: int):
    look.set_scale(scale)
    dialog = opened(stage.desk.counter)
    qtbot.wait(30)
    assert dialog.state == "waiting"
    assert read(dialog.grab().toImage()) == [dialog.url]
    assert "นาที" in dialog._left.text()
    with Phone() as phone:
        assert dialog._reference.text() in phone.get(dialog.url).text
    assert dialog._reference.font().pixelSize() >= look.font("number").pixelSize()
    dialog.reject()


def test_a_citizen_is_shown_for_comparing_and_then_taken_over(qtbot, stage: Scene, opened):
    dialog = opened(stage.desk.counter)
    url = dialog.url
    with Phone() as phone:
        departure = phone.leave(url)
        qtbot.waitUntil(lambda: dialog.state == "opened", timeout=10_000)
        phone.get(phone.consent(departure))
    qtbot.waitUntil(lambda: dialog.state == "done", timeout=10_000)
    shown = dialog._person_page.shown
    assert "นายกตัญญู ปิ่นแก้วทดสอบ" in shown
    assert "99/9 หมู่ที่ 1 ตำบลกะทู้ อำเภอกะทู้ จังหวัดภูเก็ต" in shown
    assert "ตำบล/แขวง กะทู้" in shown
    assert "2.3" in shown
    assert NUMBER not in shown
    assert dialog.url == ""
    assert dialog.people == []
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    (person,) = dialog.people
    assert (person.citizen_id, person.to_knowing().way, person.to_knowing().ial) == (NUMBER, "thaid", "2.3")
    assert NUMBER not in dialog._person_page.shown
    assert "กตัญญู" not in dialog._person_page.shown


def test_denied_says_so_offers_other_ways_and_can_begin_again(qtbot, stage: Scene, opened):
    dialog = opened(stage.desk.counter)
    first = dialog.url
    with Phone() as phone:
        phone.sign_in(first, "deny")
    qtbot.waitUntil(lambda: dialog.state == "denied", timeout=10_000)
    assert dialog.said
    assert dialog.chip.isVisible() and dialog.card.isVisible() and dialog.again.isVisible()
    dialog.again.click()
    qtbot.waitUntil(lambda: dialog.state == "waiting", timeout=10_000)
    assert dialog.url != first
    qtbot.mouseClick(dialog.card, Qt.MouseButton.LeftButton)
    assert dialog.ways == [("card_seen", "")]
    assert not dialog.isVisible()


def test_the_way_taken_after_a_failure_knows_why(qtbot, stage: Scene, opened):
    dialog = opened(stage.desk.counter)
    with Phone() as phone:
        phone.sign_in(dialog.url, "deny")
    qtbot.waitUntil(lambda: dialog.state == "denied", timeout=10_000)
    dialog.chip.click()
    assert dialog.ways == [("chip", "thaid_denied")]


def test_esc_closes_at_once_and_the_server_forgets(qtbot, stage: Scene, opened):
    dialog = opened(stage.desk.counter)
    url = dialog.url
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible(), "without a turn of the event loop"
    with Phone() as phone:
        until = time.monotonic() + 60
        while phone.get(url).status_code != 404 and time.monotonic() < until:
            time.sleep(0.05)
        assert phone.get(url).status_code == 404
    assert dialog.people == []


class Slow(Bridge):
    """A line that takes its time, and what became of the session."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.cancelled = threading.Event()

    def begin(self, counter, purpose):
        self.gate.wait(10)
        return bootstrap.thaid_begin(counter, purpose)

    def watch(self, session, told, opened):
        watch = bootstrap.thaid_watch(session, told, opened)
        return SimpleNamespace(cancel=lambda: (watch.cancel(), self.cancelled.set()))


def test_esc_while_the_server_is_still_asked(qtbot, stage: Scene, look):
    slow = Slow()
    dialog = ThaiDDialog(slow, stage.desk.counter, look)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitExposed(dialog)
    assert dialog.state == "asking"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    slow.gate.set()
    assert slow.cancelled.wait(10), "a session that comes too late is cancelled"
    qtbot.wait(50)
    assert dialog.url == ""


def test_the_browser_is_opened_only_by_the_button(qtbot, stage: Scene, opened, monkeypatch):
    addresses = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: addresses.append(url.toString()))
    dialog = opened(stage.desk.counter)
    assert addresses == []
    dialog.browser.click()
    assert addresses == [dialog.url]
    dialog.reject()


def test_the_time_that_is_left_runs_out(qtbot, stage: Scene, opened, monkeypatch):
    dialog = opened(stage.desk.counter)
    dialog._until = time.monotonic() + 61
    dialog._show_time()
    assert "1:01" in dialog._left.text()
    dialog._until = time.monotonic() - 1
    dialog._show_time()
    assert "หมดเวลา" in dialog._left.text()
    assert not dialog.browser.isEnabled()
    assert read(dialog.grab().toImage()) == []
    dialog._ended(Unavailable("thaid_expired", "หมดเวลารอ ThaiD", "เริ่มใหม่ได้ทันที"))
    assert dialog.state == "expired"
    assert dialog.again.isVisible()
    dialog.reject()


def test_a_server_that_cannot_be_reached(qtbot, stage: Scene, opened):
    stage.desk.move_to("http://127.0.0.1:9")
    try:
        dialog = opened(stage.desk.counter)
    finally:
        stage.desk.move_to(stage.province.url)
    assert dialog.state == "offline"
    assert "ติดต่อเครื่องแม่ข่ายกลางไม่ได้" in dialog.said
    assert dialog.chip.isVisible() and dialog.card.isVisible()
    assert not dialog.browser.isVisible()


def test_a_bug_behind_the_dialog_is_calm_words_too(qtbot, stage: Scene, opened):
    class Broken(Bridge):
        @staticmethod
        def begin(counter, purpose):
            raise KeyError("nobody expected this")

    dialog = opened(stage.desk.counter, Broken)
    assert dialog.state == "failed"
    assert dialog.card.isVisible()


@pytest.mark.parametrize("state", ["asking", "waiting", "opened", "done", "denied", "offline"])
@pytest.mark.parametrize("scale", [100, 200])
def test_every_state_fits_a_small_screen(qtbot, stage: Scene, opened, look, state: str, scale: int):
    look.set_scale(scale)
    dialog = opened(stage.desk.counter)
    if state == "done":
        dialog._proved(replace(stage.person(), address_text="99/9 หมู่ที่ 1 " * 6))
    elif state == "denied":
        dialog._ended(
            Refused("thaid_denied", "ประชาชนไม่ยินยอมในแอป ThaiD", "เสียบบัตรอ่านจากชิป หรือดูบัตรแล้วพิมพ์เลข 13 หลักแทนได้")
        )
    else:
        dialog._show(state)
    qtbot.wait(20)
    assert dialog.width() <= 1366 and dialog.height() <= 740
    assert dialog.minimumSizeHint().width() <= 1366
    for button in dialog.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.accessibleName()
            assert button.width() >= button.sizeHint().width() - 1
            assert button.mapTo(dialog, button.rect().bottomRight()).y() <= dialog.height()
            assert min(button.width(), button.height()) >= 40
    assert any(label.isVisible() and label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()


@pytest.fixture
def linked(stage: Scene) -> Iterator[Scene]:
    """The clerk has linked ThaiD, and the server was heard of just now."""
    counter = stage.desk.counter
    clerk = staff.sign_in(counter, "somying", "a long enough password")
    stage.desk.sync()
    staff.link_thaid(counter, clerk, stage.person(STAFF))
    yield stage
    staff.unlink_thaid(counter, clerk, "somying")


def sign_in_page(qtbot, look, tasks, counter, thaid=Bridge):
    page = SignInPage(lambda _passphrase=None: counter, tasks, look, thaid)
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    page.begin()
    qtbot.waitUntil(lambda: page.stage == "sign_in" and tasks.pending == 0, timeout=10_000)
    return page


def test_a_clerk_signs_in_by_thaid(qtbot, linked: Scene, look, tasks):
    page = sign_in_page(qtbot, look, tasks, linked.desk.counter)
    assert page._by_thaid.isVisible()
    page._by_thaid.click()
    dialog = page.findChild(ThaiDDialog)
    qtbot.waitUntil(lambda: dialog.state == "waiting", timeout=10_000)
    assert not dialog.chip.isVisible() and dialog.password.isVisible()
    url = dialog.url
    with qtbot.waitSignal(page.signed_in, timeout=10_000) as signed_in, Phone() as phone:
        phone.sign_in(url)
    assert signed_in.args[0].username == "somying"


def test_the_wrong_person_is_told_and_may_use_the_password(qtbot, linked: Scene, look, tasks):
    linked.provider.switch(person={"pid": "3100600000005"})
    page = sign_in_page(qtbot, look, tasks, linked.desk.counter)
    page.open_thaid()
    dialog = page.findChild(ThaiDDialog)
    qtbot.waitUntil(lambda: dialog.state == "waiting", timeout=10_000)
    with Phone() as phone:
        phone.sign_in(dialog.url)
    qtbot.waitUntil(lambda: bool(page._secret_row.error), timeout=10_000)
    assert "ThaiD" in page._secret_row.error
    assert page._enter.isEnabled()


def test_nobody_is_offered_thaid_who_cannot_use_it(qtbot, stage: Scene, look, tasks, counter):
    """Not linked; stand-alone; no port at all."""
    stage.desk.sync()
    assert not sign_in_page(qtbot, look, tasks, stage.desk.counter)._by_thaid.isVisible()
    assert not sign_in_page(qtbot, look, tasks, counter)._by_thaid.isVisible()
    assert not sign_in_page(qtbot, look, tasks, stage.desk.counter, None)._by_thaid.isVisible()


def test_linked_but_not_heard_of_the_server_for_long(qtbot, linked: Scene, look, tasks):
    counter = linked.desk.counter
    with counter.store.write("test") as work:
        work.run("UPDATE meta SET value = '1577836800000' WHERE key = 'last_acknowledged_at'")
    assert not sign_in_page(qtbot, look, tasks, counter)._by_thaid.isVisible()


def test_the_first_window_knows_nothing_of_thaid():
    code = "import sys, ui.application; print([m for m in ('ui.thaid.dialog', 'zxingcpp') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
