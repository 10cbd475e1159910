"""Reply templates: texts that clerks pick for notes, from the house's file, with the office's own in front."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import resources
from app.domain import petition_states, thai_date

if TYPE_CHECKING:
    from app.domain.errors import Refused
    from app.services.model import CaseView

PLACEHOLDERS = ("number", "subject", "division", "due_on", "office", "phone")
KEYS = ("code", "name", "states", "public", "text", "active")
LONGEST = 2_000
_PLACE = re.compile(r"\{([^{}]*)\}")
_CODE = re.compile("[a-z][a-z0-9_]{0,39}")

Fault = Callable[[str, str], "Refused"]
"""Makes the refusal of a setting out of the key at fault and why."""


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """One text. states: the steps for which it is offered; none for notes without a step."""

    code: str
    name: str
    text: str
    states: tuple[str, ...]
    public: bool


def check(row: object, at: str, fault: Fault) -> dict[str, Any]:
    """One [[replies]] row with every key filled in. Raises what `fault` makes of the first key at fault.

    active = false takes a text of the house out of use.
    """
    if not isinstance(row, dict):
        raise fault(at, "ต้องเป็นตาราง [[replies]]")
    for key in row:
        if key not in KEYS:
            raise fault(f"{at}.{key}", "ไม่รู้จักชื่อค่านี้")
    code, states = row.get("code"), row.get("states", [])
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise fault(f"{at}.code", "ต้องเป็นอักษรโรมันตัวเล็ก ตัวเลข หรือ _")
    for key in ("public", "active"):
        if not isinstance(row.get(key, True), bool):
            raise fault(f"{at}.{key}", "ต้องเป็น true หรือ false")
    known = {state for table in petition_states.TABLES.values() for state in table}
    if not isinstance(states, list) or not all(state in known for state in states):
        raise fault(f"{at}.states", "ต้องเป็นรายการของสถานะที่มีอยู่")
    active = row.get("active", True)
    if not active and not row.get("text"):  # a text of the house, out of use
        return {"code": code, "name": "", "text": "", "states": [], "public": False, "active": False}
    for key in ("name", "text"):
        if not isinstance(row.get(key), str) or not row[key].strip() or len(row[key]) > LONGEST:
            raise fault(f"{at}.{key}", "ขาดข้อความนี้ หรือยาวเกินไป")
    if unknown := [name for name in _PLACE.findall(row["text"]) if name not in PLACEHOLDERS]:
        raise fault(f"{at}.text", f"ไม่รู้จัก {{{unknown[0]}}} ใช้ได้เฉพาะ {', '.join(PLACEHOLDERS)}")
    public = row.get("public", False)
    return {
        "code": code,
        "name": row["name"],
        "text": row["text"],
        "states": states,
        "public": public,
        "active": active,
    }


def offered(office: Mapping[str, Any], state: str = "") -> list[ReplyTemplate]:
    """The texts for a step into `state`, or for a note without a step: the office's own first."""
    rows = {row["code"]: row for row in _built_in()}
    own = {row["code"]: row for row in office.get("replies", [])}
    everything = [*own.values(), *(row for code, row in rows.items() if code not in own)]
    return [
        ReplyTemplate(row["code"], row["name"], row["text"], tuple(row["states"]), row["public"])
        for row in everything
        if row["active"] and (state in row["states"] if state else not row["states"])
    ]


def filled(template: ReplyTemplate, view: "CaseView") -> str:
    """The text with what is known of the case in its places."""
    values = {
        "number": view.number,
        "subject": view.subject,
        "division": view.division_name,
        "due_on": thai_date.long(view.due_on) if view.due_on else "-",
        "office": view.office.name,
        "phone": view.office.phone,
    }
    return put_in(template.text, values)


def put_in(text: str, values: Mapping[str, str]) -> str:
    """The text with values in its places; a place that nobody knows stays as it is written."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def everything(office: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every text by its code, those out of use, too: the office's own first, then the house's."""
    house = {row["code"]: row for row in _built_in()}
    own = {row["code"]: row for row in office.get("replies", [])}
    told = {code: row if row["text"] else {**house.get(code, row), "active": False} for code, row in own.items()}
    return {**told, **{code: row for code, row in house.items() if code not in own}}


@cache
def _built_in() -> tuple[dict[str, Any], ...]:
    text = resources.path("replies/replies.th.toml").read_text("utf-8")
    return tuple(check(row, "replies", _broken) for row in tomllib.loads(text)["replies"])


def _broken(key: str, why: str) -> Any:
    return ValueError(f"{key}: {why}")
