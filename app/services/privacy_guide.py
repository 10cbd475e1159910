"""Work with personal data as data (resources/guides/privacy.toml): kinds of requests, periods, processing, retention.

What an office sets itself stands in its records and goes before the file.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection

import resources
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import office_records, rights
from app.services.counter import Counter
from app.services.model import Actor

PERIOD = "privacy_period"
"""Kind of the office's own periods; key: a kind of request, or "breach"."""
BREACH = "breach"
MOST = 3_660


@cache
def texts() -> Mapping[str, Any]:
    """The file."""
    return tomllib.loads(resources.path("guides", "privacy.toml").read_text("utf-8"))


def requests() -> dict[str, Mapping[str, Any]]:
    """The kinds of requests by their code."""
    return {row["kind"]: row for row in texts()["request"]}


def period(connection: Connection, what: str) -> int:
    """Days to answer a kind of request, or hours to tell the commission of a breach: the office's, else the file's."""
    own = office_records.get(connection, PERIOD, what)
    if own is not None:
        return int(own.document["length"])
    return int(texts()["breach"]["hours"] if what == BREACH else requests()[what]["days"])


def set_period(counter: Counter, actor: Actor, what: str, length: int, basis: str) -> None:
    """Let a period of the office's own stand. Refused for an unknown kind, a length out of range, no basis."""
    rights.require(actor, rights.KEEP_PRIVACY)
    known = (*requests(), BREACH)
    if what not in known:
        raise Refused("period", "ไม่มีกำหนดเวลาเรื่องนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(known)}", "what")
    if not 1 <= length <= MOST:
        raise Refused("length", f"กำหนดเวลาต้องอยู่ระหว่าง 1 ถึง {MOST:,}", "ใส่จำนวนวัน (เหตุละเมิดใส่จำนวนชั่วโมง)", "length")
    words = clean_text(basis, "basis", label="ฐานอ้างอิง", max_length=300, required=True)
    office_records.save(counter, actor, PERIOD, what, {"length": length, "basis": words})
