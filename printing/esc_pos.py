"""A bitmap as ESC/POS, the language of thermal printers: inked bands as raster, white by feeding.

python-escpos gives profiles, cut and transports; its own image path is not used, because it dithers and sends the white
too. What is printed is the preview's bitmap, dot for dot.
"""

import logging
import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from printing.bitmap import Bitmap, dots_per_inch

_handlers = logging.root.handlers[:]
with TemporaryDirectory() as _place:
    # python-escpos leaves a folder with its pickled capabilities in the temporary folder of every run, and a
    # handler on the root logger
    os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", _place)
    from escpos.printer import Dummy

    if os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] == _place:
        del os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"]
logging.root.handlers[:] = _handlers

__all__ = ["PROFILES", "encode", "models", "open_drawer", "profile"]

PROFILES = {576: "TM-T20II", 512: "TM-T88V", 384: "POS-5890"}
"""Profile of python-escpos for a number of dots a line. Never its "default", which prints on standard output."""

BLANK_ROWS = 1
"""So many white rows end a band: a feed and a new header (11 bytes) are less than one white row (48 to 72)."""
BAND_ROWS = 128
"""Most rows in one raster command: small printers buffer a whole command before they print it."""
TEAR_LINES = 5
"""Lines fed on a printer without a cutter, to bring the end of the slip to the tear bar."""

DRAWER_PINS = (2, 5)

_INITIALISE = b"\x1b@"
_FEED = b"\x1bJ"
_MOTION_UNITS = b"\x1dP"
_RASTER = b"\x1dv0\x00"

Band = tuple[int, int, int]
"""First row, number of rows, bytes a row (what is white at the right is left out)."""


def profile(dots: int, model: str = "") -> str:
    """The python-escpos profile: the printer's own, or the usual one for so many dots a line."""
    return model or PROFILES.get(dots, PROFILES[576])


def models() -> tuple[str, ...]:
    """The printers whose profile python-escpos knows."""
    from escpos.capabilities import CAPABILITIES

    return tuple(sorted(name for name in CAPABILITIES["profiles"] if name != "default"))


def encode(bitmap: Bitmap, model: str = "", *, cut: bool = True) -> bytes:
    """The commands that print the bitmap and cut the paper, or feed it to where it is torn off."""
    printer = Dummy(profile=profile(bitmap.width, model))
    dpi = dots_per_inch(bitmap.width)
    printer._raw(_INITIALISE + _MOTION_UNITS + bytes((dpi, dpi)))  # from here on one feed unit is one dot
    at = 0
    for top, rows, width in bands(bitmap):
        printer._raw(_feed(top - at) + _raster(bitmap, top, rows, width))
        at = top + rows
    printer._raw(_feed(bitmap.height - at))
    if cut and (printer.profile.supports("paperPartCut") or printer.profile.supports("paperFullCut")):
        printer.cut(feed=False)  # feeds as far as the knife, no further
    else:
        printer.print_and_feed(TEAR_LINES)
    return bytes(printer.output)


def open_drawer(model: str = "") -> bytes:
    """The pulse that opens the cash drawer, on both of the pins that drawers are wired to."""
    printer = Dummy(profile=profile(0, model))
    for pin in DRAWER_PINS:
        printer.cashdraw(pin)
    return bytes(printer.output)


def bands(bitmap: Bitmap) -> Iterator[Band]:
    """The inked stretches of the bitmap from top to bottom."""
    widths = [len(bitmap.row(index).rstrip(b"\0")) for index in range(bitmap.height)]
    top: int | None = None
    last = 0
    for index, width in enumerate(widths):
        if width == 0:
            continue
        if top is not None and (index - last > BLANK_ROWS or index - top >= BAND_ROWS):
            yield top, last - top + 1, max(widths[top : last + 1])
            top = None
        top = index if top is None else top
        last = index
    if top is not None:
        yield top, last - top + 1, max(widths[top : last + 1])


def _raster(bitmap: Bitmap, top: int, rows: int, width: int) -> bytes:
    data = b"".join(bitmap.row(index)[:width] for index in range(top, top + rows))
    return _RASTER + width.to_bytes(2, "little") + rows.to_bytes(2, "little") + data


def _feed(rows: int) -> bytes:
    full, rest = divmod(rows, 255)
    return (_FEED + b"\xff") * full + (_FEED + bytes((rest,)) if rest else b"")
