"""The shell: pages by key, text size kept, clerks changing places, exceptions that do not close the window."""

import json
import logging
import sys
import threading

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from app.services import drafts
from app.services.model import Applicant
from tests.ui.conftest import PASSWORD, PETITION, type_text
from ui import faults
from ui.application import Window
from ui.counter import draft
from ui.main_window import COUNTER, DESK, PAGES


@pytest.fixture
def main(qtbot, window: Window):
    type_text(window.sign_in._secret, PASSWORD)
    qtbot.keyClick(window.sign_in._secret, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.main is not None, timeout=10_000)
    qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)
    qtbot.wait(10)
    return window.main


def test_pages_are_changed_by_key_and_by_tab(qtbot, main):
    assert main.page == COUNTER
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert main.page == DESK
    assert QApplication.focusWidget() is main.desk.line
    main.header._tabs[COUNTER].click()
    assert main.page == COUNTER
    assert [tab.text() for tab in main.header._tabs if tab.isVisible()] == [
        "เคาน์เตอร์", "งาน", "การเงิน", "งานรัฐ", "ผู้ใช้", "บันทึก", "ตั้งค่า",
    ]  # fmt: skip


def test_the_text_grows_by_key_and_is_remembered(qtbot, main, window: Window):
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert window.look.scale == 125
    menu = main.header.look_menu()
    names = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert names == ["ตัวอักษร 100 %", "ตัวอักษร 125 %", "ตัวอักษร 150 %", "ตัวอักษร 175 %", "ตัวอักษร 200 %",
                     "สว่าง", "ความเปรียบต่างสูง"]  # fmt: skip
    menu.actions()[-1].trigger()
    qtbot.waitUntil(lambda: window.tasks.pending == 0)
    kept = json.loads(main.session.preferences.path.read_text("utf-8"))
    assert (kept["text_scale"], kept["theme"]) == (125, "high_contrast")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert window.look.scale == 100


def test_large_text_moves_pages_into_a_menu_and_none_is_lost(qtbot, main, window: Window):
    header = main.header
    offered = [name for name, wanted in zip(PAGES, header._offered, strict=True) if wanted]
    assert header._more.isHidden()
    window.look.set_scale(200)
    qtbot.waitUntil(header._more.isVisible)
    shown = [tab.text() for tab in header._tabs if tab.isVisible()]
    menu = [action.text() for action in header.more_menu().actions()]
    assert shown[:2] == ["เคาน์เตอร์", "งาน"]
    assert [*shown, *(text.split("\t")[0] for text in menu)] == [name for name, _key in offered]
    assert header.minimumSizeHint().width() <= window.width()
    header.more_menu().actions()[-1].trigger()
    assert main.page not in (COUNTER, DESK)
    assert header._more.isChecked()
    window.look.set_scale(100)
    qtbot.waitUntil(header._more.isHidden)
    assert header._tabs[main.page].isChecked()


def test_changing_clerks_keeps_the_draft_and_clears_the_screen(qtbot, main, window: Window):
    main.counter.set_value(PETITION)
    session = main.session
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.main is None
    qtbot.waitUntil(lambda: window.tasks.pending == 0)
    assert drafts.load(session.counter, session.actor, draft.PAGE) == draft.document(PETITION)
    assert window.sign_in._secret.text() == ""
    window.enter(session.actor)
    qtbot.waitUntil(lambda: window.tasks.pending == 0 and not window.main.counter.is_blank())
    assert window.main.counter.value() == PETITION


def test_an_idle_counter_locks_itself(qtbot, main, window: Window):
    assert main._idle.isActive() and main._idle.interval() == 15 * 60_000
    main._idle.setInterval(1)
    main._idle.start()
    qtbot.waitUntil(lambda: window.main is None)


def test_the_lock_closes_what_is_open_over_the_pages(qtbot, main, window: Window):
    """Somebody chooses a file and goes away: the dialog has an event loop of its own."""
    QTimer.singleShot(50, main._idle.timeout.emit)
    dialog = QDialog(main)
    assert dialog.exec() == QDialog.DialogCode.Rejected
    qtbot.waitUntil(lambda: window.main is None and window.currentWidget() is window.sign_in, timeout=10_000)


def test_the_sync_is_asked_for_off_qts_thread(qtbot, main, window: Window, counter):
    asked = []
    counter.server_url = "https://example.invalid"
    main.session.sync_now = lambda c: asked.append((c, threading.get_ident() == threading.main_thread().ident))
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [(counter, False)]


def test_an_unexpected_exception_is_told_and_logged_without_personal_data(qtbot, main, window: Window, caplog):
    person = Applicant("นาย", "กตัญญู", "ปิ่นแก้ว")
    with caplog.at_level(logging.WARNING):
        window.tasks.query(main, lambda: {}[person.full_name], lambda _result: None)
        qtbot.waitUntil(lambda: bool(main.note.title))
    assert main.note.title == faults.UNKNOWN_TITLE
    assert "KeyError at test_main_window.py" in caplog.text
    assert "กตัญญู" not in caplog.text
    assert window.isVisible()


def test_the_interpreters_last_resorts_come_to_the_window(caplog):
    told = []
    before = (sys.excepthook, threading.excepthook)
    hooks = faults.Hooks(told.append)
    hooks.install()
    try:
        try:
            raise ValueError("เลข 1234567890121")
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=lambda: [][0])
        thread.start()
        thread.join()
    finally:
        hooks.remove()
    assert (sys.excepthook, threading.excepthook) == before
    assert [type(error) for error in told] == [ValueError, IndexError]
    assert "1234567890121" not in caplog.text


def test_closing_keeps_the_draft(qtbot, main, window: Window, counter):
    main.counter.set_value(PETITION)
    actor = main.session.actor
    window.close()
    assert drafts.load(counter, actor, draft.PAGE) == draft.document(PETITION)


def test_gone_pages_are_given_back(qtbot, main, window: Window):
    import gc
    import weakref

    gone = weakref.ref(main.counter)
    actor = main.session.actor
    del main
    for _ in range(2):
        window.change_clerk()
        qtbot.waitUntil(lambda: window.tasks.pending == 0)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window.enter(actor)
        qtbot.waitUntil(lambda: window.tasks.pending == 0)
    gc.collect()
    assert gone() is None or not __import__("shiboken6").isValid(gone())
