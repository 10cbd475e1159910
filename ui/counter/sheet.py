"""The first sheet of a PDF as an image, for the preview. Imported on a worker thread at the first A4 preview."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtPdf import QPdfDocument

POINTS_PER_INCH = 72


def image(pdf: bytes, dpi: int) -> QImage:
    """The first page at a resolution, on white; a null image where the PDF cannot be read."""
    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    try:
        document.load(buffer)
        if document.pageCount() < 1:
            return QImage()
        points = document.pagePointSize(0)
        scale = dpi / POINTS_PER_INCH
        drawn = document.render(0, QSize(round(points.width() * scale), round(points.height() * scale)))
        return _on_white(drawn)
    finally:
        document.close()


def _on_white(drawn: QImage) -> QImage:
    sheet = QImage(drawn.size(), QImage.Format.Format_RGB32)
    sheet.fill(QColor("white"))
    painter = QPainter(sheet)
    painter.drawImage(0, 0, drawn)
    painter.end()
    return sheet
