"""The desk: find while typing, open, take the next step, print a copy with a reason."""

import dataclasses
import threading
from datetime import date, timedelta

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from app.domain.errors import Unavailable
from app.services import attachments, cases, people, print_jobs, printers, time_limits
from app.services.model import Applicant, Printer
from tests.ui.conftest import PETITION, type_text
from ui.desk.page import NO_CASES, NOT_FOUND, DeskPage


@pytest.fixture
def many(counter, actor):
    """Six petitions of three people."""
    people = (("นาง", "สมศรี", "ใจดี"), ("นาย", "วีระ", "ตั้งมั่น"), ("นางสาว", "ปริศนา", "ปู่เจ้า"))
    registered = []
    for n in range(6):
        answers = {**PETITION.answers, "topic": f"เรื่องที่ {n + 1} ถนนชำรุด"}
        person = Applicant(*people[n % 3], phone=f"081234567{n}")
        registered.append(
            cases.register(counter, actor, dataclasses.replace(PETITION, applicant=person, answers=answers))
        )
    return registered


@pytest.fixture
def page(show, session, many) -> DeskPage:
    return show(DeskPage(session))


def texts(widget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def found(page: DeskPage) -> list[str]:
    return [page.list.cases.summary(row).number for row in range(page.list.cases.rowCount())]


def test_the_newest_cases_are_there_before_anything_is_typed(page: DeskPage, many):
    assert found(page) == [view.number for view in reversed(many)]
    assert page._told.shown_text() == "เรื่องล่าสุด"


@pytest.mark.parametrize(("typed", "count"), [("สมศรี", 2), ("ปริศนา ถนน", 2), ("ถ", 6), ("4573", 0), ("5673", 1)])
def test_typing_finds(qtbot, page: DeskPage, settle, typed: str, count: int):
    page.focus_search()
    type_text(page.line, typed)
    qtbot.waitUntil(lambda: not page._timer.isActive())
    settle()
    assert len(found(page)) == count
    assert page._empty.isVisible() == (count == 0)
    if count == 0:
        assert page._empty.shown_text() == NOT_FOUND


def test_an_empty_register_says_what_to_do(show, session):
    page = show(DeskPage(session))
    assert page._empty.shown_text() == NO_CASES
    assert page._nothing.isVisible()
    assert not page.list.isVisible()


def test_a_case_is_opened_and_read_by_keyboard(qtbot, page: DeskPage, settle, many):
    page.focus_search()
    qtbot.keyClick(page.line, Qt.Key.Key_Down)
    qtbot.keyClick(page.line, Qt.Key.Key_Return)
    settle()
    view = many[-2]
    assert page.case.shown.view.number == view.number
    qtbot.waitUntil(lambda: "รับคำร้อง" in texts(page.case))
    told = texts(page.case)
    for part in (view.number, "คำร้องใหม่", view.applicant.full_name, "กองช่าง", "นางสาวดวงใจ รักษ์ถิ่น", "เหลือ"):
        assert part in told


def test_the_next_step_is_taken_and_told(qtbot, page: DeskPage, settle, many, session):
    page.open(many[0].number)
    settle()
    qtbot.keyClick(page, Qt.Key.Key_F4)
    assert page.step.isVisible()
    assert [page.step._state.itemData(n) for n in range(page.step._state.count())] == [
        state for state, _text in cases.next_states(session.counter, many[0].number)
    ]
    page.step._state.setCurrentIndex(page.step._state.findData("received"))
    type_text(page.step._note, "รับเรื่องแล้ว จะส่งช่าง")
    qtbot.keyClick(page.step._note, Qt.Key.Key_F9)
    settle()
    qtbot.waitUntil(lambda: page.case.shown.view.status == "received")
    assert not page.step.isVisible()
    qtbot.waitUntil(lambda: "รับเรื่องแล้ว จะส่งช่าง" in texts(page.case))
    qtbot.waitUntil(lambda: page.list.cases.summary(page.list.cases.row_of(many[0].number)).status == "received")


def test_a_reason_that_is_missing_is_told_at_the_note(qtbot, page: DeskPage, settle, many, session):
    page.open(many[0].number)
    settle()
    page.ask_step()
    page.step._state.setCurrentIndex(page.step._state.findData("rejected"))
    page.step.wanted.emit()
    settle()
    assert page.step.rows["note"].error
    assert page.step._note.hasFocus()
    qtbot.keyClick(page.step._note, Qt.Key.Key_Escape)
    assert not page.step.isVisible()
    assert cases.get(session.counter, many[0].number).status == "new"


def test_forwarding_asks_for_the_division(page: DeskPage, settle, many, session):
    for state in ("received",):
        cases.change_status(session.counter, session.actor, many[0].number, state)
    page.open(many[0].number)
    settle()
    page.ask_step()
    page.step._state.setCurrentIndex(page.step._state.findData("forwarded"))
    assert page.step.rows["division"].isVisible()
    page.step.wanted.emit()
    settle()
    assert page.step.rows["division"].error
    page.step._division.setCurrentIndex(1)
    page.step.wanted.emit()
    settle()
    assert cases.get(session.counter, many[0].number).status == "forwarded"


def test_a_second_print_is_a_copy_with_a_reason(qtbot, page: DeskPage, settle, many, session, tmp_path):
    printers.add(session.counter, session.actor, Printer("slip", "file", str(tmp_path), 576))
    page.open(many[0].number)
    settle()
    for copy in (0, 1, 2):
        qtbot.keyClick(page, Qt.Key.Key_F7)
        assert page.copy_panel.rows["copy_reason"].isVisible() == (copy > 0)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F9)
        settle()
        qtbot.waitUntil(lambda copy=copy: len(page.case.shown.jobs) == copy + 1)
        assert not page.copy_panel.isVisible()
    newest = print_jobs.list_jobs(session.counter)[0]
    assert (newest.copy.number, newest.copy.reason) == (2, "ประชาชนทำใบเดิมหาย")
    qtbot.waitUntil(lambda: "สำเนา ครั้งที่ 2" in texts(page.case))


def test_an_empty_reason_is_told_at_its_field(qtbot, page: DeskPage, settle, many, session, tmp_path):
    printers.add(session.counter, session.actor, Printer("slip", "file", str(tmp_path), 576))
    print_jobs.plan(session.counter, session.actor, many[0].number, "slip")
    page.open(many[0].number)
    settle()
    page.ask_copy("slip")
    page.copy_panel._reason.setCurrentText("")
    page.copy_panel.wanted.emit()
    settle()
    assert page.copy_panel.rows["copy_reason"].error
    assert len(print_jobs.list_jobs(session.counter)) == 1


def test_without_a_printer_the_note_says_what_to_do(page: DeskPage, settle, many):
    page.open(many[0].number)
    settle()
    page.ask_copy("slip")
    page.copy_panel.wanted.emit()
    settle()
    assert "เครื่องพิมพ์" in page.note.title


def test_a_failed_paper_is_shown_and_can_be_sent_again(qtbot, page: DeskPage, settle, many, session, tmp_path):
    printers.add(session.counter, session.actor, Printer("slip", "file", str(tmp_path), 576))
    print_jobs.plan(session.counter, session.actor, many[0].number, "slip")
    job = print_jobs.claim(session.counter, "slip")
    print_jobs.failed(session.counter, job, Unavailable("paper", "กระดาษหมด", "ใส่กระดาษแล้วพิมพ์อีกครั้ง"))
    page.open(many[0].number)
    settle()
    qtbot.waitUntil(lambda: "กระดาษหมด" in texts(page.case))
    page.case.retry_wanted.emit(job.id)
    qtbot.waitUntil(lambda: page.case.shown.jobs[0].state == "planned")


def test_an_unknown_number_is_told(page: DeskPage, settle):
    page.open("KT1201169999999")
    settle()
    assert "ไม่พบเลขคำร้อง" in page.note.title
    page.open("ไม่ใช่เลข")
    settle()
    assert page.note.title


def test_a_case_registered_elsewhere_appears(qtbot, page: DeskPage, session, settle):
    view = cases.register(session.counter, session.actor, PETITION)
    qtbot.waitUntil(lambda: view.number in found(page))


@pytest.mark.parametrize(
    ("days", "status", "words", "tone"),
    [
        (-3, "new", "เกินกำหนด 3 วัน", "bad"),
        (0, "new", "ครบกำหนดวันนี้", "warn"),
        (3, "in_progress", "เหลือ 1 วันทำการ", "warn"),
        (5, "new", "เหลือ 3 วันทำการ", "plain"),
        (365, "new", "กำหนด 20 พ.ย. 2570", "plain"),
        (-3, "done", "", "plain"),
    ],
)
def test_time_limits_are_words_first(counter, days: int, status: str, words: str, tone: str):
    today = date(2026, 11, 20)
    assert time_limits.word(counter, today + timedelta(days=days), status, "petition") == (words, tone)


def test_each_step_of_the_table_has_its_button(qtbot, page: DeskPage, settle, many, session):
    page.open(many[0].number)
    settle()
    shown = [button.text() for button in (page.case.step_button, *page.case._more_steps)]
    assert shown == ["รับเรื่อง…", "ไม่รับเรื่อง…", "ผู้ร้องยกเลิก…"]
    page.case._more_steps[0].click()
    assert page.step.value().state == "rejected"
    assert page.step._note.hasFocus()
    assert page.step.is_public(), "the reason speaks to the citizen"
    page.step._template.setCurrentIndex(1)
    page.step._template.activated.emit(1)
    assert "ไม่อยู่ในอำนาจหน้าที่" in page.step.written()
    qtbot.keyClick(page.step._note, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: page.case.shown.view.status == "rejected")
    qtbot.waitUntil(lambda: "ผู้ร้องเห็น" in texts(page.case))
    assert not page.case._steps.isVisible()


def test_a_case_is_assigned_and_found_under_my_work(qtbot, page: DeskPage, settle, many, session):
    cases.change_status(session.counter, session.actor, many[0].number, "received")
    page.open(many[0].number)
    settle()
    page.ask_step("assigned")
    page.step._division.setCurrentIndex(page.step._division.findData("finance"))
    page.step._assignee.setCurrentIndex(page.step._assignee.findData("duangjai"))
    page.step.wanted.emit()
    qtbot.waitUntil(lambda: page.case.shown.view.status == "assigned")
    page.filters.choose("mine")
    qtbot.waitUntil(lambda: found(page) == [many[0].number])
    page.filters.choose("overdue")
    qtbot.waitUntil(lambda: found(page) == [])
    assert page._empty.shown_text() == "ไม่มีเรื่องเกินกำหนด"
    page.filters.choose("division")
    qtbot.waitUntil(lambda: page.filters._ask.isVisible())
    page.filters._division.setCurrentIndex(page.filters._division.findData("finance"))
    page.filters._division.activated.emit(page.filters._division.currentIndex())
    qtbot.waitUntil(lambda: found(page) == [many[0].number])
    assert session.actor.division == "finance"
    page.filters.choose("all")
    qtbot.waitUntil(lambda: len(found(page)) == 6)


def test_a_note_is_added_without_a_step(qtbot, page: DeskPage, settle, many, session):
    page.open(many[0].number)
    settle()
    qtbot.keyClick(page, Qt.Key.Key_F6)
    page.note_panel.wanted.emit()
    settle()
    assert page.note_panel.rows["note"].error
    type_text(page.note_panel._note, "โทรแล้วไม่รับสาย")
    qtbot.keyClick(page.note_panel._note, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "โทรแล้วไม่รับสาย" in texts(page.case))
    assert "ภายใน" in texts(page.case)
    assert cases.get(session.counter, many[0].number).status == "new"


def test_files_are_attached_and_saved_again(qtbot, page: DeskPage, settle, many, tmp_path, monkeypatch):
    picture, wrong = tmp_path / "หน้าวัด.png", tmp_path / "โปรแกรม.jpg"
    Image.new("RGB", (40, 30), "red").save(picture)
    wrong.write_bytes(b"MZ")
    page.open(many[0].number)
    settle()
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([str(picture), str(wrong)], ""))
    page.ask_files()
    qtbot.waitUntil(lambda: "โปรแกรม.jpg" in page.note.title)
    assert page.case.shown.files == []
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([str(picture)], ""))
    page.ask_files()
    qtbot.waitUntil(lambda: [file.name for file in page.case.shown.files] == ["หน้าวัด.png"])
    copy = tmp_path / "copy.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(copy), ""))
    page.case.files.wanted.emit(page.case.shown.files[0])
    qtbot.waitUntil(lambda: copy.exists() and copy.read_bytes() == picture.read_bytes())


def test_a_file_of_another_counter_is_fetched_first(
    qtbot, page: DeskPage, settle, many, session, tmp_path, monkeypatch
):
    picture = tmp_path / "ภาพ.png"
    Image.new("RGB", (40, 30), "red").save(picture)
    attached = attachments.attach(session.counter, session.actor, many[0].number, [attachments.read_file(picture)])
    blobs, sha256 = session.counter.blobs, bytes.fromhex(attached[0].sha256)
    blobs.path(sha256).unlink()
    with session.counter.store.write("test") as work:
        work.run("INSERT INTO meta VALUES ('server_url', 'https://sync.example.go.th')")
    session.counter.reload()
    more, lines = threading.Event(), []

    def fetch(wanted, size, progress):
        progress(size // 2, size)
        assert more.wait(20)
        if lines:
            raise lines.pop()
        blobs.settle(blobs.put(picture.read_bytes()))

    session.counter.fetch_file = fetch
    page.open(many[0].number)
    settle()
    assert [file.here for file in page.case.shown.files] == [False]
    copy = tmp_path / "copy.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(copy), ""))
    lines.append(Unavailable("server_unreachable", "รับมาไม่ได้ตอนนี้", "ต่อเครือข่ายแล้วเปิดใหม่"))
    page.case.files.wanted.emit(page.case.shown.files[0])
    qtbot.waitUntil(lambda: "กำลังรับไฟล์ ภาพ.png … 5" in page.note.title)
    more.set()
    qtbot.waitUntil(lambda: "รับมาไม่ได้ตอนนี้" in page.note.title)
    assert not copy.exists()
    page.case.files.wanted.emit(page.case.shown.files[0])
    qtbot.waitUntil(lambda: "บันทึก ภาพ.png แล้ว" in page.note.title)
    assert copy.read_bytes() == picture.read_bytes()


def test_screen_readers_get_a_sentence_for_each_case(page: DeskPage, many):
    index = page.list.cases.index(0)
    told = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert many[-1].number in told
    assert "คำร้องใหม่" in told


def test_numbers_are_whole_only_for_a_reason_that_is_kept(qtbot, page: DeskPage, settle, petition, session):
    page.open(petition.number)
    qtbot.waitUntil(lambda: "xxx-xxx-5678" in texts(page.case))
    assert "081-234-5678" not in texts(page.case)
    page.ask_whole()
    page.whole._reason.setCurrentText("")
    page.whole.wanted.emit()
    settle()
    assert page.whole.rows["reason"].error
    assert "081-234-5678" not in texts(page.case)
    page.whole._reason.setCurrentText("ติดต่อผู้ร้องเรื่องนี้")
    page.whole.wanted.emit()
    qtbot.waitUntil(lambda: "081-234-5678" in texts(page.case))
    assert "1-2345-67890-12-1" in texts(page.case)
    seen = people.accesses(session.counter)
    assert {entry["subject"] for entry in seen} == {petition.number}
    assert {entry["detail"] for entry in seen} == {"citizen_id: ติดต่อผู้ร้องเรื่องนี้", "phone: ติดต่อผู้ร้องเรื่องนี้"}
    page.case._hide_again.timeout.emit()
    qtbot.waitUntil(lambda: "xxx-xxx-5678" in texts(page.case))
    assert "081-234-5678" not in texts(page.case)


def test_who_has_no_right_is_told_and_sees_nothing(page: DeskPage, settle, petition, session):
    session.actor = dataclasses.replace(session.actor, role="user", held=None)
    page.open(petition.number)
    settle()
    page.ask_whole()
    page.whole.wanted.emit()
    settle()
    assert "ไม่มีสิทธิ์" in page.whole._message.shown_text()
    assert "081-234-5678" not in texts(page.case)
    assert not people.accesses(session.counter)
