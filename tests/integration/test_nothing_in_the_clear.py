"""A citizen's data lie nowhere in the clear: not in the home's files, not in what failures say."""

import base64
import contextlib
import gzip
import io
import json
import re
import secrets
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from app.domain.errors import CounterError
from app.services import (
    attachments,
    backup_plan,
    bills,
    breaches,
    cases,
    data_requests,
    destruction,
    diagnostics,
    drafts,
    lhr,
    log_files,
    receipts,
    recovery,
    registration_json,
    staged_files,
)
from app.services.model import NewFile
from app.services.money_model import Pay
from app.services.setup import DATABASE
from app.store import keys
from app.store.keys import KEY_FILE, load_key
from tests.integration.support import books, command, homes, money
from tests.integration.support.petitions import lines, petition, text
from ui import faults

PERSON = {
    "cid": "1999900000013",
    "title": "นางสาว",
    "first_name": "ดวงกมลพรรณ",
    "last_name": "ศรีสุวรรณมาลี",
    "phone": "0897613542",
    "email": "duangkamon@example.com",
    "address": {"house_no": "99/977", "road": "ถนนรัษฎานุสรณ์", "postcode": "83120"},
}
TOPIC = "เสียงดังรบกวนจากอู่ซ่อมรถ"
DETAIL = "เจ้าของอู่ข้างบ้านเคาะโลหะทุกคืน ขอให้ตรวจสอบ"
PRIVATE = (
    "1999900000013", "1-9999-00000-01-3", "ดวงกมลพรรณ", "ศรีสุวรรณมาลี", "0897613542", "089-761-3542", "613542",
    "duangkamon", "99/977", "รัษฎานุสรณ์", "อู่ซ่อมรถ", "เคาะโลหะ",
)  # fmt: skip
SECRET = (homes.PASSPHRASE, homes.PASSWORD)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "tis-620", "cp874")


def bytes_of(word: str) -> set[bytes]:
    """The word in every encoding that could hide it; those that are no letters of their own also in base64, at each of
    the three places where it may begin, as hexadecimal digits, and as JSON writes it in ASCII."""
    plain = {word.encode(encoding, "ignore") for encoding in ENCODINGS}
    plain = {form for form in plain if len(form) >= 5}
    text = word.encode()
    wrapped = {base64.b64encode(bytes(shift) + text)[4 if shift else 0 : -4] for shift in range(3)}
    wrapped |= {text.hex().encode(), json.dumps(word).strip('"').encode(), quote(word).encode()}
    return plain | {form for form in wrapped if len(form) >= 8}


def contents_of(path: Path) -> list[bytes]:
    """What lies in a file: its bytes, and what is packed in them (zlib and gzip, as in a PDF, a PNG or a ZIP)."""
    content = path.read_bytes()
    found = [content]
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|PK\x03\x04", content):
        at, bits = start.start(), 47
        if content[at : at + 2] == b"PK":
            at, bits = at + 30 + content[at + 26] + content[at + 28], -15
        with contextlib.suppress(zlib.error, IndexError):
            found.append(zlib.decompressobj(bits).decompress(content[at:], 10_000_000))
    return found


def found_in(folder: Path, *words: str) -> set[tuple[str, str]]:
    """(file, word) for each word in the clear anywhere below a folder."""
    return {
        (path.name, word)
        for path in folder.rglob("*")
        if path.is_file()
        for content in contents_of(path)
        for word in words
        if any(form in content for form in bytes_of(word))
    }


@pytest.mark.parametrize("hide", [
    lambda text: zlib.compress(b"x" + text), gzip.compress, lambda text: b"ab" + base64.b64encode(b"xy" + text),
    lambda text: text.decode().encode("utf-16-le"), lambda text: json.dumps({"a": text.decode()}).encode(),
    lambda text: text.decode().encode("tis-620"),
], ids=["zlib", "gzip", "base64", "utf-16", "json", "tis-620"])  # fmt: skip
def test_what_is_hidden_is_found(tmp_path: Path, hide: Any) -> None:
    (tmp_path / "file").write_bytes(b"%PDF stream\n" + hide(PERSON["last_name"].encode() + b" more of it"))
    assert found_in(tmp_path, PERSON["last_name"]) == {("file", PERSON["last_name"])}


def private(**answers: Any) -> dict[str, Any]:
    data = petition(**{"topic": TOPIC, "detail": DETAIL, **answers})
    return {**data, "applicant": {**data["applicant"], **PERSON}, "place": {"note": "ตรงข้าม " + TOPIC}}


REGISTER = ("register", "petition", "-")


@pytest.fixture
def used(home: Path, tmp_path: Path) -> Iterator[tuple[Path, list[command.Answer]]]:
    """A home after a day's commands, many of them wrong, and what they said."""
    said = [command.run(home, "printers", "add", "slip", "file", tmp_path / "printed"),
            command.run(home, "printers", "add", "a4", "file", tmp_path / "printed", "--dots", "0")]  # fmt: skip
    said.append(command.run(home, *REGISTER, "--json", stdin=text(private())))
    number = said[-1].json["number"]
    wrong = [
        {**private(), "nobody": 1}, private(topic=None), private(colour=TOPIC), {**private(), "channel": PERSON["cid"]},
        {**private(), "applicant": {**PERSON, "cid": "1999900000012"}},
        {**private(), "applicant": {**PERSON, "phone": "089761354"}},
        {**private(), "applicant": {**PERSON, "first_name": PERSON["first_name"] + "\x07"}},
        {**private(), "place": {"latitude": 91, "note": TOPIC}},
    ]  # fmt: skip
    said += [command.run(home, *REGISTER, "--json", stdin=text(data)) for data in wrong]
    said.append(command.run(home, *REGISTER, "--lines", stdin=lines([private(), *wrong, private()])))
    said.append(command.run(home, *REGISTER, "--json", stdin=text(private())[:-2]))
    for words in (
        ("status", number, "received", "--note", f"โทรหา {PERSON['phone']}"), ("status", number, "done"),
        ("print", number, "petition"), ("print", number, "slip"), ("events", number),
        ("print", number, "slip", "--copy-reason", f"{PERSON['first_name']} ทำหาย"),
        ("print", number, "petition", "--out", tmp_path / "no folder" / "x.pdf",
         "--copy-reason", f"{PERSON['first_name']} ทำหาย"),
        ("backup", home / "copy.db"), ("restore", home / "copy.db"), ("verify",), ("numbers",), ("jobs",),
        ("show", PERSON["cid"]), ("scan", home / KEY_FILE),
    ):  # fmt: skip
        said.append(command.run(home, *words, "--json"))
    assert {answer.code for answer in said} == {0, 3, 4}
    yield home, said


def test_nothing_in_the_files_is_in_the_clear(used: tuple[Path, list[command.Answer]], tmp_path: Path) -> None:
    home, _ = used
    assert {path.name for path in home.iterdir()} >= {DATABASE, KEY_FILE, "copy.db", f"{DATABASE}.before-restore"}
    assert found_in(home, *PRIVATE, *SECRET) == set()
    key = load_key(home, homes.PASSPHRASE)
    for path in home.iterdir():
        assert key not in path.read_bytes()
        assert key.hex().encode() not in path.read_bytes().lower()
    (tmp_path / "plain.txt").write_text("".join(PRIVATE), "utf-16")
    assert {word for name, word in found_in(tmp_path, *PRIVATE) if name == "plain.txt"} == {*PRIVATE}, "they are found"


def test_nor_while_the_counter_is_open_or_was_killed(home: Path, tmp_path: Path) -> None:
    """The write-ahead log is encrypted like the file, and temporary tables never go to the disk."""
    given = tmp_path / "lines"
    given.write_bytes(lines([private()] * 400))
    with given.open("rb") as stdin:
        process = subprocess.Popen(
            command.command_line(home, *REGISTER, "--lines", "--no-print", "--json"), stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=command.ROOT, env=command.environment({}),
        )  # fmt: skip
    with process:
        assert process.stdout is not None
        for _ in range(300):
            process.stdout.readline()
        process.kill()
    assert (home / f"{DATABASE}-wal").stat().st_size > 0
    assert found_in(home, *PRIVATE, *SECRET) == set()
    with books.raw(home) as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
        kept_in_memory = "TEMP_STORE=2" in options and connection.execute("PRAGMA temp_store").fetchone() != (1,)
        assert kept_in_memory or "TEMP_STORE=3" in options


def test_failures_say_nothing_about_the_citizen(used: tuple[Path, list[command.Answer]]) -> None:
    _, said = used
    for answer in said:
        for word in PRIVATE:
            assert word not in answer.err
        if answer.code:
            assert not any(word in answer.out for word in PRIVATE if answer.code != 3)


def test_numbers_on_screens_are_masked(used: tuple[Path, list[command.Answer]]) -> None:
    home, _ = used
    number = command.run(home, "find", PERSON["first_name"], "--json").json[0]["number"]
    for words in (("show", number), ("show", number, "--json"), ("events", number), ("events", number, "--json")):
        out = command.run(home, *words).out
        assert "1999900000013" not in out
        assert "0897613542" not in out.replace(f"โทรหา {PERSON['phone']}", "")
    assert command.run(home, "show", number, "--json").json["applicant"]["cid"] == "X-XXXX-XXXX0-01-3"


BUGS = {
    "a table is gone": "DROP TABLE event",
    "a column is gone": "ALTER TABLE cases DROP COLUMN subject",
    "a number comes twice": "UPDATE number_block SET next = 1",
    "a trigger refuses": "CREATE TRIGGER never BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'never'); END",
}


@pytest.mark.parametrize("damage", BUGS.values(), ids=BUGS.keys())
def test_a_bug_tells_its_place_and_no_data(home: Path, damage: str) -> None:
    assert command.run(home, *REGISTER, "--no-print", stdin=text(petition())).code == 0
    with books.raw(home) as connection:
        connection.execute(damage)
        before = connection.execute("SELECT count(*) FROM cases").fetchone()
    answer = command.process(home, *REGISTER, "--no-print", "--json", stdin=text(private()))
    assert (answer.code, answer.out) == (1, "")
    assert "โปรแกรมผิดพลาด" in answer.err
    for word in (*PRIVATE, *SECRET):
        assert word not in answer.err
    assert books.one(home, "SELECT count(*) FROM cases") == before[0]


def test_a_reader_that_goes_away_breaks_nothing(home: Path, tmp_path: Path) -> None:
    """`… | head -1`: quiet, and what was registered until then is whole."""
    given = tmp_path / "lines"
    given.write_bytes(lines([petition()] * 2_000))
    with given.open("rb") as stdin:
        process = subprocess.Popen(
            command.command_line(home, *REGISTER, "--lines", "--no-print", "--json"), stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=command.ROOT, env=command.environment({}),
        )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(60) == 0
    assert command.run(home, "verify").code == 0


def test_a_try_of_the_passphrase_is_dear(tmp_path: Path, real_hashes: None) -> None:
    """By its price, not by a clock: passes over memory on one thread. Argon2id takes some 60 ms a pass of 64 MiB on a
    processor of 2026, so six are well above a quarter of a second. What a key file says is what opening costs."""
    assert keys.ARGON2["time_cost"] * keys.ARGON2["memory_cost"] / keys.ARGON2["parallelism"] >= 6 * 65_536
    assert keys.ARGON2["memory_cost"] >= 65_536
    keys.keep_key(tmp_path, secrets.token_bytes(32), "รหัสผ่านกุญแจ")
    assert json.loads((tmp_path / KEY_FILE).read_text("utf-8"))["argon2id"] == keys.ARGON2


def test_a_stolen_disk_after_a_busy_day_tells_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logs, half-filled forms with their files, files of cases, money, papers on their way to a printer, requests of
    staff, breaches, backups on both places, the recovery file, diagnostics, the register of what was destroyed:
    everything that the program lays into its folder, and whatever lies in the system's temporary folder after it."""
    usb, temporary = tmp_path / "usb", tmp_path / "temporary"
    usb.mkdir()
    temporary.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with homes.opened(home) as counter:
        log = log_files.begin(home)
        admin = homes.signed_in(counter)
        try:
            data = registration_json.from_json("petition", private())
            number = cases.enter(counter, admin, data).number
            attachments.attach(counter, admin, number, [NewFile(f"{PERSON['first_name']}.png", picture())])
            staged = staged_files.stage(counter, NewFile("ภาพ.png", picture("blue")))
            drafts.save(counter, admin, "counter", {"topic": TOPIC, "phone": PERSON["phone"], "file": staged.sha256})
            data_requests.receive(counter, admin, "access", name=PERSON["last_name"], detail=DETAIL)
            breaches.enter(counter, admin, "20/11/2569", "8.30", what=DETAIL, people=PERSON["first_name"])
            evidence = [NewFile(f"{PERSON['last_name']}.png", picture("green"))]
            lhr.ask(counter, admin, item=TOPIC, old=PERSON["last_name"], new=PERSON["first_name"], files=evidence)
            permit = money.approved_permit(counter, admin)
            bills.make(counter, admin, permit)
            receipts.issue(counter, admin, Pay(permit, method="transfer", amount_satang=20_000, reference=DETAIL))
            payer = cases.get(counter, permit).applicant
            every = (*PRIVATE, *SECRET, payer.first_name, payer.last_name)
            for act in (lambda: cases.get(counter, PERSON["cid"]), lambda: cases.add_note(counter, admin, number, "")):
                with pytest.raises(CounterError) as caught:
                    act()
                faults.record(caught.value)
            faults.record(ValueError(f"{PERSON['first_name']} {PERSON['phone']} {TOPIC}"))
            recovery.make(counter, admin)
            backup_plan.change(counter, admin, replace(backup_plan.read(counter), second=str(usb)))
            assert len(backup_plan.run(counter)) == 2
            diagnostics.write(counter, home / "diagnostics.zip")
            cases.change_status(counter, admin, number, "cancelled", note=DETAIL)
            asked = data_requests.receive(counter, admin, "erasure", name=PERSON["last_name"])
            data_requests.check_identity(counter, admin, asked, "card")
            destroyed = destruction.propose(counter, admin, [number], request=asked)
            destruction.approve(counter, replace(admin, username="other"), destroyed, "1/2569")
            destruction.run(counter, admin, destroyed)
            key = counter.key
            names = {path.name for path in home.rglob("*")}
            assert found_in(home, *every) == set(), "while it is open"
        finally:
            log_files.end(log)
    assert {"destroyed.sealed", "diagnostics.zip", "auto", "attachments"} <= names and any(
        "log" in name for name in names
    )
    with zipfile.ZipFile(home / "diagnostics.zip") as bundle:
        bundle.extractall(home / "unpacked")
    for folder in (home, usb, temporary):
        assert found_in(folder, *every) == set()
        for path in folder.rglob("*"):
            if path.is_file():
                assert key not in path.read_bytes() and key.hex().encode() not in path.read_bytes().lower()


def picture(colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (9, 9), colour).save(target, "PNG")
    return target.getvalue()
