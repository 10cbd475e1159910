"""Ways to cheat at a ThaiD sign-in. Each is refused: the counter gets no person, and is told so."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest

from app.domain.errors import Unavailable
from sync import thaid
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


def changed(url: str, **values: str) -> str:
    """The address with parts of its query put in place of others."""
    parts = urlsplit(url)
    query = {key: found[0] for key, found in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode(query)))


def assert_refused(stage: Scene, session: thaid.ThaiDSession, code: str) -> None:
    outcome = stage.end_of(session)
    assert isinstance(outcome, Unavailable)
    assert outcome.code == code
    assert "เสียบบัตร" in outcome.hint, "another way is offered"
    assert stage.province.rows("SELECT count(*) FROM thaid_session WHERE person IS NOT NULL")[0][0] == 0


def assert_provider_refused(stage: Scene, cheat: str, code: str) -> None:
    """A provider that cheats like this, after the citizen has allowed."""
    stage.provider.switch(cheat=cheat)
    session = stage.begin()
    with Phone() as phone:
        last = phone.sign_in(session.url)
    assert last.status_code == 400
    assert "ไม่สำเร็จ" in last.text
    assert_refused(stage, session, code)


def test_wrong_state(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as phone:
        back = phone.consent(phone.leave(session.url))
        assert phone.get(changed(back, state="x" * 43)).status_code == 404
        assert phone.get(back.split("?")[0] + "?code=abc").status_code == 404
        assert phone.get(f"{back}&state=second").status_code == 404
        assert phone.get(back).status_code == 200, "the right one still counts"
    assert thaid.wait(session, seconds=5).citizen_id == NUMBER


def test_wrong_nonce(stage: Scene) -> None:
    assert_provider_refused(stage, "nonce", "thaid_nonce")


def test_wrong_audience(stage: Scene) -> None:
    assert_provider_refused(stage, "audience", "thaid_audience")


def test_wrong_issuer(stage: Scene) -> None:
    assert_provider_refused(stage, "issuer", "thaid_issuer")


def test_algorithm_none(stage: Scene) -> None:
    assert_provider_refused(stage, "none", "thaid_algorithm")


def test_wrong_key(stage: Scene) -> None:
    assert_provider_refused(stage, "key", "thaid_signature")


def test_expired_token(stage: Scene) -> None:
    assert_provider_refused(stage, "expired", "thaid_token_expired")


def test_replayed_code(stage: Scene) -> None:
    used, fresh = stage.begin(), stage.begin()
    with Phone() as phone:
        back = phone.consent(phone.leave(used.url))
        assert phone.get(back).status_code == 200
        assert phone.get(back).status_code == 404, "its state is used up"
        other = phone.consent(phone.leave(fresh.url))
        code = parse_qs(urlsplit(back).query)["code"][0]
        assert phone.get(changed(other, code=code)).status_code == 400
    assert stage.end_of(fresh).code == "thaid_code_refused"
    assert thaid.wait(used, seconds=5).citizen_id == NUMBER


def test_replayed_code_at_a_provider_that_takes_it_twice(stage: Scene) -> None:
    stage.provider.switch(cheat="sloppy_codes")
    used, fresh = stage.begin(), stage.begin()
    with Phone() as phone:
        back = phone.consent(phone.leave(used.url))
        assert phone.get(back).status_code == 200
        assert thaid.wait(used, seconds=5).citizen_id == NUMBER
        other = phone.consent(phone.leave(fresh.url))
        code = parse_qs(urlsplit(back).query)["code"][0]
        assert phone.get(changed(other, code=code)).status_code == 400
    assert_refused(stage, fresh, "thaid_nonce")


def test_another_sessions_callback(stage: Scene) -> None:
    mine, yours = stage.begin(), stage.begin()
    with Phone() as me, Phone() as you:
        my_way, your_way = me.leave(mine.url), you.leave(yours.url)
        back = me.consent(my_way)
        state = parse_qs(urlsplit(your_way).query)["state"][0]
        assert you.get(changed(back, state=state)).status_code == 400, "my code with your state"
    assert_refused(stage, yours, "thaid_code_refused")


def test_another_browsers_callback(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as sent, Phone() as other:
        assert other.get(other.consent(sent.leave(session.url))).status_code == 400
    assert_refused(stage, session, "thaid_other_browser")


def test_another_browser_may_return_only_where_the_office_says_so(stage: Scene) -> None:
    stage.configure(same_browser=False)
    session = stage.begin()
    with Phone() as sent, Phone() as other:
        assert other.get(other.consent(sent.leave(session.url))).status_code == 200
    assert thaid.wait(session, seconds=5).citizen_id == NUMBER


def test_changed_redirect(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as phone:
        departure = phone.leave(session.url)
        away = "https://attacker.example.org/thaid/callback"
        assert phone.get(changed(departure, redirect_uri=away)).status_code == 400, "the provider knows ours only"
        stage.provider.switch(cheat="sloppy_redirect")
        stolen = phone.consent(changed(departure, redirect_uri=away))
        assert stolen.startswith(away)
        back = stolen.replace(away, f"{stage.province.url}/thaid/callback")
        assert phone.get(back).status_code == 400
    assert stage.provider.seen("token")[-1]["redirect_uri"] == f"{stage.province.url}/thaid/callback"
    assert_refused(stage, session, "thaid_code_refused")


def test_a_forged_host_changes_no_address(stage: Scene) -> None:
    session = stage.begin()
    with Phone() as phone:
        phone.http.headers["Host"] = "attacker.example.org"
        phone.http.headers["X-Forwarded-Host"] = "attacker.example.org"
        answer = phone.post(session.url)
    assert "attacker" not in answer.headers["location"]


def test_hs256_signed_with_the_public_key(stage: Scene) -> None:
    assert_provider_refused(stage, "hs256", "thaid_algorithm")


@pytest.mark.parametrize(
    ("cheat", "code"),
    [
        ("long_life", "thaid_token_expired"),
        ("at_hash", "thaid_at_hash"),
        ("unknown_kid", "thaid_key"),
        ("crit", "thaid_token"),
        ("no_id_token", "thaid_token"),
        ("no_nonce", "thaid_nonce"),
        ("two_numbers", "thaid_subject"),
    ],
)
def test_further_cheats(stage: Scene, cheat: str, code: str) -> None:
    assert_provider_refused(stage, cheat, code)


def test_userinfo_of_somebody_else(stage: Scene) -> None:
    stage.provider.switch(claims="userinfo")
    assert_provider_refused(stage, "userinfo_subject", "thaid_subject")


def test_a_token_without_nonce_only_where_the_administrator_allows_it(stage: Scene) -> None:
    stage.configure(nonce_required=False)
    stage.provider.switch(cheat="no_nonce")
    assert stage.person().citizen_id == NUMBER
    assert_provider_refused(stage, "nonce", "thaid_nonce")


def test_a_number_that_fails_its_check_digit(stage: Scene) -> None:
    stage.provider.switch(person={"pid": "1839900000015"})
    session = stage.begin()
    with Phone() as phone:
        assert phone.sign_in(session.url).status_code == 400
    assert_refused(stage, session, "thaid_claims")


def test_an_unenrolled_caller_learns_nothing(stage: Scene) -> None:
    body = json.dumps({"protocol": 1, "purpose": "citizen"})
    with Phone() as phone:
        for name in ("start", "poll", "cancel"):
            answer = phone.http.post(f"{stage.province.url}/v1/thaid/{name}", data=body, timeout=10)
            assert (answer.status_code, answer.json()["code"]) == (401, "token_unknown")
