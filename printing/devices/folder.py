"""A folder as printer: a slip as picture and bytes, a sheet as PDF."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from app.domain.errors import Unavailable
from app.services.model import Printer
from printing import esc_pos
from printing.bitmap import Bitmap
from printing.devices.payload import Payload

_REPLACE_ATTEMPTS = 20
_REPLACE_PAUSE = 0.1


def send(printer: Printer, payload: Payload, _timeout: float = 0.0) -> None:
    """Write the paper into the folder at the printer's address, which is made where it is missing."""
    folder = Path(printer.address)
    content = payload.content
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Bitmap):
            _write(folder / f"{payload.file_name}.png", content.to_png())
            _write(folder / f"{payload.file_name}.bin", esc_pos.encode(content, printer.model, cut=printer.cut))
        else:
            _write(folder / f"{payload.file_name}.pdf", content)
    except OSError:
        raise Unavailable(
            "printer_folder",
            f"เขียนไฟล์ลงโฟลเดอร์ของเครื่องพิมพ์ “{printer.name}” ไม่ได้",
            "ตรวจว่าโฟลเดอร์ยังอยู่ เขียนได้ และดิสก์ไม่เต็ม แล้วสั่งพิมพ์ใหม่",
        ) from None


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and keep it through a power cut."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: _replace(unfinished, path))
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _replace(unfinished: Path, path: Path) -> None:
    unfinished.replace(path)


def patiently(action: Callable[[], None], pause: float = _REPLACE_PAUSE) -> None:
    """Repeat what Windows forbids for a moment while a virus scanner or indexer holds the file."""
    for _ in range(_REPLACE_ATTEMPTS - 1):
        try:
            return action()
        except PermissionError:
            time.sleep(pause)
    return action()
