"""ThaiD from the counter's wish to the filled form: real counter, real server, an identity provider as a process."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.services.model import Address, Applicant
from app.services.thaid import STAFF
from sync import thaid
from sync.server import app as server
from sync.server.thaid import routes
from sync.server.thaid.settings import STAFF_SCOPES
from sync.thaid_messages import LONGEST_POLL
from tests.integration.thaid_support import CLIENT_ID, NUMBER, STANDARD, Phone, Scene, scene


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("thaid")) as made:
        yield made


@pytest.fixture
def stage(everybody: Scene) -> Scene:
    everybody.provider.switch(**STANDARD)
    everybody.configure()
    return everybody


def query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def test_a_citizen_allows_and_the_form_is_filled(stage: Scene) -> None:
    session = stage.begin()
    assert timedelta(minutes=4) < session.expires_at - datetime.now(UTC) < timedelta(minutes=6)
    with Phone() as phone:
        shown = phone.get(session.url).text
        assert session.reference in shown
        assert "เคาน์เตอร์ 2" in shown
        assert "เทศบาลเมืองทดสอบ" in shown
        last = phone.sign_in(session.url)
    assert last.status_code == 200
    assert "กลับไปที่เคาน์เตอร์ได้แล้ว" in last.text
    person = thaid.wait(session, seconds=5)
    assert person.birth_date == date(1984, 2, 29)
    assert person.birth_precision == "day"
    assert (person.ial, person.gender, person.english_name) == ("2.3", "male", "Mr. Katanyu Pinkaewtest")
    assert person.checked_at is not None
    assert abs(datetime.now(UTC) - person.checked_at) < timedelta(minutes=1)
    assert person.to_applicant() == Applicant(
        "นาย", "กตัญญู", "ปิ่นแก้วทดสอบ", citizen_id=NUMBER,
        address=Address(house_no="99/9", moo="1", subdistrict="กะทู้", district="กะทู้", province="ภูเก็ต"),
    )  # fmt: skip


def test_what_the_provider_is_asked(stage: Scene) -> None:
    stage.person()
    asked, told = stage.provider.seen("auth")[-1], stage.provider.seen("token")[-1]
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT_ID
    assert asked["redirect_uri"] == told["redirect_uri"] == f"{stage.province.url}/thaid/callback"
    assert asked["scope"].split()[:2] == ["openid", "pid"]
    assert asked["code_challenge_method"] == "S256"
    assert told["grant_type"] == "authorization_code"
    assert told["authorization"] == "Basic "
    assert len(asked["state"]) == len(asked["nonce"]) == 43


def test_an_issuer_that_is_another_to_the_letter(stage: Scene) -> None:
    stage.configure(issuer=stage.provider.issuer.replace("127.0.0.1", "localhost"))
    session = stage.begin()
    with Phone() as phone:
        assert phone.get(session.url).status_code == 200
        assert phone.post(session.url).status_code == 502
    assert stage.end_of(session).code == "thaid_discovery"


def test_paths_of_the_published_samples_where_there_is_no_discovery_document(tmp_path: Any) -> None:
    with scene(tmp_path) as made:
        made.provider.switch(discovery=False)
        assert made.person().citizen_id == NUMBER
        asked = made.provider.seen("auth")[-1]
    assert "code_challenge" not in asked, "only a provider that says so knows PKCE"


@pytest.mark.parametrize("place", ["id_token", "token", "userinfo"])
def test_claims_come_in_the_token_beside_it_or_from_userinfo(stage: Scene, place: str) -> None:
    stage.provider.switch(claims=place)
    person = stage.person()
    assert (person.citizen_id, person.last_name) == (NUMBER, "ปิ่นแก้วทดสอบ")


@pytest.mark.parametrize(
    ("birthdate", "expected"),
    [
        ("1984-02-29", (date(1984, 2, 29), "day")),
        ("25270229", (date(1984, 2, 29), "day")),
        ("25270000", (date(1984, 1, 1), "year")),
        ("๒๕๒๗๐๒๐๐", (date(1984, 2, 1), "month")),
        ("ไม่ทราบ", (None, "")),
    ],
)
def test_birth_dates_of_either_form(stage: Scene, birthdate: str, expected: tuple[date | None, str]) -> None:
    stage.provider.switch(
        person={"birthdate": birthdate, "address": "12 ถนนทดสอบ แขวงบางรัก เขตบางรัก กรุงเทพมหานคร 10500"}
    )
    person = stage.person()
    assert (person.birth_date, person.birth_precision) == expected
    assert person.address == Address(
        house_no="12", road="ทดสอบ", subdistrict="บางรัก", district="บางรัก", province="กรุงเทพมหานคร", postcode="10500"
    )


def test_a_clerk_who_signs_in_is_asked_for_less(stage: Scene) -> None:
    person = stage.person(STAFF)
    assert person.purpose == STAFF
    assert set(stage.provider.seen("auth")[-1]["scope"].split()) <= STAFF_SCOPES
    assert person.birth_date is None
    assert person.address_text == ""


def test_tokens_are_given_back_after_use(stage: Scene) -> None:
    before = len(stage.provider.seen("revoke"))
    stage.person()
    until = time.monotonic() + 60
    while len(stage.provider.seen("revoke")) == before and time.monotonic() < until:
        time.sleep(0.05)
    assert stage.provider.seen("revoke")[before:] == [True]


def test_the_counter_hears_at_once_and_is_told_of_the_opening(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the bell: a server that looked by itself would not have looked yet."""
    monkeypatch.setattr(routes, "LOOK_SECONDS", float(LONGEST_POLL))
    session, outcomes, opened = stage.begin(), [], threading.Event()
    heard = threading.Event()
    watch = thaid.watch(session, lambda outcome: (outcomes.append(outcome), heard.set()), opened.set)
    with Phone() as phone:
        departure = phone.leave(session.url)
        assert opened.wait(60)
        back = phone.consent(departure)
        began = time.monotonic()
        phone.get(back)
        assert heard.wait(60)
    assert time.monotonic() - began < LONGEST_POLL - 5
    watch.join(60)
    assert [outcome.citizen_id for outcome in outcomes] == [NUMBER]


def test_a_cancelled_wait_ends_soon_tells_nothing_and_leaves_nothing(stage: Scene) -> None:
    session, outcomes = stage.begin(), []
    watch = thaid.watch(session, outcomes.append)
    time.sleep(0.3)
    watch.cancel()
    began = time.monotonic()
    watch.join(60)
    assert time.monotonic() - began < LONGEST_POLL - 5
    assert outcomes == []
    with Phone() as phone:
        assert phone.get(session.url).status_code == 404
    assert stage.end_of(session).code == "thaid_cancelled"


def test_a_person_is_told_once(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as phone:
        phone.sign_in(session.url)
    assert thaid.wait(session, seconds=5).citizen_id == NUMBER
    assert stage.end_of(session).code == "thaid_fetched"
    assert stage.province.rows("SELECT count(*) FROM thaid_session WHERE person IS NOT NULL")[0][0] == 0


def test_another_counter_cannot_ask_for_the_session(stage: Scene) -> None:
    session = stage.begin()
    other = stage.province.desk("เคาน์เตอร์ 3")
    stolen = thaid.resumed(other.store, session.id)
    with Phone() as phone:
        phone.sign_in(session.url)
    assert stage.end_of(stolen).code == "thaid_session_unknown"
    assert thaid.wait(session, seconds=5).citizen_id == NUMBER


def test_a_session_outlives_the_server(tmp_path: Any) -> None:
    with scene(tmp_path) as made, Phone() as phone:
        session = made.begin()
        departure = phone.leave(session.url)
        port = int(made.province.url.rsplit(":", 1)[1])
        made.province.stack.close()
        made.province.stack.enter_context(server.background(made.province.database, port=port))
        assert phone.get(phone.consent(departure)).status_code == 200
        assert thaid.wait(session, seconds=5).citizen_id == NUMBER


def test_only_the_browser_that_opened_a_link_may_press_again(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as first, Phone() as second:
        abandoned = first.leave(session.url)
        assert second.get(session.url).status_code == 404
        assert second.post(session.url).status_code == 404
        again = first.leave(session.url)
        assert query(again)["state"] != query(abandoned)["state"]
        assert first.get(first.consent(abandoned)).status_code == 404
        assert first.get(first.consent(again)).status_code == 200
    assert thaid.wait(session, seconds=5).citizen_id == NUMBER


def test_looking_at_the_page_uses_nothing_up(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as preview, Phone() as phone:
        assert [preview.get(session.url).status_code for _ in range(3)] == [200, 200, 200]
        assert phone.sign_in(session.url).status_code == 200
    assert thaid.wait(session, seconds=5).citizen_id == NUMBER


def test_openapi_describes_the_requests(stage: Scene) -> None:
    with Phone() as phone:
        document = phone.get(f"{stage.province.url}/openapi.json").json()
    assert {"/v1/thaid/start", "/v1/thaid/poll", "/v1/thaid/cancel"} <= set(document["paths"])
    assert "person" in document["components"]["schemas"]["ThaiDStateModel"]["properties"]
