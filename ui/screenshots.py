"""Photographs of the real pages, for showing the program where there is no screen (`demo`, `make run`).

The pages are worked as a clerk works them, on a real counter; what is registered here stays registered.
"""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QCoreApplication, QEventLoop, QThread
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.errors import Unavailable
from app.services.counter import Counter
from app.services.model import Actor, Applicant, Place, RegisterCase
from ui.application import Window, prepare
from ui.ports import Paper
from ui.preferences import Preferences
from ui.style import application

SIZE = (1366, 768)
LONGEST_WAIT = 20.0
EXAMPLE = RegisterCase(
    service="petition",
    applicant=Applicant(title="นาย", first_name="กตัญญู", last_name="ปิ่นแก้ว", phone="081-234-5678"),
    answers={
        "category": "utilities",
        "subcategory": "street_light",
        "topic": "ไฟฟ้าสาธารณะดับหน้าวัด",
        "detail": "ไฟฟ้าสาธารณะดับมา 3 คืน ทางมืดและเกรงอันตรายต่อผู้สัญจร ขอให้ตรวจสอบและซ่อมแซม",
    },
    place=Place(note="หน้าวัด ใกล้เสาไฟต้นที่ 3"),
)


def take(counter: Counter, actor: Actor, paper: Paper, out_dir: Path, example: RegisterCase = EXAMPLE) -> list[Path]:
    """Photograph sign-in, counter (empty, filled, saved), desk and an open case, and two of them at 200 % text.

    Registers `example` once. Must be called on the thread that may own a Qt application. Unavailable where a page
    does not become ready.
    """
    app = application()
    assert isinstance(app, QApplication)
    look = prepare(app, Preferences())
    window = Window(lambda _passphrase=None: counter, lambda _counter: paper, look=look, preferences=Preferences())
    look.dress()
    camera = _Camera(window, out_dir)
    try:
        window.resize(*SIZE)
        window.show()
        camera.wait(lambda: window.sign_in.stage == "sign_in")
        camera.shoot("1-sign-in")
        window.enter(actor)
        _pages(window, camera, example)
    finally:
        look.set_scale(100)
        window.close()
    return camera.taken


def _pages(window: Window, camera: "_Camera", example: RegisterCase) -> None:
    main = window.main
    assert main is not None
    page = main.counter
    camera.wait(lambda: window.tasks.pending == 0)
    page.start_over()
    page.note.hide()
    camera.shoot("2-counter")
    page.set_value(example)
    camera.wait(lambda: page.preview.has_picture)
    page.matter.focus_form()
    camera.shoot("3-counter-filled")
    window.look.set_scale(200)
    camera.shoot("4-counter-filled-200")
    window.look.set_scale(100)
    page.save()
    camera.wait(lambda: bool(page.saved.number))
    camera.wait(lambda: window.tasks.pending == 0)
    camera.shoot("5-saved")
    main.open_case(page.saved.number)
    camera.wait(lambda: main.desk.case.shown is not None)
    camera.shoot("6-desk-case")
    window.look.set_scale(200)
    camera.shoot("7-desk-case-200")


class _Camera:
    """Waits until a page is ready and photographs it."""

    def __init__(self, window: QWidget, out_dir: Path) -> None:
        self._window = window
        self._folder = out_dir
        self.taken: list[Path] = []
        out_dir.mkdir(parents=True, exist_ok=True)

    def wait(self, ready: Callable[[], bool]) -> None:
        """Let Qt work until `ready`."""
        deadline = monotonic() + LONGEST_WAIT
        while not ready():
            if monotonic() > deadline:
                raise Unavailable("window_not_ready", "หน้าจอไม่พร้อมภายในเวลาที่กำหนด", "ลองอีกครั้งเมื่อเครื่องว่าง")
            self._work()

    def shoot(self, name: str) -> None:
        """Photograph the window as it is after everything asked for has come."""
        settled = monotonic() + 0.3
        while monotonic() < settled:
            self._work()
        path = self._folder / f"{name}.png"
        self._window.grab().save(str(path))
        self.taken.append(path)

    def _work(self) -> None:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QThread.msleep(2)
