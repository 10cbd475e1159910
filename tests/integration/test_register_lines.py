"""Many registrations, a line each: each answered once it is on the disk, whatever way the lines come."""

import io
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from app.services import registration_json, registration_lines
from app.services.registration import Registered
from tests.integration.support import command, filings, homes
from tests.integration.support.petitions import lines, many, petition, text

REGISTER = ("register", "petition", "-", "--lines", "--no-print", "--json")
NOW = datetime(2026, 8, 5, 3, 0, tzinfo=UTC)


def read(content: bytes) -> list[bytes]:
    return [line for group in registration_lines.arrived(io.BytesIO(content)) for line in group]


def test_lines_come_out_as_they_are_written_in_reads_of_any_size() -> None:
    assert read(b"") == []
    assert read(b"one\ntwo") == [b"one", b"two"]
    assert read(b"one\n\n\ntwo\n") == [b"one", b"", b"", b"two"]
    longer = [bytes([65 + place % 26]) * (place * 997 % 90_000) for place in range(1, 60)]
    assert read(b"\n".join(longer)) == longer


def test_a_line_longer_than_a_registration_may_be_comes_out_cut_and_the_next_whole() -> None:
    most = registration_json.LONGEST + 1
    assert [len(line) for line in read(b"x" * (most + 100_000) + b"\nnext\n")] == [most, 4]


def test_a_peer_that_waits_for_each_answer_gets_it(home: Path) -> None:
    with subprocess.Popen(
        command.command_line(home, *REGISTER),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=command.ROOT, env=command.environment({}),
    ) as running:  # fmt: skip
        assert running.stdin and running.stdout
        numbers = []
        for one in many(71, 5):
            running.stdin.write(lines([one]))
            running.stdin.flush()
            numbers.append(json.loads(running.stdout.readline())["number"])
        running.stdin.close()
        assert running.wait(60) == 0
    assert len(set(numbers)) == 5


def test_refusals_stand_between_cases_with_the_numbers_of_their_lines(home: Path) -> None:
    good = [text(one) for one in many(72, 120)]
    given = [*good[:60], "", "{", text(petition(title="ก" * 1_000_000)), *good[60:]]
    answer = command.run(home, *REGISTER, stdin="\n".join(given))
    assert answer.code == 3
    assert len({row["number"] for row in answer.rows}) == 120
    told = [line for line in answer.err.splitlines() if "บรรทัดที่" in line]
    assert ["บรรทัดที่ 62:" in told[0], "บรรทัดที่ 63:" in told[1], len(told)] == [True, True, 2]


def test_a_filing_sees_those_before_it_in_the_same_read(tmp_path: Path) -> None:
    clock = homes.HandClock(NOW)
    office = filings.make(tmp_path / "home", clock)
    month = text(filings.data(filings.OIL, period_month=7))
    with homes.opened(office, clock) as counter:
        actor = homes.signed_in(counter)
        texts = [month.encode(), month.encode()]
        first, second = registration_lines.enter_each(counter, actor, filings.OIL, texts)
    assert isinstance(first, Registered)
    assert not isinstance(second, Registered)
    assert second.code == "second_normal", (second.code, second.title)
