"""Files of a case: checked by content, stored encrypted by content, added in one transaction or not at all."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.catalog.schema import ATTACHMENT_FORMATS, MAX_ATTACHMENT_BYTES
from app.domain import file_names
from app.domain.errors import CounterError, Refused, Unavailable
from app.domain.ids import uuid7, uuid_text
from app.intake import file_kinds
from app.services import file_transfer, restricted_cases, rights
from app.services.case_documents import instant
from app.services.case_rows import by_number, living
from app.services.counter import Counter
from app.services.model import Actor, NewFile, StagedFile
from app.store import tables
from app.store.blobs import NAMED
from app.store.unit_of_work import UnitOfWork, insert_sql

MOST_FILES = 500
"""Files of one case."""
ADDED = "attachment_added"
INSERT = insert_sql(tables.attachment)
COLUMNS = "a.id, a.name, a.format, a.sha256, a.size, a.at, a.by"
PHOTO_EDGE = 1_600
"""Pixels of the longer side of a photo that was shrunk: the number on a meter still reads."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a case. here: whether its content is at this counter; what another counter added may not be."""

    id: str
    name: str
    format: str
    sha256: str
    size: int
    at: datetime
    by: str
    here: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that has passed every check."""

    name: str
    format: str
    content: bytes


def read_file(path: Path) -> NewFile:
    """A file of this machine's disk. Refused where it cannot be read; one that is far too large is not read."""
    try:
        with path.open("rb") as file:
            return NewFile(path.name, file.read(MAX_ATTACHMENT_BYTES + 1))
    except OSError:
        name = file_names.safe(path.name, file_names.ending(path.name) or "-")
        raise Refused("attachments", f"อ่านไฟล์ {name} ไม่ได้", "ตรวจชื่อและที่อยู่ของไฟล์", "attachments") from None


def check(file: NewFile) -> Checked:
    """The file with a safe name, or Refused telling which file and what to do."""
    shown = file_names.safe(file.name, file_names.ending(file.name) or "-")
    try:
        return check_content(file)
    except Refused as error:
        raise Refused(error.code, f"{shown}: {error.title}", error.hint, "attachments") from None


def check_content(file: NewFile) -> Checked:
    """As `check`, where the name stands beside the message anyway."""
    if file_names.ending(file.name) not in ATTACHMENT_FORMATS:
        allowed = ", ".join(ATTACHMENT_FORMATS)
        raise Refused("file_kind", "ไฟล์ชนิดนี้แนบไม่ได้", f"แนบได้เฉพาะ {allowed}")
    if not file.content:
        raise Refused("file_empty", "ไฟล์ว่างเปล่า", "ตรวจว่าคัดลอกไฟล์มาครบ แล้วแนบอีกครั้ง")
    if len(file.content) > MAX_ATTACHMENT_BYTES:
        raise Refused("file_too_large", "ไฟล์ใหญ่กว่า 5 MB", "ย่อภาพ หรือแบ่งเอกสารเป็นหลายไฟล์")
    found = file_kinds.recognise(file.content)
    return Checked(file_names.safe(file.name, found), found, file.content)


def attach(counter: Counter, actor: Actor, number: str, files: Sequence[NewFile]) -> list[Attachment]:
    """Add files to a case: all of them or, where one is refused or the disk is full, none. One that the case has
    already, by content, is not added twice."""
    checked = [check(file) for file in files]
    with counter.store.read() as connection:
        case = by_number(connection, number, "c.service, c.restricted")
        restricted_cases.require(actor, case, rights.EDIT, rights.CREATE)
    stored: list[bytes] = []
    try:
        with counter.store.write(actor.username) as work:
            case = living(work.connection, number, "c.row, c.id, c.number")
            enter(counter, work, (case.row, case.id, case.number), checked, stored)
            work.changed("case", case.number)
    except BaseException:
        discard(counter, stored)
        raise
    settle(counter, stored)
    return listing(counter, number, actor)


def enter(
    counter: Counter, work: UnitOfWork, case: tuple[int, bytes, str], files: Sequence[Checked], stored: list[bytes]
) -> None:
    """Store the files and write what belongs to them, inside a transaction. case: (row, record, number); `stored`
    gets the SHA-256 of every content, for `settle` after the commit or `discard`."""
    for file in files:
        sha256 = counter.blobs.put(file.content)
        stored.append(sha256)
        enter_stored(counter, work, case, StagedFile(file.name, file.format, sha256.hex(), len(file.content)))


def enter_stored(counter: Counter, work: UnitOfWork, case: tuple[int, bytes, str], file: StagedFile) -> None:
    """Write what belongs to a file whose content is on the disk; one that the case has is not added twice."""
    row, record, number = case
    sha256 = bytes.fromhex(file.sha256)
    known = set(work.run("SELECT sha256 FROM attachment WHERE case_row = ?", (row,)).scalars())
    if sha256 in known:
        return
    if len(known) >= MOST_FILES:
        raise too_many()
    id_ = uuid7()
    values = (None, id_, row, file.name, file.format, sha256, file.size, work.now_ms, work.by, counter.store_id)
    work.run(INSERT, values)
    file_transfer.queue(work, sha256, file.size)
    payload = {"id": id_.hex(), "name": file.name, "format": file.format, "sha256": file.sha256, "size": file.size}
    work.emit(ADDED, record, payload)
    work.audit(ADDED, number, file.sha256)


def too_many() -> Refused:
    """More files than a case takes."""
    return Refused("too_many_files", f"เรื่องหนึ่งแนบได้ไม่เกิน {MOST_FILES} ไฟล์", "รวมเอกสารเป็น PDF เดียว", "attachments")


def replicate(counter: Counter, work: UnitOfWork, case_row: int, event: Any) -> None:
    """Enter what another counter added; its content stays there. Doing it again changes nothing.

    A content that is here all the same has to go to the server: that counter may have been this one, before a restore.
    """
    payload = event["payload"]
    id_ = bytes.fromhex(payload["id"])
    known = work.run("SELECT 1 FROM attachment WHERE case_row = ? AND id = ?", (case_row, id_)).fetchone()
    if known is None:
        values = (
            None, id_, case_row, payload["name"], payload["format"], bytes.fromhex(payload["sha256"]),
            int(payload["size"]), event["at"], event["by"], event["origin"],
        )  # fmt: skip
        work.run(INSERT, values)
        if counter.blobs.has(values[5]):
            file_transfer.queue(work, values[5], values[6])


def settle(counter: Counter, stored: Sequence[bytes]) -> None:
    """The transaction is committed."""
    for sha256 in stored:
        counter.blobs.settle(sha256)


def discard(counter: Counter, stored: Sequence[bytes]) -> None:
    """The transaction was rolled back: take away what nothing names. What cannot be now is found by its note later."""
    if stored:
        try:
            counter.blobs.clean(
                lambda sha256: _named(counter, sha256),
                older_than=0,
                waits=lambda sha256: sha256 not in stored or _drafted(counter, sha256),
            )
        except (CounterError, OSError):
            return


def clean(counter: Counter) -> int:
    """Take away files that a crash, or a form thrown away, left without a row; returns how many."""
    return counter.blobs.clean(lambda sha256: _named(counter, sha256), waits=lambda sha256: _drafted(counter, sha256))


def _drafted(counter: Counter, sha256: bytes) -> bool:
    """Whether a half-filled form holds the file, and no case yet."""
    if _named(counter, sha256):
        return False
    with counter.store.read() as connection:
        found = connection.exec_driver_sql("SELECT 1 FROM draft WHERE instr(content, ?)", (sha256.hex(),)).fetchone()
    return found is not None


def _named(counter: Counter, sha256: bytes) -> bool:
    with counter.store.read() as connection:
        found = connection.exec_driver_sql(f"SELECT 1 FROM {NAMED} WHERE sha256 = ?", (sha256,)).fetchone()
    return found is not None


def listing(counter: Counter, number: str, actor: Actor | None = None) -> list[Attachment]:
    """The files of a case, oldest first."""
    with counter.store.read() as connection:
        case = by_number(connection, number, "c.row, c.service, c.restricted")
        restricted_cases.require(actor, case)
        rows = connection.exec_driver_sql(
            f"SELECT {COLUMNS} FROM attachment a WHERE a.case_row = ? ORDER BY a.row", (case.row,)
        ).fetchall()
    return [
        Attachment(
            id=uuid_text(row.id),
            name=row.name,
            format=row.format,
            sha256=bytes(row.sha256).hex(),
            size=row.size,
            at=instant(row.at),
            by=row.by,
            here=counter.blobs.has(row.sha256),
        )
        for row in rows
    ]


def content(
    counter: Counter,
    number: str,
    attachment: Attachment,
    actor: Actor | None = None,
    progress: file_transfer.Progress | None = None,
) -> bytes:
    """The bytes of a file; one that was added at another counter is fetched from the server, which takes its time on a
    bad line: `progress` is told (bytes here, bytes in all). Unavailable where it cannot be had now."""
    with counter.store.read() as connection:
        restricted_cases.require(actor, by_number(connection, number, "c.service, c.restricted"))
    sha256 = bytes.fromhex(attachment.sha256)
    found = counter.blobs.get(sha256)
    if found is None and counter.fetch_file is not None and not counter.stand_alone:
        counter.fetch_file(sha256, attachment.size, progress or (lambda _here, _all: None))
        found = counter.blobs.get(sha256)
    if found is None:
        raise Unavailable("file_elsewhere", "ไฟล์นี้แนบไว้ที่เครื่องอื่น ยังไม่มาถึงเครื่องนี้", "เปิดที่เครื่องที่แนบไฟล์")
    return found


def thumbnail(picture: bytes, edge: int = 160) -> bytes:
    """A small PNG of a JPEG or PNG that has passed `check`, turned upright, at most `edge` pixels wide and high."""
    return _smaller(picture, edge, "PNG")


def shrunk(file: NewFile, edge: int = PHOTO_EDGE) -> NewFile:
    """A photo with its longer side at most `edge` pixels, upright, without its metadata (place, camera); anything that
    is no picture, or that would not become smaller, as it is."""
    if file_kinds.recognise(file.content) not in ("jpg", "png"):
        return file
    smaller = _smaller(file.content, edge, "JPEG")
    return NewFile(file_names.safe(file.name, "jpg"), smaller) if len(smaller) < len(file.content) else file


def _smaller(picture: bytes, edge: int, format_: str) -> bytes:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG")) as opened:
        opened.draft(None, (edge, edge))  # a JPEG is unpacked no larger than needed
        upright = ImageOps.exif_transpose(opened)
        small = upright.convert("RGBA" if format_ == "PNG" else "RGB")
        small.thumbnail((edge, edge))
        target = io.BytesIO()
        small.save(target, format_, **({"quality": 85, "optimize": True} if format_ == "JPEG" else {}))
    return target.getvalue()
