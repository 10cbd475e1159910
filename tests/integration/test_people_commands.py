"""The commands people and addresses, and what register takes and show tells about the applicant."""

from pathlib import Path
from typing import Any

import pytest

from app.domain.citizen_id import check_digit
from tests.integration.support import homes, petitions
from tests.integration.support.command import Answer, run
from tests.integration.support.register import number

TAX_ID = "083556500000" + check_digit("083556500000")


def entered(home: Path, applicant: dict[str, Any] | None = None, **parts: Any) -> Answer:
    data = petitions.petition() | parts
    data["applicant"] = {**data["applicant"], **(applicant or {})}
    return run(home, "register", "petition", "-", "--json", "--no-print", stdin=petitions.text(data))


def shown(home: Path, answer: Answer) -> Any:
    assert answer.code == 0, answer.err
    return run(home, "show", answer.json["number"], "--json").json


def test_a_registration_tells_how_the_person_was_known(home: Path) -> None:
    case = shown(home, entered(home, knowing={"way": "thaid", "ial": "2.3"}, notice={"version": "2569-1"}))
    assert (case["knowing"]["way"], case["knowing"]["ial"]) == ("thaid", "2.3")
    assert case["knowing"]["checked_by"] == "ผู้ดูแล ทดสอบ"
    assert case["knowing"]["text"] == "ยืนยันตัวตนด้วย ThaiD (IAL 2.3)"
    assert (case["notice"]["version"], case["notice"]["how"]) == ("2569-1", "screen")
    plain = shown(home, entered(home))
    assert (plain["knowing"]["way"], plain["notice"]) == ("none", None)


def test_show_tells_it_to_people_too(home: Path) -> None:
    fall_back = {"way": "card_seen", "failed_way": "chip", "failed_reason": "บัตรชำรุด"}
    answer = entered(home, knowing=fall_back)
    assert "การตรวจตัวบุคคล: ดูบัตรตัวจริง (อ่านชิปไม่ได้: บัตรชำรุด)" in run(home, "show", answer.json["number"]).out


def test_a_company_is_registered(home: Path) -> None:
    company = {"kind": "juristic", "organisation": "บริษัท ทดสอบ จำกัด", "cid": TAX_ID, "power_of_attorney": True,
               "representative_cid": number(1)}  # fmt: skip
    applicant = shown(home, entered(home, company))["applicant"]
    assert applicant["full_name"] == "บริษัท ทดสอบ จำกัด โดย นายตัวอย่าง ทดสอบระบบ ผู้รับมอบอำนาจ"
    assert applicant["cid"].startswith("X-XXXX")
    assert applicant["representative_cid"].startswith("X-XXXX")
    assert run(home, "find", "ทดสอบ จำกัด", "--json").json[0]["name"] == applicant["full_name"]


def test_a_foreigner_is_registered_with_a_doubtful_number(home: Path) -> None:
    doubtful = "6123456789010" if check_digit("612345678901") != "0" else "6123456789011"
    refused = entered(home, {"cid": doubtful})
    assert (refused.code, refused.error["field"]) == (3, "applicant.cid")
    assert entered(home, {"cid": doubtful, "kind": "foreigner", "passport": "MB 123456"}).code == 0
    assert entered(home, {"cid": doubtful, "number_confirmed": True}).code == 0


@pytest.mark.parametrize(
    ("applicant", "parts", "field"),
    [
        ({"kind": "robot"}, {}, "applicant.kind"),
        ({"kind": 5}, {}, "applicant.kind"),
        ({"power_of_attorney": "yes"}, {}, "applicant.power_of_attorney"),
        ({"kind": "juristic", "organisation": "ก", "representative_cid": "1"}, {}, "applicant.representative_cid"),
        ({}, {"knowing": {"way": "magic"}}, "knowing.way"),
        ({}, {"knowing": {"way": 5}}, "knowing.way"),
        ({}, {"knowing": "chip"}, "knowing"),
        ({}, {"knowing": {"checked_by": "ผู้อื่น"}}, "knowing.checked_by"),
        ({}, {"knowing": {"ial": "2.3"}}, "knowing.ial"),
        ({}, {"notice": {"how": "screen"}}, "notice.version"),
        ({}, {"notice": []}, "notice"),
        ({}, {"consents": "news"}, "consents"),
        ({}, {"consents": [5]}, "consents"),
        ({}, {"consents": ["everything"]}, "consents"),
    ],
)
def test_what_is_wrong_is_named(home: Path, applicant: dict[str, Any], parts: dict[str, Any], field: str) -> None:
    answer = entered(home, applicant, **parts)
    assert (answer.code, answer.error["field"]) == (3, field)


def test_people_are_found_compared_and_merged(home: Path) -> None:
    entered(home, {"cid": number(1)})
    entered(home, {"cid": ""})
    found = run(home, "people", "find", "ตัวอย่าง", "--json").json
    assert [person["person"] for person in found] == [2, 1]
    assert [person["citizen_id"][:6] for person in found] == ["", "X-XXXX"]
    (double,) = run(home, "people", "doubles", "--json").json
    assert (double["first"]["person"], double["second"]["person"], double["why"][-1]) == (1, 2, "number_missing")
    assert run(home, "people", "decide", "1", "2", "later", "--json").code == 0
    assert "ตัดสินใจภายหลัง" in run(home, "people", "doubles").out
    kept = run(home, "people", "merge", "2", "1", "--note", "บัตรตรงกัน", "--json").json
    assert (kept["person"], kept["cases"]) == (1, 2)
    assert run(home, "people", "doubles").err.strip().endswith("ไม่พบบุคคลที่อาจซ้ำกัน")
    assert run(home, "people", "decide", "1", "2", "undone").out.startswith("2  นายตัวอย่าง ทดสอบระบบ")
    assert len(run(home, "people", "find", "ตัวอย่าง").out.splitlines()) == 2
    assert run(home, "verify", "--json").json["ok"]


def test_nobody_is_told_as_nobody(home: Path) -> None:
    answer = run(home, "people", "find", "ไม่มีใคร")
    assert (answer.code, answer.out) == (0, "")
    assert "13 หลัก" in answer.err


def test_people_needs_an_action(home: Path) -> None:
    assert run(home, "people").code == 2
    assert run(home, "people", "decide", "1", "2", "maybe").code == 2


def test_a_person_who_is_not_there_is_refused(home: Path) -> None:
    answer = run(home, "people", "merge", "1", "2", "--json")
    assert (answer.code, answer.error["code"]) == (3, "unknown_person")


def test_addresses_are_found_without_a_home(tmp_path: Path) -> None:
    answer = run(tmp_path / "nowhere", "addresses", "find", "กะทู้", "--json", "--limit", "1")
    assert answer.json == [
        {
            "code": "830201",
            "subdistrict": "กะทู้",
            "district": "กะทู้",
            "province": "ภูเก็ต",
            "postcodes": ["83120"],
            "label": "ต.กะทู้ อ.กะทู้ จ.ภูเก็ต 83120",
        }
    ]
    assert run(tmp_path / "nowhere", "addresses", "find", "ไม่มีที่นี่").err


def test_addresses_near_the_office_come_first(tmp_path: Path) -> None:
    near = {"district": "ดอยสะเก็ด", "province": "เชียงใหม่"}
    home = homes.make(tmp_path / "home", address=near)
    assert (
        run(home, "addresses", "find", "ตลาดใหญ่").out.splitlines()[0] == "500510  ต.ตลาดใหญ่ อ.ดอยสะเก็ด จ.เชียงใหม่ 50220"
    )
