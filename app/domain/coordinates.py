"""Where on Earth: what people type or paste, as degrees north and east (WGS 84), and how far two points are apart.

Understood are decimal degrees, degrees with minutes and seconds, Thai digits and words, and the links that Google Maps,
OpenStreetMap and telephones share. A short link holds no coordinates; only the network could open it.
"""

import math
import re
from typing import NamedTuple
from urllib.parse import unquote_plus

from app.domain.errors import Refused
from app.domain.thai_date import to_arabic_digits

FIELD = "place.latitude"
LONGEST = 2_000
METRES_A_DEGREE = 111_320.0
SHORT_HOSTS = ("maps.app.goo.gl", "goo.gl", "g.co", "g.page", "osm.org", "bit.ly", "tinyurl.com", "line.me", "t.co")

_NUMBER = r"([-+]?\d{1,3}(?:\.\d+)?)"
_PAIR = rf"{_NUMBER}\s*,\s*{_NUMBER}"
_LINK = re.compile(r"(?:https?://|geo:)\S+|\b(?:www\.)?[a-z0-9.-]+\.[a-z]{2,}/\S+", re.IGNORECASE)
_IN_LINKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"!3d{_NUMBER}!4d{_NUMBER}",
        rf"[?&#]mlat={_NUMBER}&mlon={_NUMBER}",
        rf"[?&](?:q|query|ll|destination|daddr|loc|center|cp)=(?:loc:)?{_NUMBER}\s*[,~]\s*{_NUMBER}",
        rf"^geo:{_PAIR}",
        rf"#map=\d+(?:\.\d+)?/{_NUMBER}/{_NUMBER}",
        rf"/(?:place|search|dir)/{_PAIR}",
        rf"@{_PAIR}",
    )
)
"""The pin first, then what was asked for, then the middle of the map."""
_DEGREES_IN_LINK = re.compile(r"/(?:place|search)/([^/@]*°[^/@]*)")
_WORDS = (
    (r"ฟิลิปดา|″|”|“|''|′′|’’", '"'),
    (r"ลิปดา|′|’|‘|´|`", "'"),
    (r"องศา|º|˚|deg\b", "°"),
    (r"เหนือ", "N"),
    (r"ตะวันออก", "E"),
    (r"ตะวันตก", "W"),
    (r"ใต้", "S"),
    (r"ละติจูดที่|ละติจูด|ลองจิจูดที่|ลองจิจูด|ลองติจูด|พิกัด|latitude|longitude|lat|long|lng|lon|[:=()\[\]]", " "),
)
_ALLOWED = re.compile(r"[-+0-9.,;°'\"NSEW\s]+")
_AMID_WORDS = re.compile(r"(?<![\d.])\d{1,3}\.\d{3,}[\s,]+\d{1,3}\.\d{3,}(?![\d.])")
"""A decimal pair in the middle of a sentence."""
_PART = re.compile(r"[-+]?\d+(?:\.\d+)?")

# Thailand with some 20 km around it and the whole Gulf, as (east, north).
_THAILAND = (
    (99.9, 20.7), (100.7, 20.5), (100.8, 19.9), (101.5, 19.8), (101.4, 18.2), (102.6, 18.2), (103.6, 18.7),
    (104.5, 18.2), (105.1, 17.4), (105.1, 16.6), (105.9, 15.8), (105.8, 14.2), (103.2, 14.0), (102.8, 13.6),
    (102.7, 13.0), (103.1, 12.0), (103.1, 11.4), (102.5, 6.4), (102.2, 5.6), (101.1, 5.4), (100.8, 6.2), (99.9, 6.2),
    (98.7, 6.3), (97.2, 8.5), (97.6, 9.8), (98.4, 10.2), (98.9, 11.7), (98.9, 12.8), (98.0, 14.9), (98.0, 15.7),
    (98.3, 16.3), (97.6, 17.5), (97.1, 18.4), (97.3, 19.0), (97.6, 19.9), (98.9, 20.1),
)  # fmt: skip


class Coordinates(NamedTuple):
    """Degrees north and east."""

    latitude: float
    longitude: float


def parse(text: str) -> Coordinates:
    """The point that a text names. Refused: "short_link", "coordinates" with field "place.latitude"."""
    text = to_arabic_digits(text[:LONGEST]).strip()
    link = _LINK.search(text)
    latitude, longitude = _of_link(link.group()) if link else _of_words(text)
    if not link and (abs(latitude) > 90 or _turned(latitude, longitude)):
        latitude, longitude = longitude, latitude
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise _not_understood()
    return Coordinates(round(latitude, 7), round(longitude, 7))


def _turned(first: float, second: float) -> bool:
    """East before north, as some instruments write it: in Thailand the two cannot be mistaken for each other."""
    return 97 <= first <= 106 and 5 <= second <= 21


def _of_link(link: str) -> tuple[float, float]:
    plain = unquote_plus(link)
    host = re.sub(r"^https?://(?:www\.)?", "", plain, flags=re.IGNORECASE).split("/")[0].lower()
    for pattern in _IN_LINKS:
        found = pattern.findall(plain)
        if found and [float(number) for number in found[-1]] != [0.0, 0.0]:
            return float(found[-1][0]), float(found[-1][1])
    degrees = _DEGREES_IN_LINK.search(plain)
    if degrees:
        return _of_words(degrees.group(1))
    if host in SHORT_HOSTS:
        hint = "เปิดลิงก์ในโทรศัพท์หรือเบราว์เซอร์ แล้วคัดลอกตัวเลขพิกัดหรือลิงก์เต็มมาวาง"
        raise Refused("short_link", "ลิงก์ย่อไม่มีพิกัดอยู่ในตัว เปิดไม่ได้เมื่อไม่ใช้อินเทอร์เน็ต", hint, FIELD)
    raise _not_understood("ไม่พบพิกัดในลิงก์นี้")


def _of_words(text: str) -> tuple[float, float]:
    for pattern, mark in _WORDS:
        text = re.sub(pattern, mark, text, flags=re.IGNORECASE)
    text = text.upper()
    if not _ALLOWED.fullmatch(text):
        amid = _AMID_WORDS.search(text)
        if amid is None:
            raise _not_understood()
        text = amid.group()
    first, second = (_degrees(half) for half in _halves(text))
    if first[1] in ("E", "W") or second[1] in ("N", "S"):
        first, second = second, first
    if first[1] in ("E", "W") or second[1] in ("N", "S"):
        raise _not_understood()
    return first[0], second[0]


def _halves(text: str) -> tuple[str, str]:
    """North and east, parted by their letters, by a comma, or in the middle of the numbers."""
    letters = [place for place, letter in enumerate(text) if letter in "NSEW"]
    if len(letters) == 2:
        before = not re.search(r"\d", text[: letters[0]])
        cut = letters[1] if before else letters[0] + 1
        return text[:cut].rstrip(" ,;"), text[cut:].lstrip(" ,;")
    parts = re.split(r"[,;]", text.strip(" ,;"))
    if letters or len(parts) > 2:
        raise _not_understood()
    if len(parts) == 2:
        return parts[0], parts[1]
    numbers = list(_PART.finditer(text))
    if len(numbers) not in (2, 4, 6):
        raise _not_understood()
    cut = numbers[len(numbers) // 2].start()
    return text[:cut], text[cut:]


def _degrees(half: str) -> tuple[float, str]:
    """Degrees of one half, and its letter or ""."""
    numbers = _PART.findall(half)
    letter = "".join(mark for mark in half if mark in "NSEW")
    signed = any(number[0] in "+-" for number in numbers)
    if not 1 <= len(numbers) <= 3 or any("." in number for number in numbers[:-1]) or (signed and letter):
        raise _not_understood()
    if any(number[0] in "+-" for number in numbers[1:]):
        raise _not_understood()
    parts = [abs(float(number)) for number in numbers]
    if any(part >= 60 for part in parts[1:]):
        raise _not_understood()
    value = sum(part / 60**place for place, part in enumerate(parts))
    return (-value if numbers[0][0] == "-" or letter in ("S", "W") else value), letter


def _not_understood(title: str = "อ่านพิกัดไม่ออก") -> Refused:
    hint = "พิมพ์ เช่น 7.9111, 98.3333 หรือ 7°54'40\"N 98°20'0\"E หรือวางลิงก์แผนที่แบบเต็ม"
    return Refused("coordinates", title, hint, FIELD)


def text_of(latitude: float, longitude: float) -> str:
    """As it is shown and typed again: "7.911100, 98.333300"; the sixth decimal is a hand's breadth."""
    return f"{latitude:.6f}, {longitude:.6f}"


def metres(one: Coordinates, two: Coordinates) -> float:
    """Metres between two points, exact enough within a province."""
    north = (one.latitude - two.latitude) * METRES_A_DEGREE
    east = (one.longitude - two.longitude) * METRES_A_DEGREE * math.cos(math.radians(one.latitude))
    return math.hypot(north, east)


def in_thailand(point: Coordinates) -> bool:
    """Whether the point lies in Thailand or close to it: drawn with a broad pen, to find slips of the hand."""
    inside = False
    east, north = point.longitude, point.latitude
    for (x1, y1), (x2, y2) in zip(_THAILAND, (*_THAILAND[1:], _THAILAND[0]), strict=True):
        if (y1 > north) != (y2 > north) and east < (x2 - x1) * (north - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
