"""Every command for every role: done by who holds its right, refused to everybody else. The commands are taken from
the program itself, the rights from support/command_rights.py."""

import inspect
import io
import re
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from app.cli.parser import build_parser
from app.domain.errors import CounterError
from app.services import accounts, cases, print_jobs, printers, registration_json, rights, staff
from app.services.counter import Counter
from app.services.model import Actor, Printer
from tests.integration.support import homes
from tests.integration.support.command_rights import ADMIN, ANYBODY, ASKED, NOBODY_ASKED
from tests.integration.support.petitions import petition, text

NOT_DONE = ("keeping:key_rotate", "keeping:recovery_new")
"""Tried only by those to whom they are refused: done, they would change the key under the others."""
REFUSED = ("right_needed", "chief_admin_needed")


def handlers(parser: ArgumentParser) -> Iterator[str]:
    """Of every command there is."""
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for inner in action.choices.values():
                if inner.get_default("handler"):
                    yield str(inner.get_default("handler"))
                yield from handlers(inner)


PARSER = build_parser()
EVERY = sorted(set(handlers(PARSER)))


class Office:
    """One open counter, the people of every role, and what commands are tried on."""

    def __init__(self, counter: Counter, folder: Path) -> None:
        self.counter, self.folder = counter, folder
        chief = homes.signed_in(counter)
        name = accounts.add(counter, chief, full_name="ก ข", position="ก", division="finance", password="ครั้งแรก-1")
        with counter.store.read() as connection:
            row = connection.exec_driver_sql("SELECT id FROM staff WHERE username = ?", (name,)).one()
        clerk = Actor(row[0], name, "ก ข", "ก", "user")
        self.people = {
            code: chief if code == "admin" else replace(clerk, held=rights.of_template(code))
            for code in rights.templates()
        }
        self.people["nothing"] = replace(clerk, held=frozenset())
        numbers = [
            cases.register(counter, chief, registration_json.from_json(service, data)).number
            for service, data in (("petition", petition()), ("ad_permit", permit()))
        ]
        standing = cases.register(counter, chief, registration_json.from_json("ad_permit", permit())).number
        with counter.store.write("test") as work:
            work.run("UPDATE cases SET status = 'permit_issued' WHERE number = ?", (standing,))
        printers.add(counter, chief, Printer("A4", "file", str(folder), 0, True))
        job = print_jobs.plan(counter, chief, numbers[0], "petition")
        picture = folder / "picture.png"
        Image.new("RGB", (9, 9), "red").save(picture)
        (folder / "settings.toml").write_text('phone = "076-000-111"\n', "utf-8")
        (folder / "counted.json").write_text('{"total": "0.00"}', "utf-8")
        (folder / "theirs.csv").write_text("วันที่,รหัส,จำนวนเงิน\n", "utf-8")
        (folder / "payers.csv").write_text("code,name\n9,ก\n", "utf-8")
        self.words = {
            "NUMBER": numbers[0], "PERMIT": numbers[1], "STANDING": standing, "JOB": str(job.id), "FILE": str(picture),
            "SETTINGS": str(folder / "settings.toml"), "COUNTED": str(folder / "counted.json"),
            "THEIRS": str(folder / "theirs.csv"), "PAYERS": str(folder / "payers.csv"),
            "OUT.pdf": str(folder / "out.pdf"),
            "OUT.csv": str(folder / "out.csv"),
        }  # fmt: skip


def permit() -> dict[str, object]:
    from app.catalog.loader import load_builtin
    from app.catalog.samples import sample

    return sample(load_builtin()["ad_permit"])


@pytest.fixture(scope="module")
def office(home_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("matrix")
    with homes.opened(homes.copied(home_template, folder / "home")) as counter:
        yield Office(counter, folder)


def test_every_command_is_in_the_matrix() -> None:
    assert set(ASKED) | set(NOBODY_ASKED) == set(EVERY), set(EVERY) ^ (set(ASKED) | set(NOBODY_ASKED))
    assert not set(ASKED) & set(NOBODY_ASKED)


SOMETIMES_ASKED = {"sms:modem", "thaid:link", "thaid:unlink", "office:init", "own_record:own"}


@pytest.mark.parametrize("handler", sorted(set(NOBODY_ASKED) - SOMETIMES_ASKED))
def test_what_asks_nobody_really_asks_nobody(handler: str) -> None:
    module, function = handler.split(":")
    told = inspect.getsource(getattr(import_module(f"app.cli.{module}"), function))
    assert "acting_person(" not in told and "reader(" not in told


@pytest.mark.parametrize("handler", sorted(ASKED))
def test_commands_are_for_who_holds_their_right(
    office: Office, handler: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = import_module(f"app.cli.{handler.split(':')[0]}")
    acting = {"who": office.people["admin"]}

    @contextmanager
    def opened(_arguments: object) -> Iterator[Counter]:
        yield office.counter

    for name, stand_in in (
        ("open_counter", opened),
        ("acting_person", lambda _arguments, _counter: acting["who"]),
        ("reader", lambda _arguments, _counter: acting["who"]),
        ("_other", lambda *_: office.people["admin"]),
        ("_print_waiting", lambda _counter: None),
    ):
        for place in places(module):
            if hasattr(place, name):
                monkeypatch.setattr(place, name, stand_in)
    wrong = []
    for words, wanted in ASKED[handler]:
        refused_first = sorted(office.people.items(), key=lambda one: any(holds(one[1], right) for right in wanted))
        for role, person in refused_first:
            acting["who"] = person
            allowed = any(holds(person, one) for one in wanted)
            if allowed and handler in NOT_DONE:
                continue
            for name in ("OUT.pdf", "OUT.csv"):
                Path(office.words[name]).unlink(missing_ok=True)
            told = attempt([office.words.get(word, word) for word in words], stdin_of(words))
            if (told in REFUSED) == allowed:
                wrong.append(f"{role} {'may' if allowed else 'may not'} {' '.join(words[:3])}: {told or 'done'}")
    assert not wrong, wrong


def places(module: ModuleType) -> list[ModuleType]:
    """The module of a command, and those whose functions it borrows to open the counter and to ask who acts."""
    names = {one.__module__ for one in vars(module).values() if inspect.isfunction(one)}
    lent = sorted(
        name for name in names if name.startswith("app.cli.") and name not in ("app.cli.context", "app.cli.output")
    )
    return [module, *(import_module(name) for name in lent)]


def attempt(words: list[str], stdin: str) -> str:
    """Do a command as the program does, the reading of the line made once for all; the code of its refusal, or ""."""
    arguments = PARSER.parse_args([*words, "--json"])
    module, function = arguments.handler.split(":")
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        patch.setattr(sys, "stdin", given)
        patch.setenv("LAO_COUNTER_PASSWORD", homes.PASSWORD)
        patch.setenv("LAO_COUNTER_PASSPHRASE", homes.PASSPHRASE)
        try:
            getattr(import_module(f"app.cli.{module}"), function)(arguments)
        except CounterError as error:
            return error.code
    return ""


def holds(person: Actor, wanted: str) -> bool:
    if wanted == ANYBODY:
        return True
    return person.role == "admin" if wanted == ADMIN else rights.may(person, wanted)


def stdin_of(words: tuple[str, ...]) -> str:
    if words[:2] == ("register", "ad_permit"):
        return text(permit())
    return text(petition()) if words[0] == "register" else "{}"


def test_the_server_asks_the_same_of_a_counter_that_asked_nothing(tmp_path: Path) -> None:
    """Events as a tampered program would write them, by a user, an administrator and a chief one."""
    from sync_support import Province

    from app.domain import office_changes
    from app.domain.ids import uuid7
    from app.services import account_rows

    def settings(counter: Counter, by: str) -> None:
        with counter.store.write(by) as work:
            change = {"key": "phone", "value": f"076-{len(by):03d}"}
            work.emit(office_changes.KIND, uuid7(), {"changes": [change]})

    def account(counter: Counter, by: str, target: str) -> None:
        with counter.store.write(by) as work:
            known = account_rows.document(work.connection, target)
            assert known is not None
            account_rows.put(work, target, {**known, "position": f"โดย {by}"})

    with Province(tmp_path) as province:
        desk = province.desk("เคาน์เตอร์ 1")
        chief = staff.sign_in(desk.counter, "somying", "a long enough password")
        accounts.share(desk.counter, chief, "somying")
        described = {"full_name": "ก ข", "position": "ก", "division": "finance", "password": "ครั้งแรก-1234"}
        users = [accounts.add(desk.counter, chief, role="user", **described) for _ in range(4)]
        admins = [accounts.add(desk.counter, chief, role="admin", **described) for _ in range(4)]
        assert desk.sync().rejected == 0
        rows = ((users[0], (False, False, False)), (admins[0], (True, True, False)), ("somying", (True, True, True)))
        for place, (by, allowed) in enumerate(rows, start=1):
            # each has targets of its own: what was refused once waits with everything after it
            tried = []
            for act in (
                lambda by=by: settings(desk.counter, by),
                lambda by=by, place=place: account(desk.counter, by, users[place]),
                lambda by=by, place=place: account(desk.counter, by, admins[place]),
            ):
                act()
                tried.append(desk.sync().rejected == 0)
            assert tuple(tried) == allowed, by


OPEN = {
    "/openapi.json": "what the server is asked for",
    "/health": "whether it runs",
    "/health/live": "the same",
    "/health/ready": "whether it can answer",
    "/metrics": "figures without offices",
    "/v1/enrol": "by a one-time code",
}
"""Requests of the described interface that ask for no token, and why; pages of citizens are not described."""


def test_every_described_request_of_the_server_wants_a_counter(tmp_path: Path) -> None:
    import requests
    from sync_support import Province

    with Province(tmp_path) as province, requests.Session() as http:
        http.trust_env = False
        described = http.get(f"{province.url}/openapi.json", timeout=20).json()["paths"]
        answers = {}
        for path, methods in described.items():
            for method in set(methods) & {"get", "post", "put", "patch", "delete", "head"} if path not in OPEN else ():
                for token in ({}, {"Authorization": "Bearer nobody"}):
                    url = province.url + re.sub(r"\{[^}]*\}", "0" * 64, path)
                    told = http.request(method, url, headers=token, json={"protocol": 1}, timeout=20)
                    answers[f"{method} {path} {len(token)}"] = told.status_code
        assert len(answers) > 20
        assert {request: status for request, status in answers.items() if status not in (401, 403)} == {}
