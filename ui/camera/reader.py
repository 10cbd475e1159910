"""The thread that looks at a camera's frames: always the newest one, what came meanwhile is let go."""

from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING

from PIL import Image
from PySide6.QtCore import QObject, Signal

from app.intake import pictures
from app.intake.codes import Decoded
from ui import faults
from ui.camera import frames

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

SCREEN_SIDE = 960
READ_EVERY_S = 0.08
"""Reading costs up to 40 ms of a core; twelve times a second is enough for a hand that holds a paper."""
END_S = 3.0


class FrameReader(QObject):
    """One running camera's reader. The signals come on Qt's thread."""

    shown = Signal(object)
    """The newest picture as a QImage; call `painted` when it has been taken."""
    found = Signal(object)
    """The codes of one picture, a list of Decoded."""
    photographed = Signal(object, object)
    """JPEG bytes of a whole frame, and the same as a QImage for the screen."""

    def __init__(self, parent: QObject | None = None, *, reads: bool = True) -> None:
        super().__init__(parent)
        self._reads = reads
        self._newest: QVideoFrame | None = None
        self._wake = Condition()
        self._stopped = False
        self._photograph = False
        self._painting = False
        self._next_reading = 0.0
        self._lines: set[Decoded] = set()
        self._thread = Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def offer(self, frame: "QVideoFrame") -> None:
        """A new frame; returns at once."""
        if not frame.isValid():
            return
        with self._wake:
            self._newest = type(frame)(frame)
            self._wake.notify()

    def painted(self) -> None:
        """The window is ready for the next picture."""
        self._painting = False

    def photograph(self) -> None:
        """Make a photograph of the next frame."""
        self._photograph = True

    def stop(self) -> None:
        """End the thread; waits for the frame in hand, some 0.1 s at most."""
        with self._wake:
            self._stopped, self._newest = True, None
            self._wake.notify()
        self._thread.join(END_S)

    def _run(self) -> None:
        while (frame := self._next()) is not None:
            try:
                self._look_at(frame)
            except Exception as error:  # one bad frame is no reason to go blind
                faults.record(error)
            del frame

    def _next(self) -> "QVideoFrame | None":
        with self._wake:
            self._wake.wait_for(lambda: self._stopped or self._newest is not None)
            frame, self._newest = self._newest, None
            return None if self._stopped else frame

    def _look_at(self, frame: "QVideoFrame") -> None:
        picture = frames.picture_of(frame)
        if picture is None:
            return
        picture = frames.upright(picture, frame)
        if self._photograph:
            self._photograph = False
            image = frames.for_the_screen(picture, SCREEN_SIDE)
            self._tell(self.photographed, frames.as_jpeg(picture), image)
        elif not self._painting:
            self._painting = True
            self._tell(self.shown, frames.for_the_screen(picture, SCREEN_SIDE))
        if self._reads and monotonic() >= self._next_reading:
            self._read(picture)
            self._next_reading = monotonic() + READ_EVERY_S

    def _read(self, picture: Image.Image) -> None:
        """A linear code's check digit is weak: it must be seen in two pictures in a row."""
        codes = pictures.read_frame(picture.convert("L"))
        seen = {code for code in codes if code.format != "qr"}
        sure = [code for code in codes if code.format == "qr" or code in self._lines]
        self._lines = seen
        if sure:
            self._tell(self.found, sure)

    def _tell(self, signal: object, *content: object) -> None:
        if not self._stopped:
            signal.emit(*content)  # type: ignore[attr-defined]
