"""Papers look as they did when somebody last looked at them (tests/golden).

Tolerance: a picture has the same size, and at most 0.5 % of its dots differ by more than a quarter of the way from
white to black. That is what another version of pdfium or Qt does to the edges of letters; a line that moves by a dot
or a letter that is missing changes more.
"""

import os

import pytest
from PIL import ImageChops

from tests import golden

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.usefixtures("qapp")
SHARE, STEP = 0.005, 64


def differing(one, other) -> float:
    """Share of the dots that differ by more than STEP."""
    histogram = ImageChops.difference(one, other).histogram()
    return sum(histogram[STEP + 1 :]) / (one.width * one.height)


@pytest.mark.parametrize("name", golden.PICTURES)
def test_a_paper_looks_as_it_did(name):
    drawn, kept = golden.PICTURES[name](), golden.kept(name)
    assert drawn.size == kept.size
    assert differing(drawn, kept) <= SHARE


@pytest.mark.parametrize("name", ["slip-576", "petition-dressed", "receipt-200-items"])
def test_a_paper_that_moved_by_two_dots_is_noticed(name):
    kept = golden.kept(name)
    assert differing(ImageChops.offset(kept, 0, 2), kept) > 4 * SHARE
