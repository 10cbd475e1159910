"""A province whose citizens follow their cases: a counter with a case, and telephones that only send forms."""

import re
from dataclasses import dataclass
from typing import Any

import requests

from app.services import cases
from app.services.case_documents import track_code
from tests.integration.sync_support import ACTOR, Desk

LAST4 = "0000"
"""Of the telephone in the sample petition."""
WAY = ("received", "assigned", "in_progress", "done")


@dataclass
class Citizen:
    """A telephone without a screen, at an address of its own (the server trusts a proxy on this machine)."""

    server: str
    address: str = "203.0.113.7"

    def __post_init__(self) -> None:
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["X-Forwarded-For"] = self.address

    def __enter__(self) -> "Citizen":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.http.get(self.server + path, timeout=30, **options)

    def post(self, path: str, fields: dict[str, str], **options: Any) -> requests.Response:
        return self.http.post(self.server + path, data=fields, timeout=30, **options)

    def track(self, number: str, last4: str = LAST4) -> requests.Response:
        return self.post("/track", {"number": number, "last4": last4})

    def token(self, number: str) -> str:
        """The sealed token of the case's page."""
        answer = self.track(number)
        found = re.search(r"/case/([^/?]+)", answer.url)
        assert found, (answer.status_code, answer.text)
        return found[1]

    def act(self, token: str, act: str, **fields: str) -> requests.Response:
        return self.post(f"/case/{token}/{act}", fields)


def proof(desk: Desk, number: str) -> str:
    return track_code(desk.counter.current.slip_key, number)


def carried_to(desk: Desk, number: str, state: str = "done", note: str = "") -> None:
    """Take the steps up to a state and send them; the last one with a note to the citizen."""
    for step in WAY[: WAY.index(state) + 1]:
        last = step == state
        cases.change_status(desk.counter, ACTOR, number, step, note if last else "", public=last)
    desk.sync()
