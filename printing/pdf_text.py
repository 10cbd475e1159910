"""Thai text in a PDF that looks right and comes out of it letter for letter (docs/adr/0004).

reportlab's own TrueType fonts map one character to one glyph, which Thai does not. Here a code stands for a glyph
*and* the letters it speaks for: the first glyph of a cluster carries the whole cluster (น้ำ), the others nothing, so
readers that follow the ToUnicode table get the source. Readers that know /ActualText (pdftotext, pdfium, Acrobat)
get each paragraph from there, whole, without the line breaks of the page.
"""

import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from struct import pack
from typing import Any

import uharfbuzz
from reportlab.pdfbase import pdfdoc

from printing import typeface
from printing.marks import TextMark

_DROPPED = ("GSUB", "GPOS", "GDEF", "OS/2", "name", "post", "cmap", "DSIG", "gasp")
"""Tables of the font that a PDF viewer does not use; glyphs are found by number."""

_LONGEST_MOVE = 90

Code = tuple[int, str]
"""A glyph's number, and the letters it speaks for."""


class _Codes(dict[Code, str]):
    """What has a code in a font; a new entry takes the next one."""

    def __missing__(self, key: Code) -> str:
        code = self[key] = f"{len(self):04X}"
        return code


class EmbeddedFace:
    """One weight of the typeface in one PDF: hands out codes and embeds the glyphs that were used."""

    def __init__(self, name: str, bold: bool) -> None:
        self.name = name
        self._bold = bold
        self._codes = _Codes({(0, ""): "0000"})

    def encoded(self, line: TextMark) -> list[str]:
        """The line as items of a TJ array: hexadecimal codes, and numbers that move the pen back."""
        code = self._codes.__getitem__
        items: list[str] = []
        for moves, keys in _codes_of(line.text, self._bold, line.joints, line.gap):
            items.extend(moves)
            if keys:
                items.append(f"<{''.join(map(code, keys))}>")
        return items

    def silent_space(self) -> str:
        """The code of a space that speaks for no letter."""
        glyph = typeface.shape(" ", self._bold)[0]
        return f"<{self._codes[glyph.id, '']}>"

    def embed(self, document: Any) -> None:
        """Write the font objects into reportlab's document."""
        weight = typeface.face(self._bold)
        base = f"{'AAAAAB' if self._bold else 'AAAAAA'}+{weight.name}"
        reference = document.Reference
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": f"/{base}",
                "CIDSystemInfo": "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>",
                "FontDescriptor": reference(self._descriptor(document, weight, base), f"descriptor:{base}"),
                "DW": 0,
                "W": f"[ 0 [ {' '.join(str(typeface.widths(self._bold)[glyph]) for glyph, _ in self._codes)} ] ]",
                "CIDToGIDMap": reference(_stream(self._glyph_numbers()), f"glyphs:{base}"),
            }
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": f"/{base}",
                "Encoding": "/Identity-H",
                "DescendantFonts": pdfdoc.PDFArray([reference(descendant, f"descendant:{base}")]),
                "ToUnicode": reference(_stream(self._letters()), f"letters:{base}"),
            }
        )
        document.idToObject["BasicFonts"].dict[self.name] = reference(font, self.name)

    def _descriptor(self, document: Any, weight: typeface.Face, base: str) -> Any:
        data = _subset(weight, {glyph for glyph, _ in self._codes})
        file = _stream(data)
        file.dictionary["Length1"] = len(data)
        return pdfdoc.PDFDictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": f"/{base}",
                "Flags": 4,
                "FontBBox": "[ -600 -600 1600 1300 ]",
                "ItalicAngle": 0,
                "Ascent": 1068,
                "Descent": -232,
                "CapHeight": 700,
                "StemV": 140 if self._bold else 80,
                "FontFile2": document.Reference(file, f"file:{base}"),
            }
        )

    def _glyph_numbers(self) -> bytes:
        return pack(f">{len(self._codes)}H", *(glyph for glyph, _ in self._codes))

    def _letters(self) -> bytes:
        pairs = [
            f"<{code}> <{letters.encode('utf-16-be').hex().upper()}>" for (_, letters), code in self._codes.items()
        ]
        blocks = (pairs[start : start + 100] for start in range(0, len(pairs), 100))
        maps = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{maps}\n"
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode("ascii")


def paragraph_code(face: EmbeddedFace, lines: Sequence[TextMark], page_height: float) -> str:
    """The operators that draw the lines of one paragraph on one page, marked with its whole text.

    All lines are one text object: later lines are reached by rise and by moving the pen back, never by a new
    position, so that no reader takes the end of a line for the end of the text. The pen ends behind the first line:
    some readers take the place of a marked text from where it begins and ends.
    """
    first = lines[0]
    size = first.size
    text = "".join(line.text for line in lines)
    if text.endswith("-"):
        text += " "  # pdftotext takes a hyphen at the end of a line away
    code = [
        f"BT /Span <</ActualText <FEFF{text.encode('utf-16-be').hex().upper()}>>> BDC",
        f"/{face.name} {size:.4g} Tf 1 0 0 1 {first.x:.3f} {page_height - first.y:.3f} Tm",
        _shown(face.encoded(first)),
    ]
    end = first_end = first.x + _wide(first)
    for line in lines[1:]:
        code.append(f"{first.y - line.y:.3f} Ts {_shown([_shift(end, line.x, size), *face.encoded(line)])}")
        end = line.x + _wide(line)
    if len(lines) > 1:
        code.append(f"0 Ts {_shown([_shift(end, first_end, size), face.silent_space()])}")
    code.append("EMC ET")
    return " ".join(code)


def _wide(line: TextMark) -> float:
    """Points that the pen moves on while it draws the line."""
    return (typeface.width(line.text, line.bold) + line.gap * len(line.joints)) * line.size


def _shift(here: float, there: float, size: float) -> str:
    """The number of a TJ array that moves the pen from one x to another (positive: to the left)."""
    return str(round((here - there) / size * 1000))


def _shown(items: Iterable[str]) -> str:
    return f"[{' '.join(items)}] TJ"


@lru_cache(maxsize=1024)
def _codes_of(
    text: str, bold: bool, joints: tuple[int, ...], gap: float
) -> tuple[tuple[tuple[str, ...], tuple[Code, ...]], ...]:
    """Runs of codes, each with the moves before it as TJ wants them; a cluster's first glyph speaks for its letters.

    A code moves the pen as far as the font says, as an archive wants; what shaping wants else is a move of its own.
    """
    glyphs = typeface.spread(text, bold, joints, gap) if joints else typeface.shape(text, bold)
    widths = typeface.widths(bold)
    ends = dict(pairwise(sorted({*(glyph.cluster for glyph in glyphs), len(text)})))
    runs: list[tuple[int, list[Code]]] = []
    before, owed = -1, 0
    for glyph in glyphs:
        letters = text[glyph.cluster : ends[glyph.cluster]] if glyph.cluster != before else ""
        before = glyph.cluster
        shift = round(glyph.dx * 1000)
        if shift + owed or not runs:
            runs.append((shift + owed, []))
        runs[-1][1].append((glyph.id, letters))
        owed = round(glyph.advance * 1000) - shift - widths[glyph.id]
    if owed:
        runs.append((owed, []))
    return tuple((_moves(shift), tuple(keys)) for shift, keys in runs)


def _moves(shift: int) -> tuple[str, ...]:
    """Numbers that move the pen on by 1/1000 em. A long move is parted: pypdf takes one number for a space between
    words."""
    if shift <= _LONGEST_MOVE:
        return (str(-shift),) if shift else ()
    parts = -(-shift // _LONGEST_MOVE)
    return tuple(str(-((shift + place) // parts)) for place in range(parts))


def _subset(weight: typeface.Face, glyphs: set[int]) -> bytes:
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(glyphs)
    flags = uharfbuzz.SubsetFlags
    wanted.flags = flags.RETAIN_GIDS | flags.NO_LAYOUT_CLOSURE | flags.NO_HINTING
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode("ascii"), "big") for tag in _DROPPED)
    return bytes(uharfbuzz.subset(weight.face, wanted).blob.data)


def _stream(content: bytes) -> Any:
    """Compressed lightly: a tenth larger than at the usual level, and a third of the time."""
    packed = zlib.compress(content, 2)
    return pdfdoc.PDFStream(pdfdoc.PDFDictionary({"Filter": "/FlateDecode"}), packed)
