"""A counter and its server over a line that does its worst: afterwards everything is there, and once."""

import contextlib
import ipaddress
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.domain.errors import CounterError, Unavailable
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
    line.garble = True


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
