"""Coordinates in every form that people type or paste, and whether they lie in Thailand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.coordinates import Coordinates, in_thailand, metres, parse, text_of
from app.domain.errors import Refused

POINT = Coordinates(7.9111111, 98.3333333)
PIN = (
    "https://www.google.com/maps/place/W/@7.5,98.1,17z/data=!3m1!4b1!4m6!3m5!1s0x0:0x0!8m2!3d7.9111111!4d98.3333333!16s"
)


@pytest.mark.parametrize(
    "text",
    [
        "7.9111111, 98.3333333",
        "7.9111111 98.3333333",
        " ๗.๙๑๑๑๑๑๑, ๙๘.๓๓๓๓๓๓๓ ",
        "98.3333333, 7.9111111",
        "7.9111111N 98.3333333E",
        "N7.9111111 E98.3333333",
        "E 98.3333333, N 7.9111111",
        "7.9111111° N, 98.3333333° E",
        "ละติจูด 7.9111111 ลองจิจูด 98.3333333",
        "Lat: 7.9111111, Long: 98.3333333",
        "(7.9111111, 98.3333333)",
        "ตำแหน่งของฉัน 7.9111111,98.3333333 หน้าวัด",
        "https://www.google.com/maps/@7.9111111,98.3333333,17z",
        "https://maps.google.com/?q=7.9111111,98.3333333",
        "https://www.google.com/maps?q=loc:7.9111111%2C98.3333333&z=14",
        "https://www.google.com/maps/search/?api=1&query=7.9111111%2C98.3333333",
        "https://www.google.com/maps/search/7.9111111,+98.3333333?entry=tts",
        "https://www.google.co.th/maps/dir/?api=1&destination=7.9111111,98.3333333",
        PIN,
        f"ดูที่ {PIN}",
        "www.google.com/maps/place/7.9111111,98.3333333",
        "geo:7.9111111,98.3333333?z=17",
        "geo:0,0?q=7.9111111,98.3333333(วัด)",
        "https://www.openstreetmap.org/?mlat=7.9111111&mlon=98.3333333#map=17/7.5/98.1",
        "https://www.openstreetmap.org/#map=17/7.9111111/98.3333333",
        "https://maps.apple.com/?ll=7.9111111,98.3333333&q=W",
    ],
)
def test_a_point_is_understood_however_it_is_written(text: str) -> None:
    assert parse(text) == POINT


@pytest.mark.parametrize(
    "text",
    [
        "7°54'40\"N 98°20'00\"E",
        "7° 54′ 40″ N, 98° 20′ 0″ E",
        "7 54 40 N 98 20 0 E",
        "7 54 40 98 20 0",
        "N 7° 54.66666' E 98° 20.00000'",
        "7 54.66666, 98 20.00000",
        "๗ องศา ๕๔ ลิปดา ๔๐ ฟิลิปดา เหนือ ๙๘ องศา ๒๐ ลิปดา ๐ ฟิลิปดา ตะวันออก",
        "98°20'00\"E 7°54'40\"N",
        "https://www.google.com/maps/place/7%C2%B054'40.0%22N+98%C2%B020'00.0%22E",
    ],
)
def test_degrees_minutes_and_seconds_are_understood(text: str) -> None:
    found = parse(text)
    assert metres(found, POINT) < 1


@pytest.mark.parametrize(
    "host", ["https://maps.app.goo.gl/AbC12", "maps.app.goo.gl/AbC12", "https://osm.org/go/0EEQjE"]
)
def test_a_short_link_is_told_as_what_it_is(host: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(host)
    assert refused.value.code == "short_link"
    assert "คัดลอก" in refused.value.hint


@pytest.mark.parametrize(
    "text",
    ["", "หน้าวัด", "7.9", "7.9 98.3 12", "7°75'0\"N 98°20'0\"E", "91.5, 182.2", "7,9111 98,3333", "N N", "7.9N 98.3N",
     "https://example.invalid/", "-7.9S 98.3E", "7.9 -98 20 0", "geo:0,0", "1.2.3, 4.5.6", "NE", ",", "°°"],
)  # fmt: skip
def test_what_is_no_point_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.code == "coordinates"
    assert refused.value.field == "place.latitude"


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    try:
        found = parse(text)
    except Refused:
        return
    assert abs(found.latitude) <= 90
    assert abs(found.longitude) <= 180


@given(st.floats(5.6, 20.4), st.floats(97.3, 105.6))
def test_what_is_shown_can_be_typed_again(latitude: float, longitude: float) -> None:
    shown = text_of(latitude, longitude)
    assert text_of(*parse(shown)) == shown


@pytest.mark.parametrize(
    ("north", "east"),
    [(7.91, 98.33), (13.75, 100.5), (20.43, 99.88), (18.8, 98.98), (19.3, 97.96), (15.25, 105.47), (5.77, 101.07),
     (6.03, 101.96), (17.41, 104.78), (18.36, 103.65), (16.71, 98.57), (14.35, 98.9), (11.81, 99.79), (12.24, 102.51),
     (6.62, 100.07), (13.69, 102.5), (14.9, 104.3), (9.96, 98.63), (19.2, 100.9), (17.9, 101.67),
     (15.3, 98.4), (6.49, 99.3)],
)  # fmt: skip
def test_places_of_thailand_are_in_it(north: float, east: float) -> None:
    assert in_thailand(Coordinates(north, east))


@pytest.mark.parametrize(
    ("north", "east"),
    [(98.33, 7.91), (0, 0), (16.8, 96.15), (11.55, 104.92), (13.36, 103.86), (19.88, 102.13),
     (3.14, 101.69), (21.9, 96.1), (-7.91, 98.33), (12.44, 98.6), (15.12, 106.8), (7.91, -98.33), (22.3, 100.5)],
)  # fmt: skip
def test_places_elsewhere_are_not(north: float, east: float) -> None:
    assert not in_thailand(Coordinates(north, east))
