"""A camera for tests: frames are pushed through a real capture session, as QCamera's are; only QCamera is not there."""

from collections.abc import Iterator

from PIL import Image
from PySide6.QtCore import QSize, QTimer
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat, QVideoFrameInput

from ui.camera.source import CameraSource, Device

Pixel = QVideoFrameFormat.PixelFormat
FIRST, SECOND = Device("/dev/first", "กล้องหน้าเคาน์เตอร์"), Device("/dev/second", "กล้องส่องเอกสาร")
EVERY_MS = 15


class FedCamera(CameraSource):
    """Sends the pictures in `shows`, one after the other, the last again and again."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.plugged = [FIRST]
        self.shows: list[Image.Image] = []
        self.started: list[str] = []
        self.fault = ""
        self.sent = 0
        self.form = Pixel.Format_NV12
        self._input: QVideoFrameInput | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._send)

    def devices(self) -> list[Device]:
        return list(self.plugged)

    def plug(self, *devices: Device) -> None:
        self.plugged = list(devices)
        self.changed.emit()

    def _plug_in(self, session, device_id: str) -> None:
        self.started.append(device_id)
        if self.fault:
            QTimer.singleShot(0, self, lambda: self.failed.emit(self.fault))
            return
        self._input = QVideoFrameInput(self)
        session.setVideoFrameInput(self._input)
        self._timer.start()

    def _pull_out(self, session) -> None:
        self._timer.stop()
        session.setVideoFrameInput(None)
        if self._input is not None:
            self._input.deleteLater()
            self._input = None

    def _send(self) -> None:
        if self._input is not None and self.shows:
            picture = self.shows.pop(0) if len(self.shows) > 1 else self.shows[0]
            self.sent += self._input.sendVideoFrame(frame_of(picture, self.form))


def frame_of(picture: Image.Image, form: Pixel) -> QVideoFrame:
    """A picture in the memory layout of a pixel format."""
    frame = QVideoFrame(QVideoFrameFormat(QSize(*picture.size), form))
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    for plane, rows in enumerate(_planes(picture, form)):
        memory, stride = frame.bits(plane), frame.bytesPerLine(plane)
        for number, row in enumerate(rows):
            memory[number * stride : number * stride + len(row)] = row
    frame.unmap()
    return frame


def _planes(picture: Image.Image, form: Pixel) -> Iterator[list[bytes]]:
    coloured = picture.convert("RGB")
    luma, blue, red = coloured.convert("YCbCr").split()
    quarter = ((picture.width + 1) // 2, (picture.height + 1) // 2)
    half = (picture.width // 2, picture.height)
    if form in (Pixel.Format_NV12, Pixel.Format_NV21):
        pair = (blue, red) if form == Pixel.Format_NV12 else (red, blue)
        yield _rows(luma)
        yield [_woven(*rows) for rows in zip(*(_rows(part.resize(quarter)) for part in pair), strict=True)]
    elif form in (Pixel.Format_YUV420P, Pixel.Format_YV12, Pixel.Format_YUV422P):
        size = half if form == Pixel.Format_YUV422P else quarter
        yield _rows(luma)
        for part in (red, blue) if form == Pixel.Format_YV12 else (blue, red):
            yield _rows(part.resize(size))
    elif form in (Pixel.Format_YUYV, Pixel.Format_UYVY):
        chroma = [_woven(*rows) for rows in zip(_rows(blue.resize(half)), _rows(red.resize(half)), strict=True)]
        both = zip(_rows(luma), chroma, strict=True)
        yield [_woven(y, c) if form == Pixel.Format_YUYV else _woven(c, y) for y, c in both]
    elif form == Pixel.Format_Y8:
        yield _rows(luma)
    else:
        order = form.name.removeprefix("Format_")[:4]
        parts = dict(zip("RGB", coloured.split(), strict=True))
        bands = [parts.get(name, Image.new("L", picture.size, 255)) for name in order]
        yield _rows(Image.merge("RGBA", bands))


def _rows(band: Image.Image) -> list[bytes]:
    content, wide = band.tobytes(), len(band.getbands()) * band.width
    return [content[place : place + wide] for place in range(0, len(content), wide)]


def _woven(first: bytes, second: bytes) -> bytes:
    mixed = bytearray(2 * len(first))
    mixed[::2], mixed[1::2] = first, second
    return bytes(mixed)
