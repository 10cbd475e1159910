"""The paper key opens what nothing else opens any more; a change of the key loses nothing, cut off at any moment."""

import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from app.domain.errors import Refused, Unavailable
from app.services import attachments, backups, cases, key_rotation, recovery, registration_json, verification
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.services.setup import DATABASE
from app.store import keys
from app.store.recovery import RECOVERY_FILE, beside
from tests.integration.support import command, homes
from tests.integration.support.petitions import petition

NEW = "รหัสผ่านกุญแจใหม่"


def _picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(target, "PNG")
    return target.getvalue()


PICTURE = _picture()


def filled(home: Path, clock: homes.HandClock | None = None) -> str:
    """A case with a file; returns its number."""
    with homes.opened(home, clock) as counter:
        actor = homes.signed_in(counter)
        number = cases.enter(counter, actor, registration_json.from_json("petition", petition())).number
        attachments.attach(counter, actor, number, [NewFile("แผนที่.png", PICTURE)])
    return number


def code_of(home: Path) -> str:
    with homes.opened(home) as counter:
        return recovery.make(counter, homes.signed_in(counter), homes.PASSPHRASE).code


def whole(home: Path, number: str, passphrase: str = homes.PASSPHRASE) -> None:
    """The case with its file is here, found by its hash, and everything verifies."""
    counter = homes.bootstrap.open_counter(home, passphrase)
    try:
        assert [check for check in verification.verify(counter) if not check.ok] == []
        (file,) = attachments.listing(counter, number)
        assert counter.blobs.get(bytes.fromhex(file.sha256)) == PICTURE
        with counter.store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM cases").scalar() == 1
        cid = petition()["applicant"].get("cid")
        if cid:
            from app.services import people

            assert people.find(counter, cid, 5), "hashes are found with the key they were made with"
    finally:
        counter.close()


def test_the_paper_opens_a_home_whose_passphrase_is_forgotten(home: Path) -> None:
    number, code = filled(home), code_of(home)
    before = (home / keys.KEY_FILE).read_bytes()
    (home / keys.KEY_FILE).unlink()
    recovery.use(home, code.lower().replace("-", " "), NEW)
    whole(home, number, NEW)
    with pytest.raises(Refused, match="passphrase_wrong"):
        homes.bootstrap.open_counter(home, homes.PASSPHRASE)
    (home / keys.KEY_FILE).write_bytes(before)
    whole(home, number)


def test_only_the_newest_paper_of_this_home_opens_it(home: Path, tmp_path: Path) -> None:
    other = homes.copied(home, tmp_path / "other")
    old, newest, foreign = code_of(home), code_of(home), code_of(other)
    kept = (home / keys.KEY_FILE).read_bytes()
    for wrong in (old, foreign):
        with pytest.raises(Refused, match="recovery_code"):
            recovery.use(home, wrong, NEW)
    assert (home / keys.KEY_FILE).read_bytes() == kept
    recovery.use(home, newest, NEW)


def test_only_an_administrator_makes_the_paper(counter: Counter, actor: Actor) -> None:
    from dataclasses import replace

    with pytest.raises(Refused, match="right_needed"):
        recovery.make(counter, replace(actor, role="user"))
    assert recovery.made_at(counter) is None
    assert not (counter.home / RECOVERY_FILE).exists()


def test_the_code_is_kept_nowhere(home: Path) -> None:
    code = code_of(home)
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert code.encode() not in content and code.replace("-", "").encode() not in content, path.name


def off_paper(paper: Path) -> str:
    """The code as a scanner reads it off the printed sheet; the letters beside it say the same."""
    with pypdfium2.PdfDocument(paper) as document:
        page = document[0].render(scale=200 / 72).to_pil().convert("L")
        text = document[0].get_textpage().get_text_bounded()
    (code,) = zxingcpp.read_barcodes(page)
    letters = "".join(letter for letter in code.text if letter.isalnum())
    groups = [letters[at : at + 5] for at in range(0, len(letters), 5)]
    assert len(groups) == 8 and all(group in text for group in groups)
    return str(code.text)


def test_a_backup_is_restored_on_a_new_machine_with_the_paper_alone(home: Path, tmp_path: Path) -> None:
    number = filled(home)
    answer = command.run(home, "recovery", "new", "--out", tmp_path / "paper.pdf", "--json")
    assert answer.code == 0 and answer.json["made_at"], answer.err
    code = off_paper(tmp_path / "paper.pdf")
    assert command.run(home, "backup", tmp_path / "b.db").code == 0
    assert beside(tmp_path / "b.db").is_file()
    fresh = tmp_path / "fresh"
    changes = {"LAO_COUNTER_RECOVERY": code, "LAO_COUNTER_NEW_PASSPHRASE": NEW, "LAO_COUNTER_PASSPHRASE": None}
    shutil.rmtree(home)
    answer = command.process(fresh, "restore", tmp_path / "b.db", "--recovery", "--json", **changes)
    assert answer.code == 0, answer.err
    whole(fresh, number, NEW)
    assert (fresh / RECOVERY_FILE).is_file(), "the paper is good for the new machine, too"
    (fresh / keys.KEY_FILE).unlink()
    recovery.use(fresh, code, NEW)


def test_a_home_with_data_of_another_key_is_not_touched(home: Path, tmp_path: Path) -> None:
    code = code_of(home)
    with homes.opened(home) as counter:
        backups.back_up(counter, tmp_path / "b.db")
    other = homes.make(tmp_path / "other")
    before = {path.name: path.read_bytes() for path in other.iterdir() if path.is_file()}
    with pytest.raises(Refused, match="recovery_other_data"):
        recovery.use(other, code, NEW, tmp_path / "b.db")
    assert {path.name: path.read_bytes() for path in other.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe", b'{"version": 1, "public": "AA==", "keys": []}'])
def test_a_missing_or_damaged_recovery_file_is_told(home: Path, content: bytes | None) -> None:
    code = code_of(home)
    path = home / RECOVERY_FILE
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((Refused, Unavailable), match="recovery"):
        recovery.use(home, code, NEW)


def test_after_a_change_of_the_key_the_old_one_opens_nothing_and_the_paper_still_does(home: Path) -> None:
    number, code = filled(home), code_of(home)
    with homes.opened(home) as counter:
        old = counter.key
        old_names = {path.name for path in counter.blobs.folder.glob("??/*")}
        key_rotation.rotate(counter, homes.PASSPHRASE, homes.USERNAME)
    assert not recovery.opens(home / DATABASE, old)
    whole(home, number)
    assert len(old_names) == 1
    assert not {path.name for path in (home / "attachments").glob("??/*")} & old_names
    assert not (home / keys.NEXT_FILE).exists() and not (home / key_rotation.LOCK).exists()
    (home / keys.KEY_FILE).unlink()
    recovery.use(home, code, NEW)
    whole(home, number, NEW)


def test_a_backup_of_before_the_change_comes_back_under_the_new_key(home: Path, tmp_path: Path) -> None:
    number = filled(home)
    with homes.opened(home) as counter:
        backups.back_up(counter, tmp_path / "b.db")
        key_rotation.rotate(counter, homes.PASSPHRASE, homes.USERNAME)
    for path in (home / "attachments").glob("??/*"):
        path.unlink()
    assert command.run(home, "restore", tmp_path / "b.db").code == 0
    whole(home, number)


def test_the_key_is_not_changed_while_somebody_else_works(home: Path) -> None:
    number = filled(home)
    with homes.opened(home) as other, homes.opened(home) as counter:
        homes.signed_in(other)
        with pytest.raises(Refused, match="database_busy"):
            key_rotation.rotate(counter, homes.PASSPHRASE, homes.USERNAME)
        assert other.store.path.exists()
    whole(home, number)
    with homes.opened(home) as counter:
        key_rotation.rotate(counter, homes.PASSPHRASE, homes.USERNAME)
    whole(home, number)


def test_key_rotate_by_command(home: Path) -> None:
    number = filled(home)
    for _ in range(2):
        answer = command.run(home, "key", "rotate", "--json")
        assert answer.code == 0 and answer.json["rotated"], answer.err
    whole(home, number)
    kept = sorted(path.name for path in home.glob(f"{keys.KEY_FILE}.before-rotation*"))
    assert len(kept) == 2


MOMENTS = {"os.rename", "os.remove", "os.link", "open", "sqlite3.connect"}


def _killed(home: Path, at: int) -> bool:
    """Change the key in a process of its own that dies at its `at`-th step on the disk; whether it came to it."""
    pid = os.fork()
    if pid == 0:
        seen, armed = [0], [False]

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if not armed[0] or event not in MOMENTS or str(home) not in str(arguments[0]):
                return
            if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
                return
            seen[0] += 1
            if seen[0] == at:
                os._exit(9)

        try:
            sys.addaudithook(hook)
            counter = homes.bootstrap.open_counter(home, homes.PASSPHRASE)
            armed[0] = True
            key_rotation.rotate(counter, homes.PASSPHRASE, homes.USERNAME)
            homes.bootstrap.open_counter(home, homes.PASSPHRASE).close()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9), code
    return code == 9


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_cut_off_at_any_step_nothing_is_lost(home: Path, tmp_path: Path) -> None:
    number, code = filled(home), code_of(home)
    steps, went_on = 0, True
    while went_on:
        steps += 1
        tried = homes.copied(home, tmp_path / f"at-{steps}")
        went_on = _killed(tried, steps)
        paper = homes.copied(tried, tmp_path / "paper")
        (paper / keys.KEY_FILE).unlink()
        recovery.use(paper, code, homes.PASSPHRASE)
        whole(paper, number)
        whole(tried, number)
        left = {path.name for path in tried.iterdir()} & {key_rotation.WORKING, keys.NEXT_FILE, key_rotation.LOCK}
        assert not left, (steps, left)
        shutil.rmtree(tried)
        shutil.rmtree(paper)
    assert steps > 12


def test_the_recovery_file_says_nothing(home: Path) -> None:
    code_of(home)
    document = json.loads((home / RECOVERY_FILE).read_text("utf-8"))
    with homes.opened(home) as counter:
        assert counter.key.hex() not in json.dumps(document)
    assert set(document) == {"version", "public", "keys"}
