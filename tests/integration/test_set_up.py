"""Setting up a counter: the office file key by key, the key's place, and a start that is whole or not at all."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest

from app import bootstrap
from app.catalog.loader import load_builtin
from app.domain.clock import SystemClock
from app.domain.errors import Refused, Unavailable
from app.services import offices, setup
from app.services.setup import DATABASE
from app.store import files, keys
from tests.integration.support import command, homes
from tests.integration.support.petitions import petition, text

THAI = re.compile("[ก-๙]")
RATE = {"service": "ad_permit", "value": "150.00", "unit": "baht_per_sign", "from": date(2026, 1, 1)}
LIMIT = {**RATE, "unit": "limit", "product": "max_quantity", "value": "5"}

OFFICES: dict[str, tuple[dict[str, Any], str]] = {
    "no code": ({"code": ""}, "code"),
    "no name": ({"name": "  "}, "name"),
    "short code": ({"code": "0483020"}, "code"),
    "Thai code": ({"code": "๐๔๘๓๐๒๐๓"}, "code"),
    "code as a number": ({"code": 4830203}, "code"),
    "endless name": ({"name": "ก" * 201}, "name"),
    "two lines of name": ({"name": "เทศบาล\nเมือง"}, "name"),
    "name that steers the screen": ({"name": "\x1b[2J"}, "name"),
    "kind": ({"kind": "village"}, "kind"),
    "small letters": ({"letters": "kt"}, "letters"),
    "four letters": ({"letters": "KTXY"}, "letters"),
    "Thai letters": ({"letters": "กท"}, "letters"),
    "service digit": ({"service_digit": "12"}, "service_digit"),
    "service digit as a number": ({"service_digit": 1}, "service_digit"),
    "first run nought": ({"first_run": 0}, "first_run"),
    "first run of seven digits": ({"first_run": 1_000_000}, "first_run"),
    "first run true": ({"first_run": True}, "first_run"),
    "first run as text": ({"first_run": "1"}, "first_run"),
    "receipt mode": ({"receipt_mode": "by hand"}, "receipt_mode"),
    "no services": ({"services": []}, "services"),
    "services as text": ({"services": "petition"}, "services"),
    "services of numbers": ({"services": [1]}, "services"),
    "unknown service": ({"services": ["petition", "dog_licence"]}, "services"),
    "a service this kind does not offer": ({"kind": "pao", "services": ["ad_permit"]}, "services"),
    "unknown key": ({"colour": "red"}, "colour"),
    "address as text": ({"address": "12 หมู่ 2"}, "address"),
    "unknown part of an address": ({"address": {"city": "x"}}, "address.city"),
    "address of numbers": ({"address": {"moo": 2}}, "address.moo"),
    "address of two lines": ({"address": {"road": "ก\nข"}}, "address.road"),
    "public address": ({"public_address": "oss.example.go.th"}, "public_address"),
    "slip key": ({"slip_key": "secret"}, "slip_key"),
    "odd slip key": ({"slip_key": "a" * 33}, "slip_key"),
    "days to look back": ({"similar_within_days": -1}, "similar_within_days"),
    "holidays as text": ({"holidays": "2026-01-01"}, "holidays"),
    "a holiday in the Buddhist Era": ({"holidays": ["01/01/2569"]}, "holidays"),
    "rates as a table": ({"rate": RATE}, "rate"),
    "a rate as text": ({"rate": ["150"]}, "rate[0]"),
    "unknown part of a rate": ({"rate": [{**RATE, "colour": "red"}]}, "rate[0].colour"),
    "a rate without a day": ({"rate": [{k: v for k, v in RATE.items() if k != "from"}]}, "rate[0].from"),
    "a rate from no day": ({"rate": [{**RATE, "from": "2026-02-30"}]}, "rate[0].from"),
    "a rate to no day": ({"rate": [RATE, {**RATE, "to": "soon"}]}, "rate[1].to"),
    "a unit": ({"rate": [{**RATE, "unit": "baht"}]}, "rate[0].unit"),
    "a unit of other services": ({"rate": [{**RATE, "unit": "percent"}]}, "rate[0].unit"),
    "an amount as a number": ({"rate": [{**RATE, "value": 150}]}, "rate[0].value"),
    "an amount of three decimals": ({"rate": [{**RATE, "value": "1.234"}]}, "rate[0].value"),
    "an amount below nought": ({"rate": [{**RATE, "service": "oil_tax", "value": "-1"}]}, "rate[0].value"),
    "an amount that is no number": ({"rate": [{**RATE, "service": "oil_tax", "value": "NaN"}]}, "rate[0].value"),
    "an amount in words": ({"rate": [{**RATE, "service": "oil_tax", "value": "หนึ่งบาท"}]}, "rate[0].value"),
    "a service as a number": ({"rate": [{**RATE, "service": 5}]}, "rate[0].service"),
    "commercial as text": ({"rate": [{**RATE, "commercial": "yes"}]}, "rate[0].commercial"),
    "a day as text": ({"rate": [{**RATE, "due_day": "10"}]}, "rate[0].due_day"),
    "a limit of nothing": ({"rate": [{**LIMIT, "product": "max_fun"}]}, "rate[0].product"),
    "half a sign at most": ({"rate": [{**LIMIT, "value": "1.5"}]}, "rate[0].value"),
    "a width of no number": ({"rate": [{**LIMIT, "product": "max_width", "value": "wide"}]}, "rate[0].value"),
    "late as text": ({"late": "1.5"}, "late"),
    "unknown part of late": ({"late": {"fine": "1"}}, "late.fine"),
    "late as a number": ({"late": {"surcharge_percent_per_month": 1.5}}, "late.surcharge_percent_per_month"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "field"), OFFICES.values(), ids=OFFICES.keys())
def test_office_settings_that_cannot_be(tmp_path: Path, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        homes.make(tmp_path / "home", **changes)
    assert caught.value.field == field
    assert THAI.search(caught.value.title)
    assert not (tmp_path / "home").exists(), "nothing is begun"


def test_a_full_office_file(tmp_path: Path) -> None:
    """Every key that there is; dates as TOML dates."""
    path = tmp_path / "office.toml"
    path.write_text(
        """
        code = "04830203"
        name = " เทศบาลเมืองกะทู้ "
        kind = "town_municipality"
        letters = "KT"
        phone = "076-321-500"
        service_digit = "2"
        first_run = 38
        public_address = "https://oss.example.go.th/"
        services = ["petition", "ad_permit"]
        holidays = [2026-12-31, "2027-01-01"]
        address = { house_no = "12", subdistrict = "กะทู้" }
        [[rate]]
        service = "ad_permit"
        value = "150.00"
        unit = "baht_per_sign"
        from = 2026-01-01
        to = 2026-12-31
        commercial = true
        [[rate]]
        service = "ad_permit"
        product = "max_width"
        value = "2.40"
        unit = "limit"
        from = 2026-01-01
        [late]
        surcharge_percent_per_month = "1.5"
        """,
        "utf-8",
    )
    document = offices.read_office_file(path)
    assert (document["name"], document["public_address"]) == ("เทศบาลเมืองกะทู้", "https://oss.example.go.th")
    assert document["holidays"] == ["2026-12-31", "2027-01-01"]
    assert (document["rate"][0]["from"], document["rate"][0]["to"]) == ("2026-01-01", "2026-12-31")
    assert len(document["slip_key"]) == 32
    assert offices.check_office(document) == document, "checking again changes nothing"
    assert offices.series(document) == "KT2"
    json.dumps(document)


@pytest.mark.parametrize("content", [b"code = ", b"\xff\xfe", b"[[["])
def test_an_office_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "office.toml").write_bytes(content)
    with pytest.raises(Refused, match="office_file"):
        offices.read_office_file(tmp_path / "office.toml")


# --- init with the real price of its hashes


@pytest.fixture
def office(tmp_path: Path) -> Path:
    path = tmp_path / "office.toml"
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in homes.OFFICE.items()), "utf-8")
    return path


def test_init_and_the_first_petition(office: Path, tmp_path: Path) -> None:
    home = tmp_path / "บ้าน" / "เคาน์เตอร์"
    words = ("init", office, "--admin", homes.USERNAME, "--admin-name", "นางสาวดวงใจ ตัวอย่าง")
    answer = command.process(home, *words, "--counter-name", " ช่อง 2 ", "--json")
    assert answer.code == 0, answer.err
    assert set(answer.json) == {"office", "counter", "store_id"}
    assert (answer.json["office"], answer.json["counter"]) == ("04830203", "ช่อง 2")
    assert sorted(path.name for path in home.iterdir()) == [DATABASE, keys.KEY_FILE]
    if keys.os.name == "posix":
        assert (home / keys.KEY_FILE).stat().st_mode & 0o077 == 0, "only its owner reads the key file"
    again = command.process(home, *words, "--json")
    assert (again.code, again.error["code"]) == (3, "already_set_up")
    done = command.process(home, "register", "petition", "-", "--no-print", "--json", stdin=text(petition()))
    assert set(done.json) == {"id", "number", "service", "status", "due_on", "total_satang"}
    shown = command.run(home, "show", done.json["number"], "--json").json
    assert (shown["officer_name"], shown["counter_name"]) == ("นางสาวดวงใจ ตัวอย่าง", "ช่อง 2")
    assert "ตั้งค่า" in command.process(tmp_path / "other", *words).out


@pytest.mark.parametrize(
    ("words", "changes", "code", "field"),
    [
        ((), {"LAO_COUNTER_PASSWORD": "short"}, "password_short", "password"),
        ((), {"LAO_COUNTER_PASSWORD": None}, "password_needed", "password"),
        ((), {"LAO_COUNTER_PASSPHRASE": None}, "passphrase_needed", None),
        ((), {"LAO_COUNTER_PASSPHRASE": ""}, "passphrase_needed", None),
        (("--counter-name", " "), {}, "required", "counter_name"),
        (("--counter-name", "x" * 61), {}, "too_long", "counter_name"),
        (("--counter-name", "\udcff"), {}, "control_characters", "counter_name"),
        (("--admin-name", "\udcff"), {}, "control_characters", "full_name"),
        (("--admin", "\udcff"), {}, "control_characters", "username"),
    ],
)
def test_init_that_is_refused_leaves_nothing(
    office: Path, tmp_path: Path, words: tuple[str, ...], changes: dict[str, str | None], code: str, field: str | None
) -> None:
    home = tmp_path / "home"
    answer = command.run(home, "init", office, "--admin", "x", *words, "--json", **changes)
    assert (answer.code, answer.error["code"], answer.error["field"]) == (3, code, field)
    assert not home.exists() or list(home.iterdir()) == []


def test_what_a_half_made_counter_left_is_made_anew(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for tail in ("", "-wal", "-shm", "-journal"):
        (home / f"{DATABASE}.new{tail}").write_bytes(b"half")
    homes.make(home)
    assert sorted(path.name for path in home.iterdir()) == [DATABASE, keys.KEY_FILE]
    assert command.run(home, "verify").code == 0


def test_a_join_that_fails_leaves_no_counter(tmp_path: Path) -> None:
    def join(_work: object) -> None:
        raise Unavailable("server", "เซิร์ฟเวอร์ไม่ตอบ")

    home = tmp_path / "home"
    with pytest.raises(Unavailable, match="server"):
        setup.set_up(
            home, offices.check_office(homes.OFFICE), load_builtin().values(),
            setup.Administrator("x", "a long password"), SystemClock(), "x", join=join,
        )  # fmt: skip
    assert list(home.iterdir()) == []


def test_a_folder_in_the_way_of_the_database(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / f"{DATABASE}.new").mkdir(parents=True)
    with pytest.raises(Unavailable, match="home_folder"):
        homes.make(home)


# --- the platform's key store


class Store(keyring.backend.KeyringBackend):
    """A key store of this process, by the key store library's own interface."""

    priority = -1  # type: ignore[assignment]  # never chosen by itself

    def __init__(self) -> None:
        super().__init__()
        self.priority = 9  # type: ignore[assignment,misc]
        self.secrets: dict[tuple[str, str], str] = {}
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.broken:
            raise keyring.errors.KeyringError
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.broken:
            raise keyring.errors.KeyringError
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


@pytest.fixture
def key_store() -> Iterator[Store]:
    before, store = keyring.get_keyring(), Store()
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(before)


def test_the_key_lies_in_the_platforms_key_store(office: Path, tmp_path: Path, key_store: Store) -> None:
    home = tmp_path / "home"
    none = {"LAO_COUNTER_PASSPHRASE": None}
    assert command.run(home, "init", office, "--admin", homes.USERNAME, **none).code == 0
    assert [path.name for path in home.iterdir()] == [DATABASE]
    [(service, entry)] = key_store.secrets
    assert service == keys.KEYRING_SERVICE
    assert not bootstrap.needs_passphrase(home)
    assert command.run(home, "verify", **none).code == 0
    key_store.broken = True
    answer = command.run(home, "verify", "--json", **none)
    assert (answer.code, answer.error["code"]) == (4, "key_missing")
    key_store.broken = False
    key_store.secrets.clear()
    assert command.run(home, "verify", "--json", **none).error["code"] == "key_missing"
    assert str(home) not in entry, "the entry tells no folder"


def test_a_key_store_that_takes_nothing(office: Path, tmp_path: Path, key_store: Store) -> None:
    key_store.broken = True
    words = ("init", office, "--admin", homes.USERNAME, "--json")
    answer = command.run(tmp_path / "home", *words, LAO_COUNTER_PASSPHRASE=None)
    assert (answer.code, answer.error["code"]) == (3, "passphrase_needed")
    assert list((tmp_path / "home").iterdir()) == []


# --- files


def test_replace_waits_for_whoever_holds_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where a virus scanner opens each new file for a moment."""
    source, target = tmp_path / "new", tmp_path / "file"
    source.write_text("new")
    held = [True, True, False]
    really = Path.replace

    def replace(self: Path, to: Path) -> Path:
        if held and held.pop(0):
            raise PermissionError
        return really(self, to)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(files, "REPLACE_PAUSE_S", 0.001)
    files.replace(source, target)
    assert target.read_text() == "new"
    held[:] = [True] * files.REPLACE_TRIES
    source.write_text("newer")
    with pytest.raises(PermissionError):
        files.replace(source, target)
    assert target.read_text() == "new"


def test_a_second_name_where_the_file_system_has_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise OSError("not supported")

    (tmp_path / "file").write_text("content")
    monkeypatch.setattr(Path, "hardlink_to", no_links)
    files.keep_beside(tmp_path / "file", "copy")
    assert (tmp_path / "copy").read_text() == "content"
