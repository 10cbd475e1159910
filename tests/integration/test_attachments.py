"""Files of cases: told by content, stored encrypted, all or none, in backups, and at other counters."""

import hashlib
import io
import json
import os
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from app.domain.errors import Refused, Unavailable
from app.services import attachments, backups, cases, registration_json, verification
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.store import blobs, files
from tests.integration.support import command, homes
from tests.integration.support.petitions import petition
from tests.integration.sync_support import ACTOR, Province

MOST = 5 * 1024 * 1024


def picture(format_: str = "JPEG", size: tuple[int, int] = (64, 48), colour: int = 7) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (colour, 90, 30)).save(target, format_)
    return target.getvalue()


def pdf(password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": "<w>ทดสอบ</w>".encode()}


def ole(stream: str) -> bytes:
    header = bytes.fromhex("d0cf11e0a1b11ae1").ljust(24, b"\0") + struct.pack("<HHH", 0x3E, 3, 0xFFFE)
    return header.ljust(512, b"\0") + (stream.encode("utf-16-le") + b"\0\0").ljust(1536, b"\0")


def huge_png() -> bytes:
    """A few bytes that claim to be a picture of 40,000 by 40,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


RIGHT = {
    "ภาพ.jpg": picture(), "ภาพ.jpeg": picture(colour=8), "จอ.png": picture("PNG"), "คำสั่ง.pdf": pdf(),
    "หนังสือ.docx": zipped(DOCX), "ตาราง.xlsx": zipped({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}),
    "เก่า.doc": ole("WordDocument"), "เก่า.xls": ole("Workbook"),
}  # fmt: skip
WRONG = {
    "a program with another name": ("photo.jpg", b"MZ" + os.urandom(400), "file_kind"),
    "a script with another name": ("photo.pdf", b"#!/bin/sh\nrm -rf /\n" * 80, "file_kind"),
    "a forbidden ending": ("clip.exe", picture(), "file_kind"),
    "no ending": ("README", picture(), "file_kind"),
    "one byte too many": ("big.pdf", pdf().ljust(MOST + 1, b"\n"), "file_too_large"),
    "empty": ("empty.pdf", b"", "file_empty"),
    "half a JPEG": ("half.jpg", picture(size=(400, 300))[:900], "file_damaged"),
    "only the head of a JPEG": ("half.jpg", picture()[:3], "file_damaged"),
    "half a PNG": ("half.png", picture("PNG", (400, 300))[:60], "file_damaged"),
    "a picture of 1,600 megapixels": ("bomb.png", huge_png(), "file_bomb"),
    "no pages": ("broken.pdf", b"%PDF-1.7\n%%EOF\n", "file_damaged"),
    "a password": ("locked.pdf", pdf("secret"), "file_locked"),
    "a zip bomb": ("bomb.docx", zipped({**DOCX, "word/media/1.bin": bytes(101 * 1024 * 1024)}), "file_bomb"),
    "too many parts": ("many.docx", zipped({**DOCX, **{f"w/{n}": b"" for n in range(5_001)}}), "file_bomb"),
    "an ordinary zip": ("files.docx", zipped({"virus.exe": b"MZ"}), "file_kind"),
    "a cut zip": ("cut.docx", zipped(DOCX)[:-30], "file_damaged"),
    "macros": ("macro.docx", zipped({**DOCX, "word/vbaProject.bin": b"x"}), "file_macros"),
    "an installer in the form of a doc": ("setup.doc", ole("MsiDatabase"), "file_kind"),
    "half an old document": ("old.doc", ole("WordDocument")[:600], "file_damaged"),
}  # fmt: skip


@pytest.fixture
def number(counter: Counter, actor: Actor) -> str:
    return cases.enter(counter, actor, registration_json.from_json("petition", petition())).number


def on_disk(counter: Counter) -> list[Path]:
    return [path for path in counter.blobs.folder.rglob("*") if path.is_file()]


def test_every_kind_that_may_be_attached_comes_back_as_it_was(counter: Counter, actor: Actor, number: str) -> None:
    added = attachments.attach(counter, actor, number, [NewFile(*item) for item in RIGHT.items()])
    assert [file.name for file in added] == list(RIGHT)
    for file, content in zip(added, RIGHT.values(), strict=True):
        assert (file.size, file.sha256, file.here) == (len(content), hashlib.sha256(content).hexdigest(), True)
        assert attachments.content(counter, number, file) == content
    assert [entry.kind for entry in cases.events(counter, number)][1:] == ["attachment_added"] * len(RIGHT)
    assert len(on_disk(counter)) == len(RIGHT), "no note and no half file is left"
    for path in on_disk(counter):
        sealed = path.read_bytes()
        assert not any(content[:40] in sealed for content in RIGHT.values())
        assert not any(file.sha256 in str(path) for file in added)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_as_it_says_is_refused_and_nothing_stored(
    counter: Counter, actor: Actor, number: str, name: str
) -> None:
    file, content, code = WRONG[name]
    with pytest.raises(Refused) as caught:
        attachments.attach(counter, actor, number, [NewFile("ดี.jpg", picture()), NewFile(file, content)])
    assert (caught.value.code, caught.value.field) == (code, "attachments")
    assert file in caught.value.title and caught.value.hint
    assert attachments.listing(counter, number) == []
    assert on_disk(counter) == []


def test_five_megabytes_are_taken(counter: Counter, actor: Actor, number: str) -> None:
    [file] = attachments.attach(counter, actor, number, [NewFile("เต็ม.pdf", pdf().ljust(MOST, b"\n"))])
    assert file.size == MOST


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\x\\ภาพ.jpg", "ภาพ.jpg"),
        ("นายสมชาย\u202egpj.jpg", "นายสมชายgpj.jpg"),
        ("a\0b\nc.jpg", "abc.jpg"),
        ("con.jpg", "_con.jpg"),
        ("???.jpg", "___.jpg"),
        (".jpg", "ไฟล์แนบ.jpg"),
        ("ก" * 300 + ".jpg", "ก" * 116 + ".jpg"),
        ("ก" * 115 + "กี่.jpg", "ก" * 115 + ".jpg"),
    ],
)
def test_names_are_made_safe(counter: Counter, actor: Actor, number: str, given: str, kept: str) -> None:
    [file] = attachments.attach(counter, actor, number, [NewFile(given, picture())])
    assert file.name == kept


def test_a_png_that_calls_itself_jpg_is_kept_as_what_it_is(counter: Counter, actor: Actor, number: str) -> None:
    [file] = attachments.attach(counter, actor, number, [NewFile("จอ.jpg", picture("PNG"))])
    assert (file.name, file.format) == ("จอ.png", "png")


def test_two_hundred_files_and_the_same_twice(counter: Counter, actor: Actor, number: str) -> None:
    many = [NewFile(f"{n}.jpg", picture(size=(9, n + 1))) for n in range(200)]
    assert len(attachments.attach(counter, actor, number, many)) == 200
    assert len(attachments.attach(counter, actor, number, many[:3])) == 200
    assert len(on_disk(counter)) == 200


def test_a_full_disk_stores_nothing(
    counter: Counter, actor: Actor, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def full(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) > 3:
            raise OSError(28, "No space left on device")
        files.write_durably(path, content)

    monkeypatch.setattr(blobs, "write_durably", full)
    with pytest.raises(Unavailable) as caught:
        attachments.attach(counter, actor, number, [NewFile("1.jpg", picture()), NewFile("2.png", picture("PNG"))])
    assert caught.value.code == "disk_full"
    assert attachments.listing(counter, number) == []
    assert on_disk(counter) == []
    assert len(cases.events(counter, number)) == 1


def test_a_file_that_a_crash_left_without_a_row_goes(counter: Counter, actor: Actor, number: str) -> None:
    [kept] = attachments.attach(counter, actor, number, [NewFile("เก็บ.jpg", picture())])
    counter.blobs.put(b"left behind")
    counter.blobs.put(picture())
    assert attachments.clean(counter) == 0, "it may still be under way"
    for note in (counter.blobs.folder / "incoming").iterdir():
        os.utime(note, (time.time() - 7_200,) * 2)
    assert attachments.clean(counter) == 1
    assert [path.name for path in on_disk(counter)] == [counter.blobs.name(bytes.fromhex(kept.sha256))]


def test_a_registration_brings_its_files_or_is_not_made(counter: Counter, actor: Actor, tmp_path: Path) -> None:
    good, bad = tmp_path / "ภาพ.jpg", tmp_path / "bad.jpg"
    good.write_bytes(picture())
    bad.write_bytes(b"MZ")
    with pytest.raises(Refused):
        data = {**petition(), "attachments": [str(good), str(bad)]}
        cases.enter(counter, actor, registration_json.from_json("petition", data))
    with pytest.raises(Refused):
        registration_json.from_json("petition", {**petition(), "attachments": [str(tmp_path / "none.jpg")]})
    assert cases.recent(counter) == []
    assert on_disk(counter) == []
    number = cases.enter(
        counter, actor, registration_json.from_json("petition", {**petition(), "attachments": [str(good)]})
    ).number
    assert [file.name for file in attachments.listing(counter, number)] == ["ภาพ.jpg"]
    assert all(check.ok for check in verification.verify(counter))


def test_backups_carry_the_files_and_verify_misses_them(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup" / "counter.bak"
    target.parent.mkdir()
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        number = cases.enter(counter, actor, registration_json.from_json("petition", petition())).number
        attachments.attach(counter, actor, number, [NewFile("ภาพ.jpg", picture()), NewFile("ก.pdf", pdf())])
        backups.back_up(counter, target)
        for path in on_disk(counter):
            path.unlink()
        [check] = [check for check in verification.verify(counter) if check.name == "files"]
        assert (check.ok, check.detail) == (False, "ครบ 0 หาย 2 เสียหาย 0")
    assert command.run(home, "restore", str(target)).code == 0
    with homes.opened(home) as counter:
        listed = attachments.listing(counter, number)
        assert attachments.content(counter, number, listed[0]) == picture()
        assert all(check.ok for check in verification.verify(counter))
        damaged = counter.blobs.path(bytes.fromhex(listed[0].sha256))
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
        with pytest.raises(Unavailable) as caught:
            attachments.content(counter, number, listed[0])
        assert caught.value.code == "file_damaged"
        assert [check.ok for check in verification.verify(counter) if check.name == "files"] == [False]


def test_another_counter_knows_of_the_file_and_says_where_it_is(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        [number] = first.register()
        attachments.attach(first.counter, ACTOR, number, [NewFile("ภาพ.jpg", picture())])
        for desk in (first, second, second):
            desk.sync()
        [there] = attachments.listing(second.counter, number)
        assert (there.name, there.here) == ("ภาพ.jpg", False)
        with pytest.raises(Unavailable) as caught:
            attachments.content(second.counter, number, there)
        assert caught.value.code == "file_elsewhere"
        assert all(check.ok for check in verification.verify(second.counter))


def test_photos_are_shrunk_upright_and_without_their_place() -> None:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N"}
    noise = Image.frombytes("RGB", (2_400, 1_200), os.urandom(2_400 * 1_200 * 3))
    noise.save(target, "JPEG", exif=exif)
    small = attachments.shrunk(NewFile("IMG_1.JPG", target.getvalue()))
    assert len(small.content) < len(target.getvalue())
    with Image.open(io.BytesIO(small.content)) as opened:
        assert opened.size == (800, 1_600)
        assert not opened.getexif()
    with Image.open(io.BytesIO(attachments.thumbnail(target.getvalue()))) as opened:
        assert opened.size == (80, 160)
    document = NewFile("ก.pdf", pdf())
    assert attachments.shrunk(document) is document


def test_the_command_line_attaches_lists_and_gives_back(home: Path, tmp_path: Path) -> None:
    number = command.run(home, "register", "petition", "-", "--no-print", stdin=json.dumps(petition())).out.strip()
    path = tmp_path / "ภาพ หน้าวัด.jpg"
    path.write_bytes(picture())
    added = command.run(home, "attach", number, str(path), "--json")
    assert (added.code, [(row["name"], row["size"]) for row in added.json]) == (0, [(path.name, len(picture()))])
    assert added.json[0]["sha256"] == hashlib.sha256(picture()).hexdigest()
    out = tmp_path / "out"
    assert command.run(home, "files", number, "--out", str(out), "--json").code == 0
    assert (out / path.name).read_bytes() == picture()
    assert command.run(home, "files", number, "--out", str(out)).code == 3, "never over another file"
    path.write_bytes(b"MZ")
    refused = command.run(home, "attach", number, str(path), "--json")
    assert refused.code == 3
