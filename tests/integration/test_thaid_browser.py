"""The citizen's side in a real Chromium, the counter's by the command line: what an office would see."""

import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.services.thaid import CITIZEN
from sync import thaid
from tests.integration.support import command
from tests.integration.thaid_support import NUMBER, STANDARD, Scene, scene
from tests.support import webdriver

pytestmark = pytest.mark.skipif(not webdriver.is_here(), reason="needs chromium and chromium-driver")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("thaid")) as made:
        made.provider.switch(**STANDARD)
        yield made


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Browser]:
    with webdriver.browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def test_a_citizen_allows_in_a_browser(stage: Scene, window: webdriver.Browser) -> None:
    session = stage.begin()
    window.open(session.url)
    assert window.text("#reference") == session.reference
    assert window.script("return document.documentElement.scrollWidth <= window.innerWidth"), "fits a phone"
    assert window.accessibility() == []
    window.click("#go")
    window.click("#allow")
    assert window.text("#outcome") == "เรียบร้อยแล้ว"
    assert "กลับไปที่เคาน์เตอร์ได้แล้ว" in window.source
    assert NUMBER not in window.source
    assert window.script("return document.cookie") == "", "no script sees the cookie"
    assert thaid.wait(session, seconds=5).citizen_id == NUMBER


def test_a_citizen_denies_in_a_browser(stage: Scene, window: webdriver.Browser) -> None:
    session = stage.begin()
    window.open(session.url)
    window.click("#go")
    window.click("#deny")
    assert window.text("#outcome") == "ท่านไม่อนุญาต"
    assert stage.end_of(session).code == "thaid_denied"
    window.open(session.url)
    assert window.text("#outcome") == "ลิงก์นี้ใช้ไม่ได้แล้ว"


def test_two_citizens_on_a_shared_browser(stage: Scene, window: webdriver.Browser) -> None:
    first, second = stage.begin(), stage.begin()
    window.open(first.url)
    window.click("#go")
    window.find("#allow")
    of_first = window.url
    window.open(second.url)
    window.click("#go")
    window.click("#allow")
    assert thaid.wait(second, seconds=5).citizen_id == NUMBER
    window.open(of_first)
    window.click("#allow")
    assert thaid.wait(first, seconds=5).citizen_id == NUMBER


def test_by_the_command_line(tmp_path: Path, window: webdriver.Browser) -> None:
    with scene(tmp_path) as made:
        home = tmp_path / "home"
        joined = command.run(home, "enrol", made.province.url, made.enrol_code(), "--json")
        assert joined.code == 0, joined.err
        configured = command.run(
            home, "thaid", "configure", "--issuer", made.provider.issuer, "--client-id", "client-of-the-test-office",
            "--redirect-base", made.province.url, "--database", made.province.database, "--json",
            LAO_THAID_CLIENT_SECRET="s3cret-that-no-counter-may-see",
        )  # fmt: skip
        assert configured.code == 0, configured.err
        assert "s3cret" not in configured.out + configured.err
        checked = command.run(home, "thaid", "check", "--database", made.province.database, "--json")
        assert (checked.code, checked.json["reachable"]) == (0, True)
        begun = command.run(home, "thaid", "start", "--json")
        assert begun.code == 0, begun.err
        window.open(begun.json["url"])
        window.click("#go")
        window.click("#allow")
        window.find("#outcome")
        waited = command.run(home, "thaid", "wait", "--purpose", CITIZEN, "--json", stdin=begun.json["session"] + "\n")
        assert waited.code == 0, waited.err
        assert waited.json["citizen_id"] == NUMBER
        assert waited.json["full_name"] == "นายกตัญญู ปิ่นแก้วทดสอบ"
        again = command.run(home, "thaid", "wait", "--json", stdin=begun.json["session"] + "\n")
        assert (again.code, json.loads(again.err)["code"]) == (4, "thaid_fetched")


def test_a_clerk_links_by_the_command_line(stage: Scene, tmp_path: Path, window: webdriver.Browser) -> None:
    home = tmp_path / "home"
    assert command.run(home, "enrol", stage.province.url, stage.enrol_code(), "--json").code == 0
    for words, expected in ((("link",), "linked"), (("sign-in",), "role"), (("unlink",), "linked")):
        with commanded(home, *words) as (url, finish):
            if url:
                window.open(url)
                window.click("#go")
                window.click("#allow")
                window.find("#outcome")
            answer = finish()
        assert expected in answer, words
        assert answer["username"] == "admin"
    assert NUMBER not in str(answer)


@contextlib.contextmanager
def commanded(home: Path, *words: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """A command as a process that may say an address on stderr before it waits: (address or "", its JSON)."""
    process = subprocess.Popen(
        [*command.command_line(home, "thaid", *words), "--json"],
        env=command.environment({}),
        cwd=command.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stderr is not None
    first = process.stderr.readline().strip()
    try:
        yield (first if first.startswith("http") else ""), lambda: json.loads(process.communicate(timeout=60)[0])
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
