"""The citizens' pages on a real server: what they show, to whom, and what they never tell."""

import json
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app.services import cases
from sync.server.citizen.look_up import public
from sync.server.citizen.visits import Visits
from sync.server.database import Database
from sync.server.limits import Guesses
from sync.slips import slip_code
from tests.integration.citizen_support import LAST4, Citizen, carried_to, proof
from tests.integration.sync_support import ACTOR, Province, ServerProcess, new_office, server_rows


def test_number_and_digits_lead_to_the_case_and_nothing_else_is_told(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        [number] = desk.register(1, first_name="กตัญญู")
        carried_to(desk, number, "received", "ช่างจะไปดูภายในวันศุกร์ ถาม 076-000-000 ไม่ใช่ 081-234-5678")
        form = citizen.get("/")
        assert 'name="number"' in form.text and "src=" not in form.text and "<script" not in form.text
        found = citizen.post("/track", {"number": f" {number.lower()[:5]} {number[5:]}", "last4": "๐๐๐๐"})
        assert found.status_code == 200
        assert number in found.text and "รับเรื่องแล้ว" in found.text and "กองช่าง" in found.text
        assert "ช่างจะไปดูภายในวันศุกร์ ถาม 076-000-000 ไม่ใช่ …" in found.text
        for secret in ("กตัญญู", "0800000000", LAST4 + "<", "081-234", desk.counter.counter_name, ACTOR.full_name):
            assert secret not in found.text
        assert 'href="tel:076000000"' in found.text, "the office's own telephone"
        assert number not in found.url and LAST4 not in found.url
        for name, value in {
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }.items():
            assert found.headers[name] == value and found.history[0].headers[name] == value
        policy = found.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src" not in policy
        assert "set-cookie" not in found.headers
        english = citizen.get(found.url.removeprefix(province.url) + "?lang=en")
        assert '<html lang="en">' in english.text and ">Received<" in english.text and " BE (" in english.text


def test_notes_for_the_office_stay_there(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        [number] = desk.register()
        cases.change_status(desk.counter, ACTOR, number, "received", "ผู้ร้องโทรมาบ่อย", internal_note="ระวังสุนัข")
        cases.add_note(desk.counter, ACTOR, number, "รอช่างจากจังหวัด", public=False)
        cases.add_note(desk.counter, ACTOR, number, "ช่างจะไปพรุ่งนี้เช้า", public=True)
        desk.sync()
        page = citizen.track(number).text
        assert "ช่างจะไปพรุ่งนี้เช้า" in page and "ข้อความจากหน่วยงาน" in page
        for note in ("ผู้ร้องโทรมาบ่อย", "ระวังสุนัข", "รอช่างจากจังหวัด"):
            assert note not in page


def test_wrong_digits_and_unknown_numbers_are_told_the_same(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        [number] = desk.register()
        desk.sync()
        wrong = citizen.track(number, "1234")
        nobody = citizen.track("KT1010170000999", "1234")
        assert wrong.status_code == nobody.status_code == 404
        assert wrong.text.replace(number, "KT1010170000999") == nobody.text
        for typed in ("<b>", "", "12345", "๑๒๓", "٠٠٠٠"):
            assert citizen.track("KT1010170000998", typed).status_code == 404
        assert '"><b>' not in citizen.track('"><b>', "0000").text
        assert citizen.post("/track", {"number": "x" * 9_000, "last4": "0000"}).status_code == 404


def test_ten_thousand_guesses_get_nowhere_and_the_right_digits_from_elsewhere_pass(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        [number] = desk.register()
        desk.sync()
        with Citizen(province.url, "198.51.100.66") as guesser:
            answers = [guesser.track(number, f"{guess:04d}").status_code for guess in range(9_999, 9_599, -1)]
            assert answers[: Guesses.FREE] == [404] * Guesses.FREE
            assert set(answers[Guesses.FREE :]) == {429}
            waiting = guesser.track(number)
            assert waiting.status_code == 429, "here the right digits are not looked at either"
            assert int(waiting.headers["retry-after"]) > 0 and "ลองใหม่ได้ในอีก" in waiting.text
            with Citizen(province.url) as citizen:
                assert citizen.track(number).status_code == 200
            assert guesser.get(f"/t/{number}/{proof(desk, number)}").status_code == 200, "the slip still opens it"


def test_the_slip_proves_itself(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        [number] = desk.register()
        code = proof(desk, number)
        assert slip_code(desk.counter.current.slip_key.hex(), number) == code
        early = citizen.get(f"/t/{number}/{code}")
        assert early.status_code == 200 and "ใบรับถูกต้อง" in early.text and "กำลังส่งมาจากเคาน์เตอร์" in early.text
        desk.sync()
        slip = citizen.get(f"/t/{number}/{code.lower()}")
        assert slip.status_code == 200 and "ใบรับนี้เป็นของจริง" in slip.text
        assert number not in slip.url and code not in slip.url
        wrong = citizen.get(f"/t/{number}/AAAAAA")
        assert wrong.status_code == 404 and "คำร้องใหม่" not in wrong.text


def test_the_qr_of_a_slip_opens_the_real_server(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        new_office(province.database, public_address=f"{province.url}/")
        desk = province.desk()
        [number] = desk.register()
        desk.sync()
        address = cases.get(desk.counter, number).qr_text
        assert address == f"{province.url}/t/{number}/{proof(desk, number)}"
        assert number in citizen.get(address.removeprefix(province.url)).text


def test_a_result_page_closes_after_a_quarter_of_an_hour(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        [number] = desk.register()
        desk.sync()
        token = citizen.token(number)
        assert citizen.get(f"/case/{token}").status_code == 200
        [[key]] = server_rows(province.database, "SELECT value FROM server_secret WHERE name = 'visits'")
        [[record]] = server_rows(province.database, "SELECT record FROM case_file")
        content = json.dumps(["04830203", record.hex(), "digits"]).encode()
        fresh = Fernet(key).encrypt_at_time(content, int(time.time())).decode()
        old = Fernet(key).encrypt_at_time(content, int(time.time()) - 16 * 60).decode()
        assert citizen.get(f"/case/{fresh}").status_code == 200
        assert citizen.get(f"/case/{old}").status_code == 410
        for forged in (token[:-8] + "AAAAAAAA", "x", "ก", "A" * 500):
            assert citizen.get(f"/case/{forged}").status_code == 410
            assert citizen.act(forged, "rate", score="5").status_code == 410


def test_nothing_personal_reaches_the_log(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        [number] = desk.register(1, first_name="กตัญญู")
        desk.sync()
        server = ServerProcess(province.database)
        try:
            with Citizen(server.url) as citizen:
                citizen.track(number)
                citizen.track(number, "9999")
                citizen.get(f"/t/{number}/AAAAAA")
                citizen.act("x", "rate", text="กตัญญู")
        finally:
            server.process.kill()
            assert server.process.stderr is not None
            said = server.process.stderr.read()
            server.kill()
        assert said == ""


def test_the_key_of_open_pages_is_the_databases_own(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{(tmp_path / 'server.db').as_posix()}")
    try:
        token = Visits(database).begin("04830203", b"r" * 16, "slip")
        visit = Visits(database).open(token)
        assert visit is not None and (visit.office, visit.record, visit.by) == ("04830203", b"r" * 16, "slip")
    finally:
        database.close()


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("โทร 076-321-500 ในเวลาราชการ", "โทร 076-321-500 ในเวลาราชการ"),
        ("โทร 0812345678", "โทร …"),
        ("บัตร ๑-๘๓๙๙-๐๐๐๐๐-๐๑-๔ แล้ว ๑๕ วัน", "บัตร … แล้ว ๑๕ วัน"),
        ("นัด 20-11-2569 เวลา 08.30", "นัด 20-11-2569 เวลา 08.30"),
    ],
)
def test_numbers_of_persons_in_a_public_note_are_not_shown(note: str, shown: str) -> None:
    assert public(note) == shown
