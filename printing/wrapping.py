"""Breaking a text into lines of a given width, at Thai word boundaries."""

from app.services import words
from printing import typeface

ELLIPSIS = "…"


def wrap(text: str, limit: float, bold: bool, indent: float = 0.0) -> list[str]:
    """Lines of at most `limit` em (the first one `indent` less); joined they are `text` again.

    The space at which a line was broken stays at its end, so nothing is lost; it does not count as width.
    "\\n" must have been split off before.
    """
    lines: list[str] = []
    line, used, room = "", 0.0, limit - indent
    for word in words.split(text):
        wide = typeface.width(word, bold)
        if used + wide <= room or word.isspace():
            line, used = line + word, used + wide
            continue
        if line:
            lines.append(line)
            line, used, room = "", 0.0, limit
        *full, line = _forced(word, room, bold)
        if full:
            lines.extend(full)
            room = limit
        used = typeface.width(line, bold)
    lines.append(line)
    return lines


def joints(line: str) -> tuple[int, ...]:
    """Where white may be put into a line: numbers of the characters before which a Thai word or a space begins.

    A space has one before and one behind, so it grows twice as much as the seam of two words that stand together.
    """
    found: list[int] = []
    at, before = 0, ""
    for word in words.split(line.rstrip()):
        if before and (_parts(before[-1]) and _parts(word[0])):
            found.append(at)
        at, before = at + len(word), word
    return tuple(found)


def _parts(letter: str) -> bool:
    return letter.isspace() or "\u0e00" <= letter <= "\u0e7f"


def _forced(word: str, limit: float, bold: bool) -> list[str]:
    """A word wider than the line, parted between clusters: never between a letter and its marks."""
    if typeface.width(word, bold) <= limit:
        return [word]
    lines = [""]
    used = 0.0
    for cluster in words.clusters(word):
        wide = typeface.width(cluster, bold)
        if lines[-1] and used + wide > limit:
            lines.append("")
            used = 0.0
        lines[-1] += cluster
        used += wide
    return lines


def shortened(lines: list[str], max_lines: int, limit: float, bold: bool) -> list[str]:
    """The first `max_lines` lines; when something is left out the last one ends in "…"."""
    if max_lines <= 0 or len(lines) <= max_lines:
        return lines
    kept = lines[:max_lines]
    room = limit - typeface.width(ELLIPSIS, bold)
    last = ""
    for piece in words.split(kept[-1].rstrip()):
        if typeface.width(last + piece, bold) > room:
            break
        last += piece
    kept[-1] = (last or "".join(_forced(kept[-1], room, bold)[:1])).rstrip() + ELLIPSIS
    return kept
