"""Destruction to the end: registers of personal data by their own time, legal holds set elsewhere, and no byte left."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from pypdf import PdfReader

from app.domain.errors import Refused
from app.services import (
    backup_plan,
    backups,
    breaches,
    cases,
    data_requests,
    destruction,
    lhr,
    office_records,
    retention,
    search_index,
)
from app.services.counter import Counter
from app.services.model import NewFile
from app.store import keys
from printing import office_papers
from tests.integration.server_databases import BOTH, database_of
from tests.integration.support import homes
from tests.integration.sync_support import Desk, Province
from tests.integration.test_destruction import (
    LATER,
    OFFICER,
    SECRETS,
    answered,
    approved,
    everything,
    finish,
    found,
    later,
    picture,
    register,
)


@pytest.fixture
def counter(home: Path) -> Any:
    with homes.opened(home) as counter:
        yield counter


@pytest.fixture
def province(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with Province(tmp_path, database_of(request)) as found:
        yield found


def test_registers_go_after_their_own_time_and_a_hold_wins(counter: Counter, home: Path) -> None:
    asked = answered(counter)
    held = answered(counter)
    open_one = data_requests.receive(counter, OFFICER, "access", name=SECRETS[1])
    breach = breaches.enter(counter, OFFICER, "20/11/2569", "08:30", what=SECRETS[3], people=SECRETS[1])
    breaches.change(counter, OFFICER, breach, risk="none")
    breaches.close(counter, OFFICER, breach)
    file = NewFile("คำสั่ง.png", picture("yellow"))
    staff = lhr.ask(counter, OFFICER, item=SECRETS[4], old=SECRETS[5], new=SECRETS[2], files=[file])
    lhr.entered(counter, OFFICER, staff)
    lhr.verified(counter, OFFICER, staff)
    retention.hold(counter, OFFICER, held, "คดี", "1/2569")
    (made,) = backup_plan.run(counter)
    retention.set_rule(counter, OFFICER, "breach", 3, basis="ประกาศ")
    later(counter, timedelta(days=3 * 366 + 2))
    assert [one.number for one in retention.due(counter, OFFICER)] == [breach], "each by its own time"
    counter.clock.by = LATER
    assert {one.number for one in retention.due(counter, OFFICER)} == {asked, breach, staff}
    with pytest.raises(Refused, match="case_open"):
        destruction.propose(counter, OFFICER, [open_one])
    key = approved(counter)
    retention.hold(counter, OFFICER, staff, "สอบสวน")
    stopped = destruction.run(counter, OFFICER, key, stop=lambda: True)
    assert (stopped.state, stopped.destroyed) == ("approved", stopped.lines)
    done = destruction.run(counter, OFFICER, key)
    assert {line.number: line.skipped for line in done.lines} == {breach: "", asked: "", staff: "ระงับการทำลาย"}
    with pytest.raises(Refused, match="request_unknown"):
        data_requests.get(counter, OFFICER, asked)
    assert breaches.listing(counter, OFFICER) == [] and len(data_requests.listing(counter, OFFICER)) == 2
    with pytest.raises(Refused, match="case_destroyed"):
        retention.hold(counter, OFFICER, asked, "คดี")
    for number in (held, staff):
        retention.lift(counter, OFFICER, number)
    destruction.run(counter, OFFICER, approved(counter))
    with counter.store.read() as connection:
        left = office_records.get(connection, "data_request", asked)
    assert left and left.document["state"] == "answered" and left.document["destroyed"] and "name" not in left.document
    assert not list(counter.blobs.folder.glob("??/*")), "nor their files"
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(
        office_papers.content(".pdf", destruction.certificate(counter, OFFICER, key)))).pages)  # fmt: skip
    assert retention.reference(asked).split()[1] in text.replace("\u200b", "")
    data_requests.refuse(counter, OFFICER, open_one, "x")
    counter.store.close()
    assert [word for word in found(everything(home)) if word != SECRETS[1]] == [], "but of the open one"
    backups.restore(home, made.file, homes.PASSPHRASE, homes.HandClock(datetime(2037, 1, 1, tzinfo=UTC)))
    with homes.opened(home) as again:
        assert {one.key for one in data_requests.listing(again, OFFICER)} == {open_one}
        assert breaches.listing(again, OFFICER) == lhr.requests(again, OFFICER) == []


def test_nothing_is_left_in_free_pages_in_the_log_or_in_the_index_also_after_a_stop(
    counter: Counter, home: Path
) -> None:
    """Every page of the file and of its write-ahead log is decrypted and looked through, byte by byte."""
    numbers = [register(counter) for _ in range(3)]
    for number in numbers:
        finish(counter, number)
    search_index.catch_up(counter)
    counter.store.checkpoint()
    assert found_in_pages(home), "the pages are read"
    later(counter)
    key = approved(counter)
    answers = iter([False, True])
    half = destruction.run(counter, OFFICER, key, stop=lambda: next(answers))
    assert (half.state, half.begun, len(retention.due(counter, OFFICER))) == ("approved", 1, 0)
    assert cases.get(counter, numbers[0]).subject == "(ทำลายแล้ว)" != cases.get(counter, numbers[1]).subject
    assert len(destruction.run(counter, OFFICER, key).destroyed) == 3
    assert found_in_pages(home) == set()
    with counter.store.read() as connection:
        index = b"".join(connection.exec_driver_sql("SELECT block FROM search_data").scalars())
    assert "ดวง".encode() not in index and "ท่อ".encode() not in index


PAGE, RESERVED, FRAME = 4096, 80, 24


def found_in_pages(home: Path) -> set[str]:
    key = keys.load_key(home, homes.PASSPHRASE)
    file, log = (home / "counter.db").read_bytes(), (home / "counter.db-wal").read_bytes()
    pages = [file[at : at + PAGE] for at in range(0, len(file), PAGE)]
    pages += [log[at + FRAME : at + FRAME + PAGE] for at in range(32, len(log), FRAME + PAGE)]
    text = b"\n".join(_opened(page, key, number) for number, page in enumerate(pages))
    return {word for word in SECRETS for code in ("utf-8", "tis-620") if word.encode(code) in text}


def _opened(page: bytes, key: bytes, number: int) -> bytes:
    """SQLCipher 4: AES-256-CBC, behind each page its vector and its HMAC; the first page begins with the salt."""
    start = 0 if number else 16
    vector = page[PAGE - RESERVED : PAGE - RESERVED + 16]
    opening = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return opening.update(page[start : PAGE - RESERVED]) + opening.finalize()


def codes(desk: Desk) -> set[str]:
    with desk.store.read() as connection:
        return set(connection.exec_driver_sql("SELECT code FROM quarantine").scalars())


@BOTH
def test_a_hold_set_elsewhere_keeps_the_data_elsewhere_and_old_news_is_no_reason_to_destroy(province: Province) -> None:
    first, second = province.desk(), province.desk("เคาน์เตอร์ 2")
    number, asked = register(first.counter), answered(first.counter)
    cases.change_status(first.counter, OFFICER, number, "cancelled", note="x")
    first.sync()
    second.sync()
    later(first.counter)
    first.sync()
    key = approved(first.counter)
    later(first.counter, timedelta(hours=2))
    with pytest.raises(Refused, match="sync_first"):
        destruction.run(first.counter, OFFICER, key)
    first.sync()
    retention.hold(second.counter, OFFICER, number, "คดี")
    retention.hold(second.counter, OFFICER, asked, "คดี")
    second.sync()
    assert len(destruction.run(first.counter, OFFICER, key).destroyed) == 2, "it has not heard of the holds yet"
    first.sync()
    assert codes(first) == {"destruction_held"}
    assert "ท่อระบายน้ำส่งกลิ่น" in str(province.rows("SELECT payload FROM log"))
    second.sync()
    assert cases.get(second.counter, number).subject == "ท่อระบายน้ำส่งกลิ่น"
    assert data_requests.get(second.counter, OFFICER, asked).name == SECRETS[1]
