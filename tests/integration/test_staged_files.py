"""Files of a half-filled form: on the disk before the case, in one transaction with it, gone when nobody wants them."""

import os
import time
from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.services import attachments, cases, drafts, staged_files, verification
from app.services.counter import Counter
from app.services.model import Actor, NewFile, StagedFile
from app.store import blobs
from tests.integration.support.register import register
from tests.integration.test_attachments import RIGHT, WRONG, picture

PAGE = "counter"


def stage(counter: Counter, colour: int = 7, name: str = "ภาพ.jpg") -> StagedFile:
    return staged_files.stage(counter, NewFile(name, picture(colour=colour)))


def draft(counter: Counter, actor: Actor, *files: StagedFile) -> None:
    drafts.save(counter, actor, PAGE, {"files": [file._asdict() for file in files]})


def hours_pass(counter: Counter) -> None:
    """Notes become older than any write can be."""
    long_ago = time.time() - 2 * blobs.SETTLED_S
    for note in (counter.blobs.folder / blobs.INCOMING).iterdir():
        os.utime(note, (long_ago, long_ago))


def test_a_case_takes_its_staged_files_with_it(counter: Counter, actor: Actor) -> None:
    files = [staged_files.stage(counter, NewFile(name, content)) for name, content in RIGHT.items()]
    draft(counter, actor, *files)
    saved = register(counter, actor, staged=tuple(files), draft_page=PAGE)
    found = attachments.listing(counter, saved.number)
    assert [(file.name, file.sha256, file.size) for file in found] == [
        (file.name, file.sha256, file.size) for file in files
    ]
    assert [attachments.content(counter, saved.number, file) for file in found] == list(RIGHT.values())
    assert drafts.load(counter, actor, PAGE) is None
    assert list((counter.blobs.folder / blobs.INCOMING).iterdir()) == []
    assert all(check.ok for check in verification.verify(counter))
    assert [event.kind for event in cases.events(counter, saved.number)].count("attachment_added") == len(files)


@pytest.mark.parametrize("name", WRONG)
def test_a_bad_file_is_refused_before_it_is_on_the_disk(counter: Counter, name: str) -> None:
    given, content, code = WRONG[name]
    with pytest.raises(Refused) as refused:
        staged_files.stage(counter, NewFile(given, content))
    assert refused.value.code == code
    assert refused.value.hint
    assert not any(counter.blobs.folder.glob("??/*")) if counter.blobs.folder.exists() else True


def test_a_file_that_is_gone_is_told_and_no_case_is_made(counter: Counter, actor: Actor) -> None:
    here, gone = stage(counter, 1), stage(counter, 2, "หาย.jpg")
    counter.blobs.path(bytes.fromhex(gone.sha256)).unlink()
    draft(counter, actor, here, gone)
    with pytest.raises(Refused) as refused:
        register(counter, actor, staged=(here, gone), draft_page=PAGE)
    assert refused.value.code == "file_gone"
    assert "หาย.jpg" in refused.value.title
    assert cases.recent(counter) == []
    assert staged_files.content(counter, here) == picture(colour=1), "what the form holds is not taken away"


def test_what_a_draft_names_stays_and_what_nobody_names_goes(counter: Counter, actor: Actor) -> None:
    kept, thrown = stage(counter, 1), stage(counter, 2)
    draft(counter, actor, kept)
    hours_pass(counter)
    assert attachments.clean(counter) == 1
    assert staged_files.content(counter, thrown) is None
    assert staged_files.content(counter, kept) == picture(colour=1)
    drafts.discard(counter, actor, PAGE)
    assert attachments.clean(counter) == 1, "its note was left for this"
    assert staged_files.content(counter, kept) is None


def test_another_case_that_fails_leaves_the_files_of_a_form(counter: Counter, actor: Actor, monkeypatch) -> None:
    kept = stage(counter, 1)
    draft(counter, actor, kept)
    number = register(counter, actor).number

    def broken(*_args: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(attachments, "enter_stored", broken)
        with pytest.raises(RuntimeError):
            attachments.attach(
                counter, actor, number, [NewFile("ก.jpg", picture(colour=1)), NewFile("ข.jpg", picture(colour=3))]
            )
    assert staged_files.content(counter, kept) == picture(colour=1)
    drafts.discard(counter, actor, PAGE)
    hours_pass(counter)
    assert attachments.clean(counter) == 1
    assert not any(counter.blobs.folder.glob("??/*"))


def test_more_files_than_a_case_takes_are_refused(counter: Counter, actor: Actor, monkeypatch) -> None:
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    with pytest.raises(Refused) as refused:
        register(counter, actor, staged=tuple(stage(counter, colour) for colour in (40, 120, 200)))
    assert refused.value.code == "too_many_files"


def test_a_large_photo_is_read_to_be_shrunk_and_nothing_else_is(tmp_path: Path) -> None:
    for name, read in (("ใหญ่.jpg", 6_000_000), ("ใหญ่.pdf", 5 * 1024 * 1024 + 1)):
        (tmp_path / name).write_bytes(bytes(6_000_000))
        assert len(staged_files.read_photo(tmp_path / name).content) == read
    with pytest.raises(Refused):
        staged_files.read_photo(tmp_path / "ไม่มี.jpg")
