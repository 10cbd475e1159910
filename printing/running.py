"""Lines that hold the sheets of one document together: which document, and which sheet of how many."""

from dataclasses import replace

from app.services.model import CopyMark
from printing.layout import Block, Cell, Columns, Layout, Rule, Text, TextStyle

LINE = TextStyle(9, leading=1.5)
RIGHT = TextStyle(9, align="right", leading=1.5)
SHEET = "หน้า {page}/{pages}"


def held_together(layout: Layout, name: str, copy: CopyMark | None = None) -> Layout:
    """The layout with its name, and whether it is a copy, at the head of the second and later sheets, and with
    name and number of the sheet at the foot of all of them; a document of one sheet stays as it is."""
    mark = f"สำเนา ครั้งที่ {copy.number}" if copy is not None and copy.number else ""
    head = (_line(f"{name} (ต่อ)", mark), Rule(before=1, after=5)) if mark else headed(name)
    return replace(layout, header=head, continued=(Rule(before=2, after=1), _line(name, SHEET)))


def footed(title: str) -> tuple[Block, ...]:
    """A foot that stands on every sheet: what this is, and which sheet of how many."""
    return Rule(before=0, after=2), _line(title, SHEET)


def headed(title: str) -> tuple[Block, ...]:
    """The head of the second and later sheets."""
    return _line(f"{title} (ต่อ)", ""), Rule(before=1, after=5)


def _line(left: str, right: str) -> Block:
    return Columns((Cell((Text(left, LINE, fit=True),), 4.0), Cell((Text(right, RIGHT, fit=True),))))
