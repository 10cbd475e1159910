"""The dialog behind the status bar's backup: backs up, rehearses, prints the recovery key, and tells faults calmly."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import backup_plan, printers, recovery
from app.services.model import Printer
from ui.keeping import KeepingDialog
from ui.ports import Session
from ui.widgets.labels import ThaiLabel


def plain(label: ThaiLabel) -> str:
    """What it says, without the places where a line may break."""
    return label.text().replace("\u200b", "")


@pytest.fixture
def dialog(qtbot: QtBot, session: Session, settle: Callable[[], None]) -> Iterator[KeepingDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    found = KeepingDialog(session, parent)
    qtbot.addWidget(found)
    found.show()
    settle()
    yield found
    found.close()


def test_back_up_then_rehearse(
    qtbot: QtBot, dialog: KeepingDialog, session: Session, settle: Callable[[], None]
) -> None:
    assert "สำรองล่าสุด: ยังไม่เคย" in plain(dialog.state)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert plain(dialog.told) == "สำรองแล้ว 1 แห่ง" and len(backup_plan.listing(session.counter)) == 1
    qtbot.keyClick(dialog, Qt.Key.Key_F6)
    settle()
    assert plain(dialog.told).startswith("ซ้อมกู้คืนผ่าน"), plain(dialog.told)
    assert backup_plan.state(session.counter).rehearsed_well


def test_without_a_backup_the_rehearsal_says_what_to_do(
    qtbot: QtBot, dialog: KeepingDialog, settle: Callable[[], None]
) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_F6)
    settle()
    assert "สั่งสำรองข้อมูลก่อน" in plain(dialog.error) and dialog.backup.isEnabled()


def test_the_recovery_key_goes_to_the_a4_printer(
    qtbot: QtBot, dialog: KeepingDialog, session: Session, settle: Callable[[], None], tmp_path: Path
) -> None:
    for printer in session.counter.printers:
        printers.remove(session.counter, session.actor, printer.name)
    qtbot.keyClick(dialog, Qt.Key.Key_F4)
    settle()
    if session.actor.role != "admin":
        assert not dialog.paper.isVisible()
        return
    assert "A4" in plain(dialog.error) and recovery.made_at(session.counter) is None
    printers.add(session.counter, session.actor, Printer("a4", "file", str(tmp_path / "papers"), 0))
    qtbot.keyClick(dialog, Qt.Key.Key_F4)
    settle()
    assert "กุญแจกู้คืน" in plain(dialog.told), plain(dialog.error)
    assert recovery.made_at(session.counter) is not None and list((tmp_path / "papers").iterdir())
