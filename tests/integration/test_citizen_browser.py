"""The citizens' pages in a real Chromium: on a small telephone, with large text, by keyboard, for a screen reader."""

from collections.abc import Iterator

import pytest

from tests.integration.citizen_support import LAST4, Citizen, carried_to, proof
from tests.integration.sync_support import Desk, Province
from tests.support import webdriver

pytestmark = pytest.mark.skipif(not webdriver.is_here(), reason="needs chromium and chromium-driver")

SIZES = ((360, 740), (1366, 768))
FITS = "return document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Browser]:
    with webdriver.browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    with Province(tmp_path_factory.mktemp("province")) as made:
        made.desk()
        yield made


@pytest.fixture
def desk(province: Province) -> Desk:
    return province.desks[0]


def search(window: webdriver.Browser, province: Province, number: str, query: str = "") -> None:
    window.open(f"{province.url}/track{query}")
    window.type("#number", number)
    window.type("#last4", LAST4)
    window.click("button")
    window.find(".status")


def test_every_page_is_accessible_and_fits(window: webdriver.Browser, province: Province, desk: Desk) -> None:
    [number] = desk.register()
    carried_to(desk, number, "done", "เปลี่ยนหลอดไฟแล้ว\nขอบคุณที่แจ้ง")
    with Citizen(province.url) as citizen:
        case = f"/case/{citizen.token(number)}"
    [fresh] = desk.register()
    unsent = f"/t/{fresh}/{proof(desk, fresh)}"
    pages = ("/track", "/t/ABC123", case, unsent, f"/t/{number}/AAAAAA", "/case/old")
    for path in (f"{path}{query}" for path in pages for query in ("", "?lang=en")):
        window.open(province.url + path)
        for size in SIZES:
            window.resize(*size)
            assert window.accessibility() == [], (path, size)
            assert window.script(FITS), (path, size)
        window.script("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert window.accessibility() == [], path
        window.prefer_dark(True)
        assert window.accessibility() == [], (path, "dark")
        window.prefer_dark(False)
        window.resize(*SIZES[0])
        window.enlarge_text(200)
        assert window.script(FITS), (path, "200 %")
        assert window.script("return document.querySelectorAll('h1').length") == 1
        assert window.script("return document.documentElement.lang") == ("en" if "lang=en" in path else "th")
        assert window.script("return document.querySelectorAll('script, img, link, iframe').length") == 0


def test_a_citizen_follows_a_case(window: webdriver.Browser, province: Province, desk: Desk) -> None:
    [number] = desk.register()
    carried_to(desk, number, "in_progress")
    window.resize(*SIZES[0])
    search(window, province, number)
    assert window.text(".status") == "กำลังดำเนินการ"
    assert number not in window.url
    assert window.script("return document.cookie") == ""
    assert window.script("return localStorage.length + sessionStorage.length") == 0
    window.click(".lang")
    assert window.text(".status") == "In progress"
    window.click(".again")
    assert window.text("h1") == "Follow your request"
    assert window.script("return document.referrer") == ""


def test_a_citizen_rates_by_keyboard_and_the_back_button_does_it_no_second_time(
    window: webdriver.Browser, province: Province, desk: Desk
) -> None:
    [number] = desk.register()
    carried_to(desk, number)
    search(window, province, number)
    window.type("input[value='4']", " ")
    window.type("#rate-text", "รวดเร็วดี")
    window.type("form[action$='/rate'] button", "\ue007")
    assert window.text(".good") == "ขอบคุณสำหรับการประเมิน"
    window.back()
    window.click("input[value='1']")
    window.click("form[action$='/rate'] button")
    assert "ทำรายการนี้ไปแล้ว" in window.text(".bad")
    scores = [row[0] for row in province.rows("SELECT payload FROM log WHERE kind = 'rated'")]
    assert scores == ['{"from":"done","note":"รวดเร็วดี","score":4}']


def test_the_check_of_accessibility_sees_what_is_wrong(window: webdriver.Browser, province: Province) -> None:
    window.open(f"{province.url}/track")
    window.script("document.querySelector('label').remove()")
    assert "label" in {line.split(":")[0] for line in window.accessibility()}
