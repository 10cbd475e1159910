"""Files of cases go to the server and to the office's other counters, byte after byte, whatever the line does."""

import hashlib
import io
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from app.domain.errors import Refused, Unavailable
from app.services import attachments, file_transfer, status
from app.services.model import NewFile
from sync.file_line import FileLine
from sync.files import FileWork
from sync.link import read_link
from sync.loop import SyncLoop
from sync.server import app
from sync.server.database import Database
from sync.server.files.store import open_store
from tests.integration.server_databases import BOTH, database_of
from tests.integration.support.fault_line import FaultLine
from tests.integration.sync_support import ACTOR, LIMITS, OFFICE_CODE, VERSION, Desk, Province, new_office
from tests.integration.test_file_store import Emulator, s3  # noqa: F401

MB = 1024 * 1024


@pytest.fixture
def province(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path, database_of(request)) as place:
        yield place


def photo(size: int, seed: int = 1) -> NewFile:
    """A real picture with noise behind it, so that it is as large as wanted and no compressor helps."""
    target = io.BytesIO()
    Image.new("RGB", (8, 8), (seed % 255, 9, 9)).save(target, "PNG")
    noise = random.Random(seed).randbytes(max(0, size - len(target.getvalue())))
    return NewFile(f"ภาพ{seed}.png", target.getvalue() + noise)


def attach(desk: Desk, *files: NewFile) -> tuple[str, list[attachments.Attachment]]:
    number = desk.register()[0]
    return number, attachments.attach(desk.counter, ACTOR, number, files)


def work(desk: Desk) -> FileWork:
    found = FileWork(desk.store, desk.counter.blobs, connect_seconds=2.0, read_seconds=20.0)
    desk.counter.fetch_file = found.fetch
    return found


def waiting(desk: Desk) -> int:
    with desk.store.read() as connection:
        return file_transfer.waiting(connection).files


def on_server(province: Province, content: bytes) -> bytes | None:
    database = Database(province.database)
    try:
        return open_store(database).get(OFFICE_CODE, hashlib.sha256(content).digest())
    finally:
        database.close()


@BOTH
def test_a_file_reaches_the_server_and_another_counter(province: Province) -> None:
    one, two = province.desk("หนึ่ง"), province.desk("สอง")
    file = photo(300_000)
    number, listed = attach(one, file)
    assert status.counter_status(one.counter).files_waiting == 1
    one.sync()
    assert work(one).send().sent == 1
    assert status.counter_status(one.counter).files_waiting == 0
    assert on_server(province, file.content) == file.content

    two.sync()
    there = attachments.listing(two.counter, number)
    assert [a.here for a in there] == [False]
    told: list[tuple[int, int]] = []
    work(two)
    got = attachments.content(two.counter, number, there[0], ACTOR, lambda here, size: told.append((here, size)))
    assert got == file.content
    assert told[0] == (0, listed[0].size)
    assert told[-1] == (listed[0].size, listed[0].size)
    assert attachments.listing(two.counter, number)[0].here
    assert not any(file.content[:64] in path.read_bytes() for path in province.folder.rglob("*") if path.is_file())


@BOTH
def test_by_way_of_a_bucket(province: Province, s3: Emulator) -> None:  # noqa: F811
    """The province's server keeps them in a folder; a second one, on the same database, in S3."""
    one, two = province.desk("หนึ่ง"), province.desk("สอง")
    server = province.stack.enter_context(app.background(province.database, limits=LIMITS, file_place=s3.place))
    for desk in (one, two):
        desk.move_to(server)
    file = photo(200_000)
    number, _ = attach(one, file)
    one.sync()
    assert work(one).send().sent == 1
    [sealed] = s3.objects.values()
    assert file.content[:64] not in sealed
    two.sync()
    work(two)
    there = attachments.listing(two.counter, number)[0]
    assert attachments.content(two.counter, number, there, ACTOR, lambda *_: None) == file.content


def test_the_smallest_goes_first_and_the_same_content_once(province: Province) -> None:
    desk = province.desk()
    attach(desk, photo(90_000, 1), photo(40_000, 2))
    attach(desk, photo(40_000, 2), photo(5_000, 3))
    desk.sync()
    with desk.store.read() as connection:
        assert [one.size for one in file_transfer.outgoing(connection)] == [5_000, 40_000, 90_000]
    first = work(desk).send()
    assert (first.sent, first.pending) == (3, 0)
    assert first.bytes_out < 137_000
    other = province.desk("สอง")
    attach(other, photo(90_000, 1))
    other.sync()
    again = work(other).send()
    assert (again.sent, again.bytes_out) == (1, 0)


@BOTH
def test_after_a_cut_it_goes_on_from_the_byte(province: Province) -> None:
    desk = province.desk()
    file = photo(5 * MB)
    attach(desk, file)
    desk.sync()
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        line.cut_after, line.rate = 700_000, 3 * MB
        files = work(desk)
        for _ in range(40):
            try:
                files.send()
            except Unavailable:
                continue
            if not waiting(desk):
                break
        assert line.cuts >= 6
        assert waiting(desk) == 0
        assert line.out <= 1.03 * len(file.content)
    assert on_server(province, file.content) == file.content


def test_what_is_fetched_goes_on_from_the_byte(province: Province) -> None:
    one, two = province.desk("หนึ่ง"), province.desk("สอง")
    file = photo(2 * MB)
    number, _ = attach(one, file)
    one.sync()
    work(one).send()
    two.sync()
    [there] = attachments.listing(two.counter, number)
    with FaultLine(province.url) as line:
        two.move_to(line.url)
        work(two)
        line.cut_answer_after = 300_000
        for _ in range(30):
            try:
                assert attachments.content(two.counter, number, there) == file.content
                break
            except Unavailable as error:
                assert error.hint
        assert two.counter.blobs.has(hashlib.sha256(file.content).digest())
        assert line.cuts >= 3
        assert line.back <= 1.1 * len(file.content)


@BOTH
def test_a_crash_in_mid_segment_costs_only_that_segment(province: Province) -> None:
    one, two = province.desk("หนึ่ง"), province.desk("สอง")
    file = photo(400_000)
    number, _ = attach(one, file)
    one.sync()
    work(one).send()
    two.sync()
    sha256 = hashlib.sha256(file.content).digest()
    blobs = two.counter.blobs
    blobs.arrive(sha256, file.content[:1000])
    blobs.arrive(sha256, file.content[1000:3000])
    part = next((two.home / "attachments" / "arriving").iterdir())
    part.write_bytes(part.read_bytes()[:-100])
    assert blobs.arrived(sha256) == 1000
    work(two)
    [there] = attachments.listing(two.counter, number)
    assert attachments.content(two.counter, number, there) == file.content
    assert not part.exists()


def test_not_yet_sent_and_no_line_are_told_in_words(province: Province) -> None:
    one, two = province.desk("หนึ่ง"), province.desk("สอง")
    number, _ = attach(one, photo(10_000))
    one.sync()
    two.sync()
    work(two)
    [there] = attachments.listing(two.counter, number)
    with pytest.raises(Refused) as not_there:
        attachments.content(two.counter, number, there)
    assert not_there.value.code == "file_not_here_yet"
    two.move_to("http://127.0.0.1:9")
    with pytest.raises(Unavailable) as no_line:
        attachments.content(two.counter, number, there)
    assert "ไฟล์นี้อยู่ที่เครื่องอื่น" in no_line.value.title


def test_files_stop_on_a_line_paid_by_the_byte_and_records_do_not(province: Province) -> None:
    desk = province.desk()
    attach(desk, photo(10_000))
    desk.counter.metered = True
    paid = FileWork(desk.store, desk.counter.blobs, lambda: desk.counter.metered)
    assert desk.sync().pushed == 2
    assert paid.send().sent == 0
    assert status.counter_status(desk.counter).files_paused
    with desk.store.write("admin") as unit:
        file_transfer.set_policy(unit, "always")
    assert paid.send().sent == 1
    with desk.store.write("admin") as unit, pytest.raises(Refused):
        file_transfer.set_policy(unit, "sometimes")


def test_a_record_passes_in_front_of_a_file(province: Province) -> None:
    desk = province.desk()
    file = photo(2 * MB)
    attach(desk, file)
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        line.rate = 400_000
        told = threading.Event()
        pushed: list[Any] = []

        def heard(outcome: Any) -> None:
            pushed.append(outcome)
            told.set()

        loop = SyncLoop(desk.store, desk.apply, VERSION, on_outcome=heard, files=work(desk), first_wait=0.05)
        loop.start()
        try:
            under_way = threading.Event()

            def watch() -> None:
                while line.out < 200_000 and not under_way.wait(0.005):
                    pass
                under_way.set()

            watcher = threading.Thread(target=watch)
            watcher.start()
            assert under_way.wait(30)
            watcher.join()
            told.clear()
            connections = line.connections
            desk.register()
            loop.kick()
            assert told.wait(30)
            assert line.connections == connections, "one round trip: nothing has to be opened first"
            assert waiting(desk) == 1, "the file was not yet through when the petition was"
            assert pushed[-1].pushed == 1
            line.rate = 0
            for _ in range(3000):
                if not waiting(desk):
                    break
                under_way.clear()
                under_way.wait(0.01)
            assert waiting(desk) == 0
        finally:
            loop.stop()
    assert on_server(province, file.content) == file.content


@BOTH
def test_the_server_takes_only_what_an_event_of_the_office_names(province: Province) -> None:
    desk = province.desk()
    file = photo(4_000)
    sha256 = hashlib.sha256(file.content).digest()
    with desk.store.read() as connection:
        link = read_link(connection, desk.store.store_id)
    with FileLine(link.url, link.token) as line, pytest.raises(Refused) as unknown:
        line.offset(sha256)
    assert unknown.value.code == "file_unknown"

    attach(desk, file)
    desk.sync()
    headers = {"Authorization": f"Bearer {link.token}", "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    url = f"{province.url}/v1/files/{sha256.hex()}"
    body = {"Content-Type": "application/offset+octet-stream"}
    patch = lambda data, **more: requests.patch(url, data, headers={**headers, **body, **more}, timeout=20)  # noqa: E731
    assert requests.head(url, headers={"Tus-Resumable": "1.0.0"}, timeout=20).status_code == 401
    assert requests.head(url, headers={"Authorization": headers["Authorization"]}, timeout=20).status_code == 412
    assert patch(b"x" * 5_000).status_code == 413
    assert patch(b"x", **{"Upload-Offset": "7"}).status_code == 409
    assert requests.patch(url, b"x", headers=headers, timeout=20).status_code == 415
    assert patch(b"x" * 4_000).status_code == 460
    assert requests.head(url, headers=headers, timeout=20).headers["upload-offset"] == "0"
    assert patch(file.content[:1_500]).headers["upload-offset"] == "1500"
    created = requests.post(
        f"{province.url}/v1/files",
        headers={**headers, "Upload-Length": "4000", "Upload-Metadata": f"sha256 {_base64(sha256.hex())}"},
        timeout=20,
    )
    assert (created.status_code, created.headers["upload-offset"]) == (201, "1500")
    assert patch(file.content[1_500:], **{"Upload-Offset": "1500"}).status_code == 204
    part = requests.get(url, headers={**headers, "Range": "bytes=100-199"}, timeout=20)
    assert (part.status_code, part.content) == (206, file.content[100:200])
    assert requests.get(url, headers={**headers, "Range": "bytes=4000-"}, timeout=20).status_code == 416
    options = requests.options(f"{province.url}/v1/files", timeout=20)
    assert options.headers["tus-extension"] == "creation"


def _base64(text: str) -> str:
    from base64 import b64encode

    return b64encode(text.encode()).decode()


@BOTH
def test_another_office_has_no_part_in_it(province: Province, tmp_path: Path) -> None:
    desk = province.desk()
    file = photo(4_000)
    attach(desk, file)
    desk.sync()
    work(desk).send()
    new_office(province.database, code="04830204", letters="KR", name="เทศบาลอื่น")
    from sync.server import admin, devices

    database = Database(province.database)
    with database.write() as connection:
        _, token = devices.enter(connection, "04830204", "0190a0a0-0000-7000-8000-000000000001", "อื่น", VERSION)
    database.close()
    assert len(admin.list_offices(province.database)) == 2
    with FileLine(province.url, token) as line, pytest.raises(Refused) as unknown:
        line.offset(hashlib.sha256(file.content).digest())
    assert unknown.value.code == "file_unknown"
