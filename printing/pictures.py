"""The first sheet of a PDF as a picture, for people who share one."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtPdf import QPdfDocument

from printing import raster

POINTS_PER_INCH = 72


def png(pdf: bytes, dpi: int) -> bytes:
    """PNG of the first page on white. Works in any thread; ValueError for bytes that are no PDF."""
    raster.ensure_application()
    source = QBuffer()
    source.setData(QByteArray(pdf))
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    try:
        document.load(source)
        if document.pageCount() < 1:
            raise ValueError("no page")
        points, scale = document.pagePointSize(0), dpi / POINTS_PER_INCH
        drawn = document.render(0, QSize(round(points.width() * scale), round(points.height() * scale)))
    finally:
        document.close()
    sheet = QImage(drawn.size(), QImage.Format.Format_RGB32)
    sheet.fill(QColor("white"))
    painter = QPainter(sheet)
    painter.drawImage(0, 0, drawn)
    painter.end()
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    sheet.save(target, "PNG")  # type: ignore[call-overload]
    return bytes(target.data().data())
