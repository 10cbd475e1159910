"""A province with ThaiD: server, counters, the identity provider as a process; and a phone that plays the citizen."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from app.domain.errors import CounterError
from app.services.thaid import CITIZEN, ThaiDPerson
from sync import thaid
from sync.server import admin as server_admin
from sync.server.thaid import admin
from sync.server.thaid.settings import Settings
from tests.integration.sync_support import OFFICE_CODE, Desk, Province

CLIENT_ID = "client-of-the-test-office"
CLIENT_SECRET = "s3cret-that-no-counter-may-see"
NUMBER = "1839900000014"
OTHER_NUMBER = "3100600000005"
PERSON = {
    "pid": NUMBER,
    "title": "นาย",
    "given_name": "กตัญญู",
    "middle_name": "",
    "family_name": "ปิ่นแก้วทดสอบ",
    "title_en": "Mr.",
    "given_name_en": "Katanyu",
    "family_name_en": "Pinkaewtest",
    "birthdate": "25270229",
    "gender": "male",
    "address": {"formatted": "99/9 หมู่ที่ 1 ตำบลกะทู้ อำเภอกะทู้ จังหวัดภูเก็ต"},
    "ial": "2.3",
}
STANDARD = {"cheat": "", "claims": "id_token", "pkce": True, "discovery": True, "person": PERSON}
ROOT = Path(__file__).parents[2]


class ProviderProcess:
    """The identity provider in a process of its own."""

    def __init__(self, redirect_uri: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.thaid_provider"],
            cwd=ROOT,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        settings = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uri": redirect_uri,
            "person": dict(PERSON),
        }
        self.process.stdin.write(json.dumps(settings) + "\n")
        self.process.stdin.flush()
        self.issuer = self.process.stdout.readline().strip()
        assert self.issuer.startswith("http://127.0.0.1:")

    def switch(self, **changes: Any) -> None:
        with local() as http:
            assert http.post(f"{self.issuer}/test/switch", json=changes, timeout=10).status_code == 200

    def seen(self, kind: str) -> list[Any]:
        with local() as http:
            return [row[kind] for row in http.get(f"{self.issuer}/test/seen", timeout=10).json() if kind in row]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()


def local() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


class Phone:
    """A browser without a screen: keeps cookies, follows redirects one at a time, and remembers every address."""

    def __init__(self) -> None:
        self.http = local()
        self.addresses: list[str] = []

    def __enter__(self) -> "Phone":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, url: str) -> requests.Response:
        self.addresses.append(url)
        return self.http.get(url, allow_redirects=False, timeout=30)

    def post(self, url: str, form: dict[str, str] | None = None) -> requests.Response:
        self.addresses.append(url)
        return self.http.post(url, data=form, allow_redirects=False, timeout=30)

    def leave(self, url: str) -> str:
        """From the counter's QR to the provider: the address of the provider's page."""
        assert self.get(url).status_code == 200
        answer = self.post(url)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def consent(self, departure: str, answer: str = "allow", **changes: str) -> str:
        """Press a button at the provider: the address that it sends the browser back to."""
        page = self.get(departure)
        assert page.status_code == 200, page.text
        asked = {key: values[0] for key, values in parse_qs(urlsplit(departure).query).items()}
        root = departure.split("/api/", 1)[0]
        back = self.post(f"{root}/api/v2/oauth2/consent/", {**asked, **changes, "answer": answer})
        return back.headers["location"]

    def sign_in(self, url: str, answer: str = "allow") -> requests.Response:
        """All of it; the last page."""
        return self.get(self.consent(self.leave(url), answer))


class Scene:
    """Everything that takes part."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.provider = ProviderProcess(f"{province.url}/thaid/callback")
        self.desk: Desk = province.desk("เคาน์เตอร์ 2")
        self.configure()

    def configure(self, **changes: Any) -> None:
        values = {
            "issuer": self.provider.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_base": self.province.url,
            **changes,
        }
        admin.configure(self.province.database, Settings(**values))

    def enrol_code(self) -> str:
        """With which one more counter may join."""
        return server_admin.enrol_code(self.province.database, OFFICE_CODE)[0]

    def begin(self, purpose: str = CITIZEN) -> thaid.ThaiDSession:
        return thaid.begin(self.desk.store, purpose)

    def person(self, purpose: str = CITIZEN) -> ThaiDPerson:
        """Somebody who signs in as the switches tell."""
        session = self.begin(purpose)
        with Phone() as phone:
            assert phone.sign_in(session.url).status_code == 200
        return thaid.wait(session, seconds=60)

    def end_of(self, session: thaid.ThaiDSession) -> Any:
        """How the counter hears of an end that is expected to be no good one."""
        try:
            return thaid.wait(session, seconds=60)
        except CounterError as error:
            return error


@contextlib.contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    with Province(folder) as province:
        made = Scene(province)
        try:
            yield made
        finally:
            made.provider.stop()
