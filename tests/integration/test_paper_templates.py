"""The office's own templates: in force from a moment, never changed afterwards, wrong ones refused; office copies;
official letters and memos, queue slips and leaflets."""

import base64
import io
import re
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from app.cli.parser import LETTER_PARTS, LETTERS
from app.domain.errors import Refused
from app.intake import seals
from app.services import (
    cases,
    letters,
    office_settings,
    official_letters,
    paper_templates,
    papers,
    print_jobs,
    printers,
    registration_json,
)
from app.services.counter import Counter
from app.services.model import Actor, Printer
from app.services.paperwork import Letter, Paperwork
from printing import documents, pdf, samples, typeface
from printing.layout import Picture
from printing.official import digits
from tests.integration.support import command, homes
from tests.integration.support.petitions import petition
from tests.integration.sync_support import Province


def picture(width: int = 300, height: int = 300, kind: str = "PNG") -> bytes:
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).ellipse((10, 10, width - 10, height - 10), outline="navy", width=12)
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def registered(counter: Counter, actor: Actor) -> str:
    return cases.enter(counter, actor, registration_json.from_json("petition", petition())).number


def said(counter: Counter, actor: Actor, number: str, document: str = "petition", reason: str = "") -> list[str]:
    job = print_jobs.plan_file(counter, actor, number, document, copy_reason=reason)
    return documents.build(document, print_jobs.view(counter, job), job.copy).texts()


def save(counter: Counter, actor: Actor, **parts: object) -> None:
    kept = office_settings.document(counter)["paper"]
    row = paper_templates.new_row(counter.clock.now(), **parts)
    office_settings.change(counter, actor, {"paper": [*kept, row]})


def test_a_template_dresses_what_comes_after_it_and_nothing_before(
    counter: Counter, actor: Actor, clock: homes.HandClock
) -> None:
    before = registered(counter, actor)
    clock.forward(minutes=5)
    seal = paper_templates.picture_text(picture())
    save(counter, actor, header="{office}\nเปิดทุกวัน", footer="โทร. {phone}", seal=seal, texts={"slip_title": "ใบรับเรื่อง"})
    clock.forward(minutes=5)
    after = registered(counter, actor)
    assert "เปิดทุกวัน" not in said(counter, actor, before)
    for document in ("petition", "slip"):
        told = said(counter, actor, after, document)
        assert told[0:2] == ["เทศบาลเมืองทดสอบ", "เปิดทุกวัน"], document
    assert "ใบรับเรื่อง" in told and "ใบรับคำร้อง" not in told and f"โทร. {counter.office.phone}" == told[-1]
    clock.forward(days=40)
    save(counter, actor, header="แบบใหม่")
    clock.forward(days=400)
    again = said(counter, actor, after, reason="หาย")
    assert again[0:2] == ["เทศบาลเมืองทดสอบ", "เปิดทุกวัน"], "a reprint after a year is the same paper"
    assert said(counter, actor, registered(counter, actor))[0] == "แบบใหม่"


def test_the_seal_takes_the_place_of_its_frame_or_stands_above() -> None:
    template = paper_templates.PaperTemplate(seal=seals.prepared(picture(kind="JPEG")))
    view = replace(samples.PETITION, template=template)
    framed = pdf.render(documents.build("petition", view))
    with pypdfium2.PdfDocument(framed) as found:
        kinds = [item.type for item in found[0].get_objects()]
    assert kinds.count(3) == 1, "one picture, and no frame with words beside it"
    plain = pdf.render(documents.build("petition", samples.PETITION))
    assert ["ตรา\n" in PdfReader(io.BytesIO(data)).pages[0].extract_text() for data in (plain, framed)] == [True, False]
    assert isinstance(documents.build("slip", view).blocks[0], Picture)


def test_what_is_in_force_stays_and_nothing_begins_in_the_past(
    counter: Counter, actor: Actor, clock: homes.HandClock
) -> None:
    save(counter, actor, header="หนึ่ง", hidden_copy=["receipt", "permit"])
    clock.forward(days=1)
    kept = office_settings.document(counter)["paper"]
    for wrong in ([], [{**kept[0], "header": "อื่น"}], [*kept, {**kept[0], "since": "2020-01-01T00:00:00+00:00"}]):
        with pytest.raises(Refused) as refused:
            office_settings.change(counter, actor, {"paper": wrong})
        assert refused.value.field == "paper.since"
    later = {**kept[0], "since": (clock.now() + timedelta(days=5)).isoformat(), "header": "สอง"}
    office_settings.change(counter, actor, {"paper": [*kept, later]})
    assert said(counter, actor, registered(counter, actor))[0] == "หนึ่ง"
    office_settings.change(counter, actor, {"paper": [*kept, {**later, "header": "สาม"}]})
    clock.forward(days=6)
    assert said(counter, actor, registered(counter, actor))[0] == "สาม"


WRONG = {
    "unknown placeholder": ({"header": "{citizen_id}"}, "header"),
    "half a brace": ({"footer": "{office"}, "footer"),
    "too tall": ({"header": "\n".join("12345")}, "header"),
    "too wide": ({"footer": "ก" * 101}, "footer"),
    "unknown text": ({"texts": {"receipt_total": "รวม"}}, "texts.receipt_total"),
    "a text that is a number": ({"texts": {"slip_title": 5}}, "texts.slip_title"),
    "no picture": ({"seal": base64.b64encode(b"%PDF-1.7").decode()}, "seal"),
    "no base 64": ({"garuda": "ตรา"}, "garuda"),
    "a picture that was not made fit": ({"seal": base64.b64encode(picture(2000, 2000)).decode()}, "seal"),
    "unknown document": ({"office_copies": ["timeline"]}, "office_copies"),
    "hidden word where there is none": ({"hidden_copy": ["petition"]}, "hidden_copy"),
    "unknown key": ({"watermark": "ร่าง"}, "watermark"),
    "no moment": ({"since": "พรุ่งนี้"}, "since"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_template_is_refused_and_nothing_changes(counter: Counter, actor: Actor, name: str) -> None:
    parts, field = WRONG[name]
    with pytest.raises(Refused) as refused:
        save(counter, actor, **parts)
    assert refused.value.field == f"paper[0].{field}" and office_settings.document(counter)["paper"] == []


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "ไม่ใช่ภาพ"), (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "ไม่ใช่ภาพ"), (picture(20, 20), "เล็กเกินไป"),
     (b"0" * (seals.LARGEST_FILE + 1), "ใหญ่เกิน"), (picture(9000, 4000), "มากเกินไป")],
    ids=["empty", "broken", "small", "large", "many dots"],
)  # fmt: skip
def test_a_file_that_is_no_good_as_a_seal_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(Refused) as refused:
        seals.prepared(content)
    assert refused.value.code == "seal_picture" and why in refused.value.title


def test_a_noisy_photograph_becomes_small_enough() -> None:
    noise = Image.effect_noise((1500, 1200), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG")
    made = seals.prepared(file.getvalue())
    assert len(made) <= seals.LARGEST and seals.is_prepared(made)


def test_settings_set_takes_a_seal_from_a_file_and_the_present_moment(home: Path, tmp_path: Path) -> None:
    (tmp_path / "seal.png").write_bytes(picture())
    (tmp_path / "paper.toml").write_text(
        '[[paper]]\nheader = "{office}"\nseal_file = "seal.png"\noffice_copies = ["petition"]\n', "utf-8"
    )
    done = command.run(home, "settings", "set", tmp_path / "paper.toml", "--json")
    assert done.code == 0, done.err
    shown = command.run(home, "settings", "show", "paper", "--json").json["settings"]["paper"]
    assert shown[0]["header"] == "{office}" and seals.is_prepared(base64.b64decode(shown[0]["seal"]))
    (tmp_path / "paper.toml").write_text('[[paper]]\nseal_file = "paper.toml"\n', "utf-8")
    wrong = command.run(home, "settings", "set", tmp_path / "paper.toml", "--json")
    assert (wrong.code, wrong.error["code"]) == (3, "seal_picture")


def test_the_office_keeps_a_copy_of_every_original_where_it_wants_one(
    counter: Counter, actor: Actor, tmp_path: Path
) -> None:
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0))
    save(counter, actor, office_copies=["petition", "defect_note"])
    number = registered(counter, actor)
    print_jobs.plan(counter, actor, number, "petition")
    letters.issue(counter, actor, number, letters.DEFECT_NOTE, "สำเนา", counter.clock.now().date(), on_paper=True)
    print_jobs.plan(counter, actor, number, "timeline")
    planned = [(job.document, job.copy.number, job.copy.reason) for job in reversed(print_jobs.list_jobs(counter))]
    copy = paper_templates.OFFICE_COPY
    assert planned == [
        ("petition", 0, ""), ("petition", 1, copy), ("defect_note-1", 0, ""), ("defect_note-1", 1, copy),
        ("timeline", 0, ""),
    ]  # fmt: skip
    again = print_jobs.plan(counter, actor, number, "petition", copy_reason="หาย")
    assert again.copy.number == 2 and len(print_jobs.list_jobs(counter)) == 6, "a copy has no copy"


def test_a_letter_and_a_memo_in_thai_digits_with_their_catchword(home: Path, tmp_path: Path) -> None:
    with homes.opened(home) as counter:
        number = registered(counter, homes.signed_in(counter))
    body = "\n".join(f"{n}. การเตรียมพื้นที่หน้าวัดให้พร้อมภายใน 15 วัน ติดต่อ a1@example.go.th" for n in range(1, 60))
    for kind in official_letters.NAMES:
        out = tmp_path / f"{kind}.pdf"
        done = command.run(
            home, "letters", "issue", number, kind, "--note", body, "--ref-no", "ทส 52001/77", "--speed", "ด่วนมาก",
            "--references", f"คำร้อง {number}", "--signer", "นายสมชาย ใจดี", "--out", out, "--json",
        )  # fmt: skip
        assert done.code == 0, done.err
        with pypdfium2.PdfDocument(out) as document:
            pages = [document[place].get_textpage().get_text_range() for place in range(len(document))]
        whole = "".join(pages)
        assert "ทส ๕๒๐๐๑/๗๗" in whole and "a1@example.go.th" in whole and number in whole and "๕๙." in whole
        assert ("ด่วนมาก" in whole) == (kind == official_letters.OFFICIAL)
        catchword = re.search(r"/([๐-๙]+)\. การเตรียม\S*…", pages[0])
        assert catchword and pages[1].replace("- ๒ -", "").strip().startswith(f"{catchword[1]}. การเตรียม")
    for part, text, field in (("--speed", "เร็ว", "speed"), ("--signer", "ก" * 151, "signer")):
        wrong = command.run(home, "letters", "issue", number, "memo", "--note", "ก", part, text, "--out",
                            tmp_path / "x.pdf", "--json")  # fmt: skip
        assert (wrong.code, wrong.error["field"]) == (3, field)
    assert tuple(official_letters.PARTS) == LETTER_PARTS and tuple(letters.NAMES) == tuple(LETTERS.split(", "))


def test_digits_of_addresses_and_request_numbers_stay() -> None:
    assert digits("โทร. 0-4482 ถึง a1@b.go.th ที่ https://x.go.th/1 เลข KT1201169000042 วันที่ 5") == (
        "โทร. ๐-๔๔๘๒ ถึง a1@b.go.th ที่ https://x.go.th/1 เลข KT1201169000042 วันที่ ๕"
    )


def test_the_queue_counts_the_counters_own_cases_of_the_day(
    counter: Counter, actor: Actor, clock: homes.HandClock
) -> None:
    first, second = registered(counter, actor), registered(counter, actor)
    cases.change_status(counter, actor, first, "received")
    third = registered(counter, actor)
    assert "003" in said(counter, actor, third, papers.QUEUE_SLIP)
    assert "มีผู้รออยู่ก่อน 1 ราย" in said(counter, actor, third, papers.QUEUE_SLIP, "หาย")
    assert "002" in said(counter, actor, second, papers.QUEUE_SLIP)
    clock.forward(days=1)
    assert "001" in said(counter, actor, registered(counter, actor), papers.QUEUE_SLIP)


def test_every_standing_text_stands_on_a_paper() -> None:
    """A builder that is worded anew would leave the office's own wording without a place."""
    letter = Letter(official_letters.OFFICIAL, "ก", None, samples.PETITION.registered_at, "", "")
    view = replace(samples.PETITION, paperwork=Paperwork(samples.PETITION.registered_at, "", letter=letter))
    codes = ("slip", "petition", papers.QUEUE_SLIP, papers.TRACKING_LEAFLET, "official_letter-1")
    usual = {text for code in codes for text in documents.build(code, view).texts()}
    assert {text for _name, text in paper_templates.STANDING.values()} <= usual
    texts = {key: f"แก้ {key}" for key in paper_templates.STANDING}
    changed = replace(view, template=paper_templates.PaperTemplate(texts=texts))
    after = {text for code in codes for text in documents.build(code, changed).texts()}
    assert set(texts.values()) <= after


def test_a_template_set_at_one_counter_dresses_the_papers_of_all(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        one, two = province.desk("1"), province.desk("2")
        row = paper_templates.new_row(
            one.counter.clock.now(), seal=paper_templates.picture_text(picture()), header="หัว"
        )
        office_settings.change(one.counter, Actor("1", "admin", "ผู้ดูแล", "", "admin"), {"paper": [row]})
        for desk in (one, two, one):
            desk.sync()
        for desk in (one, two):
            desk.counter.reload()
            template = desk.counter.templates.at(desk.counter.clock.now())
            assert template is not None and template.header == ("หัว",) and seals.is_prepared(template.seal)
            assert desk.one("SELECT count(*) FROM quarantine") == 0


def test_letters_that_no_paper_shows_are_refused_and_all_others_can_be_drawn() -> None:
    drawn = set(typeface.face(False).face.unicodes) & set(typeface.face(True).face.unicodes)
    taken = {letter for letter in map(chr, range(0x20, 0x10000)) if not paper_templates._NOT_DRAWN.match(letter)}
    assert {ord(letter) for letter in taken} <= drawn
    row = {"since": "2026-12-01T00:00:00+07:00", "header": "", "footer": "", "texts": {}}

    def fault(key: str, why: str) -> Refused:
        return Refused("x", why, "", key)

    for text in ("เทศบาล 🏛", "โทร ☎ 076", "中文", "ก" + "้" * 60):
        with pytest.raises(Refused) as caught:
            paper_templates.check_history({}, {"paper": [{**row, "header": text}]}, homes.HandClock().now(), fault)
        assert caught.value.field == "paper.header"
        paper_templates.check_history(
            {"paper": [{**row, "header": text}]}, {"paper": [{**row, "header": text}]}, homes.HandClock().now(), fault
        )


@pytest.mark.parametrize("side", [421, 12_000, 60_000])
def test_a_seal_of_another_counter_that_unpacks_to_gigabytes_is_refused_unopened(side: int) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    white = zlib.compress(bytes(1_000_000))
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", white) + chunk(b"IEND", b"")
    assert len(bomb) < seals.LARGEST and not seals.is_prepared(bomb)
    if side > 6_000:
        with pytest.raises(Refused) as caught:
            seals.prepared(bomb)
        assert caught.value.code == "seal_picture"
    with pytest.raises(Refused):
        seals.prepared(b"%PDF-1.7 " + bytes(100))
