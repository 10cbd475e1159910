"""A4 and A5 through the system's own printing: the pages of the PDF, drawn on a QPrinter.

"Sent" means here that the system's queue has it. Tray and two-sided printing are remembered for each document.
"""

import math

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument, QPdfDocumentRenderOptions
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from app.domain.errors import Unavailable
from app.services.model import Printer
from printing import raster
from printing.bitmap import Bitmap
from printing.devices.payload import Payload
from printing.devices.raw_queue import refused

DPI = 300
POINTS_PER_INCH = 72
TRAYS = {
    "": QPrinter.PaperSource.Auto,
    "upper": QPrinter.PaperSource.Upper,
    "middle": QPrinter.PaperSource.Middle,
    "lower": QPrinter.PaperSource.Lower,
    "manual": QPrinter.PaperSource.Manual,
    "envelope": QPrinter.PaperSource.Envelope,
}
"""What `Printer.trays` may say (app.services.printers.TRAYS)."""
PAGE_SIZES = (QPageSize.PageSizeId.A4, QPageSize.PageSizeId.A5)


def send(printer: Printer, payload: Payload, _timeout: float) -> None:
    """Hand the sheet to the queue that the address names."""
    assert not isinstance(payload.content, Bitmap)
    name = printer.address
    if name not in queues():
        raise refused(printer)
    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setPrinterName(name)
    if not device.isValid():
        raise refused(printer)
    _settle(device, printer, payload.document)
    draw(payload.content, device, payload.file_name, printer)


def draw(pdf: bytes, device: QPrinter, title: str, printer: Printer) -> None:
    """Every page of the PDF on the device, each on paper of its own size."""
    content = QBuffer()
    content.setData(QByteArray(pdf))
    content.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(content)
    device.setDocName(title)
    device.setResolution(DPI)
    device.setFullPage(True)
    painter = QPainter()
    try:
        for page in range(document.pageCount()):
            size = document.pagePointSize(page)
            device.setPageLayout(_layout(device, size))
            if page == 0 and not painter.begin(device):
                raise refused(printer)
            if page and not device.newPage():
                raise _stopped(printer)
            dots = QSizeF(size * DPI / POINTS_PER_INCH).toSize()
            picture = document.render(page, dots, QPdfDocumentRenderOptions())
            painter.drawImage(QRectF(QPointF(0, 0), QSizeF(dots)), picture)
        if not painter.end():
            raise _stopped(printer)
    finally:
        if painter.isActive():
            device.abort()
            painter.end()
        document.close()


def _layout(device: QPrinter, points: QSizeF) -> QPageLayout:
    """The device's layout on paper of this size, upright or across."""
    across = points.width() > points.height()
    upright = points.transposed() if across else points
    layout = device.pageLayout()
    layout.setPageSize(_page_size(upright))
    layout.setOrientation(QPageLayout.Orientation.Landscape if across else QPageLayout.Orientation.Portrait)
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def _page_size(points: QSizeF) -> QPageSize:
    for known in PAGE_SIZES:
        size = QPageSize(known).size(QPageSize.Unit.Point)
        if math.isclose(size.width(), points.width(), abs_tol=2) and math.isclose(
            size.height(), points.height(), abs_tol=2
        ):
            return QPageSize(known)
    return QPageSize(points, QPageSize.Unit.Point)


def _settle(device: QPrinter, printer: Printer, document: str) -> None:
    device.setDuplex(
        QPrinter.DuplexMode.DuplexLongSide if document in printer.two_sided else QPrinter.DuplexMode.DuplexNone
    )
    device.setPaperSource(TRAYS[printer.trays.get(document, "")])


def _stopped(printer: Printer) -> Unavailable:
    return Unavailable(
        "printer_interrupted",
        f"ระบบหยุดรับงานของเครื่องพิมพ์ “{printer.name}” กลางคัน",
        "ดูว่ากระดาษออกมาครบหรือไม่ ถ้าไม่ครบให้ทำเครื่องหมายว่าเสียแล้วสั่งพิมพ์ใหม่",
    )


def queues() -> list[str]:
    """The names of the system's print queues."""
    raster.ensure_application()
    return sorted(QPrinterInfo.availablePrinterNames())
