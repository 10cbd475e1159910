"""Where the matter is: a point typed or pasted in any form, landmarks of the office, and nothing typed is lost."""

import pytest

from app import bootstrap
from app.services import cases, drafts, offices, setup, staff
from app.services.model import CaseView
from tests.ui.conftest import OFFICE, PASSPHRASE, PASSWORD, PETITION, type_text
from ui.counter import draft
from ui.counter.page import CounterPage

MARKS = [
    {"name": "วัดกะทู้", "latitude": 7.9111, "longitude": 98.3333},
    {"name": "ตลาดสดกะทู้", "latitude": 7.9201, "longitude": 98.3401},
]


@pytest.fixture
def counter(tmp_path, clock):
    """An office that has landmarks."""
    administrator = setup.Administrator("duangjai", PASSWORD, "นางสาวดวงใจ รักษ์ถิ่น", "เจ้าพนักงานธุรการ")
    document = offices.check_office({**OFFICE, "landmarks": MARKS})
    setup.set_up(tmp_path / "home", document, bootstrap.built_in_services(), administrator, clock, PASSPHRASE)
    counter = bootstrap.open_counter(tmp_path / "home", PASSPHRASE, clock)
    yield counter
    counter.close()


@pytest.fixture
def actor(counter):
    return staff.sign_in(counter, "duangjai", PASSWORD)


@pytest.fixture
def page(show, session) -> CounterPage:
    page = show(CounterPage(session))
    page.set_value(PETITION)
    page.matter.place._elsewhere.click()
    return page


def save(qtbot, page: CounterPage, session) -> CaseView:
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    return cases.get(session.counter, page.saved.number)


def near(page: CounterPage) -> str:
    label = page.matter.place._near
    return "" if label.isHidden() else label.shown_text()


@pytest.mark.parametrize(
    "typed",
    [
        "๗.๙๑๒๐, ๙๘.๓๓๓๓",
        "7°54'43.2\"N 98°19'59.88\"E",
        "https://www.google.com/maps/@7.912,98.3333,17z",
        "98.3333 7.912",
    ],
)
def test_a_point_is_kept_in_whatever_form_it_came(qtbot, page: CounterPage, session, typed):
    type_text(page.matter.place.point, typed)
    assert "ใกล้ วัดกะทู้ ประมาณ 100 เมตร" in near(page)
    saved = save(qtbot, page, session)
    assert saved.place.point == pytest.approx((7.912, 98.3333), abs=1e-5)


def test_a_link_becomes_the_point_it_holds_and_a_far_one_is_told(page: CounterPage):
    place = page.matter.place
    type_text(place.point, "geo:48.8584,2.2945")
    assert "นอกประเทศไทย" in near(page)
    place._note.setFocus()
    assert place.point.text() == "48.858400, 2.294500"


@pytest.mark.parametrize("typed", ["https://maps.app.goo.gl/AbCdEf", "ตรงข้ามวัด"])
def test_what_is_no_point_is_told_and_not_left_out(qtbot, page: CounterPage, show, session, settle, typed):
    place = page.matter.place
    type_text(place.point, typed)
    assert place._point_row.error == ""
    page.save()
    settle()
    assert cases.recent(session.counter) == []
    assert place._point_row.error != ""
    if "goo.gl" in typed:
        assert "ลิงก์ย่อ" in place._point_row.error
        assert "คัดลอก" in place._point_row.error
    page.keeper.flush()
    settle()
    assert drafts.load(session.counter, session.actor, draft.PAGE)["point"] == typed
    page.hide()
    again = show(CounterPage(session))
    assert again.matter.place.point.text() == typed
    again.matter.place.point.clear()
    save(qtbot, again, session)


def test_a_landmark_fills_point_and_note_and_never_what_was_typed(page: CounterPage):
    place = page.matter.place
    place._choose_mark(1)
    assert place.value().point == (7.9111, 98.3333)
    assert place.value().note == "ใกล้วัดกะทู้"
    assert near(page).endswith("ที่ วัดกะทู้")
    place._choose_mark(2)
    assert place.value().point == (7.9201, 98.3401)
    place.set_value(None)
    place._elsewhere.click()
    type_text(place._note, "ซอย 3")
    type_text(place.point, "7.9000, 98.3000")
    place._choose_mark(1)
    assert place.value().point == (7.9, 98.3)
    assert place.value().note == "ซอย 3 ใกล้วัดกะทู้"
