"""The office's landmarks: known points (wat, school, bridge) by which a place is named and found."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from app.domain.coordinates import Coordinates, in_thailand, metres
from app.domain.errors import Refused
from app.domain.text_rules import clean_text

SETTING = "landmarks"
KEYS = ("name", "latitude", "longitude")
MOST = 2_000
FARTHEST = 5_000.0
"""Metres from which a landmark no longer says where something is."""

Fault = Callable[[str, str], Refused]


class Landmark(NamedTuple):
    """A point that has a name."""

    name: str
    at: Coordinates


def check(row: object, key: str, fault: Fault) -> dict[str, Any]:
    """One row of OFFICE.toml; `fault` makes the Refused for a key and the reason."""
    if not isinstance(row, dict):
        raise fault(key, "ต้องเป็นตาราง { name = …, latitude = …, longitude = … }")
    for part in row:
        if part not in KEYS:
            raise fault(f"{key}.{part}", "ไม่รู้จักชื่อค่านี้")
    try:
        name = clean_text(row.get("name"), f"{key}.name", max_length=100, required=True)
    except Refused as error:
        raise fault(f"{key}.name", error.title) from None
    values = []
    for part, most in (("latitude", 90), ("longitude", 180)):
        value = row.get(part)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            raise fault(f"{key}.{part}", f"ต้องเป็นองศาทศนิยมระหว่าง -{most} ถึง {most}")
        values.append(float(value))
    return {"name": name, "latitude": values[0], "longitude": values[1]}


def of(document: Mapping[str, Any]) -> list[Landmark]:
    """The landmarks of an office document, in its order."""
    return [
        Landmark(row["name"], Coordinates(row["latitude"], row["longitude"])) for row in document.get(SETTING) or ()
    ]


def words(document: Mapping[str, Any], point: Coordinates) -> str:
    """ "ใกล้ วัดกะทู้ ประมาณ 120 เมตร", or "" where no landmark is near."""
    near = min(of(document), key=lambda mark: metres(point, mark.at), default=None)
    if near is None or (far := metres(point, near.at)) > FARTHEST:
        return ""
    return f"ใกล้ {near.name} ประมาณ {_rounded(far)}" if far >= 5 else f"ที่ {near.name}"


def _rounded(far: float) -> str:
    return f"{round(far, -1):,.0f} เมตร" if far < 995 else f"{far / 1_000:.1f} กม."


def advice(point: Coordinates) -> str:
    """What the clerk should look at again, or ""."""
    return "" if in_thailand(point) else "พิกัดนี้อยู่นอกประเทศไทย โปรดตรวจอีกครั้ง"
