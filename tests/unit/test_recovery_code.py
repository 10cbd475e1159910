"""The code on paper: what is mistyped is found, and the group is named."""

import random

import pytest

from app.domain import recovery_code
from app.domain.errors import Refused

SEEDS = [random.Random(at).randbytes(20) for at in range(40)]


@pytest.mark.parametrize("seed", [bytes(20), bytes([255] * 20), *SEEDS])
def test_there_and_back(seed: bytes) -> None:
    code = recovery_code.encode(seed)
    assert len(code.split("-")) == 8 and {len(group) for group in code.split("-")} == {5}
    assert recovery_code.decode(code) == seed
    assert recovery_code.decode(code.lower().replace("-", "  ")) == seed
    assert recovery_code.decode(code.replace("0", "o").replace("1", "l")) == seed


def test_every_wrong_character_is_found_in_its_group() -> None:
    code = recovery_code.encode(SEEDS[0])
    for place, character in enumerate(code):
        if character == "-":
            continue
        for other in recovery_code.ALPHABET:
            if other == character:
                continue
            with pytest.raises(Refused) as refused:
                recovery_code.decode(code[:place] + other + code[place + 1 :])
            assert f"กลุ่มที่ {place // 6 + 1} " in refused.value.title


def test_groups_that_changed_places_are_found() -> None:
    for seed in SEEDS:
        groups = recovery_code.encode(seed).split("-")
        groups[2], groups[5] = groups[5], groups[2]
        with pytest.raises(Refused):
            recovery_code.decode("-".join(groups))


@pytest.mark.parametrize("text", ["", "กขค", "A" * 39, "A" * 41, "U" * 40, "ฟหก" * 20])
def test_what_is_no_code_is_refused_in_thai(text: str) -> None:
    with pytest.raises(Refused) as refused:
        recovery_code.decode(text)
    assert refused.value.code == "recovery_code" and refused.value.hint
