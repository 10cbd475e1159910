"""Where a line of Thai may be broken: word boundaries by dictionary, on every platform the same.

Thai writes no spaces between words. Qt breaks Thai only where libthai is installed (never on Windows) and reportlab
not at all, so paper and screen both ask here. The dictionary is resources/words (CC0); it is read at the first
Thai word, once (about 0.2 s).
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Lock

import resources

BREAK_POINT = "\u200b"
"""ZERO WIDTH SPACE, which Qt takes as leave to break a line."""

_DICTIONARY = "lao-counter"
_PIECE = 2_000
"""Longest run handed to the dictionary at once; its search could grow with ambiguous text."""

_THAI = re.compile(r"[\u0e00-\u0e7f]+")
_TOKEN = re.compile(r"\s+|[\u0e00-\u0e7f]+|[^\s\u0e00-\u0e7f]+")
_CLUSTER = re.compile(r"[เแโใไ]*.?[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0300-\u036f]*", re.DOTALL)
_LEADING = frozenset("เแโใไ")
_HANGS_ON = frozenset("ะัาำิีึืฺุูๅๆฯ็่้๊๋์ํ๎")
_CLOSING = frozenset(")]}>,.;:!?%”’»…/-\"'")
_OPENING = frozenset("([{<“‘«")
_AFTER_SPACE = frozenset("ๆ:")
"""Written after a space, yet never first in a line: "ต่าง ๆ", "ระบบสาธารณูปโภค : ไฟฟ้า"."""
_BEFORE_NAMES = (
    "ตำบล",
    "อำเภอ",
    "จังหวัด",
    "แขวง",
    "เขต",
    "ถนน",
    "ซอย",
    "หมู่บ้าน",
    "นาย",
    "นาง",
    "นางสาว",
    "เด็กชาย",
    "เด็กหญิง",
)
_NAME = 26
"""A short run that begins with one of these is taken for a name, which no dictionary knows: it stays whole."""
_GLUED = frozenset({'"', "'"})

_lock = Lock()
_segment: Callable[[str], list[str]] | None = None


def split(text: str) -> list[str]:
    """The words of `text`; joined they are `text` again.

    A line may be broken after each of them: no piece begins with a mark, a following vowel, ๆ, ฯ or closing
    punctuation; none ends with a leading vowel, an opening bracket or the dot of an abbreviation (ต. กับชื่อตำบล).
    Runs of spaces are pieces of their own; runs without Thai ("081-234-5678", "5/1") stay whole.
    """
    return list(_split(text))


def with_break_points(text: str) -> str:
    """`text` with U+200B between words, for Qt's line breaking; spaces get none, they break by themselves."""
    out: list[str] = []
    for word in _split(text):
        if out and not word.isspace() and not out[-1].isspace():
            out.append(BREAK_POINT)
        out.append(word)
    return "".join(out)


def without_break_points(text: str) -> str:
    """Undo `with_break_points`: what is read back from a widget."""
    return text.replace(BREAK_POINT, "")


def clusters(text: str) -> list[str]:
    """The smallest pieces that may be parted at all: a base letter with its marks and its leading vowel."""
    return [m.group() for m in _CLUSTER.finditer(text) if m.group()]


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, ...]:
    pieces: list[str] = []
    for match in _TOKEN.finditer(text):
        run = match.group()
        pieces.extend(_thai_words(run) if _THAI.match(run) else (run,))
    return tuple(_joined(pieces))


def _joined(pieces: list[str]) -> list[str]:
    """Glue what typography forbids to part."""
    out: list[str] = []
    for piece in pieces:
        if piece[0] in _AFTER_SPACE and len(out) > 1 and out[-1] == " ":
            out[-2:] = [out[-2] + " "]
            out[-1] += piece
        elif out and _belong_together(out[-1], piece):
            out[-1] += piece
        else:
            out.append(piece)
    return out


def _belong_together(before: str, after: str) -> bool:
    if before[-1].isspace() or after[0].isspace():
        return False
    if before[-1] in _LEADING or before[-1] in _OPENING or before in _GLUED or _is_abbreviation(before):
        return True
    return after[0] in _HANGS_ON or after[0] in _CLOSING


def _is_abbreviation(piece: str) -> bool:
    """ "ต." or "พ.ศ.": it stays with the name or number that follows."""
    return piece[-1] == "." and len(piece) > 1 and _THAI.match(piece) is not None


def _thai_words(run: str) -> list[str]:
    if len(run) == 1 or (len(run) <= _NAME and run.startswith(_BEFORE_NAMES)):
        return [run]
    words: list[str] = []
    for start in range(0, len(run), _PIECE):
        words.extend(_dictionary_words(run[start : start + _PIECE]))
    return words


def _dictionary_words(run: str) -> list[str]:
    words = _dictionary()(run)
    return words if "".join(words) == run else clusters(run)


def _dictionary() -> Callable[[str], list[str]]:
    """The dictionary's segmenter, ready; reads the word list at the first Thai word."""
    global _segment
    with _lock:
        if _segment is None:
            import nlpo3  # costs a start that shows no Thai paper nothing

            nlpo3.load_dict(str(resources.path("words", "words_th.txt")), _DICTIONARY)
            _segment = partial(nlpo3.segment, dict_name=_DICTIONARY)
    return _segment
