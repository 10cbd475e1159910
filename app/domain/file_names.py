"""Names of files that people hand in: made fit to be shown and saved anywhere, and still known again."""

import re
import unicodedata

LONGEST = 120
"""Characters; with Thai in UTF-8 this stays below what file systems take."""
_UNFIT = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def ending(name: str) -> str:
    """The ending of a name in small letters without its dot, or ""."""
    _, dot, last = name.rpartition(".")
    return last.strip().lower() if dot else ""


def safe(name: str, format_: str, otherwise: str = "ไฟล์แนบ") -> str:
    """The last part of a path, without what no file system takes, with the ending of its format ("jpeg" stays)."""
    plain = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C")
    plain = " ".join(_UNFIT.sub("_", plain).split())
    has = ending(plain)
    stem = plain[: -len(has) - 1] if has and len(has) <= 5 else plain
    stem = stem.strip(" .") or otherwise
    kept = has if has == format_ or (has, format_) == ("jpeg", "jpg") else format_
    stem = _cut(stem, LONGEST - len(kept) - 1)
    return f"_{stem}.{kept}" if _RESERVED.fullmatch(stem) else f"{stem}.{kept}"


def _cut(text: str, most: int) -> str:
    """At most so many characters; a Thai mark is not parted from its letter."""
    while most > 0 and most < len(text) and unicodedata.category(text[most]) == "Mn":
        most -= 1
    return text[:most].rstrip(" .")
