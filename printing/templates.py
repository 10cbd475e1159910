"""Dresses a finished layout as the office wants its papers: header, footer, seal and the wording of standing texts.

The builders know nothing of it. A standing text is found by its usual wording; the dashed frame of a seal takes the
seal; every line stands on one line, made smaller to fit, so that no template can push a paper out of shape.
"""

from collections.abc import Iterable
from dataclasses import replace

from app.services import official_letters, paper_templates, papers
from app.services.model import CaseView
from printing.layout import (
    MM,
    Block,
    Box,
    Cell,
    Columns,
    Group,
    Layout,
    Pair,
    Picture,
    Spacer,
    Text,
    TextStyle,
)

HEADER = TextStyle(10, align="center", leading=1.5)
FOOTER = TextStyle(9, align="center", leading=1.5)
SHEET_SEAL, SLIP_SEAL = 18 * MM, 15 * MM
WORDING_ONLY = frozenset({papers.RECEIVING_STAMP, *official_letters.NAMES})
"""Papers whose shape is given by a rule or by the letter on which they are printed."""


def dressed(layout: Layout, document: str, view: CaseView) -> Layout:
    """The layout as the office's template of that day wants it."""
    template = view.template
    if template is None:
        return layout
    values = _values(view)
    wording = {
        paper_templates.STANDING[key][1]: paper_templates.filled(text, values)
        for key, text in template.texts.items()
        if key in paper_templates.STANDING
    }
    blocks = tuple(_changed(block, wording, template.seal) for block in layout.blocks)
    if document.partition("-")[0] in WORDING_ONLY:
        return replace(layout, blocks=blocks)
    header = tuple(Text(paper_templates.filled(line, values), HEADER, fit=True) for line in template.header)
    footer = tuple(Text(paper_templates.filled(line, values), FOOTER, fit=True) for line in template.footer)
    slip = layout.medium == "slip"
    side = SLIP_SEAL if slip else SHEET_SEAL
    framed = any(isinstance(block, Picture) for block in _inside(layout.blocks))
    wanted = template.seal and not framed
    seal = (Picture(template.seal, side, side, "center"), Spacer(2)) if wanted else ()
    blocks = (*seal, *header, *((Spacer(2),) if header else ()), *blocks)
    if slip:
        return replace(layout, blocks=(*blocks, *footer))
    return replace(layout, blocks=blocks, footer=(*layout.footer, *footer))


def _values(view: CaseView) -> dict[str, str]:
    return {
        "office": view.office.name,
        "phone": view.office.phone,
        "division": view.division_name,
        "counter": view.counter_name,
        "number": view.number,
    }


def _changed(block: Block, wording: dict[str, str], seal: bytes) -> Block:
    match block:
        case Text():
            return _worded(block, wording)
        case Picture(png=None) if seal:
            return replace(block, png=seal, caption="")
        case Pair():
            return replace(block, label=_worded(block.label, wording), text=_worded(block.text, wording))
        case Columns():
            cells = tuple(Cell(_all(c.blocks, wording, seal), c.width, c.fixed) for c in block.cells)
            return replace(block, cells=cells)
        case Box() | Group():
            return replace(block, blocks=_all(block.blocks, wording, seal))
        case _:
            return block


def _worded(text: Text, wording: dict[str, str]) -> Text:
    return replace(text, text=wording[text.text]) if text.text in wording else text


def _all(blocks: Iterable[Block], wording: dict[str, str], seal: bytes) -> tuple[Block, ...]:
    return tuple(_changed(block, wording, seal) for block in blocks)


def _inside(blocks: Iterable[Block]) -> Iterable[Block]:
    """Every block, and those inside it."""
    for block in blocks:
        yield block
        if isinstance(block, Columns):
            yield from _inside(inner for cell in block.cells for inner in cell.blocks)
        elif isinstance(block, Box | Group):
            yield from _inside(block.blocks)
