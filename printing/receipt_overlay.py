"""The receipt onto the paper of a pre-printed book: only what the printer of the book left blank, each thing at its
own place in millimetres from the left upper corner of the leaf (the office's [receipts.overlay])."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from app.domain.money import formatted
from printing.layout import MM, Block, Cell, Columns, Layout, Margins, Medium, Spacer, Text, TextStyle

Document = Mapping[str, Any]
Placed = tuple[float, float, str, bool]
"""x, y in millimetres, the text, and whether x is its right edge."""

SIZE, LEADING = 12.0, 1.5
LEFT = TextStyle(SIZE, leading=LEADING)
RIGHT = TextStyle(SIZE, align="right", leading=LEADING)
LINE_MM = SIZE * LEADING / MM
FIGURES_MM = 35.0
"""Room for an amount, to the left of its right edge."""
FIGURES = ("amounts", "total")


def overlay_layout(document: Document) -> Layout:
    """What is written on the leaf; a place that the office did not name stays blank."""
    medium: Medium = "a4" if document.get("paper") == "a4" else "a5"
    blocks: list[Block] = []
    at = 0.0
    for y, row in _rows(document):
        blocks.append(Spacer(max(0.0, (y - at) * MM)))
        blocks.append(_row(row))
        at = max(at, y) + LINE_MM
    title = f"{document['title']} เล่มที่ {document['book']} เลขที่ {document['no']}"
    return Layout(title, medium, tuple(blocks), author=document["office"]["name"], margins=Margins(0, 0, 0, 0))


def _rows(document: Document) -> list[tuple[float, list[Placed]]]:
    """Lines from the top down; what is less than half a line apart stands on one."""
    rows: list[tuple[float, list[Placed]]] = []
    for one in sorted(_placed(document), key=lambda one: (one[1], one[0])):
        if rows and one[1] - rows[-1][0] < LINE_MM / 2:
            rows[-1][1].append(one)
        else:
            rows.append((one[1], [one]))
    return rows


def _placed(document: Document) -> list[Placed]:
    items = document["items"]
    texts: dict[str, list[str]] = {
        "date": [document["date_text"]],
        "payer": [document["payer"].get("name", "")],
        "tax_id": [document["payer"].get("tax_id", "")],
        "address": [document["payer"].get("address", "")],
        "number": [document["number"]],
        "items": [f"{item['description']} {item.get('period', '')}".strip() for item in items],
        "amounts": [formatted(item["satang"]) for item in items],
        "total": [formatted(document["total_satang"])],
        "total_text": [document["total_text"]],
        "method": [document["method_text"]],
        "cashier": [document["cashier"]],
        "position": [document.get("position", "")],
    }
    return [
        (float(x), float(y) + line * LINE_MM, text, name in FIGURES)
        for name, (x, y) in document["overlay"].items()
        for line, text in enumerate(texts.get(name, []))
        if text
    ]


def _row(row: list[Placed]) -> Columns:
    """Cells that begin where their texts do."""
    spans = sorted((max(0.0, x - FIGURES_MM) if right else x, x, text, right) for x, _y, text, right in row)
    cells = [Cell((), spans[0][0] * MM, fixed=True)]
    for here, following in pairwise([*spans, None]):
        assert here is not None
        start, edge, text, right = here
        block = (Text(text, RIGHT if right else LEFT, fit=True),)
        if following is None and not right:
            cells.append(Cell(block))
            continue
        end = edge if right else following[0] if following else edge
        cells.append(Cell(block, max(1.0, (end - start) * MM), fixed=True))
        if right and following is not None and following[0] > edge:
            cells.append(Cell((), (following[0] - edge) * MM, fixed=True))
        if right and following is None:
            cells.append(Cell(()))
    return Columns(tuple(cells), gap=0)
