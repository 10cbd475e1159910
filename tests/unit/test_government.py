"""The table of the government's letters (docs/government.md): every row is there, and so is every test it names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = {
    *(f"2-{row}" for row in range(1, 9)), *(f"3-{row}" for row in range(1, 14)), *(f"4-{row}" for row in range(1, 6)),
    "5.4",
}  # fmt: skip
NAMED = re.compile(r"`((?:unit|integration|ui|end_to_end)/test_[a-z_]+\.py|…)(?:::([a-z0-9_]+…?))?`")


def told() -> dict[str, str]:
    """Row -> what shows it."""
    lines = (ROOT / "docs" / "government.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row[3] for row in cells if re.fullmatch(r"\d[-.]\d+", row[0])}


def test_every_row_of_the_letters_is_answered() -> None:
    found = told()
    assert set(found) == ROWS
    for row, shown in found.items():
        assert NAMED.search(shown) or re.fullmatch(r"as \d-\d+", shown), row


def test_every_test_that_is_named_exists() -> None:
    names = NAMED.findall((ROOT / "docs" / "government.md").read_text("utf-8"))
    assert len(names) > 30
    last = ""
    for file, test in names:
        last = file if file != "…" else last
        assert last, test
        source = (ROOT / "tests" / last).read_text("utf-8")
        if test.endswith("…"):
            assert f"def {test[:-1]}" in source, (last, test)
        elif test:
            assert re.search(rf"^def {test}\(", source, re.M), (last, test)
