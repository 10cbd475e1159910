"""The desk's papers: the menu, letters due, and one paper of many cases at once."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app import bootstrap
from app.services import cases, letters, papers, print_batches, print_jobs, printers, registration_json
from app.services.model import Applicant, Printer
from tests.integration.support.petitions import permit
from tests.ui.conftest import PETITION, type_text
from ui.desk import batch
from ui.desk.filters import LETTERS
from ui.desk.page import DeskPage


def registered(counter, actor, count: int):
    found = []
    for n in range(count):
        answers = {**PETITION.answers, "topic": f"เรื่องที่ {n + 1} ถนนชำรุด"}
        person = Applicant("นาย", "วีระ", f"ตั้งมั่น{n}", phone=f"08123456{n:02d}")
        found.append(cases.register(counter, actor, dataclasses.replace(PETITION, applicant=person, answers=answers)))
    return found


@pytest.fixture
def many(counter, actor, tmp_path):
    """25 petitions, of which nothing is printed, and printers that write into folders."""
    made = registered(counter, actor, 25)
    printers.add(counter, actor, Printer("slip", "file", str(tmp_path / "slips"), 576, is_default=True))
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0))
    counter.reload()
    return made


@pytest.fixture
def page(show, session, many) -> DeskPage:
    return show(DeskPage(session))


def texts(widget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def planned(counter) -> list[tuple[str, str]]:
    return [(job.number, job.document) for job in reversed(print_jobs.list_jobs(counter, 1_000))]


def test_every_other_paper_is_in_the_menu_and_a_second_print_wants_a_reason(page, settle, many, session, qtbot):
    page.open(many[0].number)
    settle()
    assert [action.text() for action in page.papers_menu().actions()] == [f"{name}…" for name in papers.NAMES.values()]
    for action in page.papers_menu().actions():
        action.trigger()
        assert page.copy_panel.isVisible()
        assert page.copy_panel.rows["copy_reason"].isHidden(), "the first one is no copy"
        qtbot.keyClick(page.copy_panel, Qt.Key.Key_F9)
        settle()
    assert planned(session.counter) == [(many[0].number, code) for code in papers.NAMES]
    bootstrap.print_waiting(session.counter)
    settle()
    qtbot.waitUntil(lambda: "พิมพ์แล้ว ตราประทับรับ" in texts(page.case))
    assert "ลงทะเบียนรับ (1/2569)" in texts(page.case)
    page.papers_menu().actions()[0].trigger()
    assert page.copy_panel.rows["copy_reason"].isVisible()


def test_a_letter_that_is_due_is_listed_written_and_printed(qtbot, page, settle, session, clock, many):
    counter, actor = session.counter, session.actor
    number = many[3].number
    for state in ("received", "assigned", "in_progress"):
        cases.change_status(counter, actor, number, state)
    cases.change_status(counter, actor, number, "waiting_info", "สำเนาโฉนดที่ดิน")
    page.filters.choose(LETTERS)
    settle()
    assert page.list.cases.numbers() == [number]
    assert "ออกบันทึกความบกพร่อง ภายใน" in page.list.cases.summary(0).due_text
    page.open(number)
    settle()
    assert "ออกบันทึกความบกพร่อง ภายใน 20 พ.ย. 2569" in texts(page.case)
    qtbot.keyClick(page, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert page.letter.isVisible()
    assert page.letter.written() == "สำเนาโฉนดที่ดิน", "what was asked for is there already"
    page.letter._until.setText("อีกไม่นาน")
    qtbot.keyClick(page.letter, Qt.Key.Key_F9)
    settle()
    assert page.letter.rows["until"].error
    assert planned(counter) == []
    page.letter._until.setText("5 ธ.ค. 2569")
    qtbot.keyClick(page.letter, Qt.Key.Key_F9)
    settle()
    assert page.letter.isHidden()
    assert planned(counter) == [(number, "defect_note-1")]
    qtbot.waitUntil(lambda: page.list.cases.numbers() == [])  # no letter is due any more
    assert "บันทึกความบกพร่องของคำขอ ครั้งที่ 1…" in [action.text() for action in page.papers_menu().actions()]
    bootstrap.print_waiting(counter)
    assert print_jobs.list_jobs(counter)[0].state == "sent"


def test_a_late_permit_wants_an_explanation_every_seven_days_each_an_original(counter, actor, many, clock):
    number = cases.enter(counter, actor, registration_json.from_json("ad_permit", permit(), ())).number
    clock.move(days=40)
    for place in (1, 2):
        due = letters.due_of(counter, number)
        assert due is not None and due.kind == letters.EXPLANATION
        letters.issue(counter, actor, number, due.kind, f"รออะไหล่ {place}", on_paper=True)
        assert print_jobs.list_jobs(counter)[0].document == f"delay_explanation-{place}"
        assert print_jobs.list_jobs(counter)[0].copy.number == 0
        again = letters.due_of(counter, number)
        assert again is not None and not again.late
        clock.move(days=8)
    bootstrap.print_waiting(counter)
    assert {job.state for job in print_jobs.list_jobs(counter)[:2]} == {"sent"}


def test_no_letter_is_recorded_where_no_printer_would_print_it(page, settle, session, many, qtbot):
    with session.counter.store.write("test") as work:
        work.run("DELETE FROM printer")
    session.counter.reload()
    page.open(many[0].number)
    settle()
    page.ask_letter()
    page.letter._text.setPlainText("รออะไหล่")
    qtbot.keyClick(page.letter, Qt.Key.Key_F9)
    settle()
    assert "ยังไม่ได้ตั้งเครื่องพิมพ์ A4" in texts(page.note)
    assert not [event for event in cases.events(session.counter, many[0].number) if event.kind == "letter_issued"]


def marking(page, settle) -> None:
    page.ask_batch()
    settle()
    assert page.batch.isVisible() and page.case.isHidden()


def test_marked_cases_are_printed_in_one_go(qtbot, page, settle, session, many):
    marking(page, settle)
    qtbot.keyClick(page.batch, Qt.Key.Key_F9)
    assert "ยังไม่ได้เลือกเรื่อง" in texts(page.batch)
    page.list.setFocus()
    for _ in range(3):
        qtbot.keyClick(page.list, Qt.Key.Key_Space)
        qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert "เลือกแล้ว 3 เรื่อง" in texts(page.batch)
    qtbot.keyClick(page.list, Qt.Key.Key_Up)
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert "เลือกแล้ว 2 เรื่อง" in texts(page.batch)
    assert page.case.shown is None, "a key that marks opens nothing"
    page.batch._document.setCurrentIndex(page.batch._document.findData("timeline"))
    qtbot.keyClick(page.list, Qt.Key.Key_F9)
    settle()
    expected = [(many[n].number, "timeline") for n in (-1, -2)]
    assert planned(session.counter) == expected
    assert page.batch.summary.startswith("สั่งพิมพ์ 2 จาก 2 เรื่อง · พิมพ์แล้ว 0 · รอพิมพ์ 2")
    bootstrap.print_waiting(session.counter)
    qtbot.waitUntil(lambda: "พิมพ์แล้ว 2" in page.batch.summary)
    assert "รอพิมพ์" not in page.batch.summary
    assert page.batch.bar.value() == 2
    qtbot.keyClick(page.batch, Qt.Key.Key_Escape)
    assert page.batch.isHidden() and not page.list.cases.marking


def test_all_that_is_found_and_those_printed_before(qtbot, page, settle, session, many):
    print_jobs.plan(session.counter, session.actor, many[0].number, "petition")
    marking(page, settle)
    page.line.setFocus()
    type_text(page.line, "ถนน")
    qtbot.waitUntil(lambda: not page._timer.isActive())
    settle()
    page.batch._scope.setCurrentIndex(page.batch._scope.findData(batch.EVERY))
    page.batch._document.setCurrentIndex(page.batch._document.findData("petition"))
    page.batch.begin()
    settle()
    qtbot.waitUntil(lambda: not page.batch.running)
    settle()
    assert len(planned(session.counter)) == 25
    assert "สั่งพิมพ์ 24 จาก 25 เรื่อง" in page.batch.summary
    assert f"ข้าม {many[0].number}" in page.batch.summary
    page.batch._reason.setEditText("พิมพ์ชุดใหม่แทนชุดเดิม")
    page.batch.begin()
    settle()
    qtbot.waitUntil(lambda: not page.batch.running)
    settle()
    assert "สั่งพิมพ์ 25 จาก 25 เรื่อง · เป็นสำเนา 25" in page.batch.summary


def test_a_batch_is_stopped_and_what_was_not_printed_is_taken_back(qtbot, page, settle, session, many):
    marking(page, settle)
    qtbot.keyClick(page.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.batch._document.setCurrentIndex(page.batch._document.findData("timeline"))
    page.batch.begin()
    page.batch.cancel()
    settle()
    qtbot.waitUntil(lambda: "ยกเลิก" in page.batch.summary)
    states = [job.state for job in print_jobs.list_jobs(session.counter, 1_000)]
    assert states == ["spoiled"] * batch.CHUNK, "only the first few had been planned"
    assert f"ยกเลิก {batch.CHUNK}" in page.batch.summary
    assert session.counter is not None
    job = print_jobs.plan(session.counter, session.actor, many[-1].number, "timeline")
    assert job.copy.number == 0, "what never came out is no original"


def test_no_printer_is_told_and_nothing_is_planned(page, settle, session, many):
    with session.counter.store.write("test") as work:
        work.run("DELETE FROM printer")
    session.counter.reload()
    marking(page, settle)
    page.list.mark_all(True)
    page.batch.begin()
    settle()
    assert "ยังไม่ได้ตั้งเครื่องพิมพ์" in texts(page.batch)
    assert planned(session.counter) == []
    assert not page.batch.running


def test_what_cannot_be_printed_is_passed_over(counter, actor, many):
    """Restricted cases and papers that a service has not are passed over, each with its reason."""
    permit_number = cases.enter(counter, actor, registration_json.from_json("ad_permit", permit())).number
    with counter.store.write("test") as work:
        work.run("UPDATE cases SET restricted = 1 WHERE number = ?", (many[1].number,))
    clerk = dataclasses.replace(actor, username="clerk", role="user", held=None)
    done = print_batches.plan(counter, clerk, [many[0].number, many[1].number, permit_number], "general_form")
    assert len(done.jobs) == 1
    assert [number for number, _why in done.passed_over] == [many[1].number, permit_number]
    assert print_batches.progress(counter, done.jobs) == {"planned": 1}
