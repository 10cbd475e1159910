"""Files at the counter: every way in, bad ones refused beside their names, undone, kept by the draft, saved with F9."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from app.services import attachments, cases, drafts
from tests.integration.test_attachments import RIGHT, WRONG, picture
from tests.integration.test_staged_files import hours_pass
from tests.ui.conftest import PETITION, type_text
from ui.counter import draft
from ui.counter.files.work import Source
from ui.counter.page import CounterPage


@pytest.fixture
def page(qtbot, show, session) -> CounterPage:
    page = show(CounterPage(session))
    page.set_value(PETITION)
    return page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Every file that may be attached, and every one that may not, in folders."""
    for place, (name, content) in enumerate(RIGHT.items()):
        (tmp_path / "files" / "right" / str(place)).mkdir(parents=True)
        (tmp_path / "files" / "right" / str(place) / name).write_bytes(content)
    for place, (name, content, _code) in enumerate(WRONG.values()):
        (tmp_path / "files" / "wrong" / str(place)).mkdir(parents=True)
        (tmp_path / "files" / "wrong" / str(place) / Path(name).name).write_bytes(content)
    return tmp_path / "files"


def photo(side: int = 2_400) -> bytes:
    """A photo of noise, larger than 5 MB."""
    target = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(target, "JPEG", quality=95)
    return target.getvalue()


def mime_of(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def looked_at(qtbot, page: CounterPage, settle) -> None:
    settle()
    qtbot.waitUntil(lambda: page.matter.files.busy == 0, timeout=20_000)
    settle()


def save(qtbot, page: CounterPage, session) -> list[str]:
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number), timeout=20_000)
    return [file.name for file in attachments.listing(session.counter, page.saved.number)]


def test_good_files_are_attached_and_bad_ones_refused_beside_their_names(
    qtbot, page: CounterPage, session, settle, folder
):
    files = page.matter.files
    files.add([Source(folder.name, folder)])
    looked_at(qtbot, page, settle)
    assert [file.name for file in files.value()] == list(RIGHT)
    assert len(files.refused) == len(WRONG)
    assert all("ไม่ได้แนบ" in row.told and len(row.told) > 20 for row in files.refused)
    pictured = {row.name for row in files.list if row.has_picture}
    assert pictured == {name for name in RIGHT if name.endswith(("jpg", "jpeg", "png"))}
    for row in files.refused:
        row.remove.click()
    assert save(qtbot, page, session) == list(RIGHT)
    assert page.is_blank()
    assert files.list == []


def test_a_file_taken_out_comes_back_to_its_place(qtbot, page: CounterPage, settle, folder):
    files = page.matter.files
    files.add([Source("right", folder / "right")])
    looked_at(qtbot, page, settle)
    before = files.value()
    files.list[2].remove.setFocus()
    qtbot.keyClick(files.list[2].remove, Qt.Key.Key_Delete)
    assert files.value() == (*before[:2], *before[3:])
    assert QApplication.focusWidget() is files.list[2].remove
    assert before[2].name in page.note.title
    page.note.press()
    assert files.value() == before
    settle()
    assert files.list[2].has_picture


@pytest.mark.parametrize("where", ["topic", "scan"])
def test_files_are_pasted_wherever_the_focus_is(qtbot, page: CounterPage, settle, tmp_path, where):
    path = tmp_path / "หนังสือ.pdf"
    path.write_bytes(RIGHT["คำสั่ง.pdf"])
    QApplication.clipboard().setMimeData(mime_of(path))
    target = page.matter.form.first() if where == "topic" else page.citizen.scan.line
    target.setFocus()
    focus = QApplication.focusWidget()
    qtbot.keyClick(focus, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    looked_at(qtbot, page, settle)
    assert [file.name for file in page.matter.files.value()] == ["หนังสือ.pdf"]
    assert page.value().answers == PETITION.answers


def test_a_picture_of_the_clipboard_is_attached_and_text_is_still_text(qtbot, page: CounterPage, settle):
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QApplication.clipboard().setImage(image)
    page.matter.form.first().setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    looked_at(qtbot, page, settle)
    assert [file.name for file in page.matter.files.value()] == ["ภาพที่วาง.png"]
    QApplication.clipboard().setText(" คืนนี้")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "คืนนี้" in page.value().answers["topic"]
    assert len(page.matter.files.value()) == 1


def test_files_are_dropped_on_the_page(qtbot, page: CounterPage, settle, folder):
    mime = mime_of(folder / "right")

    def drop() -> None:
        event = QDropEvent(
            QPointF(page.matter.mapTo(page, page.matter.rect().center())),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        page.dropEvent(event)

    drop()
    looked_at(qtbot, page, settle)
    assert len(page.matter.files.value()) == len(RIGHT)
    page.start_over()
    drop()
    assert "เลือกบริการก่อน" in page.note.title


def test_large_photos_are_shrunk_on_wish_and_show_both_sizes(qtbot, page: CounterPage, session, settle, tmp_path):
    path, files = tmp_path / "หลุม.jpg", page.matter.files
    path.write_bytes(photo())
    files.add([Source(path.name, path)])
    looked_at(qtbot, page, settle)
    [row] = files.list
    assert "5 MB" in row.told
    qtbot.waitUntil(row.shrink.isVisible)
    row.shrink.click()
    looked_at(qtbot, page, settle)
    assert "→" in row.told
    assert row.has_picture
    assert files.value()[0].size < 5 * 1024 * 1024
    files.shrink.click()
    other = tmp_path / "เล็ก.jpg"
    other.write_bytes(picture(size=(2_000, 1_500), colour=90))
    files.add([Source(other.name, other)])
    looked_at(qtbot, page, settle)
    assert "→" in files.list[1].told
    assert len(save(qtbot, page, session)) == 2


def test_the_same_file_twice_is_told_and_attached_once(qtbot, page: CounterPage, settle):
    files = page.matter.files
    files.add([Source("ก.jpg", content=picture()), Source("ข.jpg", content=picture())])
    looked_at(qtbot, page, settle)
    assert [file.name for file in files.value()] == ["ก.jpg"]
    assert "ก.jpg" in files.refused[0].told


def test_too_many_files_are_told_and_the_first_ones_taken(qtbot, page: CounterPage, settle, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 3)
    files = page.matter.files
    files.add([Source(f"{n}.jpg", content=picture(colour=30 * n)) for n in range(1, 6)])
    looked_at(qtbot, page, settle)
    assert len(files.value()) == 3
    assert "ไม่เกิน 3 ไฟล์" in files.row.error


def test_the_draft_keeps_the_files_and_a_crash_loses_none(qtbot, page: CounterPage, show, session, settle, folder):
    page.matter.files.add([Source("right", folder / "right")])
    looked_at(qtbot, page, settle)
    expected = page.matter.files.value()
    page.keeper.flush()
    settle()
    assert draft.command(drafts.load(session.counter, session.actor, draft.PAGE)).staged == expected
    page.keeper._timer.stop()
    page.hide()
    gone = expected[0]
    session.counter.blobs.path(bytes.fromhex(gone.sha256)).unlink()
    again = show(CounterPage(session))
    settle()
    assert again.matter.files.value() == expected[1:]
    assert "ไม่อยู่ในเครื่องแล้ว" in again.matter.files.refused[0].told
    assert save(qtbot, again, session) == [file.name for file in expected[1:]]


@pytest.mark.parametrize("bad", [False, True])
def test_f9_waits_for_the_files_and_asks_when_one_is_refused(qtbot, page: CounterPage, session, settle, bad):
    files = page.matter.files
    sources = [Source(f"{n}.jpg", content=picture(colour=40 * n)) for n in range(1, 5)]
    files.add([*sources, *([Source("ปลอม.jpg", content=b"MZ")] if bad else [])])
    qtbot.waitUntil(lambda: files.busy > 0)
    page.save()
    assert "กำลังตรวจไฟล์แนบ" in page.note.title
    if bad:
        qtbot.waitUntil(lambda: "แนบไม่ได้" in page.note.title)
        assert cases.recent(session.counter) == []
        page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    assert len(attachments.listing(session.counter, page.saved.number)) == 4


def test_what_is_still_being_looked_at_can_be_stopped_and_belongs_to_its_form(qtbot, page: CounterPage, settle):
    files = page.matter.files
    files.add([Source(f"{n}.jpg", content=picture(colour=n)) for n in range(0, 250, 10)])
    qtbot.waitUntil(lambda: files.busy > 3)
    assert files._under_way.isVisible()
    assert "จาก 25" in files._progress.shown_text()
    files._stop.click()
    looked_at(qtbot, page, settle)
    assert len(files.value()) < 25
    files.add([Source("ช้า.jpg", content=picture(colour=251))])
    page.start_over()
    looked_at(qtbot, page, settle)
    assert files.list == []


def test_dialogs_for_files_and_a_folder(qtbot, page: CounterPage, settle, folder, monkeypatch):
    files = page.matter.files
    chosen = [str(path) for path in (folder / "right").rglob("*.pdf")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: (chosen, ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(folder / "right"))
    page.choose_files()
    looked_at(qtbot, page, settle)
    assert len(files.value()) == len(chosen) == 1
    files.choose_folder()
    looked_at(qtbot, page, settle)
    assert len(files.value()) == len(RIGHT)
    type_text(page.matter.form.first(), "!")
    assert len(page.value().staged) == len(RIGHT)


def test_files_of_a_form_thrown_away_are_gone_at_the_next_sign_in(qtbot, page: CounterPage, show, session, settle):
    page.matter.files.add([Source("ก.jpg", content=picture())])
    looked_at(qtbot, page, settle)
    page.start_over()
    settle()
    page.hide()
    hours_pass(session.counter)
    show(CounterPage(session))
    settle()
    assert not any(session.counter.blobs.folder.glob("??/*"))
