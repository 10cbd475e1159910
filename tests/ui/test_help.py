"""F1 on every page: what is done there, in Thai, and whom to ask."""

from PySide6.QtCore import Qt

from app.services import office_settings
from ui.help import NOBODY, HelpDialog, texts
from ui.main_window import ACCOUNTS, DESK, PAGES, MainWindow


def test_every_page_has_its_help() -> None:
    assert all(texts(name) for name, _key in PAGES)


def test_f1_tells_about_the_page_in_view_and_whom_to_ask(show, session, counter, actor, qtbot, settle) -> None:
    window = show(MainWindow(session))
    for place, key, modifier in (
        (ACCOUNTS, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (DESK, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier),
    ):
        window.show_page(place)
        settle()
        qtbot.keyClick(window._pages.currentWidget(), key, modifier)
        dialog = window.findChild(HelpDialog)
        qtbot.waitUntil(dialog.isVisible)
        assert dialog.lines[:-1] == texts(PAGES[place][0]) and dialog.whom.shown_text() == NOBODY
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(HelpDialog) is None)
    office_settings.change(counter, actor, {"contacts": {"helpdesk": "กลุ่มไลน์ งานทะเบียน"}})
    settle()
    window.show_help()
    assert window.findChild(HelpDialog).whom.shown_text() == "กลุ่มไลน์ งานทะเบียน"
