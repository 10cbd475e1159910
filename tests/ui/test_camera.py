"""The camera dialog, fed through a real capture session; what it says when there is no camera, and what it releases."""

import io
import json
import subprocess
import sys
import threading
from argparse import Namespace

import pytest
import segno
from PIL import Image, ImageChops, ImageDraw, ImageStat
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.cli.cameras import cameras
from app.domain.errors import Unavailable
from tests.ui.camera_support import FIRST, SECOND, FedCamera, Pixel, frame_of
from tests.ui.conftest import CITIZEN_ID, PETITION
from tests.ui.keyboard import keys
from ui.camera import dialog as camera_dialog
from ui.camera import frames, source
from ui.camera.dialog import PHOTO, CameraDialog, ask_for_photograph
from ui.camera.words import FAULTS
from ui.counter.page import CounterPage
from ui.preferences import load

NUMBER = "KT1201169000042"
SIZE = (640, 480)


def scene(text: str = "", colour: str = "#c8d2b4", size=SIZE) -> Image.Image:
    """A table seen by the camera, with a QR or without."""
    picture = Image.new("RGB", size, colour)
    ImageDraw.Draw(picture).ellipse((20, 20, 120, 120), fill="#b03020")
    if text:
        out = io.BytesIO()
        segno.make(text, micro=False).save(out, kind="png", scale=6, border=4)
        picture.paste(Image.open(io.BytesIO(out.getvalue())).convert("RGB"), (200, 90))
    return picture


@pytest.fixture
def fed() -> FedCamera:
    return FedCamera()


@pytest.fixture
def opened(qtbot, session, fed):
    """Open a dialog on the fed camera."""
    made: list[CameraDialog] = []

    def opener(purpose=camera_dialog.READ, state="live", **settings) -> CameraDialog:
        for key, value in settings.items():
            setattr(fed, key, value)
        if not fed.shows:
            fed.shows = [scene()]
        dialog = CameraDialog(session, purpose, source=lambda _parent: fed)
        qtbot.addWidget(dialog)
        made.append(dialog)
        dialog.readings, dialog.photographs = [], []
        dialog.read.connect(dialog.readings.append)
        dialog.photographed.connect(dialog.photographs.append)
        dialog.open()
        if state:
            qtbot.waitUntil(lambda: dialog.state == state, timeout=10_000)
        return dialog

    yield opener
    for dialog in made:
        dialog.reject()


def camera_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "camera"]


def test_the_live_picture_is_shown(opened, fed):
    dialog = opened()
    assert dialog.live.has_picture
    shown = dialog.live.image.pixelColor(300, 400)
    assert max(abs(a - b) for a, b in zip(shown.getRgb()[:3], (0xC8, 0xD2, 0xB4), strict=True)) <= 4
    assert fed.running


def test_a_code_is_read_and_the_camera_released(qtbot, opened, fed):
    dialog = opened(shows=[scene()] * 5 + [scene(CITIZEN_ID)], state="")
    qtbot.waitUntil(lambda: bool(dialog.readings), timeout=10_000)
    (reading,) = dialog.readings
    assert (reading.kind, reading.value, reading.valid, reading.source) == ("citizen_id", CITIZEN_ID, True, "จากกล้อง")
    assert not dialog.isVisible()
    assert not fed.running
    assert camera_threads() == []
    assert not dialog.live.has_picture


@pytest.mark.parametrize(
    ("text", "note"),
    [("https://example.test/x", "ลิงก์เว็บไซต์"), ("1234567890123", "ไม่ใช่เลขประจำตัวประชาชน"), ("ของขวัญ", "ไม่รู้จักรหัสนี้")],
)
def test_what_cannot_be_used_is_shown_and_the_camera_goes_on(qtbot, opened, fed, text, note):
    dialog = opened(shows=[scene(text)])
    qtbot.waitUntil(lambda: note in dialog.said, timeout=10_000)
    assert text in dialog.said
    assert (dialog.state, dialog.readings) == ("live", [])
    fed.shows = [scene(NUMBER)]
    qtbot.waitUntil(lambda: bool(dialog.readings), timeout=10_000)
    assert dialog.readings[0].value == NUMBER


def test_only_the_newest_frame_is_looked_at(qtbot, opened, fed, monkeypatch):
    looked, go_on = [], threading.Event()

    def slow(frame):
        looked.append(frame)
        go_on.wait(10)
        return scene()

    monkeypatch.setattr(frames, "picture_of", slow)
    dialog = opened(state="starting")
    qtbot.waitUntil(lambda: fed.sent >= 12, timeout=10_000)
    assert len(looked) == 1
    go_on.set()
    qtbot.waitUntil(lambda: dialog.state == "live", timeout=10_000)


def test_a_bad_frame_is_no_reason_to_go_blind(qtbot, opened, monkeypatch, caplog):
    real, calls = frames.picture_of, []

    def sometimes(frame):
        calls.append(frame)
        if len(calls) < 4:
            raise ValueError(CITIZEN_ID)
        return real(frame)

    monkeypatch.setattr(frames, "picture_of", sometimes)
    assert opened().live.has_picture
    assert CITIZEN_ID not in caplog.text


def test_the_choice_of_camera_is_remembered(qtbot, opened, fed, session):
    dialog = opened(plugged=[FIRST, SECOND])
    assert fed.started == [FIRST.id]
    assert [dialog.cameras.itemText(place) for place in (0, 1)] == [FIRST.name, SECOND.name]
    dialog.cameras.setCurrentIndex(1)
    dialog.cameras.activated.emit(1)
    qtbot.waitUntil(lambda: session.tasks.pending == 0)
    assert fed.started == [FIRST.id, SECOND.id]
    assert load(session.preferences.path).camera == SECOND.id
    dialog.reject()
    again = opened(plugged=[FIRST, SECOND])
    assert again.cameras.currentData() == SECOND.id
    assert fed.started[-1] == SECOND.id


def test_no_camera_says_so_and_the_first_that_is_plugged_in_runs(qtbot, opened, fed):
    dialog = opened(plugged=[], state="no_camera")
    assert "ไม่พบกล้อง" in dialog.said
    assert dialog.file.isVisible() and dialog.typing.isVisible()
    fed.plug(FIRST)
    qtbot.waitUntil(lambda: dialog.state == "live", timeout=10_000)


def test_a_camera_pulled_out_says_so_and_comes_back_by_itself(qtbot, opened, fed):
    dialog = opened()
    fed.plug()
    assert dialog.state == "camera_gone"
    assert not fed.running and camera_threads() == []
    fed.plug(FIRST)
    qtbot.waitUntil(lambda: dialog.state == "live", timeout=10_000)
    fed.plug(FIRST, SECOND)
    assert dialog.state == "live"


def test_a_camera_that_refuses_can_be_tried_again(qtbot, opened, fed):
    dialog = opened(fault="camera_refused", state="camera_refused")
    assert "ความเป็นส่วนตัว" in dialog.said
    assert not fed.running
    fed.fault = ""
    qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.state == "live", timeout=10_000)


def test_a_camera_without_pictures_is_not_waited_for_forever(qtbot, opened, fed, monkeypatch):
    monkeypatch.setattr(camera_dialog, "SILENT_AFTER_MS", 50)
    monkeypatch.setattr(FedCamera, "_send", lambda _self: None)
    dialog = opened(state="camera_silent")
    assert not fed.running
    assert dialog.again.isVisible()


def test_a_camera_that_may_not_be_opened(opened, monkeypatch):
    monkeypatch.setattr(source, "is_hidden_by_rights", lambda: True)
    assert "กลุ่ม video" in opened(plugged=[], state="camera_right").said


@pytest.mark.parametrize("error", [ImportError("libpulse.so.0"), OSError(), RuntimeError()])
def test_without_multimedia_the_other_ways_stay(qtbot, session, error):
    def broken(_parent):
        raise error

    dialog = CameraDialog(session, source=broken)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.state == "no_multimedia", timeout=10_000)
    assert dialog.file.isVisible() and not dialog.again.isVisible()
    with qtbot.waitSignal(dialog.picture_wanted):
        dialog.file.click()
    assert not dialog.isVisible()


def test_a_machine_without_the_libraries_is_survived(qtbot, session, monkeypatch):
    monkeypatch.setitem(sys.modules, "ui.camera.source", None)
    dialog = CameraDialog(session)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.state == "no_multimedia", timeout=10_000)


def test_this_machine_with_whatever_cameras_it_has(qtbot, session):
    dialog = CameraDialog(session)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.state not in ("", "opening", "starting"), timeout=15_000)
    assert dialog.state == "live" or dialog.state in FAULTS
    dialog.reject()
    assert camera_threads() == []


@pytest.mark.parametrize("moment", ["opening", "starting", "live"])
def test_closing_at_any_moment_releases_everything(qtbot, opened, fed, settle, moment):
    dialog = opened(state=moment)
    dialog.close()
    settle()
    assert not fed.running
    assert camera_threads() == []
    assert not dialog.isVisible()


def test_a_photograph_is_looked_at_before_it_is_used(qtbot, opened, fed):
    dialog = opened(PHOTO, shows=[scene(CITIZEN_ID, size=(1280, 720))])
    dialog.shoot.click()
    qtbot.waitUntil(lambda: dialog.state == "taken", timeout=10_000)
    assert not fed.running
    assert dialog.photographs == []
    dialog.again.click()
    qtbot.waitUntil(lambda: dialog.state == "live", timeout=10_000)
    dialog.shoot.click()
    qtbot.waitUntil(lambda: dialog.state == "taken", timeout=10_000)
    dialog.use.click()
    (jpeg,) = dialog.photographs
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1280, 720))
        assert not picture.getexif()
    assert dialog.readings == []
    assert not dialog.isVisible()


def test_asking_for_a_photograph(qtbot, session, fed, monkeypatch):
    monkeypatch.setattr(camera_dialog.CameraDialog.__init__, "__defaults__", (PHOTO, None, lambda _parent: fed))
    fed.shows, got = [scene()], []
    parent = CounterPage(session)
    qtbot.addWidget(parent)
    dialog = ask_for_photograph(session, parent, got.append)
    qtbot.waitUntil(lambda: dialog.state == "live", timeout=10_000)
    dialog.shoot.click()
    qtbot.waitUntil(lambda: dialog.state == "taken", timeout=10_000)
    dialog.use.click()
    assert got[0].startswith(b"\xff\xd8")


def test_f8_opens_it_and_a_code_fills_the_page(qtbot, show, session, settle, fed, monkeypatch):
    monkeypatch.setattr(CameraDialog.__init__, "__defaults__", (camera_dialog.READ, None, lambda _parent: fed))
    fed.shows = [scene()] * 3 + [scene(CITIZEN_ID)]
    page = show(CounterPage(session))
    qtbot.keyClick(page.citizen.scan.line, Qt.Key.Key_F8)
    assert page.camera is not None
    qtbot.waitUntil(lambda: page.value().applicant.citizen_id == CITIZEN_ID, timeout=10_000)
    settle()
    assert page.camera is None
    page.open_camera()
    page.leave()
    assert page.camera is None
    assert not fed.running


def test_the_usb_scanner_is_heard_in_the_dialog(qtbot, opened):
    dialog = opened()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QGuiApplication.focusObject() is dialog.stop)
    keys(CITIZEN_ID, start=1_000, gap_ms=5)
    qtbot.waitUntil(lambda: not dialog.wedge.listening)
    assert [reading.value for reading in dialog.readings] == [CITIZEN_ID]


FORMS = sorted(frames.KNOWN - {Pixel.Format_Jpeg}, key=lambda form: form.name)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize("size", [(640, 480), (634, 356)])
def test_frames_of_every_format_come_out_right(form, size):
    picture = scene(CITIZEN_ID, size=size)
    seen = frames.picture_of(frame_of(picture, form))
    expected = picture.convert("L") if form == Pixel.Format_Y8 else picture
    assert (seen.size, seen.mode) == (size, expected.mode)
    assert max(ImageStat.Stat(ImageChops.difference(seen, expected)).mean) < 4


def test_start_up_knows_nothing_of_cameras():
    code = "import sys, ui.main_window; print([n for n in sys.modules if 'Multimedia' in n or 'ui.camera' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("words", [("cameras", "--json"), ("cameras",)])
def test_the_command_names_the_cameras(words):
    done = subprocess.run([sys.executable, "-m", "app", *words], capture_output=True, encoding="utf-8", check=True)
    if "--json" in words:
        assert all(set(device) == {"id", "name"} for device in json.loads(done.stdout))
        assert done.stderr == ""
    else:
        assert done.stdout or "ไม่พบกล้อง" in done.stderr


@pytest.mark.parametrize(("broken", "code"), [(True, "no_multimedia"), (False, "camera_right")])
def test_the_command_says_why_there_is_none(monkeypatch, broken, code):
    if broken:
        monkeypatch.setitem(sys.modules, "ui.camera.source", None)
    monkeypatch.setattr(source, "cameras_of_this_machine", list)
    monkeypatch.setattr(source, "is_hidden_by_rights", lambda: True)
    with pytest.raises(Unavailable) as caught:
        cameras(Namespace(json=True))
    assert caught.value.code == code
    assert caught.value.hint


def test_a_photograph_is_attached_to_the_case_in_the_form(qtbot, show, session, settle, fed, monkeypatch):
    monkeypatch.setattr(camera_dialog.CameraDialog.__init__, "__defaults__", (PHOTO, None, lambda _parent: fed))
    fed.shows = [scene(size=(1280, 720))]
    page = show(CounterPage(session))
    page.photograph()
    assert page.camera is None, "there is no case yet to which it could belong"
    page.set_value(PETITION)
    page.photograph()
    dialog = page.camera
    page.photograph()
    assert page.camera is dialog
    qtbot.waitUntil(lambda: dialog.state == "live", timeout=10_000)
    dialog.shoot.click()
    qtbot.waitUntil(lambda: dialog.state == "taken", timeout=10_000)
    dialog.use.click()
    qtbot.waitUntil(lambda: bool(page.matter.files.value()), timeout=10_000)
    assert page.camera is None
    assert [file.name for file in page.matter.files.value()] == ["ภาพถ่าย 1.jpg"]
    assert page.matter.files.list[0].has_picture
