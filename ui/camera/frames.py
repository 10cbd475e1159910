"""A camera's frame as a picture, made on a worker thread by plain arithmetic.

Qt's own conversion (`QVideoFrame.toImage`) sets up a graphics context for the thread it is called on, which not every
driver allows outside of the main thread; it is the last resort for formats that no office camera is known to send.
"""

import io

from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

Pixel = QVideoFrameFormat.PixelFormat

_INTERLEAVED = {
    Pixel.Format_BGRX8888: "BGRX",
    Pixel.Format_BGRA8888: "BGRX",
    Pixel.Format_BGRA8888_Premultiplied: "BGRX",
    Pixel.Format_RGBX8888: "RGBX",
    Pixel.Format_RGBA8888: "RGBX",
    Pixel.Format_XRGB8888: "XRGB",
    Pixel.Format_ARGB8888: "XRGB",
    Pixel.Format_ARGB8888_Premultiplied: "XRGB",
    Pixel.Format_XBGR8888: "XBGR",
    Pixel.Format_ABGR8888: "XBGR",
}
_WITH_LUMA_FIRST = {
    Pixel.Format_NV12,
    Pixel.Format_NV21,
    Pixel.Format_YUV420P,
    Pixel.Format_YV12,
    Pixel.Format_YUV422P,
    Pixel.Format_Y8,
}
_PACKED = {Pixel.Format_YUYV: (0, 1, 3), Pixel.Format_UYVY: (1, 0, 2)}
"""Where Y, U and V begin; Y comes every second byte, U and V every fourth."""

KNOWN = {*_INTERLEAVED, *_WITH_LUMA_FIRST, *_PACKED, Pixel.Format_Jpeg}


def picture_of(frame: QVideoFrame) -> Image.Image | None:
    """The frame in colour (mode "RGB") or grey (mode "L"); None where it holds no picture."""
    if frame.pixelFormat() not in KNOWN or not frame.map(QVideoFrame.MapMode.ReadOnly):
        return _by_qt(frame)
    try:
        return _mapped(frame)
    finally:
        frame.unmap()


def _mapped(frame: QVideoFrame) -> Image.Image:
    form, size = frame.pixelFormat(), (frame.width(), frame.height())
    if form == Pixel.Format_Jpeg:
        return Image.open(io.BytesIO(_bytes(frame, 0))).convert("RGB")
    if form in _INTERLEAVED:
        return _interleaved(_bytes(frame, 0), size, frame.bytesPerLine(0), _INTERLEAVED[form])
    if form in _PACKED:
        return _packed(_bytes(frame, 0), size, frame.bytesPerLine(0), _PACKED[form])
    luma = Image.frombuffer("L", size, _bytes(frame, 0), "raw", "L", frame.bytesPerLine(0), 1)
    if form == Pixel.Format_Y8:
        return luma.copy()
    return _coloured(luma, *_chroma(frame, size))


def _bytes(frame: QVideoFrame, plane: int) -> bytes:
    """A copy: the frame's memory goes back to the camera."""
    return bytes(frame.bits(plane))


def _interleaved(content: bytes, size: tuple[int, int], stride: int, order: str) -> Image.Image:
    if order in ("BGRX", "RGBX"):
        return Image.frombytes("RGB", size, content, "raw", order, stride, 1)
    parts = Image.frombuffer("RGBX", size, content, "raw", "RGBX", stride, 1).split()
    rgb = parts[1:] if order == "XRGB" else parts[:0:-1]
    return Image.merge("RGB", rgb)


def _packed(content: bytes, size: tuple[int, int], stride: int, places: tuple[int, int, int]) -> Image.Image:
    y, u, v = places
    luma = Image.frombuffer("L", size, content[y::2], "raw", "L", stride // 2, 1)
    half = (size[0] // 2, size[1])
    blue, red = (
        Image.frombuffer("L", half, content[place::4], "raw", "L", stride // 4, 1).resize(size) for place in (u, v)
    )
    return _coloured(luma, blue, red)


def _chroma(frame: QVideoFrame, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    form = frame.pixelFormat()
    half = ((size[0] + 1) // 2, size[1] if form == Pixel.Format_YUV422P else (size[1] + 1) // 2)
    if form in (Pixel.Format_NV12, Pixel.Format_NV21):
        content, stride = _bytes(frame, 1), frame.bytesPerLine(1)
        first, second = (
            Image.frombuffer("L", half, content[place::2], "raw", "L", stride // 2, 1).resize(size) for place in (0, 1)
        )
    else:
        first, second = (
            Image.frombuffer("L", half, _bytes(frame, plane), "raw", "L", frame.bytesPerLine(plane), 1).resize(size)
            for plane in (1, 2)
        )
    return (second, first) if form in (Pixel.Format_NV21, Pixel.Format_YV12) else (first, second)


def _coloured(luma: Image.Image, blue: Image.Image, red: Image.Image) -> Image.Image:
    return Image.merge("YCbCr", (luma, blue, red)).convert("RGB")


def _by_qt(frame: QVideoFrame) -> Image.Image | None:
    image = frame.toImage().convertToFormat(QImage.Format.Format_RGB888)
    if image.isNull():
        return None
    size = (image.width(), image.height())
    return Image.frombuffer("RGB", size, bytes(image.constBits()), "raw", "RGB", image.bytesPerLine(), 1)


def upright(picture: Image.Image, frame: QVideoFrame) -> Image.Image:
    """Turned as the camera says that it was held."""
    degrees = int(frame.rotation().value)
    return picture.rotate(-degrees, expand=True) if degrees else picture


def for_the_screen(picture: Image.Image, longest: int) -> QImage:
    """A copy for painting, no side longer than `longest` pixels."""
    share = longest / max(picture.size)
    if share < 1:
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        picture = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.1)
    content = picture.convert("RGB").tobytes()
    drawn = QImage(content, picture.width, picture.height, picture.width * 3, QImage.Format.Format_RGB888)
    return drawn.copy()


def as_jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    """The picture as a JPEG file, without any data about camera, place or time."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
