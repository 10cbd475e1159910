"""What a ThaiD sign-in leaves behind: nothing of the citizen, and nothing of the client's secret at a counter."""

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from app.domain.errors import CounterError
from app.services.thaid import STAFF
from sync import thaid
from sync.server.database import Database
from sync.server.thaid import admin
from sync.server.thaid.settings import Settings
from sync.thaid_messages import poll_request, start_request
from tests.integration.sync_support import Province, ServerProcess, new_office
from tests.integration.thaid_support import (
    CLIENT_ID,
    CLIENT_SECRET,
    NUMBER,
    PERSON,
    STANDARD,
    Phone,
    ProviderProcess,
    Scene,
    scene,
)

PERSONAL = (NUMBER, str(PERSON["given_name"]), str(PERSON["family_name"]), "Pinkaewtest", "25270229", "99/9")
GROUPED = "1-8399-00000-01-4"


def everything_in(database_url: str) -> bytes:
    """Every value of every table, decrypted as the database itself decrypts it."""
    database = Database(database_url)
    found: list[bytes] = []
    with database.read() as connection:
        for name in inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    database.close()
    return b"\n".join(found)


def everything_at(desk: Any) -> bytes:
    with desk.store.read() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%'"
        ).scalars()
        rows = [connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in list(names)]
    return str(rows).encode()


def assert_silent(content: bytes, *secrets: str) -> None:
    assert [secret for secret in secrets if secret.encode() in content] == []


def files_below(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_nothing_of_the_citizen_is_left(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with scene(tmp_path) as made, Phone() as phone:
        made.provider.switch(**STANDARD)
        database = made.province.database
        session = made.begin()
        pages = phone.sign_in(session.url).text
        held = everything_in(database)
        assert_silent(held, *PERSONAL, CLIENT_SECRET, session.id)
        assert thaid.wait(session, seconds=5).citizen_id == NUMBER
        for cheat in ("key", "token_html", "two_numbers"):
            made.provider.switch(cheat=cheat)
            failed = made.begin()
            pages += phone.sign_in(failed.url).text
            assert isinstance(made.end_of(failed), CounterError)
        made.provider.switch(cheat="")
        denied = made.begin()
        pages += phone.sign_in(denied.url, "deny").text
        assert made.end_of(denied).code == "thaid_denied"
        addresses = "\n".join(phone.addresses)
        left, at_counter = everything_in(database), everything_at(made.desk)
    assert_silent(left, *PERSONAL, GROUPED, CLIENT_SECRET, session.id, failed.id, denied.id)
    assert_silent(addresses.encode(), *PERSONAL, GROUPED, CLIENT_SECRET, session.id)
    assert_silent(pages.encode(), *PERSONAL, GROUPED, CLIENT_SECRET, CLIENT_ID)
    assert_silent(at_counter, *PERSONAL, GROUPED, CLIENT_SECRET, CLIENT_ID, made.provider.issuer)
    assert_silent(caplog.text.encode(), *PERSONAL, GROUPED, CLIENT_SECRET, session.id)
    assert_silent(files_below(tmp_path), *PERSONAL, GROUPED, CLIENT_SECRET, CLIENT_ID)


def test_a_server_of_its_own_writes_nothing_of_it(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    new_office(database)
    server = ServerProcess(database)
    provider = ProviderProcess(f"{server.url}/thaid/callback")
    admin.configure(database, Settings(provider.issuer, CLIENT_ID, CLIENT_SECRET, server.url))
    province = Province(tmp_path)
    province.database, province.url = database, server.url
    try:
        desk = province.desk()
        for cheat in ("", "key", "token_500", "nonce"):
            provider.switch(cheat=cheat)
            session = thaid.begin(desk.store)
            with Phone() as phone:
                phone.sign_in(session.url)
            if cheat:
                with pytest.raises(CounterError):
                    thaid.wait(session, seconds=5)
            else:
                assert thaid.wait(session, seconds=5).citizen_id == NUMBER
        desk.close()
    finally:
        provider.stop()
        server.process.terminate()
        said = server.process.communicate(timeout=30)[1]
    assert "thaid_signature" in said, "the administrator sees what went wrong"
    assert_silent(said.encode(), *PERSONAL, GROUPED, CLIENT_SECRET, session.id, phone.addresses[-1].split("code=")[1])


def test_a_counter_is_never_told_client_or_secret(tmp_path: Path) -> None:
    with scene(tmp_path) as made, Phone() as phone:
        made.provider.switch(**STANDARD)
        headers = {"Authorization": f"Bearer {made.desk.meta('device_token')}"}

        def told(path: str, body: bytes) -> bytes:
            answer = phone.http.post(f"{made.province.url}{path}", data=body, headers=headers, timeout=30)
            return str(dict(answer.headers)).encode() + answer.content

        begun = told("/v1/thaid/start", start_request(STAFF))
        session = made.begin(STAFF)
        polled = told("/v1/thaid/poll", poll_request(session.id, "", 0))
        phone.sign_in(session.url)
        done = told("/v1/thaid/poll", poll_request(session.id, "", 5))
        settings = told("/v1/sync", b"{}")
        document = phone.get(f"{made.province.url}/openapi.json").content
        repeated = repr(session).encode()
    assert b'"status":"done"' in done
    for content in (begun, polled, done, settings, document, repeated):
        assert_silent(content, CLIENT_SECRET, CLIENT_ID, made.provider.issuer)
    assert_silent(repeated, session.id, session.url, session.token)


def test_a_persons_repr_tells_nothing(tmp_path: Path) -> None:
    with scene(tmp_path) as made:
        made.provider.switch(**STANDARD)
        person = made.person()
        shown = repr(admin.Settings("https://a", "id", CLIENT_SECRET, "https://b"))
    assert_silent(repr(person).encode() + str([person]).encode(), *PERSONAL)
    assert CLIENT_SECRET not in shown


def test_settings_cannot_be_read_with_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.domain.errors import Unavailable
    from sync.server.thaid.seal import Seal

    database = Database((tmp_path / "server.db").as_posix())
    sealed = Seal(database).close("here", b"secret")
    assert b"secret" not in sealed
    assert Seal(database).open("here", sealed) == b"secret"
    with pytest.raises(Unavailable, match="thaid_seal"):
        Seal(database).open("there", sealed)
    monkeypatch.setenv("LAO_SERVER_KEY", "ab" * 32)
    with pytest.raises(Unavailable, match="thaid_seal"):
        Seal(database).open("here", sealed)
    database.close()


def test_the_seal_of_the_scene_is_the_servers(tmp_path: Path) -> None:
    with scene(tmp_path) as made:
        assert isinstance(made, Scene)
        shown = admin.show(made.province.database)
    assert_silent(str(shown).encode(), CLIENT_SECRET)
    assert shown["client_id"] == CLIENT_ID
