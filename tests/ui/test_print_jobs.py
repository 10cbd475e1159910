"""Papers that wait for a person: each answer has a key, and nothing is printed twice without one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.errors import Unavailable
from app.services import print_jobs, printers
from app.services.model import CaseView, Printer, PrintJob
from ui.ports import Session
from ui.print_jobs import PrintJobsDialog

FAULT = Unavailable("printer_paper", "กระดาษหมด", "ใส่กระดาษม้วนใหม่")


@pytest.fixture
def failed(session: Session, petition: CaseView, tmp_path: Path) -> PrintJob:
    """A slip that the printer did not take, and another printer beside it."""
    for name in ("สลิป 1", "สลิป 2"):
        printers.add(session.counter, session.actor, Printer(name, "file", str(tmp_path / name)))
    number = petition.number
    for job in print_jobs.list_jobs(session.counter):
        print_jobs.spoiled(session.counter, session.actor, job.id, "ทดสอบ")
    print_jobs.plan(session.counter, session.actor, number, "slip", printer="สลิป 1")
    job = print_jobs.claim(session.counter, "สลิป 1")
    assert job is not None
    print_jobs.failed(session.counter, job, FAULT)
    return print_jobs.get_job(session.counter, job.id)


@pytest.fixture
def dialog(qtbot: QtBot, session: Session, failed: PrintJob, settle: Callable[[], None]) -> Iterator[PrintJobsDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    found = PrintJobsDialog(session, parent)
    qtbot.addWidget(found)
    found.show()
    settle()
    yield found
    found.close()


def state(session: Session, job: PrintJob) -> str:
    return print_jobs.get_job(session.counter, job.id).state


@pytest.mark.parametrize(
    ("key", "becomes"),
    [(Qt.Key.Key_F2, "confirmed"), (Qt.Key.Key_F9, "planned"), (Qt.Key.Key_F6, "planned"), (Qt.Key.Key_F4, "spoiled")],
)
def test_each_answer_has_a_key(qtbot, session, dialog, failed, settle, key, becomes) -> None:
    assert dialog.list.count() == 1 and failed.number in dialog.list.item(0).text()
    assert "กระดาษหมด" in dialog.told.shown_text()
    qtbot.keyClick(dialog, key)
    settle()
    assert state(session, failed) == becomes
    if key == Qt.Key.Key_F6:
        assert print_jobs.get_job(session.counter, failed.id).printer == "สลิป 2"
    assert dialog.list.count() == (becomes == "planned")


def test_what_only_waits_is_not_to_be_answered(qtbot, session, dialog, failed, settle) -> None:
    print_jobs.retry(session.counter, session.actor, failed.id)
    settle()
    assert not dialog.came_out.isVisible() and not dialog.again.isVisible()
    assert dialog.elsewhere.isVisible() and dialog.spoiled.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_F2)
    settle()
    assert state(session, failed) == "planned"


def test_nothing_waits(qtbot, session, dialog, failed, settle) -> None:
    print_jobs.confirm(session.counter, session.actor, failed.id)
    settle()
    assert dialog.list.count() == 0 and "ไม่มีเอกสาร" in dialog.told.shown_text()
    assert not dialog.spoiled.isVisible()


def test_why_a_paper_was_given_up_is_kept(qtbot, session, dialog, failed, settle) -> None:
    dialog._why.setCurrentText("ผู้ร้องกลับไปแล้ว")
    qtbot.keyClick(dialog, Qt.Key.Key_F4)
    settle()
    kept = print_jobs.get_job(session.counter, failed.id)
    assert (kept.state, kept.error) == ("spoiled", "ผู้ร้องกลับไปแล้ว")


def test_the_window_asks_after_signing_in(qtbot, window, failed, actor) -> None:
    window.resize(1366, 768)
    window.show()
    qtbot.waitUntil(lambda: window.sign_in.stage == "sign_in")
    window.enter(actor)
    qtbot.waitUntil(lambda: "1 แผ่น" in window.main.note.title)
    assert window.main.note.press()
    qtbot.waitUntil(lambda: bool(window.main.findChildren(PrintJobsDialog)))
    found = window.main.findChildren(PrintJobsDialog)[0]
    qtbot.waitUntil(lambda: found.list.count() == 1)
    found.close()


def test_a_paper_that_the_printer_took_but_jammed_gives_its_place_to_the_next(
    qtbot, session, dialog, failed, settle
) -> None:
    print_jobs.retry(session.counter, session.actor, failed.id)
    job = print_jobs.claim(session.counter, "สลิป 1")
    print_jobs.sent(session.counter, job)
    settle()
    assert "ส่งแล้ว" in dialog.list.item(0).text() and "ติด" in dialog.told.shown_text()
    assert dialog.came_out.isVisible() and not dialog.again.isVisible() and not dialog.elsewhere.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_F4)
    settle()
    assert state(session, failed) == "spoiled"
    assert print_jobs.plan(session.counter, session.actor, failed.number, "slip").copy.number == 0
