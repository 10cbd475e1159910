"""Sign-in: painted before anything heavy is imported, honest about what it waits for, errors at the field."""

import gc
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import Qt

from app import bootstrap
from app.cli import window
from app.domain.errors import Refused, Unavailable
from tests.ui.conftest import PASSPHRASE, PASSWORD, type_text
from ui.sign_in import SignInPage
from ui.tasks import Tasks

HEAVY = ("sqlalchemy", "sqlcipher3", "reportlab", "zxingcpp", "nlpo3", "PIL", "escpos", "requests", "argon2")


def test_nothing_heavy_is_imported_for_the_first_window():
    code = f"import sys, ui.application; print([m for m in {HEAVY!r} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_second_window_on_the_same_data_is_refused_until_the_first_is_closed(home):
    first, second = window._Behind(home, PASSPHRASE), window._Behind(home, PASSPHRASE)
    try:
        first.open()
        for _again in range(2):
            with pytest.raises(Unavailable) as told:
                second.open()
            assert told.value.code == "window_open"
        first.close()
        assert second.open().office.name == "เทศบาลเมืองกะทู้"
    finally:
        second.close()
        gc.unfreeze()


@pytest.fixture
def opened(home, clock):
    counters = []

    def unlock(passphrase=None):
        if passphrase is None:
            raise Refused("passphrase_needed", "ต้องใช้วลีรหัสผ่าน")
        counter = bootstrap.open_counter(home, passphrase, clock)
        counters.append(counter)
        return counter

    yield unlock
    for counter in counters:
        counter.close()


@pytest.fixture
def page(qtbot, look, tasks: Tasks, opened):
    page = SignInPage(opened, tasks, look)
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    qtbot.waitExposed(page)
    page.begin()
    return page


def settle(qtbot, tasks):
    qtbot.waitUntil(lambda: tasks.pending == 0, timeout=10_000)
    qtbot.wait(5)


def test_a_clerk_comes_in_by_keyboard_alone(qtbot, page: SignInPage, tasks: Tasks):
    settle(qtbot, tasks)
    assert page.stage == "passphrase"
    type_text(page._passphrase, "ผิด")
    qtbot.keyClick(page._passphrase, Qt.Key.Key_Return)
    settle(qtbot, tasks)
    assert page.stage == "passphrase"
    assert page._passphrase_row.error
    type_text(page._passphrase, PASSPHRASE)
    qtbot.keyClick(page._passphrase, Qt.Key.Key_Return)
    settle(qtbot, tasks)
    assert page.stage == "sign_in"
    assert "เทศบาลเมืองกะทู้" in page._state.text()
    assert page._name.currentData() == "duangjai"
    type_text(page._secret, PASSWORD)
    with qtbot.waitSignal(page.signed_in, timeout=10_000) as signed_in:
        qtbot.keyClick(page._secret, Qt.Key.Key_Return)
    assert signed_in.args[0].full_name == "นางสาวดวงใจ รักษ์ถิ่น"
    assert page._secret.text() == ""


def test_a_wrong_password_is_told_at_the_field(qtbot, page: SignInPage, tasks: Tasks):
    settle(qtbot, tasks)
    page._open(PASSPHRASE)
    settle(qtbot, tasks)
    type_text(page._secret, "ไม่ใช่รหัสนี้")
    assert "ภาษาไทย" in page._secret_row.error
    qtbot.keyClick(page._secret, Qt.Key.Key_Return)
    settle(qtbot, tasks)
    assert "รหัสผ่านไม่ถูกต้อง" in page._secret_row.error
    assert page._enter.isEnabled()


def test_the_database_is_opened_off_qts_thread_and_trouble_can_be_tried_again(qtbot, look, tasks: Tasks):
    threads = []

    def unlock(_passphrase=None):
        threads.append(threading.get_ident())
        raise Unavailable("disk_full", "พื้นที่ดิสก์เต็ม", "ลบไฟล์ที่ไม่ใช้แล้วลองอีกครั้ง")

    page = SignInPage(unlock, tasks, look)
    qtbot.addWidget(page)
    page.show()
    page.begin()
    qtbot.waitUntil(lambda: page.stage == "failed")
    assert threads and threads[0] != threading.get_ident()
    assert "พื้นที่ดิสก์เต็ม" in page._state.text()
    assert "ลบไฟล์" in page._state.text()
    page._go()
    qtbot.waitUntil(lambda: len(threads) == 2)
    qtbot.waitUntil(lambda: page.stage == "failed")
