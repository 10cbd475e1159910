"""ThaiD when something is missing, slow, denied or late: clear words, another way, and no case lost by it."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from app.domain.errors import CounterError, Refused, Unavailable
from app.services.thaid import STAFF
from sync import thaid
from sync.server.database import Database
from sync.server.thaid import admin, fetch, provider, sessions
from sync.thaid_messages import LONGEST_POLL
from tests.integration.sync_support import Province, scripted
from tests.integration.thaid_support import NUMBER, STANDARD, Phone, Scene, scene


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("thaid")) as made:
        yield made


@pytest.fixture
def stage(everybody: Scene) -> Scene:
    everybody.provider.switch(**STANDARD)
    everybody.configure()
    return everybody


def refused_start(desk: object, purpose: str = "citizen") -> CounterError:
    with pytest.raises(CounterError) as caught:
        thaid.begin(desk.store, purpose)  # type: ignore[attr-defined]
    return caught.value


def test_an_office_that_stands_alone(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        error = refused_start(province.desk(enrolled=False, alone=True))
    assert isinstance(error, Unavailable)
    assert error.code == "thaid_no_server"
    assert "เสียบบัตร" in error.hint


def test_a_server_without_thaid(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        error, for_staff = refused_start(desk), refused_start(desk, STAFF)
    assert isinstance(error, Unavailable)
    assert error.code == "thaid_not_configured"
    assert "เสียบบัตร" in error.hint
    assert "รหัสผ่าน" in for_staff.hint, "a clerk who signs in has another way than a card"


def test_offline(stage: Scene) -> None:
    desk = stage.province.desk("เคาน์เตอร์ ไม่มีเน็ต")
    desk.move_to("http://127.0.0.1:9")
    error = refused_start(desk)
    assert isinstance(error, Unavailable)
    assert error.code == "thaid_offline"
    assert "เสียบบัตร" in error.hint


def test_a_server_that_does_not_know_thaid_yet(stage: Scene) -> None:
    desk = stage.province.desk("เคาน์เตอร์ เก่า")
    answer = b'{"detail":"Not Found"}'
    head = (
        b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    )
    with scripted(lambda connection, _: connection.sendall(head % len(answer) + answer)) as url:
        desk.move_to(url)
        error = refused_start(desk)
    assert error.code == "thaid_not_supported"


def test_the_line_breaks_while_waiting_and_comes_back(stage: Scene) -> None:
    from tests.integration.sync_support import Proxy

    desk = stage.province.desk("เคาน์เตอร์ เน็ตหลุด")
    with Proxy(stage.province.url) as proxy:
        desk.move_to(proxy.url)
        session = thaid.begin(desk.store)
        outcomes, heard = [], threading.Event()
        proxy.lose = 2
        thaid.watch(session, lambda outcome: (outcomes.append(outcome), heard.set()))
        time.sleep(0.5)
        with Phone() as phone:
            departure = phone.leave(session.url)
            until = time.monotonic() + 60
            while proxy.lost < 2 and time.monotonic() < until:
                time.sleep(0.05)
            phone.get(phone.consent(departure))
        assert heard.wait(60)
    assert proxy.lost == 2
    assert outcomes[0].citizen_id == NUMBER


def test_denied(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as phone:
        last = phone.sign_in(session.url, "deny")
    assert (last.status_code, "ไม่มีข้อมูลถูกส่ง" in last.text) == (200, True)
    outcome = stage.end_of(session)
    assert isinstance(outcome, Refused)
    assert outcome.code == "thaid_denied"
    assert "ก็รับเรื่องได้" in outcome.hint


def test_a_scope_that_was_not_granted(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as phone:
        assert phone.sign_in(session.url, "invalid_scope").status_code == 400
    assert stage.end_of(session).code == "thaid_provider_error"


def test_late(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as phone:
        back = phone.consent(phone.leave(session.url))
        database = Database(stage.province.database)
        with database.write() as connection:
            connection.execute(update(sessions.TABLE).values(expires_at=sessions.now_ms()))
        database.close()
        assert phone.get(back).status_code == 404
        assert phone.get(session.url).status_code == 404
    outcome = stage.end_of(session)
    assert (outcome.code, "เสียบบัตร" in outcome.hint) == ("thaid_expired", True)


def test_a_poll_that_waits_hears_of_the_end_of_time(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "LIFE_MS", 500)
    session = stage.begin()
    began = time.monotonic()
    assert stage.end_of(session).code == "thaid_expired"
    assert time.monotonic() - began < LONGEST_POLL - 5


def test_nothing_is_left_after_a_quarter_of_an_hour(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    session = stage.begin()
    with Phone() as phone:
        assert phone.sign_in(session.url).status_code == 200
    assert stage.province.rows("SELECT count(*) FROM thaid_session WHERE person IS NOT NULL")[0][0] >= 1
    monkeypatch.setattr(sessions, "KEEP_MS", 0)
    from sync.server.thaid.flow import Flow

    database = Database(stage.province.database)
    Flow(database, lambda _key: None).clear()
    database.close()
    assert stage.province.rows("SELECT count(*) FROM thaid_session")[0][0] == 0
    assert stage.end_of(session).code == "thaid_session_unknown"


@pytest.mark.parametrize(
    ("cheat", "code"),
    [
        ("token_500", "thaid_provider_fault"),
        ("token_html", "thaid_provider_fault"),
        ("token_401", "thaid_client_refused"),
        ("token_slow", "thaid_provider_silent"),
    ],
)
def test_a_provider_that_fails(stage: Scene, cheat: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", (1.0, 1.0))
    stage.provider.switch(cheat=cheat, slow=1.5)
    session = stage.begin()
    with Phone() as phone:
        assert phone.sign_in(session.url).status_code == 400
    outcome = stage.end_of(session)
    assert isinstance(outcome, Unavailable)
    assert outcome.code == code
    assert "เสียบบัตร" in outcome.hint


def test_a_provider_that_is_off(stage: Scene) -> None:
    stage.configure(issuer="http://127.0.0.1:9")
    session = stage.begin()
    with Phone() as phone:
        assert phone.get(session.url).status_code == 200
        answer = phone.post(session.url)
    assert (answer.status_code, "เจ้าหน้าที่จะเริ่มให้ใหม่" in answer.text) == (502, True)
    assert stage.end_of(session).code == "thaid_provider_silent"


def test_keys_are_fetched_anew_when_the_provider_has_new_ones(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stage.person().citizen_id == NUMBER
    stage.provider.switch(rotate=True)
    monkeypatch.setattr(provider, "AGAIN_SECONDS", 0.0)
    assert stage.person().citizen_id == NUMBER


def test_too_many_sessions_at_once(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_AT_ONCE", 2)
    desk = stage.province.desk("เคาน์เตอร์ ใจร้อน")
    first = thaid.begin(desk.store)
    thaid.begin(desk.store)
    assert refused_start(desk).code == "thaid_too_many"
    thaid.cancel(first)
    assert thaid.begin(desk.store).reference


def test_guessing_links_is_slowed_down(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Phone() as phone:
        codes = [phone.get(f"{province.url}/thaid/go/guess{n}").status_code for n in range(70)]
    assert codes[:60] == [404] * 60
    assert set(codes[60:]) == {429}


def test_settings_are_checked_before_they_are_kept(stage: Scene) -> None:
    for changes, field in (
        ({"issuer": "http://imauth.example.org"}, "issuer"),
        ({"redirect_base": "ftp://example.org"}, "redirect_base"),
        ({"redirect_base": "https://example.org:port"}, "redirect_base"),
        ({"scopes": ("openid", "name")}, "scopes"),
        ({"client_secret": ""}, "client_secret"),
    ):
        with pytest.raises(Refused) as caught:
            stage.configure(**changes)
        assert caught.value.field == field


def test_an_office_has_its_own_settings_and_others_the_general_ones(stage: Scene) -> None:
    own = admin.Settings(stage.provider.issuer, "own-client", "own-secret", stage.province.url)
    database, office = stage.province.database, "04830203"
    assert admin.configure(database, own, office)["client_id"] == "own-client"
    assert admin.show(database, office)["client_id"] == "own-client"
    assert admin.show(database)["client_id"] != "own-client"
    session = stage.begin()
    with Phone() as phone:
        assert "client_id=own-client" in phone.leave(session.url)
    assert admin.forget(database, office)
    assert not admin.forget(database, office)


def test_the_environment_may_give_the_settings(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    admin.forget(stage.province.database)
    with pytest.raises(Refused, match="thaid_not_configured"):
        admin.show(stage.province.database)
    monkeypatch.setenv("LAO_THAID_ISSUER", stage.provider.issuer)
    monkeypatch.setenv("LAO_THAID_CLIENT_ID", "from-environment")
    monkeypatch.setenv("LAO_THAID_CLIENT_SECRET", "hidden")
    monkeypatch.setenv("LAO_THAID_REDIRECT_BASE", stage.province.url)
    shown = admin.show(stage.province.database)
    assert (shown["client_id"], shown["redirect_uri"]) == ("from-environment", f"{stage.province.url}/thaid/callback")
    assert "hidden" not in str(shown)
    assert admin.check(stage.province.database)["reachable"] is True
