"""Bad petitions and permits on the real command line: a Thai sentence that names the field, and nothing saved."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support import books, command, homes
from tests.integration.support.petitions import by_person, lines, many, permit, petition, text

REGISTER = ("register", "petition", "-", "--no-print", "--json")
PERMIT = ("register", "ad_permit", "-", "--no-print", "--json")
THAI = re.compile("[ก-๙]")
MILLION = 1_000_000


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in petition().items() if name != key}


def swapped(data: Any, old: str, new: str) -> str:
    """JSON that json.dumps would not write."""
    return text(data).replace(old, new)


PETITIONS: dict[str, tuple[Any, str, str]] = {
    "wrong check digit": (by_person(cid="1999900000010"), "citizen_id_check_digit", "applicant.cid"),
    "twelve digits": (by_person(cid="199990000001"), "citizen_id_length", "applicant.cid"),
    "a hundred digits": (by_person(cid="1" * 100), "citizen_id_length", "applicant.cid"),
    "letters in the number": (by_person(cid="19999000000AB"), "citizen_id_characters", "applicant.cid"),
    "number as a number": (by_person(cid=1999900000013), "wrong_type", "applicant.cid"),
    "no applicant": (without("applicant"), "required", "applicant"),
    "applicant is null": ({**petition(), "applicant": None}, "wrong_type", "applicant"),
    "no title": (by_person(title=""), "required", "applicant.title"),
    "no name": (by_person(first_name=" \u200b "), "required", "applicant.first_name"),
    "no family name": (by_person(last_name=None), "required", "applicant.last_name"),
    "phone": (by_person(phone="12345"), "phone", "applicant.phone"),
    "phone of the wrong length": (by_person(phone="08123456789"), "phone", "applicant.phone"),
    "e-mail": (by_person(email="someone"), "email", "applicant.email"),
    "e-mail with a space": (by_person(email="some one@example.com"), "email", "applicant.email"),
    "postcode": (by_person(address={"postcode": "8312"}), "postcode", "applicant.address.postcode"),
    "address as text": (by_person(address="99/9 กะทู้"), "wrong_type", "applicant.address"),
    "unknown part of an address": (by_person(address={"city": "กะทู้"}), "unknown_key", "applicant.address.city"),
    "unknown part of a person": (by_person(nickname="แดง"), "unknown_key", "applicant.nickname"),
    "unknown top-level key": ({**petition(), "priority": 1}, "unknown_key", "priority"),
    "a million letters in a name": (by_person(first_name="ก" * MILLION), "too_long", "applicant.first_name"),
    "a million escaped letters": (swapped(by_person(first_name="§"), "§", "\\u0e01" * MILLION), "too_long",
                                  "applicant.first_name"),
    "control characters": (by_person(first_name="ก\x07ข"), "control_characters", "applicant.first_name"),
    "a NUL": (by_person(last_name="ก\x00ข"), "control_characters", "applicant.last_name"),
    "a new line in a name": (by_person(first_name="ก\nข"), "control_characters", "applicant.first_name"),
    "an escape sequence": (by_person(first_name="\x1b[2Jก"), "control_characters", "applicant.first_name"),
    "a bidi override": (by_person(first_name="ก\u202eข"), "control_characters", "applicant.first_name"),
    "a lone surrogate": (swapped(by_person(first_name="§"), "§", "ก\\ud800"), "control_characters",
                         "applicant.first_name"),
    "a surrogate in bytes": (text(by_person(first_name="ก§")).encode().replace("§".encode(), b"\xed\xa0\x80"),
                             "control_characters", "applicant.first_name"),
    "a surrogate in an answer": (swapped(petition(topic="§"), "§", "ไฟดับ\\udfff"), "control_characters",
                                 "answers.topic"),
    "no answers": (without("answers"), "required", "answers"),
    "answers are a list": ({**petition(), "answers": []}, "wrong_type", "answers"),
    "answers are null": ({**petition(), "answers": None}, "wrong_type", "answers"),
    "topic missing": (petition(topic=None), "required", "answers.topic"),
    "topic blank": (petition(topic="  "), "required", "answers.topic"),
    "topic too long": (petition(topic="ก" * 201), "too_long", "answers.topic"),
    "topic a number": (petition(topic=5), "wrong_type", "answers.topic"),
    "topic true": (petition(topic=True), "wrong_type", "answers.topic"),
    "topic a list": (petition(topic=["ไฟดับ"]), "wrong_type", "answers.topic"),
    "topic an object": (petition(topic={"ก": 1}), "wrong_type", "answers.topic"),
    "topic nested nine hundred deep": (swapped(petition(topic="§"), '"§"', "[" * 900 + "]" * 900), "wrong_type",
                                       "answers.topic"),
    "detail too short": (petition(detail="สั้น"), "too_short", "answers.detail"),
    "unknown answer": (petition(colour="แดง"), "unknown_answer", "answers.colour"),
    "unknown category": (petition(category="roads"), "unknown_choice", "answers.category"),
    "category a number": (petition(category=4), "unknown_choice", "answers.category"),
    "category missing": (petition(category=None), "required", "answers.category"),
    "subcategory missing": (petition(subcategory=None), "required", "answers.subcategory"),
    "subcategory of another category": (petition(category="tax", subcategory="street_light"), "unknown_choice",
                                        "answers.subcategory"),
    "channel": ({**petition(), "channel": "smoke"}, "channel", "channel"),
    "channel a number": ({**petition(), "channel": 5}, "wrong_type", "channel"),
    "attachments": ({**petition(), "attachments": ["a.pdf"]}, "attachments", "attachments"),
    "place as text": ({**petition(), "place": "หน้าวัด"}, "wrong_type", "place"),
    "unknown part of a place": ({**petition(), "place": {"street": "x"}}, "unknown_key", "place.street"),
    "note of a place too long": ({**petition(), "place": {"note": "ก" * 501}}, "too_long", "place.note"),
    "latitude 91": ({**petition(), "place": {"latitude": 91}}, "coordinates", "place.latitude"),
    "longitude -181": ({**petition(), "place": {"longitude": -181}}, "coordinates", "place.longitude"),
    "latitude as text": ({**petition(), "place": {"latitude": "7.9"}}, "wrong_type", "place.latitude"),
    "latitude true": ({**petition(), "place": {"latitude": True}}, "wrong_type", "place.latitude"),
    "latitude NaN": (swapped(petition(), "7.9111", "NaN"), "coordinates", "place.latitude"),
    "latitude infinite": (swapped(petition(), "7.9111", "1e999"), "coordinates", "place.latitude"),
    "latitude with four hundred digits": (swapped(petition(), "7.9111", "9" * 400), "coordinates", "place.latitude"),
    "no JSON": ("สวัสดี", "json", "json"),
    "empty": ("", "json", "json"),
    "blank": (" \n ", "json", "json"),
    "half of it": (text(petition())[:200], "json", "json"),
    "something behind it": (f"{text(petition())} x", "json", "json"),
    "a list": ("[]", "wrong_type", "json"),
    "a number": ("5", "wrong_type", "json"),
    "null": ("null", "wrong_type", "json"),
    "a hundred thousand brackets": ("[" * 100_000, "json", "json"),
    "bytes that are no UTF-8": (text(petition()).encode().replace("ตัวอย่าง".encode(), b"\xb5\xd1\xc7"), "json", "json"),
    "more than is read": (" " * 8_000_001, "json_too_long", "json"),
}  # fmt: skip

PERMITS: dict[str, tuple[Any, str, str]] = {
    "31 February": (permit(start="31/02/2569"), "date", "answers.start"),
    "29 February of a common year": (permit(start="29 ก.พ. 2569"), "date", "answers.start"),
    "ISO date that is none": (permit(start="2026-02-30"), "date", "answers.start"),
    "January to March 2483": (permit(start="15/02/2483"), "date", "answers.start"),
    "date as a number": (permit(start=20261120), "wrong_type", "answers.start"),
    "no date": (permit(end=None), "required", "answers.end"),
    "period backwards": (permit(end="1/1/2560"), "period_backwards", "answers.end"),
    "half a sign": (permit(quantity=1.5), "wrong_type", "answers.quantity"),
    "true signs": (permit(quantity=True), "wrong_type", "answers.quantity"),
    "signs in words": (permit(quantity="สอง"), "wrong_type", "answers.quantity"),
    "no sign": (permit(quantity=0), "too_small", "answers.quantity"),
    "thirty digits of signs": (swapped(permit(quantity=777), "777", "9" * 30), "wrong_type", "answers.quantity"),
    "five hundred digits": (swapped(permit(quantity=777), "777", "9" * 500), "wrong_type", "answers.quantity"),
    "NaN signs": (swapped(permit(quantity=777), "777", "NaN"), "wrong_type", "answers.quantity"),
    "width as a float": (permit(width=1.2), "wrong_type", "answers.width"),
    "width NaN": (permit(width="NaN"), "wrong_type", "answers.width"),
    "width in powers of ten": (permit(width="1e0"), "wrong_type", "answers.width"),
    "too wide": (permit(width="5.00"), "too_large", "answers.width"),
    "unknown method": (permit(method=["fly"]), "unknown_choice", "answers.method"),
    "method as text": (permit(method="post"), "wrong_type", "answers.method"),
    "no method": (permit(method=[]), "required", "answers.method"),
    "no pledge": (permit(removal_pledge=False), "must_agree", "answers.removal_pledge"),
    "pledge as text": (permit(removal_pledge="true"), "wrong_type", "answers.removal_pledge"),
    "latitude outside Thailand": (permit(lat="91"), "too_large", "answers.lat"),
    "juristic person without its number": (
        permit(applicant_kind="juristic", applicant_name="บริษัท ตัวอย่าง จำกัด"), "required", "answers.applicant_id"),
    "juristic person with a wrong number": (
        permit(applicant_kind="juristic", applicant_name="บริษัท ตัวอย่าง จำกัด", applicant_id="0999900000016"),
        "citizen_id_check_digit", "answers.applicant_id"),
}  # fmt: skip

SERVICES = {
    "nobody knows it": ("dog_licence", "unknown_service"),
    "known and not switched on": ("ad_permit", "unknown_service"),
}


def given(data: Any) -> bytes | str:
    return data if isinstance(data, bytes | str) else text(data)


def refused(answer: command.Answer, code: str, field: str | None, exit_code: int = 3) -> None:
    """Told in Thai what is wrong and what to do, on stderr, and nothing on stdout."""
    assert (answer.code, answer.out) == (exit_code, ""), answer.err
    error = answer.error
    assert set(error) == {"code", "title", "hint", "field"}
    assert (error["code"], error["field"]) == (code, field)
    assert THAI.search(error["title"]) and THAI.search(error["hint"])
    assert len(answer.err) < 2_000
    assert answer.err.rstrip("\n").isprintable()


@pytest.fixture(scope="module")
def register_home(home_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three petitions. Whatever is refused leaves it as it is, so that all may share it."""
    home = homes.copied(home_template, tmp_path_factory.mktemp("refusals") / "home")
    assert command.run(home, *REGISTER, "--lines", stdin=lines(many(3, 3))).code == 0
    return home


@pytest.mark.parametrize(("data", "code", "field"), PETITIONS.values(), ids=PETITIONS.keys())
def test_bad_petitions_are_refused_and_nothing_is_saved(register_home: Path, data: Any, code: str, field: str) -> None:
    before = books.content(register_home)
    refused(command.run(register_home, *REGISTER, stdin=given(data)), code, field)
    assert books.content(register_home) == before


@pytest.mark.parametrize(("data", "code", "field"), PERMITS.values(), ids=PERMITS.keys())
def test_bad_permits_are_refused_and_nothing_is_saved(register_home: Path, data: Any, code: str, field: str) -> None:
    before = books.content(register_home)
    refused(command.run(register_home, *PERMIT, stdin=given(data)), code, field)
    assert books.content(register_home) == before


@pytest.mark.parametrize(("service", "code"), SERVICES.values(), ids=SERVICES.keys())
def test_services_that_are_not_offered(tmp_path: Path, service: str, code: str) -> None:
    home = homes.make(tmp_path / "home", services=["petition"])
    before = books.content(home)
    refused(command.run(home, "register", service, "-", "--json", stdin=text(petition())), code, "service")
    assert books.content(home) == before


def test_a_refused_person_reads_two_thai_lines(register_home: Path) -> None:
    answer = command.process(register_home, *REGISTER[:-1], stdin=text(by_person(cid="1999900000010")))
    assert (answer.code, answer.out) == (3, "")
    assert [bool(THAI.search(line)) for line in answer.err.splitlines()] == [True, True]


def test_of_many_lines_the_bad_ones_are_told_with_their_place_and_the_good_ones_registered(home: Path) -> None:
    good = [text(data) for data in many(5, 4)]
    bad = [text(by_person(cid="1999900000010")), "{", text(petition(topic=None))]
    given_lines = [good[0], bad[0], good[1], "", bad[1], good[2], bad[2], good[3]]
    answer = command.process(home, *REGISTER, "--lines", stdin="\n".join(given_lines))
    assert answer.code == 3
    assert [row["number"][-6:] for row in answer.rows] == ["000001", "000002", "000003", "000004"]
    errors = [line for line in answer.err.splitlines() if line.startswith("{")]
    assert [re.search(r"บรรทัดที่ (\d+)", line)[1] for line in errors] == ["2", "5", "7"]  # type: ignore[index]
    assert answer.err.splitlines()[-1] == "บันทึกแล้ว 4 รายการ ไม่รับ 3 รายการ"


def test_a_line_of_ten_megabytes_is_refused_in_bounded_memory(home: Path) -> None:
    """The second process is given a hundred times as much as the first and may take hardly more memory for it."""
    one = text(petition()).encode()
    long = b'{"x":"' + b"a" * 10_000_000 + b'"}'
    peaks = []
    for stdin in (one, b"\n".join([long] * 20 + [one])):
        script = (
            "import resource, sys; from app.cli.main import main; code = main(sys.argv[1:]);"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
        )
        answer = _python(home, script, stdin)
        assert len(answer.rows) == 1
        peaks.append(int(answer.err.splitlines()[-1]))
    assert answer.err.count("json_too_long") == 20
    assert peaks[1] - peaks[0] < 64_000, "KiB"


def _python(home: Path, script: str, stdin: bytes) -> command.Answer:
    words = command.arguments(home, (*REGISTER, "--lines"))
    done = subprocess.run(
        [sys.executable, "-c", script, *words], input=stdin, capture_output=True, cwd=command.ROOT,
        env=command.environment({}), check=False,
    )  # fmt: skip
    return command.Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_what_people_really_type_is_taken(home: Path) -> None:
    """Thai digits, dashes, a byte order mark, UTF-16 from a Windows shell, invisible spaces of the web."""
    thai = by_person(cid="๑-๙๙๙๙-๐๐๐๐๐-๐๑-๓", phone="๐๘๑-๒๓๔-๕๖๗๘", first_name=" สม\u200bชาย ")
    assert command.run(home, *REGISTER, stdin=text(thai)).code == 0
    assert command.run(home, *REGISTER, stdin=b"\xef\xbb\xbf" + text(petition()).encode()).code == 0
    assert command.run(home, *REGISTER, stdin=text(petition()).encode("utf-16")).code == 0
    assert command.run(home, *PERMIT, stdin=text(permit(quantity="๒"))).code == 0
    shown = command.run(home, "find", "สมชาย", "--json").json
    assert [row["name"] for row in shown] == ["นายสมชาย ทดสอบระบบ"]
    assert books.one(home, "SELECT count(DISTINCT person) FROM cases") == 1
