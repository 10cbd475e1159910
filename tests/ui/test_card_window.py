"""The chip card in the window, live: the real pcscd, vpcd's reader and a virtual card that is put in and pulled out."""

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from app.cli.window import CardReaders
from app.services import cases, drafts
from app.services.model import Address
from tests.integration.card_support import ELDER
from tests.support import pcscd as daemon_support
from tests.support.pcscd import READERS, Pcscd, is_filled, until
from tests.support.virtual_card import CardImage, Chip, VirtualCard
from tests.ui.conftest import PETITION, type_text
from ui.counter.citizen.proving import BY_CHIP
from ui.counter.page import CounterPage


@pytest.fixture(scope="module")
def pcscd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pcscd]:
    yield from daemon_support.running(tmp_path_factory.mktemp("pcscd"))


def portrait(colour: str) -> bytes:
    """A JPEG as cards hold one, 297 x 355 dots."""
    file = io.BytesIO()
    Image.new("RGB", (297, 355), colour).save(file, "JPEG", quality=40)
    assert len(file.getvalue()) < 5100
    return file.getvalue()


PHOTO = portrait("#2a6f4e")
SIRIWAN = CardImage(photo=PHOTO)
SOMCHAI = CardImage(
    citizen_id="1830100000011",
    thai_name="นาย#สมชาย##ใจดี",
    address="7#หมู่ที่ 1####ตำบลกะทู้#อำเภอกะทู้#จังหวัดภูเก็ต",
    photo=portrait("#6f2a4e"),
)


@pytest.fixture
def page(qtbot, show, session, pcscd) -> Iterator[CounterPage]:
    session.cards = CardReaders()
    page = show(CounterPage(session))
    qtbot.waitUntil(lambda: page.citizen.proving.feed is not None and page.citizen.proving.feed._line.watch is not None)
    yield page
    page.leave()
    page.citizen.proving.feed._thread.join(5)
    assert not page.citizen.proving.feed._thread.is_alive()


TRAPS = replace(ELDER, photo=PHOTO)


class Slot:
    """A reader's slot into which cards are put from the test, without waiting for anybody to notice."""

    def __init__(self, pcscd: Pcscd, place: int = 0) -> None:
        self._port, self._reader = pcscd.port + place, READERS[place]
        self._card: VirtualCard | None = None

    def insert(self, chip: Chip) -> None:
        self._card = VirtualCard(chip, self._port)
        self._card.insert()

    def pull(self) -> None:
        if self._card is not None:
            self._card.remove()
            self._card = None

    def empty(self) -> None:
        self.pull()
        until(lambda: not is_filled(self._reader), "the slot is empty")


@pytest.fixture
def slot(pcscd: Pcscd) -> Iterator[Slot]:
    slot = Slot(pcscd)
    yield slot
    slot.empty()


def test_a_card_fills_the_form_and_shows_its_photo_until_it_is_pulled(qtbot, page: CounterPage, slot: Slot, session):
    slot.insert(Chip(SIRIWAN))
    qtbot.waitUntil(lambda: bool(page.citizen.value().first_name), timeout=10_000)
    who = page.citizen.value()
    assert (who.title, who.first_name, who.last_name, who.citizen_id) == (
        "นาง", "ศิริวรรณ", "พุ่มพวง", SIRIWAN.citizen_id,
    )  # fmt: skip
    assert who.address == Address(
        "123/45", "6", "ตรอกวัดสามพระยา สามเสน 5", "สามเสน", "วัดสามพระยา", "พระนคร", "กรุงเทพมหานคร", "10200"
    )
    assert page.citizen.identity.shown == "X-XXXX-XXXX3-45-6"
    assert page.citizen.identity.source == BY_CHIP
    knowing = page.value().knowing
    assert (knowing.way, knowing.checked_by) == ("chip", session.actor.full_name)
    assert knowing.checked_at is not None
    assert "เกิด 29 ก.พ. 2515 (54 ปี)" in page.citizen.card.said
    qtbot.waitUntil(lambda: page.citizen.card.photo.has_picture, timeout=10_000)
    assert page.citizen.card.photo.isVisible()
    slot.pull()
    qtbot.waitUntil(lambda: not page.citizen.card.photo.has_picture, timeout=10_000)
    assert page.citizen.card.said == ""
    assert page.citizen.value() == who


def test_a_card_with_every_trap(qtbot, page: CounterPage, slot: Slot):
    slot.insert(Chip(TRAPS, manner="6C"))
    qtbot.waitUntil(lambda: bool(page.citizen.value().first_name), timeout=10_000)
    who = page.citizen.value()
    assert (who.first_name, who.last_name) == ("หมัดอุเส็น บินยูโซะ", "สะแหละหมัด")
    assert (who.address.subdistrict, who.address.district) == ("พลับพลา", "วังทองหลาง")
    assert "เกิด พ.ศ. 2493 (ราว 76 ปี)" in page.citizen.card.said


def test_the_photo_goes_with_the_saved_case_and_is_nowhere(
    qtbot, page: CounterPage, slot: Slot, session, settle, home: Path, caplog
):
    slot.insert(Chip(SIRIWAN))
    qtbot.waitUntil(lambda: page.citizen.card.photo.has_picture, timeout=10_000)
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page._changed()
    page.keeper.flush()
    settle()
    draft = drafts.load(session.counter, session.actor, "counter")
    assert draft is not None and draft["knowing"]["way"] == "chip"
    assert not any(word in repr(draft).lower() for word in ("photo", "image", "jpeg", "jfif"))
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number), timeout=10_000)
    assert not page.citizen.card.photo.has_picture
    assert "โปรดคืนให้ประชาชน" in page.citizen.card.said
    saved = cases.get(session.counter, page.saved.number)
    assert (saved.knowing.way, saved.applicant.citizen_id) == ("chip", SIRIWAN.citizen_id)
    settle()
    for secret in (PHOTO, PHOTO[200:260], SIRIWAN.citizen_id.encode()):
        assert [file for file in home.rglob("*") if file.is_file() and secret in file.read_bytes()] == []
    assert SIRIWAN.citizen_id not in caplog.text
    page.next_citizen()
    assert page.citizen.value().first_name == ""  # a card that was left in is not the next citizen's


def test_a_card_pulled_half_way_is_told_and_the_next_one_is_read(qtbot, page: CounterPage, slot: Slot):
    slot.insert(Chip(SIRIWAN, pull_after=2))
    qtbot.waitUntil(lambda: "ถูกดึงออกก่อนอ่านเสร็จ" in page.citizen.card.said, timeout=10_000)
    assert page.citizen.value().first_name == ""
    assert page.value().knowing.way == "none"
    slot.empty()
    assert "ถูกดึงออกก่อนอ่านเสร็จ" in page.citizen.card.said
    slot.insert(Chip(SOMCHAI))
    qtbot.waitUntil(lambda: page.citizen.value().first_name == "สมชาย", timeout=10_000)


def test_a_card_pulled_while_its_photo_comes_keeps_what_it_said(qtbot, page: CounterPage, slot: Slot):
    slot.insert(Chip(SIRIWAN, pull_after=9))
    qtbot.waitUntil(lambda: page.citizen.value().first_name == "ศิริวรรณ", timeout=10_000)
    qtbot.waitUntil(lambda: page.citizen.card.said == "", timeout=10_000)
    assert page.value().knowing.way == "chip"
    assert not page.citizen.card.photo.has_picture


def test_a_card_that_is_no_id_card_says_what_to_do(qtbot, page: CounterPage, slot: Slot):
    slot.insert(Chip(thai=False))
    qtbot.waitUntil(lambda: "ไม่ใช่บัตรประจำตัวประชาชน" in page.citizen.card.said, timeout=10_000)
    assert "โปรดดึงออก" in page.citizen.card.said
    page.citizen.fall_back()
    assert page.value().knowing.failed_reason == "บัตรในเครื่องอ่านไม่ใช่บัตรประจำตัวประชาชน"


def test_twenty_quick_cards_end_with_the_last_one(qtbot, page: CounterPage, slot: Slot):
    """Put in and pulled out without waiting for anything; what is shown at the end is the card that stayed."""
    for turn in range(20):
        slot.insert(Chip(SIRIWAN if turn % 2 else TRAPS))
        qtbot.wait(20 * (turn % 4))
        slot.pull()
    slot.empty()
    page.start_over()
    slot.insert(Chip(SOMCHAI))
    qtbot.waitUntil(lambda: page.citizen.value().first_name == "สมชาย", timeout=20_000)
    qtbot.waitUntil(lambda: page.citizen.card.photo.has_picture, timeout=10_000)
    assert page.citizen.value().citizen_id == SOMCHAI.citizen_id
    assert page.citizen.card.photo._image.pixelColor(100, 100).green() < 60
    assert page.citizen.proving.feed._line.jobs.empty()


def test_another_reader_is_heard_too(qtbot, page: CounterPage, slot: Slot, pcscd: Pcscd):
    other = Slot(pcscd, 1)
    try:
        other.insert(Chip(SOMCHAI))
        qtbot.waitUntil(lambda: page.citizen.card.photo.has_picture, timeout=10_000)
        assert page.citizen.value().first_name == "สมชาย"
    finally:
        other.empty()


def test_the_next_card_takes_the_place_of_one_that_nobody_used(qtbot, page: CounterPage, slot: Slot):
    slot.insert(Chip(SIRIWAN))
    qtbot.waitUntil(lambda: page.citizen.value().first_name == "ศิริวรรณ", timeout=10_000)
    slot.empty()
    slot.insert(Chip(SOMCHAI))
    qtbot.waitUntil(lambda: page.citizen.value().first_name == "สมชาย", timeout=10_000)
    assert page.citizen.offer.said == ""
    assert page.citizen.value().address.house_no == "7"


def test_once_the_matter_is_begun_another_card_is_only_offered(qtbot, page: CounterPage, slot: Slot):
    slot.insert(Chip(SIRIWAN))
    qtbot.waitUntil(lambda: page.citizen.value().first_name == "ศิริวรรณ", timeout=10_000)
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page._changed()
    slot.empty()
    slot.insert(Chip(SOMCHAI))
    qtbot.waitUntil(lambda: "สมชาย" in page.citizen.offer.said, timeout=10_000)
    assert page.citizen.value().first_name == "ศิริวรรณ"


def test_typed_text_is_never_overwritten_silently(qtbot, page: CounterPage, slot: Slot):
    type_text(page.citizen.fields.lines["first_name"], "สมหญิ")
    type_text(page.citizen.fields.lines["phone"], "0812345678")
    slot.insert(Chip(SIRIWAN))
    qtbot.waitUntil(lambda: "ศิริวรรณ" in page.citizen.offer.said, timeout=10_000)
    type_text(QApplication.focusWidget(), "")
    typed = page.citizen.value()
    assert (typed.first_name, typed.last_name, typed.citizen_id, typed.address) == ("สมหญิ", "", "", Address())
    assert page.value().knowing.way == "none"
    assert page.citizen.offer.accept()
    assert page.citizen.value().first_name == "ศิริวรรณ"
    assert page.citizen.value().phone.replace("-", "") == "0812345678"
    assert page.value().knowing.way == "chip"
    assert page.citizen.offer.accept()  # called back
    assert replace(page.citizen.value(), phone="") == replace(typed, phone="")
    assert page.value().knowing.way == "none"


def test_what_agrees_with_the_card_needs_no_question(qtbot, page: CounterPage, slot: Slot):
    type_text(page.citizen.fields.lines["phone"], "0812345678")
    type_text(page.citizen.fields.lines["first_name"], "ศิริวรรณ")
    slot.insert(Chip(SIRIWAN))
    qtbot.waitUntil(lambda: page.citizen.value().last_name == "พุ่มพวง", timeout=10_000)
    assert page.citizen.offer.said == ""
    assert page.citizen.value().phone.replace("-", "") == "0812345678"


def test_a_slow_card_does_not_stop_the_typing(qtbot, page: CounterPage, slot: Slot):
    """Letters arrive while the card is read; each is there at once."""
    slot.insert(Chip(SIRIWAN, seconds=0.08))
    qtbot.waitUntil(lambda: "กำลังอ่านบัตร" in page.citizen.card.said, timeout=10_000)
    longest = 0.0
    for letter in "ไฟดับหน้าวัด":
        begun = time.perf_counter()
        type_text(page.matter.line, letter)
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - begun)
    assert page.matter.line.text() == "ไฟดับหน้าวัด"
    qtbot.waitUntil(lambda: page.citizen.value().first_name == "ศิริวรรณ", timeout=10_000)
    assert longest < 5.0


def test_a_representative_shows_a_card_of_his_own(qtbot, page: CounterPage, slot: Slot):
    page.citizen._choose_kind("juristic")
    type_text(page.citizen.fields.lines["organisation"], "บริษัท ทดสอบ จำกัด")
    slot.insert(Chip(SIRIWAN))
    qtbot.waitUntil(lambda: page.citizen.value().first_name == "ศิริวรรณ", timeout=10_000)
    who = page.citizen.value()
    assert (who.kind, who.organisation) == ("juristic", "บริษัท ทดสอบ จำกัด")
    assert (who.representative_id, who.citizen_id, who.address) == (SIRIWAN.citizen_id, "", Address())
    assert SIRIWAN.citizen_id not in page.citizen.fields.lines["representative_id"].text()


def test_a_draft_of_a_card_comes_back_with_everything_but_the_photo(qtbot, show, page, slot: Slot, session, settle):
    slot.insert(Chip(SIRIWAN))
    qtbot.waitUntil(lambda: page.citizen.card.photo.has_picture, timeout=10_000)
    before = page.value()
    page.leave()
    settle()
    slot.empty()
    session.cards = None
    again = show(CounterPage(session))
    assert again.value() == before
    assert again.value().knowing.way == "chip"
    assert again.citizen.identity.shown == "X-XXXX-XXXX3-45-6"
    assert not again.citizen.card.photo.has_picture
    assert again.citizen.card.said == ""


def test_without_a_reader_nothing_is_said(qtbot, show, session, pcscd):
    pcscd.stop()
    try:
        session.cards = CardReaders()
        page = show(CounterPage(session))
        qtbot.waitUntil(
            lambda: page.citizen.proving.feed is not None and page.citizen.proving.feed.problem is not None,
            timeout=10_000,
        )
        assert page.citizen.card.said == ""
        assert page.note.title == ""
        page.citizen.fall_back()
        assert page.value().knowing.failed_way == "chip"
        assert page.value().knowing.failed_reason == "บริการอ่านบัตรของเครื่องนี้ไม่ทำงาน"
        page.leave()
        page.citizen.proving.feed._thread.join(5)
    finally:
        pcscd.start()


def test_the_bench_measures_the_window_with_the_card_in_the_reader(pcscd: Pcscd):
    from app.cli.benchmarks import card

    with pcscd.card(Chip(SIRIWAN)):
        told = card.measure()
    assert (told["card"], told["window"]["n"]) == ("reader", card.ROUNDS)
    assert 0 < told["window"]["beyond_ms"] <= told["window"]["worst_ms"]
