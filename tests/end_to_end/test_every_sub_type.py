"""A petition of every sub-type goes from filing to rated: by command line, with the central server as a process."""

import re
from pathlib import Path

import pypdfium2
import pytest

from app.catalog.loader import load_builtin
from sync.server import admin
from tests.integration.citizen_support import WAY, Citizen
from tests.integration.support import command, homes
from tests.integration.support.petitions import lines, petition
from tests.integration.sync_support import OFFICE_CODE, ServerProcess, new_office, server_rows
from tests.support.seed_types import SEED_TYPES

SHEET = (
    "ระบบ One Stop Service", "เลขที่คำร้อง {number}", "หน่วยงานเจ้าของเรื่อง", "{division}", "เจ้าหน้าที่รับคำร้อง", "ผู้ดูแล ทดสอบ",
    "ประเภทเรื่องร้องเรียน", "{type}", "ชื่อผู้ร้อง", "นายตัวอย่าง ทดสอบระบบ", "หมายเลขบัตรประชาชน", "X-XXXX-XXXX0-01-3",
    "เบอร์โทรศัพท์", "xxx-xxx-0000", "หัวข้อเรื่อง", "{topic}", "รายละเอียด", "{detail}", "จึงเรียนมาเพื่อโปรดพิจารณา",
    "(นายตัวอย่าง ทดสอบระบบ)",
)  # fmt: skip
"""What the sheet says, as the One Stop Service prints it (domain reference, 2.4)."""
IN_ORDER = (
    "เลขที่คำร้อง {number}", "ประเภทเรื่องร้องเรียน", "{type}", "ชื่อผู้ร้อง", "หัวข้อเรื่อง", "{topic}", "รายละเอียด",
    "{detail}", "จึงเรียนมาเพื่อโปรดพิจารณา",
)  # fmt: skip
STEPS = ("รับเรื่องแล้ว", "มอบหมายแล้ว", "กำลังดำเนินการ", "ดำเนินการแล้ว: แก้ไขแล้ว (ผู้ร้องเห็น)", "ผู้ร้องประเมินความพึงพอใจ 5")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def words(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return squeezed("".join(document[n].get_textpage().get_text_range() for n in range(len(document))))


def codes() -> dict[tuple[str, str], tuple[str, str]]:
    """Codes of the definition by the names of the reference."""
    mains = load_builtin()["petition"].categories
    return {(main.name, sub.name): (main.code, sub.code) for main in mains for sub in main.subcategories}


def filed(place: int, main: str, sub: str) -> dict[str, str]:
    category, subcategory = codes()[main, sub]
    return {
        "category": category,
        "subcategory": subcategory,
        "topic": f"เรื่องที่ {place} {sub}",
        "detail": f"รายละเอียดของเรื่องที่ {place} ขอให้ตรวจสอบและแก้ไข",
    }


@pytest.mark.slow
def test_every_sub_type_from_filing_to_rated(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    new_office(database)
    home = homes.make(tmp_path / "home")
    answers = [filed(place, main, sub) for place, (main, sub, _division) in enumerate(SEED_TYPES, start=1)]
    registered = command.run(
        home, "register", "petition", "-", "--lines", "--no-print", "--json",
        stdin=lines([petition(**answer) for answer in answers]),
    )  # fmt: skip
    assert registered.code == 0, registered.err
    numbers = [row["number"] for row in registered.rows]
    assert len(numbers) == len(SEED_TYPES) == 25
    for number in numbers:
        for state in WAY:
            note = ("--note", "แก้ไขแล้ว", "--public") if state == "done" else ()
            done = command.run(home, "status", number, state, *note, "--json")
            assert done.code == 0, done.err
    server = ServerProcess(database)
    try:
        code, _ = admin.enrol_code(database, OFFICE_CODE)
        assert command.run(home, "enrol", server.url, code).code == 0
        assert command.run(home, "sync", "--json").json["rejected"] == 0
        for place, number in enumerate(numbers):
            with Citizen(server.url, f"203.0.113.{place}") as citizen:
                token = citizen.token(number)
                page = citizen.get(f"/case/{token}").text
                assert "ดำเนินการแล้ว" in page and "แก้ไขแล้ว" in page
                assert citizen.act(token, "rate", score="5").status_code == 200
        synced = command.run(home, "sync", "--json").json
        assert synced["pending"] == 0
    finally:
        server.kill()
    assert {row[0] for row in server_rows(database, "SELECT status FROM case_file")} == {"rated"}
    for number, answer, (main, sub, division) in zip(numbers, answers, SEED_TYPES, strict=True):
        case = command.run(home, "show", number, "--json").json
        assert (case["status"], case["division_name"]) == ("rated", division)
        assert case["type_text"] == f"{main} : {sub}"
        out = {document: tmp_path / f"{number}-{document}.pdf" for document in ("petition", "timeline")}
        for document, path in out.items():
            assert command.run(home, "print", number, document, "--out", path).code == 0
        told = {"number": number, "division": division, "type": case["type_text"], **answer}
        sheet = words(out["petition"])
        for part in SHEET:
            assert squeezed(part.format(**told)) in sheet, (part, sub)
        places = [sheet.index(squeezed(part.format(**told))) for part in IN_ORDER]
        assert places == sorted(places), sub
        timeline = words(out["timeline"])
        found = [timeline.rindex(squeezed(step)) for step in STEPS]
        assert found == sorted(found), sub
    assert command.run(home, "verify").code == 0
