"""Everything but petitions that people get wrong on the command line, and surroundings that fail them."""

import json
import re
import socket
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import segno
from PIL import Image

from app.cli.parser import build_parser
from app.services import staff
from printing.devices import network
from tests.integration.support import (
    books,
    command,
    homes,
    refused_filings,
    refused_money,
    refused_privacy,
    refused_staff,
)
from tests.integration.support.petitions import lines, many, petition, text

THAI = re.compile("[ก-๙]")
HALF = "\udcff"
"""What Python makes of a byte that is no UTF-8."""


@pytest.fixture(scope="module")
def filled(home_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with one petition, which no refused command changes, and the petition's number."""
    home = homes.copied(home_template, tmp_path_factory.mktemp("refusals") / "home")
    answer = command.run(home, "register", "petition", "-", "--no-print", "--json", stdin=text(petition()))
    return home, answer.json["number"]


def refused(answer: command.Answer, code: str, field: str | None, exit_code: int) -> None:
    assert (answer.code, answer.out) == (exit_code, ""), answer.err
    error = answer.error
    assert set(error) == {"code", "title", "hint", "field"}
    assert (error["code"], error["field"]) == (code, field)
    assert THAI.search(error["title"])
    assert THAI.search(error["hint"])


NUMBER = "NUMBER"
ORDER = ("--amount", "1", "--order", "1/2569", "--ordered-on", "2026-01-01", "--approver", "นายก", "--reason", "ผ่อนผัน")
CASH = ("--method", "cash", "--amount", "1.00")
COMMANDS: dict[str, tuple[tuple[str, ...], str, str | None, int]] = {
    **refused_filings.COMMANDS,
    **refused_money.COMMANDS,
    **refused_privacy.COMMANDS,
    "a date that never was in a number": (("show", "KT1310267000001"), "request_number", "number", 3),
    "the same when printing": (("print", "KT1310267000001", "slip"), "request_number", "number", 3),
    "a run of noughts": (("show", "KT1201169000000"), "request_number", "number", 3),
    "no number at all": (("show", "คำร้อง"), "request_number", "number", 3),
    "ten thousand letters": (("show", "K" * 10_000), "request_number", "number", 3),
    "half a letter": (("show", HALF), "request_number", "number", 3),
    "a number nobody got": (("show", "KT1201169999999"), "unknown_number", "number", 3),
    "events of a number nobody got": (("events", "KT1201169999999"), "unknown_number", "number", 3),
    "status of a number nobody got": (("status", "KT1201169999999", "received"), "unknown_number", "number", 3),
    "no such state": (("status", NUMBER, "flying"), "unknown_state", "state", 3),
    "a step too far": (("status", NUMBER, "done"), "transition", "state", 3),
    "a reply that is not offered": (("status", NUMBER, "received", "--reply", "x"), "reply", "reply", 3),
    "giving away what nobody registered": (("assign", "KT1201169999999", "x"), "unknown_number", "number", 3),
    "giving to nobody": (("assign", NUMBER), "assignee", "assignee", 3),
    "a file that no case may carry": (("attach", NUMBER, "HOME/counter.key.json"), "file_kind", "attachments", 3),
    "files of a number nobody got": (("files", "KT1201169999999"), "unknown_number", "number", 3),
    "an empty note": (("note", NUMBER, " "), "required", "note", 3),
    "replies for a number nobody got": (("replies", "KT1201169999999"), "unknown_number", "number", 3),
    "rejected without a reason": (("status", NUMBER, "rejected"), "reason_needed", "note", 3),
    "a note with half a letter": (("status", NUMBER, "rejected", "--note", HALF), "control_characters", "note", 3),
    "an endless note": (("status", NUMBER, "rejected", "--note", "ก" * 2_001), "too_long", "note", 3),
    "no such document": (("print", NUMBER, "permit", "--out", "x.pdf"), "document", "document", 3),
    "no printer": (("print", NUMBER, "slip"), "no_printer", None, 4),
    "no such printer": (("print", NUMBER, "slip", "--printer", "x"), "unknown_printer", "printer", 3),
    "paying what costs nothing": (("pay", NUMBER, *CASH), "nothing_due", "number", 3),
    "paying for a number nobody got": (("pay", "KT1201169999999", *CASH), "unknown_number", "number", 3),
    "voiding by somebody unknown": (
        ("void", "1/9", "--reason", "ผิด", "--approved-by", "nobody"), "sign_in", "password", 3,
    ),
    "a cheque that nobody gave": (("cheque", "1/9", "cleared"), "unknown_receipt", "receipt", 3),
    "closing a day that was not opened": (("day-close",), "no_drawer", "as", 3),
    "closing no such book": (("books", "close", "9", "--reason", "หมด"), "book", "book", 3),
    "a book that ends before it begins": (("books", "add", "1", "5", "1"), "book_range", "first", 3),
    "a leaf of no such book": (("books", "spoil", "9/1", "--reason", "ขาด"), "book", "receipt", 3),
    "a letter without a day": (
        ("letters", "issue", NUMBER, "defect_note", "--note", "ขาดสำเนา", "--out", "x.pdf"), "until", "until", 3,
    ),
    "the way up of a server that sends on to none": (("relay", "status"), "not_joined", None, 3),
    "what waits there": (("relay", "list"), "not_joined", None, 3),
    "sending it on again": (("relay", "retry"), "not_joined", None, 3),
    "a central server without a code": (("serve", "--port", "0", "--upstream", "http://x"), "not_joined", None, 3),
    "a central server at no address": (("serve", "--port", "0", "--upstream", "ftp://x/#A"), "server_url", "url", 3),
    "a bundle without a server": (("bundle", "export", "x.lao"), "not_enrolled", None, 3),
    "a bundle that is not there": (("bundle", "import", "missing"), "bundle_unreadable", "file", 3),
    "a bank's file that is not there": (("bank-file", "missing"), "bank_file", "file", 3),
    "handing over to nobody": (("hand-over", "nobody", "--counted", "missing"), "sign_in", "password", 3),
    "a float that is no money": (("day-open", "--float", "ร้อย"), "amount", "float", 3),
    "a payer who is not there": (("payers", "show", "hotel", "9999999"), "unknown_payer", "code", 3),
    "who is late for no month": (("payers", "late", "--month", "2569-99"), "month", "month", 3),
    "what a number nobody got owes": (("assess", "KT1201169999999"), "unknown_number", "number", 3),
    "waiving what was never owed": (("waive", NUMBER, "surcharge", *ORDER), "not_waivable", "number", 3),
    "a setting that there is not": (("settings", "show", "colour"), "settings_fixed", "colour", 3),
    "a printer of no kind": (("printers", "add", "x", "fax", "1"), "printer_kind", "kind", 3),
    "a serial port without a name": (("printers", "add", "x", "serial", "@9600"), "printer_address", "address", 3),
    "a printer of no known make": (("printers", "add", "x", "file", "p", "--model", "x"), "printer_model", "model", 3),
    "a tray that is none": (("printers", "add", "x", "file", "p", "--tray", "petition=top"), "printer_tray", "tray", 3),
    "removing no such printer": (("printers", "remove", "x"), "unknown_printer", "name", 3),
    "the drawer of no such printer": (("printers", "drawer", "x"), "unknown_printer", "printer", 3),
    "moving no such job": (("jobs", "move", "7", "--printer", "x"), "unknown_job", "job", 3),
    "test of no such printer": (("printers", "test", "x"), "unknown_printer", "printer", 3),
    "a file of an unknown kind": (("print", NUMBER, "slip", "--out", "x.txt"), "file_kind", "out", 3),
    "a printer without a port": (("printers", "add", "x", "network", "192.0.2.1"), "printer_address", "address", 3),
    "a printer with port nought": (("printers", "add", "x", "network", "a:0"), "printer_address", "address", 3),
    "a printer of odd width": (("printers", "add", "x", "file", "p", "--dots", "5"), "printer_dots", "dots", 3),
    "a printer with half a letter": (("printers", "add", HALF, "file", "p"), "control_characters", "name", 3),
    "a job nobody planned": (("jobs", "confirm", "999"), "unknown_job", "job", 3),
    "a spoiled job nobody planned": (("jobs", "spoiled", "999"), "unknown_job", "job", 3),
    "a job beyond all numbers": (("jobs", "retry", str(10**30)), "unknown_job", "job", 3),
    "confirming beyond all numbers": (("jobs", "confirm", str(10**30)), "unknown_job", "job", 3),
    "numbers of another series": (("numbers", "--series", "ZZ9"), "unknown_series", "series", 3),
    "a sample of no service": (("services", "sample", "x"), "unknown_service", "service", 3),
    "a file that is not there": (("register", "petition", "no such file"), "input_file", "file", 3),
    "a folder instead of a file": (("register", "petition", "."), "input_file", "file", 3),
    "an unknown person": (("--as", "nobody", "register", "petition", "-"), "sign_in", "password", 3),
    "a person with half a letter": (("--as", HALF, "register", "petition", "-"), "sign_in", "password", 3),
    "a backup onto the register": (("backup", "HOME/counter.db"), "backup_target", "file", 3),
    "a backup into no folder": (("backup", "no such folder/x.db"), "backup_target", None, 4),
    "a backup onto a folder": (("backup", "HOME"), "backup_failed", None, 4),
    "no backup there": (("restore", "no such file"), "backup_file", "file", 3),
    "a backup that is a folder": (("restore", "HOME"), "backup_file", "file", 3),
    "a backup that is a text": (("restore", "HOME/counter.key.json"), "backup_file", "file", 3),
    "a recovery key into no folder": (("recovery", "new", "--out", "no/x.pdf"), "output_file", "out", 3),
    "a recovery key onto a picture": (("recovery", "new", "--out", "x.png"), "output_file", "out", 3),
    "a recovery key on a printer that is none": (("recovery", "new", "--printer", "x"), "printer", "printer", 3),
    "a recovery code and nobody to ask": (("recovery", "use"), "recovery_code", None, 3),
    "a new key by nobody": (("--as", "nobody", "key", "rotate"), "sign_in", "password", 3),
    "backups never so seldom": (("backups", "plan", "--every", "9999"), "backup_every", "every", 3),
    "backups into the home itself": (("backups", "plan", "--second", "HOME"), "backup_second", "second", 3),
    "backups onto a disk that is away": (("backups", "plan", "--second", "no such"), "backup_second", "second", 3),
    "no backup to rehearse with": (("backups", "rehearse"), "backup_none", None, 3),
    "a rehearsal with no backup": (("backups", "rehearse", "no such"), "backup_file", "file", 3),
    "the audit into no folder": (("audit", "export", "no/such/file"), "output_file", None, 4),
    "the audit read by nobody": (("--as", "nobody", "audit", "list"), "sign_in", "password", 3),
    "a PIN and nobody to ask": (("pin", "set"), "pin", None, 3),
    "an office file that is not there": (("init", "no such.toml", "--admin", "x"), "office_file", None, 3),
    "a bench nobody wrote": (("bench", "x"), "unknown_benchmark", "name", 3),
    "no picture": (("scan", "no such.png"), "file_missing", "file", 3),
    "a text for a picture": (("scan", "HOME/counter.key.json"), "not_a_picture", "file", 3),
    "a folder for a picture": (("scan", "HOME"), "not_a_picture", "file", 3),
    "merging nobody": (("people", "merge", "1", "999"), "unknown_person", "person", 3),
    "merging beyond all numbers": (("people", "merge", str(10**30), "1"), "unknown_person", "person", 3),
    "merging somebody with himself": (("people", "merge", "1", "1"), "same_person", "person", 3),
    "deciding about a person below nought": (("people", "decide", "-1", "1", "same"), "unknown_person", "person", 3),
    "what nobody registered owes": (("assess", "KT1201169999999"), "unknown_number", "number", 3),
    "owed on no day": (("assess", NUMBER, "--on", "วันนั้น"), "date", "on", 3),
    "a waiver for a petition": (
        ("waive", NUMBER, "surcharge", "--amount", "1", "--order", "1/2569", "--ordered-on", "2026-01-01", "--approver",
         "นายก", "--reason", "อุทกภัย"), "not_waivable", "number", 3),
    "the past of no payer": (("payers", "show", "hotel", "1"), "unknown_payer", "code", 3),
    "a payer of a petition": (("payers", "add", "hotel", "1", "-"), "unknown_key", "applicant", 3),
    "late in no month": (("payers", "late", "--month", "13/2569"), "month", "month", 3),
    "permits of no such list": (("permits", "list", "old"), "permit_state", "which", 3),
    "signs of a petition": (("permits", "removed", NUMBER), "not_standing", "number", 3),
    "an event that rests nowhere": (("outbox", "retry", "1"), "unknown_event", "seq", 3),
    "an event beyond all numbers": (("outbox", "retry", str(10**30)), "unknown_event", "seq", 3),
    "sync of a counter that stands alone": (("sync",), "not_enrolled", None, 3),
    "joining at no address": (("enrol", "ftp://x", "ABCD1234"), "server_url", "url", 3),
    "joining where nobody listens": (("enrol", "http://127.0.0.1:9", "ABCD1234"), "server_unreachable", None, 4),
    "a server that is no place": (("serve", "--host", "300.1.1.1", "--database", "SERVER"), "server_port", None, 4),
    "a code for no office": (("offices", "enrol-code", "1", "--database", "SERVER"), "office_unknown", None, 3),
    "an office out of no file": (("offices", "add", "no such.toml", "--database", "SERVER"), "office_file", None, 3),
    "ThaiD that was never set": (("thaid", "show", "--database", "SERVER"), "thaid_not_configured", None, 3),
    "checking ThaiD that was never set": (("thaid", "check", "--database", "SERVER"), "thaid_not_configured", None, 3),
    "ThaiD without its secret": (("thaid", "configure", "--issuer", "https://x", "--client-id", "c", "--redirect-base",
                                  "https://y", "--database", "SERVER"), "thaid_client_secret", None, 3),
    "ThaiD of a counter that stands alone": (("thaid", "start"), "thaid_no_server", None, 4),
    "linking there": (("thaid", "link"), "thaid_no_server", None, 4),
    "signing in there": (("thaid", "sign-in"), "thaid_no_server", None, 4),
    "waiting for no session": (("thaid", "wait"), "thaid_session_needed", None, 3),
    "short messages of no office": (("sms", "retry", "1", "key", "--database", "SERVER"), "office_unknown", None, 3),
    "an SMS gateway out of no file": (("sms", "check", "no such.toml"), "sms_gateway", None, 3),
    "taking the link of nobody": (("thaid", "unlink", "nobody"), "staff_unknown", "username", 3),
    **refused_staff.COMMANDS,
}  # fmt: skip


@pytest.mark.parametrize(("words", "code", "field", "exit_code"), COMMANDS.values(), ids=COMMANDS.keys())
def test_commands_are_refused_and_nothing_is_changed(
    filled: tuple[Path, str], words: tuple[str, ...], code: str, field: str | None, exit_code: int
) -> None:
    home, number = filled
    before = books.content(home)
    stdin = "" if words[0] == "thaid" else text(petition())
    refused(command.run(home, *_said(words, home, number), "--json", stdin=stdin), code, field, exit_code)
    assert books.content(home) == before


def _said(words: tuple[str, ...], home: Path, number: str) -> list[str]:
    server = str(home.parent / "server.db")
    return [
        number if word == NUMBER else server if word == "SERVER" else word.replace("HOME", str(home)) for word in words
    ]


@pytest.mark.parametrize(("words", "code", "field", "exit_code"), COMMANDS.values(), ids=COMMANDS.keys())
def test_people_are_told_the_same_in_two_lines_of_thai(
    filled: tuple[Path, str], words: tuple[str, ...], code: str, field: str | None, exit_code: int
) -> None:
    home, number = filled
    before = books.content(home)
    stdin = "" if words[0] == "thaid" else text(petition())
    answer = command.run(home, *_said(words, home, number), stdin=stdin)
    assert (answer.code, answer.out) == (exit_code, ""), answer.err
    told = answer.err.splitlines()
    assert len(told) == 2, answer.err
    assert all(THAI.search(line) for line in told)
    assert "{" not in answer.err and code not in told[0]
    assert books.content(home) == before


NEVER_REFUSED = {
    "window:run": "opens the window, which tells it itself",
    "demo:demo": "makes an office of its own",
    "office:services_list": "lists what there is, with or without a counter",
    "office:services_check": "its findings are its answer (test_command_texts.py)",
    "cases:find": "finds nothing",
    "people:find": "finds nothing",
    "way:work": "finds nothing",
    "people:doubles": "finds nothing",
    "people:addresses_find": "finds nothing",
    "printers:show": "lists what there is",
    "printers:find": "lists what there is",
    "staff:templates": "lists what there is",
    "staff:drafts_left": "lists what there is",
    "paper:jobs_list": "lists what there is",
    "letters:due": "lists what there is",
    "payers:listing": "lists what there is",
    "payers:find": "finds nothing",
    "devices:listing": "lists what there is",
    "money:books_list": "lists what there is",
    "money:receipts_list": "lists what there is",
    "network:outbox_list": "lists what there is",
    "network:offices_list": "lists what there is",
    "sms:listing": "lists what there is",
    "thaid:forget": "tells whether there was anything",
    "upkeep:verify": "its findings are its answer (test_damage.py)",
    "card:read": "depends on the reader (test_card.py)",
    "cameras:cameras": "depends on the cameras (tests/ui/test_camera.py)",
}


def test_most_commands_are_refused_somewhere() -> None:
    """Three in four: the others have their refusals in tests of their own."""
    parser = build_parser()
    refused_somewhere = {parser.parse_args(list(words)).handler for words, *_ in COMMANDS.values()}
    every = {handler for _, handler in _handlers(parser)}
    untried = every - refused_somewhere - set(NEVER_REFUSED)
    assert len(untried) <= len(every) // 4, untried


def _handlers(parser: ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for name, inner in action.choices.items():
                if inner.get_default("handler"):
                    yield name, inner.get_default("handler")
                yield from _handlers(inner)


SECRETS: dict[str, tuple[dict[str, str | None], str, str | None]] = {
    "wrong passphrase": ({"LAO_COUNTER_PASSPHRASE": "wrong"}, "passphrase_wrong", None),
    "passphrase of half letters": ({"LAO_COUNTER_PASSPHRASE": HALF}, "passphrase_wrong", None),
    "no passphrase and nobody to ask": ({"LAO_COUNTER_PASSPHRASE": None}, "passphrase_needed", None),
    "an empty passphrase": ({"LAO_COUNTER_PASSPHRASE": ""}, "passphrase_needed", None),
    "wrong password": ({"LAO_COUNTER_PASSWORD": "wrong"}, "sign_in", "password"),
    "password of half letters": ({"LAO_COUNTER_PASSWORD": HALF}, "sign_in", "password"),
    "no password and nobody to ask": ({"LAO_COUNTER_PASSWORD": None}, "password_needed", "password"),
}


@pytest.mark.parametrize(("secrets", "code", "field"), SECRETS.values(), ids=SECRETS.keys())
def test_wrong_and_missing_secrets(home: Path, secrets: dict[str, str | None], code: str, field: str | None) -> None:
    before = books.content(home)
    answer = command.process(home, "register", "petition", "-", "--json", stdin=text(petition()), **secrets)
    refused(answer, code, field, 3)
    assert books.content(home) == before


def test_after_five_wrong_passwords_the_right_one_has_to_wait(home: Path) -> None:
    words = ("register", "petition", "-", "--no-print", "--json")
    for _ in range(staff.FREE_ATTEMPTS):
        refused(command.run(home, *words, LAO_COUNTER_PASSWORD="wrong"), "sign_in", "password", 3)
    refused(command.run(home, *words, stdin=text(petition())), "sign_in_locked", "password", 3)
    assert books.one(home, "SELECT count(*) FROM cases") == 0


def test_odd_searches_find_nothing_and_break_nothing(filled: tuple[Path, str]) -> None:
    home, number = filled
    for wanted in (HALF, " ", "\"' OR 1=1 --", "% _ *", "NEAR(", "ก" * 100_000, "a\x00b", "\u202e"):
        answer = command.run(home, "find", wanted, "--json")
        assert (answer.code, answer.json) == (0, []), wanted
    for limit in ("-5", "0", str(10**30)):
        assert len(command.run(home, "find", "ทดสอบ", "--limit", limit, "--json").json) == 1
    assert command.run(home, "find", number.lower(), "--json").json[0]["number"] == number
    assert "ไม่พบรายการ" in command.run(home, "find", "ไม่มีใคร").err


def test_wrong_usage_is_exit_2(home: Path) -> None:
    for words in ((), ("register",), ("frobnicate",), ("printers", "add", "x")):
        if words:
            assert command.run(home, *words).code == 2
    assert command.process(home, "show").code == 2


def test_a_folder_without_a_counter_and_one_that_is_a_file(tmp_path: Path) -> None:
    refused(command.run(tmp_path / "nowhere", "verify", "--json"), "not_set_up", None, 3)
    file = tmp_path / "file"
    file.write_text("x")
    refused(command.run(file, "verify", "--json"), "not_set_up", None, 3)
    office = tmp_path / "office.toml"
    office.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in homes.OFFICE.items()), "utf-8")
    refused(command.run(file, "init", office, "--admin", "x", "--json"), "home_folder", None, 4)


def picture(path: Path, *texts: str) -> Path:
    """Codes beside one another on white."""
    codes = []
    for place, one in enumerate(texts):
        part = path.with_name(f"{path.stem}-{place}.png")
        segno.make(one, micro=False).save(str(part), scale=6)
        codes.append(Image.open(part).convert("L"))
    whole = Image.new(
        "L", (sum(code.width for code in codes) + 20, max((code.height for code in codes), default=200)), 255
    )
    at = 0
    for code in codes:
        whole.paste(code, (at, 0))
        at += code.width
    whole.save(path)
    return path


def test_scan_tells_each_picture_apart(home: Path, tmp_path: Path) -> None:
    none = picture(tmp_path / "none.png")
    refused(command.run(home, "scan", none, "--json"), "no_code", "file", 3)
    other = picture(tmp_path / "other.png", "https://example.com/x")
    person = picture(tmp_path / "person.png", "1999900000013")
    answer = command.run(home, "scan", other, none, person, "--json")
    assert answer.code == 3
    assert [(row["kind"], row["value"], row["valid"]) for row in answer.rows] == [
        ("url", "https://example.com/x", False),
        ("citizen_id", "1999900000013", True),
    ]
    assert [row["note"] != "" for row in answer.rows] == [True, True]
    assert command.run(home, "scan", person).out.startswith("person.png: qr citizen_id 1999900000013")


# --- printers that do not print


@pytest.fixture
def with_petition(home: Path) -> tuple[Path, str]:
    answer = command.run(home, "register", "petition", "-", "--no-print", "--json", stdin=text(petition()))
    return home, answer.json["number"]


def test_a_printer_folder_that_cannot_be_written(with_petition: tuple[Path, str], tmp_path: Path) -> None:
    home, number = with_petition
    blocked = tmp_path / "file"
    blocked.write_text("x")
    assert command.run(home, "printers", "add", "slip", "file", blocked / "folder").code == 0
    refused(command.run(home, "print", number, "slip", "--json"), "print_failed", None, 4)
    jobs = command.run(home, "jobs", "list", "--json").json
    assert [(job["state"], bool(THAI.search(job["error"]))) for job in jobs] == [("failed", True)]
    blocked.unlink()
    again = command.run(home, "jobs", "retry", str(jobs[0]["id"]), "--json")
    assert (again.code, again.json["state"], again.json["error"]) == (0, "sent", "")
    assert [path.suffix for path in sorted((blocked / "folder").iterdir())] == [".bin", ".png"]


def test_registering_goes_on_when_the_printer_does_not(home: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    command.run(home, "printers", "add", "slip", "file", blocked / "folder")
    answer = command.run(home, "register", "petition", "-", "--lines", "--json", stdin=lines(many(2, 3)))
    assert (answer.code, len(answer.rows)) == (0, 3)
    assert "งานพิมพ์ 1 (slip)" in answer.err
    states = [job["state"] for job in command.run(home, "jobs", "list", "--json").json]
    assert states == ["planned", "planned", "failed"]


def test_a_network_printer_that_refuses(with_petition: tuple[Path, str]) -> None:
    home, number = with_petition
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    command.run(home, "printers", "add", "slip", "network", f"127.0.0.1:{port}")
    refused(command.run(home, "print", number, "slip", "--json"), "print_failed", None, 4)
    answer = command.run(home, "printers", "test", "slip", "--json")
    assert answer.code == 4
    assert THAI.search(answer.error["hint"])


def test_a_network_printer_that_does_not_answer_is_given_up(
    with_petition: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, number = with_petition
    monkeypatch.setattr(network, "CONNECT_TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as queue:
        for _ in range(4):  # nobody accepts, and the queue of those who wait is full
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        command.run(home, "printers", "add", "slip", "network", f"127.0.0.1:{server.getsockname()[1]}")
        refused(command.run(home, "print", number, "slip", "--json"), "print_failed", None, 4)
    assert [job["state"] for job in command.run(home, "jobs", "list", "--json").json] == ["failed"]


def test_a_copy_needs_a_reason_and_is_counted(with_petition: tuple[Path, str], tmp_path: Path) -> None:
    home, number = with_petition
    command.run(home, "printers", "add", "slip", "file", tmp_path / "printed")
    assert command.run(home, "print", number, "slip", "--json").json["copies"] == 0
    refused(command.run(home, "print", number, "slip", "--json"), "required", "copy_reason", 3)
    for count in (1, 2):
        answer = command.run(home, "print", number, "slip", "--copy-reason", "ผู้ร้องทำหาย", "--json")
        assert (answer.json["copies"], answer.json["pages"]) == (count, 1)
    kinds = [(row["kind"], row["detail"].get("copy")) for row in command.run(home, "events", number, "--json").rows]
    assert kinds == [
        ("petition_registered", None), ("document_printed", 0), ("document_printed", 1), ("document_printed", 2),
    ]  # fmt: skip


def test_a_sheet_does_not_go_to_the_slip_printer(with_petition: tuple[Path, str], tmp_path: Path) -> None:
    home, number = with_petition
    command.run(home, "printers", "add", "slip", "file", tmp_path / "printed")
    refused(command.run(home, "print", number, "petition", "--json"), "no_printer", None, 4)
    answer = command.run(home, "print", number, "petition", "--printer", "slip", "--json")
    refused(answer, "printer_medium", "printer", 3)
    assert command.run(home, "jobs", "list", "--json").json == []


def test_a_file_that_cannot_be_written_does_not_count_as_printed(
    with_petition: tuple[Path, str], tmp_path: Path
) -> None:
    home, number = with_petition
    refused(command.run(home, "print", number, "petition", "--out", tmp_path / "no" / "x.pdf", "--json"),
            "output_file", None, 4)  # fmt: skip
    refused(
        command.run(home, "print", number, "petition", "--out", tmp_path / "x.png", "--json"), "file_kind", "out", 3
    )
    answer = command.run(home, "print", number, "petition", "--out", tmp_path / "x.pdf", "--json")
    assert (answer.code, answer.json["copies"], answer.json["pages"]) == (0, 0, 1)
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
    job = command.run(home, "jobs", "list", "--json").json[1]
    assert job["state"] == "spoiled"
    refused(command.run(home, "jobs", "retry", str(job["id"]), "--json"), "job_to_file", "job", 3)
