"""A clock in doubt in the window: told at sign-in, confirmed by typing the day; the day of a filing put right."""

from PySide6.QtCore import Qt

from app.services import cases, office_clock
from tests.ui.conftest import PETITION, type_text
from ui.office_clock import ClockDialog


def test_a_clock_in_doubt_is_told_and_confirmed(qtbot, window, counter, actor, clock):
    cases.register(counter, actor, PETITION)
    clock.move(days=-3)
    window.enter(actor)
    main = window.main
    qtbot.waitUntil(lambda: main.note.title.startswith("วันเวลาของเครื่องอาจไม่ถูกต้อง"), timeout=10_000)
    assert main.note.press()
    dialog = main.findChild(ClockDialog)
    type_text(dialog.today, "20/11/2569")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(dialog.rows["today"].error), timeout=10_000)
    assert "17 พฤศจิกายน 2569" in dialog.rows["today"].error
    assert office_clock.look(counter).asks
    dialog.today.clear()
    type_text(dialog.today, "17 พ.ย. 69")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: main.note.title == "ยืนยันวันเวลาแล้ว", timeout=10_000)
    assert not office_clock.look(counter).asks
