"""What is done with files off Qt's main thread: folders listed, contents read, shrunk, checked, stored and pictured."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QImage

from app.catalog.schema import MAX_ATTACHMENT_BYTES
from app.domain.errors import CounterError
from app.services import attachments, staged_files
from app.services.counter import Counter
from app.services.model import NewFile, StagedFile

EDGE = 96
"""Dots of a small picture's longer side: sharp at 200 % text."""


class Source(NamedTuple):
    """Where a file comes from: a path, or what was pasted or photographed."""

    name: str
    path: Path | None = None
    content: bytes = b""
    image: QImage | None = None

    def __repr__(self) -> str:
        return "<Source>"


class Taken(NamedTuple):
    """A file that is on the disk. before: its bytes as it came."""

    file: StagedFile
    before: int
    picture: QImage | None


def sources_of(mime: QMimeData) -> list[Source]:
    """What a drop or paste brings: files and folders, else a picture; text is none of both."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if paths:
        return [Source(path.name, path) for path in paths]
    image = mime.imageData() if mime.hasImage() and not mime.hasText() else None
    return [Source("ภาพที่วาง.png", image=image.copy())] if isinstance(image, QImage) and not image.isNull() else []


def listed(sources: Sequence[Source]) -> list[Source]:
    """The same with the files of each folder, in the order of their names; what programs hide is left out. No more
    than a case takes, and one."""
    found: list[Source] = []
    for source in sources:
        if source.path is not None and source.path.is_dir():
            inside = (path for path in sorted(source.path.rglob("*")) if path.is_file())
            found += [Source(path.name, path) for path in inside if not path.name.startswith((".", "~$"))]
        else:
            found.append(source)
    return found[: attachments.MOST_FILES + 1]


def take(counter: Counter, source: Source, *, shrink: bool) -> Taken:
    """Read, shrink on wish, check and store one file. Refused or Unavailable as `staged_files.stage`."""
    given = _read(source, shrink=shrink)
    before = len(given.content)
    if source.path is not None and before > MAX_ATTACHMENT_BYTES:
        before = source.path.stat().st_size
    file = staged_files.stage(counter, _smaller(given) if shrink else given)
    return Taken(file, before, picture(counter, file))


def picture(counter: Counter, file: StagedFile) -> QImage | None:
    """A small picture of a photo, or None. Refused "file_gone" where the content is not on the disk."""
    content = staged_files.content(counter, file)
    if content is None:
        raise staged_files.gone(file)
    if file.format not in staged_files.PHOTOS:
        return None
    return QImage.fromData(attachments.thumbnail(content, EDGE))


def _read(source: Source, *, shrink: bool) -> NewFile:
    if source.path is not None:
        return staged_files.read_photo(source.path) if shrink else attachments.read_file(source.path)
    if source.image is None:
        return NewFile(source.name, source.content)
    content = _encoded(source.image, "PNG")
    if len(content) <= MAX_ATTACHMENT_BYTES:
        return NewFile(source.name, content)
    return NewFile("ภาพที่วาง.jpg", _encoded(source.image, "JPEG"))


def _smaller(file: NewFile) -> NewFile:
    """A photo made smaller; what is none, or is broken, is judged as it came."""
    try:
        return attachments.shrunk(file)
    except CounterError:
        return file


def _encoded(image: QImage, format_: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, format_)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def size_text(size: int) -> str:
    """ "1.2 MB", "380 KB"."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"
