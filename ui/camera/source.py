"""The cameras of this machine through QtMultimedia: which there are, one of them running, and what goes wrong.

Imported only when the camera dialog is opened. For Qt's main thread only.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QLoggingCategory, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

# QtMultimedia looks for libraries for screen recording and video cards as it is loaded, and complains of each it misses
QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver=false\nqt.multimedia.ffmpeg.info=false")

from PySide6.QtMultimedia import (  # noqa: E402
    QCamera,
    QCameraDevice,
    QCameraFormat,
    QMediaCaptureSession,
    QMediaDevices,
    QVideoFrame,
    QVideoSink,
)

from ui.camera import frames  # noqa: E402

Take = Callable[[QVideoFrame], None]
"""A method of a QObject of the main thread: frames of a camera's own thread are queued to it. Called where they come
from, it would wait for Python's lock there, and the camera's stopping for it."""

_WIDTH, _FEWEST_FRAMES = 1280, 10


class Device(NamedTuple):
    """A camera. id: stays the same when it is plugged in again."""

    id: str
    name: str


class CameraSource(QObject):
    """One camera at a time."""

    changed = Signal()
    """A camera was plugged in or pulled out."""
    failed = Signal(str)
    """The running camera stopped; a key of `ui.camera.words.FAULTS`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices = QMediaDevices(self)
        self._devices.videoInputsChanged.connect(self.changed)
        self._session: QMediaCaptureSession | None = None
        self._sink: QVideoSink | None = None
        self._camera: QCamera | None = None

    def devices(self) -> list[Device]:
        """The system's own choice first."""
        first = QMediaDevices.defaultVideoInput()
        found = sorted(QMediaDevices.videoInputs(), key=lambda device: device != first)
        return [Device(_id(device), device.description()) for device in found]

    def start(self, device_id: str, take: Take) -> None:
        """Let a camera run; each of its frames goes to `take`. The one that ran before is released."""
        self.stop()
        self._session, self._sink = QMediaCaptureSession(self), QVideoSink(self)
        self._sink.videoFrameChanged.connect(take)
        self._session.setVideoSink(self._sink)
        self._plug_in(self._session, device_id)

    def stop(self) -> None:
        """Release the camera: its lamp goes out, other programs may have it."""
        if self._session is None:
            return
        if self._sink is not None:
            self._sink.videoFrameChanged.disconnect()
        self._pull_out(self._session)
        self._session.setVideoSink(None)  # type: ignore[arg-type]
        for part in (self._sink, self._session):
            if part is not None:
                part.deleteLater()
        self._session = self._sink = None

    @property
    def running(self) -> bool:
        """Whether a camera is held."""
        return self._session is not None

    def _plug_in(self, session: QMediaCaptureSession, device_id: str) -> None:
        device = next((each for each in QMediaDevices.videoInputs() if _id(each) == device_id), None)
        if device is None:
            self.failed.emit("camera_gone")
            return
        self._camera = QCamera(device, self)
        best = _best_format(device.videoFormats())
        if best is not None:
            self._camera.setCameraFormat(best)
        self._camera.errorOccurred.connect(self._error, Qt.ConnectionType.QueuedConnection)
        session.setCamera(self._camera)
        self._camera.start()

    def _pull_out(self, session: QMediaCaptureSession) -> None:
        if self._camera is None:
            return
        self._camera.errorOccurred.disconnect()
        self._camera.stop()
        session.setCamera(None)  # type: ignore[arg-type]
        self._camera.deleteLater()
        self._camera = None

    def _error(self, error: QCamera.Error, _text: str) -> None:
        """The texts of the system are in its language and may name its user; they are not shown."""
        if error != QCamera.Error.NoError and self._session is not None:
            known = {device.id for device in self.devices()}
            gone = self._camera is None or _id(self._camera.cameraDevice()) not in known
            self.failed.emit("camera_gone" if gone else "camera_refused")


def cameras_of_this_machine() -> list[Device]:
    """For a command without a window, which has no Qt application yet."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QCoreApplication.instance() or QGuiApplication(sys.argv[:1])
    try:
        return CameraSource(app).devices()
    finally:
        del app


def _id(device: QCameraDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "replace")


def _best_format(formats: list[QCameraFormat]) -> QCameraFormat | None:
    """The one nearest to 1280 dots across that is fast enough and that we can unpack; None leaves it to the system."""
    usable = [
        each
        for each in formats
        if each.pixelFormat() in frames.KNOWN and each.maxFrameRate() >= _FEWEST_FRAMES and not each.isNull()
    ]
    return min(usable, key=lambda each: abs(each.resolution().width() - _WIDTH), default=None)


def is_hidden_by_rights() -> bool:
    """Whether there is a camera that this user may not open (Linux; elsewhere the system lists it all the same).

    Looks into /dev: on a worker thread.
    """
    if sys.platform != "linux":
        return False
    places = list(Path("/dev").glob("video*"))
    return bool(places) and not any(os.access(place, os.R_OK | os.W_OK) for place in places)
