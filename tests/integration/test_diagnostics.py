"""Log and diagnostics tell much about the program and nothing about anybody."""

import json
import logging
import zipfile
from pathlib import Path

import pytest

from app.services import cases, log_files, registration_json
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support import command, homes
from tests.integration.support.petitions import petition

PERSONAL = ("กตัญญู", "ปิ่นแก้วทดสอบ", "0812345678", "081-234-5678", "1234567890121", "1-2345-67890-12-1", "ไฟดับหน้าวัด")


def log_of(home: Path) -> str:
    return (home / log_files.FOLDER / log_files.NAME).read_text("utf-8")


def test_the_log_keeps_places_and_no_words(tmp_path: Path) -> None:
    handler = log_files.begin(tmp_path)
    try:
        for name in ("app.services.x", "lao_counter.window", "urllib3.connection"):
            try:
                raise KeyError(" ".join(PERSONAL))
            except KeyError:
                logging.getLogger(name).exception("failed for %s", " ".join(PERSONAL))
        logging.getLogger("app").info("not worth a line")
    finally:
        log_files.end(handler)
    text = log_of(tmp_path)
    assert len(text.splitlines()) == 3
    assert text.count("KeyError at test_diagnostics.py:") == 3
    for word in PERSONAL:
        assert word not in text
    assert "failed for" not in text.splitlines()[2], "of a library not even the message"


def test_the_log_is_turned_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "MOST_BYTES", 2_000)
    handler = log_files.begin(tmp_path)
    for at in range(500):
        logging.getLogger("app").warning("line %d", at)
    log_files.end(handler)
    files = list((tmp_path / log_files.FOLDER).iterdir())
    assert len(files) == log_files.OLDER + 1
    assert all(path.stat().st_size <= 2_100 for path in files)


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / log_files.FOLDER).write_text("a file in the way")
    assert log_files.begin(tmp_path) is None


def test_the_bundle_holds_nothing_of_anybody(home: Path, tmp_path: Path) -> None:
    data = petition()
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        number = cases.enter(counter, actor, registration_json.from_json("petition", data)).number
        (home / log_files.FOLDER).mkdir()
        (home / log_files.FOLDER / log_files.NAME).write_text(f"WARNING {' '.join(PERSONAL)}\n", "utf-8")
        words = {actor.full_name, number, homes.PASSPHRASE, homes.PASSWORD, counter.key.hex(), counter.office.name}
    answer = command.run(home, "diagnostics", tmp_path / "d.zip", "--json")
    assert answer.code == 0, answer.err
    applicant = data["applicant"]
    words |= {str(value) for key, value in applicant.items() if key != "title" and isinstance(value, str) and value}
    words |= {str(value) for value in data["answers"].values() if isinstance(value, str) and len(value) > 5}
    words |= set(PERSONAL)
    with zipfile.ZipFile(tmp_path / "d.zip") as bundle:
        contents = {name: bundle.read(name) for name in bundle.namelist()}
        state = json.loads(contents["state.json"])
    assert state["rows"]["cases"] == 1 and state["schema"] and state["checks"]["audit"]
    for name, content in contents.items():
        for word in words - {"petition"}:
            assert word.encode() not in content, (name, word)
    assert str(home).encode() not in contents["state.json"]


def test_a_bundle_that_cannot_be_written_is_told(counter: Counter, actor: Actor) -> None:
    assert actor
    answer = command.run(counter.home, "diagnostics", "no/such/folder/d.zip", "--json")
    assert (answer.code, answer.error["code"]) == (4, "output_file")
