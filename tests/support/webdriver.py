"""A real Chromium through ChromeDriver's own protocol (W3C WebDriver): no package between test and browser."""

import base64
import contextlib
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=412,915",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE = 20.0
AXE = Path(__file__).parent / "axe_core" / "axe.min.js"
"""axe-core 4.14.1 of Deque Systems, MPL 2.0, unchanged; its licence lies beside it."""


def is_here() -> bool:
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


class Browser:
    """One window of one Chromium."""

    def __init__(self, driver: str, profile: Path) -> None:
        self._http = requests.Session()
        self._http.trust_env = False
        options = {"binary": shutil.which("chromium"), "args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        self._root = driver
        session = self._call("POST", "/session", wanted)["sessionId"]
        self._root = f"{driver}/session/{session}"

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, self._root + path, json=body, timeout=60)
        value = answer.json()["value"]
        assert answer.status_code == 200, value
        return value

    def open(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    @property
    def url(self) -> str:
        return str(self._call("GET", "/url"))

    @property
    def source(self) -> str:
        return str(self._call("GET", "/source"))

    def find(self, css: str) -> str:
        """The element's id, once it is there."""
        until = time.monotonic() + PATIENCE
        while True:
            found = self._call("POST", "/elements", {"using": "css selector", "value": css})
            if found:
                return str(found[0][ELEMENT])
            assert time.monotonic() < until, f"{css} is not on the page"
            time.sleep(0.05)

    def click(self, css: str) -> None:
        self._call("POST", f"/element/{self.find(css)}/click", {})

    def text(self, css: str) -> str:
        return str(self._call("GET", f"/element/{self.find(css)}/text"))

    def script(self, code: str) -> Any:
        return self._call("POST", "/execute/sync", {"script": code, "args": []})

    def type(self, css: str, text: str) -> None:
        self._call("POST", f"/element/{self.find(css)}/value", {"text": text})

    def back(self) -> None:
        self._call("POST", "/back", {})

    def resize(self, width: int, height: int) -> None:
        """What the page has to lay itself out in, CSS pixels."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._devtools("Emulation.setDeviceMetricsOverride", screen)

    def prefer_dark(self, dark: bool) -> None:
        """What the reader's telephone is set to."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._devtools("Emulation.setEmulatedMedia", {"features": scheme})

    def _devtools(self, command: str, parameters: Any) -> Any:
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def enlarge_text(self, percent: int) -> None:
        """As a reader's own setting of the size of text does, on this page."""
        self.script(f"document.documentElement.style.fontSize = '{percent * 1.125}%'")

    def accessibility(self) -> list[str]:
        """What axe-core finds wrong: "rule: element"."""
        self.script(AXE.read_text("utf-8"))
        body = {"script": "const done = arguments[0]; axe.run().then(r => done(r.violations))", "args": []}
        found = self._call("POST", "/execute/async", body)
        return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]

    def picture(self) -> bytes:
        """The whole page as PNG."""
        answer = self._devtools("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
        return base64.b64decode(answer["data"])

    def close(self) -> None:
        self._call("DELETE", "")
        self._http.close()


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A Chromium with an empty profile in `folder`; both processes are gone afterwards."""
    driver = subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    )
    assert driver.stdout is not None
    try:
        port = next(found[1] for line in driver.stdout if (found := re.search(r"on port (\d+)\.", line)))
        window = Browser(f"http://127.0.0.1:{port}", folder / "profile")
        try:
            yield window
        finally:
            window.close()
    finally:
        driver.terminate()
        driver.wait(20)
        driver.stdout.close()
