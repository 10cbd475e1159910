"""Files of a half-filled form: each checked and put on the disk, encrypted, when it is added; a draft names them.

So a crash loses none, F9 has nothing left to check, and the window holds no content. What neither a case nor a draft
names any more is taken away by `attachments.clean`.
"""

from collections.abc import Sequence
from pathlib import Path

from app.domain import file_names
from app.domain.errors import Refused
from app.services import attachments
from app.services.counter import Counter
from app.services.model import NewFile, StagedFile
from app.store.unit_of_work import UnitOfWork

PHOTOS = ("jpg", "jpeg", "png")
LARGEST_PHOTO = 40 * 1024 * 1024
"""Bytes of a photo that may still be shrunk to what a case takes."""


def read_photo(path: Path) -> NewFile:
    """A photo of this machine's disk that is to be shrunk; anything else, and one that is far too large, as
    `attachments.read_file` gives it."""
    try:
        if file_names.ending(path.name) in PHOTOS and path.stat().st_size <= LARGEST_PHOTO:
            return NewFile(path.name, path.read_bytes())
    except OSError:
        pass
    return attachments.read_file(path)


def stage(counter: Counter, file: NewFile) -> StagedFile:
    """Check a file and put it on the disk. Refused as `attachments.check`, without the name in the title; Unavailable
    "disk_full"."""
    checked = attachments.check_content(file)
    sha256 = counter.blobs.put(checked.content)
    return StagedFile(checked.name, checked.format, sha256.hex(), len(checked.content))


def content(counter: Counter, file: StagedFile) -> bytes | None:
    """The bytes of a staged file, or None where they are gone."""
    return counter.blobs.get(bytes.fromhex(file.sha256))


def enter(counter: Counter, work: UnitOfWork, case: tuple[int, bytes, str], files: Sequence[StagedFile]) -> None:
    """Write what belongs to the files of a case, inside its transaction. case: (row, record, number). Refused
    "file_gone" naming the file whose content is not on the disk."""
    for file in files:
        if not counter.blobs.has(bytes.fromhex(file.sha256)):
            raise gone(file)
        attachments.enter_stored(counter, work, case, file)


def gone(file: StagedFile) -> Refused:
    """The content of a staged file is not on the disk."""
    return Refused("file_gone", f"{file.name}: ไฟล์ไม่อยู่ในเครื่องแล้ว", "นำออก แล้วแนบใหม่", "attachments")
