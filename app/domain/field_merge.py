"""Corrections of a case's fields from its events in the office's order: what stands, and what lost against it unseen.

A correction names the revision of the field that its clerk saw, which is the event that set it last ("" while it is as
registered). One that was made on what stands simply follows. Where two counters corrected one field without knowing of
each other, the later one in the office's order stands and the other is kept as a conflict until somebody chooses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CORRECTED: Final = "case_corrected"
"""{"fields": {key: {"value", "base"}}}"""
CHOSEN: Final = "conflict_chosen"
"""{"field", "value", "base", "seen": [revisions of the values that lost]}"""

LABELS: Final[Mapping[str, str]] = {
    "applicant.phone": "เบอร์โทรศัพท์",
    "applicant.email": "อีเมล",
    "applicant.address.house_no": "บ้านเลขที่",
    "applicant.address.moo": "หมู่ที่",
    "applicant.address.soi": "ซอย",
    "applicant.address.road": "ถนน",
    "applicant.address.subdistrict": "ตำบล/แขวง",
    "applicant.address.district": "อำเภอ/เขต",
    "applicant.address.province": "จังหวัด",
    "applicant.address.postcode": "รหัสไปรษณีย์",
    "place.note": "จุดสังเกตของสถานที่",
    "external_number": "เลขที่ในระบบอื่น",
}
"""What may be corrected after registration."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a field was set to. revision: the event (hex) that did; at: ms; by, origin: who, and at which store."""

    value: str
    revision: str
    at: int = 0
    by: str = ""
    origin: str = ""


@dataclass(slots=True)
class Merged:
    """values: what stands, by field; conflicts: by field, what lost against it without having been seen."""

    values: dict[str, Value] = field(default_factory=dict)
    conflicts: dict[str, list[Value]] = field(default_factory=dict)

    def revision(self, key: str) -> str:
        """What a correction made now is based on."""
        return self.values[key].revision if key in self.values else ""


def merged(events: Iterable[tuple[Value, str, Mapping[str, Any]]]) -> Merged:
    """Go through a case's events, in the office's order: (who and when, with an empty value; kind; payload)."""
    found = Merged()
    for made, kind, payload in events:
        if kind == CORRECTED:
            for key, change in payload["fields"].items():
                _set(found, key, made, change, ())
        elif kind == CHOSEN:
            _set(found, str(payload["field"]), made, payload, payload.get("seen", ()))
    return found


def _set(found: Merged, key: str, made: Value, change: Mapping[str, Any], seen: Iterable[str]) -> None:
    new = Value(str(change["value"]), made.revision, made.at, made.by, made.origin)
    base, before = str(change.get("base", "")), found.values.get(key)
    known = {base, *seen}
    lost = [one for one in found.conflicts.get(key, []) if one.revision not in known]
    if before is not None and before.revision not in known:
        lost.append(before)
    found.values[key] = new
    found.conflicts[key] = [one for one in lost if one.value != new.value]
    if not found.conflicts[key]:
        del found.conflicts[key]
