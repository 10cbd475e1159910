"""A paper of the cashier as a picture."""

from importlib import import_module

from PySide6.QtGui import QImage

PAGE_DPI = 110


def drawn(pdf: bytes) -> QImage:
    """The first sheet. Called on a reader thread; QtPdf is imported with the first paper."""
    image: QImage = import_module("ui.counter.sheet").image(pdf, PAGE_DPI)
    return image
