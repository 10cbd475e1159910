"""A counter and its server over a line that does its worst: afterwards everything is there, and once."""

import contextlib
import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.domain.errors import CounterError, Unavailable
from sync import outbox
from sync.batch_size import BatchSize
from sync.server import admin
from tests.integration.support.fault_line import FaultLine
from tests.integration.sync_support import OFFICE_CODE, Province
from tests.integration.test_files_travel import attach, on_server, photo, waiting, work


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path) as place:
        yield place


def cut_early(line: FaultLine) -> None:
    line.cut_after = 100


def cut_late(line: FaultLine) -> None:
    line.cut_after = 4_000


def lost_answers(line: FaultLine) -> None:
    line.cut_answer_after = 0


def half_answers(line: FaultLine) -> None:
    line.cut_answer_after = 150


def noise(line: FaultLine) -> None:
    # and no more after it: a server keeps a connection whose answer nobody can read
    line.garble, line.cut_answer_after = True, 100


def refused(line: FaultLine) -> None:
    line.refuse = True


def twice(line: FaultLine) -> None:
    line.twice = True


def slow(line: FaultLine) -> None:
    line.delay, line.rate = 0.02, 200_000


FAULTS = (cut_early, cut_late, lost_answers, half_answers, noise, refused, twice, slow)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_after_a_bad_line_everything_is_there_once(province: Province, fault: Callable[[FaultLine], None]) -> None:
    one, two = province.desk("หนึ่ง"), province.desk("สอง")
    file = photo(30_000)
    with FaultLine(province.url) as line:
        one.move_to(line.url)
        fault(line)
        number, _ = attach(one, file)
        one.step(number, "received")
        for _ in range(3):
            with contextlib.suppress(CounterError):
                one.sync()
            with contextlib.suppress(CounterError):
                work(one).send()
        one.register()
        line.cut_after = line.cut_answer_after = None
        line.garble = line.refuse = line.twice = False
        one.sync()
        if waiting(one):
            work(one).send()
    two.sync()
    assert one.states() == two.states()
    assert len(province.numbers()) == len(set(province.numbers())) == 2
    assert province.rows("SELECT count(*), count(DISTINCT id) FROM log") == [(4, 4)]
    assert on_server(province, file.content) == file.content
    [report] = admin.numbers_report(province.database, OFFICE_CODE)[:1]
    assert (report["issued"], report["unexplained"], report["duplicates"]) == (2, 0, 0)


def test_what_came_before_a_cut_is_not_sent_again(province: Province) -> None:
    """A cut in the midst of a batch costs what was on the way, and one bad event in it is still refused."""
    desk, size = province.desk(), BatchSize()
    numbers = desk.register(300, noise=900)
    with desk.store.write("test") as work:
        work.run("UPDATE event SET payload = json_set(payload, '$.status', 7) WHERE seq ="
                 " (SELECT max(seq) FROM event WHERE kind = 'petition_registered')")  # fmt: skip
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        line.rate = 30_000

        def cut_in_the_midst() -> None:
            wait_for(lambda: len(province.numbers()) > 60)
            line.cut()

        cutter = threading.Thread(target=cut_in_the_midst)
        cutter.start()
        with pytest.raises(Unavailable):
            desk.sync(size=size)
        cutter.join()
        line.rate = 0
        result = desk.sync(size=size)
        # the server takes what came as a whole and in order, and tells what it has
        assert (result.pushed, result.rejected) == (299, 1)
        assert province.numbers() == sorted(numbers)[:-1]
        whole = line.out
    with desk.store.read() as connection:
        assert (outbox.pending(connection, desk.store.store_id), outbox.resting(connection)) == (0, 1)
    assert province.rows("SELECT count(*), count(DISTINCT id) FROM log") == [(299, 299)]
    other = province.desk("เทียบ")
    other.register(300, noise=900)
    clean = other.sync().bytes_out
    assert result.bytes_out < 0.9 * clean and whole < 1.2 * clean


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def certificate(folder: Path) -> tuple[Path, Path]:
    """One that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sync.example.go.th")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    pem, key_pem = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key_pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, key_pem


def test_a_wrong_certificate_gets_nothing(province: Province, tmp_path: Path) -> None:
    desk = province.desk()
    attach(desk, photo(1_000))
    desk.sync()
    with FaultLine(province.url, certificate(tmp_path)) as line:
        desk.move_to(line.url)
        before = {name: rows for name, rows in desk.snapshot().items() if name != "meta"}
        settled = desk.meta("accepted_through"), desk.meta("cursor")
        for ask in (desk.sync, work(desk).send):
            with pytest.raises(Unavailable) as wrong:
                ask()
            assert wrong.value.code == "server_certificate"
        assert {name: rows for name, rows in desk.snapshot().items() if name != "meta"} == before
        assert (desk.meta("accepted_through"), desk.meta("cursor")) == settled
        assert (line.out, waiting(desk)) == (0, 1)
