"""Every control: a name for screen readers, 40 pixels for a finger, reachable by Tab in reading order."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from tests.ui.conftest import PETITION
from ui.counter.page import NO_SERVICE
from ui.main_window import CAMPAIGN, SETTINGS, MainWindow

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView)
TARGET = 40


@pytest.fixture
def main(show, session, petition, settle) -> MainWindow:
    main = show(MainWindow(session))
    main.counter.start_over()
    main.counter.set_value(PETITION)
    main.desk.open(petition.number)
    settle()
    return main


def controls(page: QWidget) -> list[QWidget]:
    found = [w for kind in CONTROLS for w in page.findChildren(kind) if w.isVisible()]
    inner = {line for combo in page.findChildren(QComboBox) for line in combo.findChildren(QWidget)}
    return [w for w in found if w not in inner and not isinstance(w.parent(), QAbstractItemView)]


@pytest.mark.parametrize("page", [0, 1])
@pytest.mark.parametrize("scale", [100, 200])
def test_every_control_has_a_name_and_the_size_of_a_finger(main: MainWindow, qtbot, page: int, scale: int):
    main.show_page(page)
    main.desk.ask_step()
    main.session.look.set_scale(scale)
    qtbot.wait(30)
    everything = controls(main)
    assert len(everything) > 10
    nameless = [w for w in everything if not w.accessibleName()]
    small = [
        (w.accessibleName(), w.height(), w.width())
        for w in everything
        if min(w.height(), w.width()) < TARGET and not main.status.isAncestorOf(w)
    ]
    assert nameless == []
    assert small == []


@pytest.mark.parametrize("scale", [100, 200])
def test_the_settings_have_names_and_the_size_of_a_finger(main: MainWindow, qtbot, settle, scale: int):
    main.show_page(SETTINGS)
    settle()
    main.session.look.set_scale(scale)
    for place, name in enumerate(main.settings.sections):
        main.settings.show_section(place)
        qtbot.wait(10)
        everything = controls(main.settings)
        assert len(everything) > 8, name
        assert [w for w in everything if not w.accessibleName()] == [], name
        small = [(w.accessibleName(), w.height(), w.width()) for w in everything if min(w.height(), w.width()) < TARGET]
        assert small == [], name


@pytest.mark.parametrize("scale", [100, 200])
def test_the_campaigns_have_names_and_the_size_of_a_finger(main: MainWindow, qtbot, settle, scale: int):
    main.show_page(CAMPAIGN)
    settle()
    main.session.look.set_scale(scale)
    for place, tab in enumerate(main.campaign.tabs):
        main.campaign.show_part(place)
        settle()
        qtbot.wait(10)
        everything = controls(main.campaign)
        assert len(everything) > 7, tab.text()
        assert [w for w in everything if not w.accessibleName()] == [], tab.text()
        small = [(w.accessibleName(), w.height(), w.width()) for w in everything if min(w.height(), w.width()) < TARGET]
        assert small == [], tab.text()


@pytest.mark.parametrize("scale", [100, 200])
def test_printing_many_has_names_and_the_size_of_a_finger(main: MainWindow, qtbot, scale: int):
    main.show_page(1)
    main.desk.ask_batch()
    main.session.look.set_scale(scale)
    qtbot.wait(30)
    everything = controls(main.desk)
    assert len(everything) > 10
    assert [w for w in everything if not w.accessibleName()] == []
    assert [w.accessibleName() for w in everything if min(w.height(), w.width()) < TARGET] == []


def test_tab_goes_through_the_counter_in_reading_order(main: MainWindow, qtbot):
    page = main.counter
    page._focus_scan()
    seen: list[QWidget] = []
    for _ in range(60):
        focus = QApplication.focusWidget()
        if focus is page.preview.save or focus in seen:
            break
        seen.append(focus)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.preview.save
    columns = [
        next(n for n, c in enumerate((page.citizen, page.matter, page.preview)) if c.isAncestorOf(w)) for w in seen
    ]
    assert columns == sorted(columns)
    tops = [w.mapTo(page.matter, QPoint(0, 0)).y() for w in seen if page.matter.isAncestorOf(w)]
    assert tops == sorted(tops)


def test_tab_comes_round_to_every_column_of_the_window_after_a_service_was_chosen(window, actor, qtbot):
    window.enter(actor)
    page = window.main.counter
    qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)
    page.set_value(PETITION)
    page.matter.focus_form()
    window.activateWindow()
    start, seen = QApplication.focusWidget(), []
    while not seen or (seen[-1] is not start and len(seen) < 90):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen[-1] is start
    assert page.citizen.scan.line in seen, "the first column is reached again"
    papers = next(w for w in seen if page.matter.papers.isAncestorOf(w))
    files = next(w for w in seen if page.matter.files.isAncestorOf(w))
    assert seen.index(papers) < seen.index(files)
    qtbot.keyClick(start, Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is page.matter.line


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_no_text_is_wider_than_its_control(main: MainWindow, qtbot, scale: int):
    main.session.look.set_scale(scale)
    for page in (0, 1):
        main.show_page(page)
        qtbot.wait(30)
        cut = [
            (button.text(), button.width(), button.sizeHint().width())
            for button in main.findChildren(QAbstractButton)
            if button.isVisible() and button.text() and button.width() < button.sizeHint().width() - 1
        ]
        assert cut == []


@pytest.mark.parametrize("scale", [100, 200])
def test_the_columns_end_where_the_page_ends(main: MainWindow, qtbot, scale: int):
    page = main.counter
    main.session.look.set_scale(scale)
    page.matter.choose()
    page.note.say("bad", "พื้นที่ดิสก์เต็ม", "ลบไฟล์ที่ไม่ใช้แล้วลองอีกครั้ง", "ลองอีกครั้ง", lambda: None)
    page.matter.show_error(NO_SERVICE)
    for _ in range(3):
        qtbot.waitUntil(lambda: page._work.inside.height() == page._work.sideways.viewport().height())
        page.matter.back()


def test_the_window_fits_a_small_screen_at_double_size(main: MainWindow, qtbot):
    main.session.look.set_scale(200)
    qtbot.wait(30)
    assert main.minimumSizeHint().width() <= 1366
    assert main.minimumSizeHint().height() <= 768 - 40
