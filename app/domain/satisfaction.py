"""How satisfied a citizen is with a finished case (ประเมินความพึงพอใจในการบริการ): 1 to 5, most is best."""

from typing import Final

SCORES: Final = {5: "มากที่สุด", 4: "มาก", 3: "ปานกลาง", 2: "น้อย", 1: "น้อยที่สุด"}


def text(score: object) -> str:
    """ "4 มาก"; "" for what is no score."""
    return f"{score} {SCORES[score]}" if isinstance(score, int) and score in SCORES else ""
