"""The office's wishes about short messages: `[sms]` of OFFICE.toml, checked key by key.

The central server acts on them (sync/server/sms); how a gateway is spoken to is the server's own setting. With
`modem = true` an office without a server sends through a modem at its counter (app/services/messages.py).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.domain import petition_states
from app.domain.errors import Refused

KEYS = ("enabled", "registered", "states", "texts", "quiet", "per_day", "per_number_per_day", "short_address", "modem")
MOST = 100_000
LONGEST_TEXT = 300
CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"

Fault = Callable[[str, str], Refused]


def check(found: object, public_address: str, fault: Fault) -> dict[str, Any]:
    """The wishes as they are kept; `fault` makes the Refused for a key and the reason."""
    if not isinstance(found, dict):
        raise fault("sms", "ต้องเป็นตาราง [sms]")
    for key in found:
        if key not in KEYS:
            raise fault(f"sms.{key}", "ไม่รู้จักชื่อค่านี้")
    for key in ("enabled", "registered", "modem"):
        if not isinstance(found.get(key, False), bool):
            raise fault(f"sms.{key}", "ต้องเป็น true หรือ false")
    for key in ("per_day", "per_number_per_day"):
        if key in found and (type(found[key]) is not int or not 1 <= found[key] <= MOST):
            raise fault(f"sms.{key}", f"ต้องเป็นเลขจำนวนเต็ม 1–{MOST}")
    _check_states(found.get("states", []), found.get("texts", {}), fault)
    _check_quiet(found.get("quiet", {}), fault)
    address = found.get("short_address", "")
    if not isinstance(address, str) or (address and not re.fullmatch(r"[a-z0-9.:/-]+[a-z0-9]", address)):
        raise fault("sms.short_address", "ต้องเป็นที่อยู่สั้น เช่น txm.co")
    if found.get("enabled") and not (address or public_address or found.get("modem")):
        raise fault("sms.enabled", "ต้องตั้ง public_address หรือ sms.short_address ก่อน เพราะข้อความมีลิงก์ หรือใช้ modem = true")
    return dict(found)


def _check_states(states: object, texts: object, fault: Fault) -> None:
    known = {state for table in petition_states.TABLES.values() for state in table}
    if not isinstance(states, list) or not all(isinstance(state, str) and state in known for state in states):
        raise fault("sms.states", 'ต้องเป็นรายชื่อสถานะ เช่น ["done", "rejected"]')
    if not isinstance(texts, Mapping):
        raise fault("sms.texts", "ต้องเป็นตาราง สถานะ = ข้อความ")
    for state, text in texts.items():
        if state not in known or not isinstance(text, str) or "{no}" not in text or len(text) > LONGEST_TEXT:
            raise fault(f"sms.texts.{state}", "ต้องเป็นข้อความของสถานะที่รู้จัก และมี {no}")


def _check_quiet(quiet: object, fault: Fault) -> None:
    if not isinstance(quiet, dict):
        raise fault("sms.quiet", 'ต้องเป็นตาราง { from = "20:00", to = "07:00" }')
    if not quiet:
        return
    if set(quiet) != {"from", "to"} or not all(
        isinstance(text, str) and re.fullmatch(CLOCK, text) for text in quiet.values()
    ):
        raise fault("sms.quiet", 'ต้องมี from และ to เป็นเวลา 24 ชั่วโมง เช่น { from = "20:00", to = "07:00" }')
