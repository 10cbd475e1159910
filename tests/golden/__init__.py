"""Pictures of papers as they were when somebody last looked at them and found them right.

`python -m tests.golden` draws them anew; look at every one before it is committed.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

from app.intake import seals
from app.services.model import CopyMark
from app.services.paper_templates import PaperTemplate
from printing import documents, pdf, raster, samples
from tests.integration.support import hard_papers

PLACE = Path(__file__).parent
DPI = 64
GREYS = 8
Draw = Callable[[], Image.Image]


def _seal() -> bytes:
    """A made-up seal: two rings."""
    picture = Image.new("RGB", (300, 300), "white")
    pen = ImageDraw.Draw(picture)
    for inset, width in ((8, 10), (50, 5)):
        pen.ellipse((inset, inset, 300 - inset, 300 - inset), outline="black", width=width)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return seals.prepared(file.getvalue())


def _template() -> PaperTemplate:
    seal = _seal()
    return PaperTemplate(("{office} บริการด้วยใจ",), ("สอบถาม โทร. {phone}",), seal, seal)


def _sheet(code: str, page: int = 0, *, dressed: bool = False, variant: str = "", copy: int = 0) -> Image.Image:
    view = samples.of_office(samples.OFFICE, _template() if dressed else None, code.partition("-")[0])
    if variant:
        view = replace(hard_papers.hardened(samples.PETITION, variant), template=view.template)
    layout = documents.build(code, view, CopyMark(copy, "หาย" if copy else ""), "a4")
    with pypdfium2.PdfDocument(pdf.render(layout)) as document:
        return document[page].render(scale=DPI / 72).to_pil().convert("L")


def _slip(code: str, dots: int, *, dressed: bool = False) -> Image.Image:
    view = samples.of_office(samples.OFFICE, _template() if dressed else None)
    return Image.open(io.BytesIO(raster.render(documents.build(code, view), dots).to_png())).convert("L")


PICTURES: dict[str, Draw] = {
    "slip-576": lambda: _slip("slip", 576),
    "slip-384-dressed": lambda: _slip("slip", 384, dressed=True),
    "queue-slip-512": lambda: _slip("queue_slip", 512),
    "petition-dressed": lambda: _sheet("petition", dressed=True),
    "official-letter": lambda: _sheet("official_letter-1", dressed=True),
    "memo": lambda: _sheet("memo-1", dressed=True),
    "tracking-leaflet": lambda: _sheet("tracking_leaflet"),
    "general-form-long-names": lambda: _sheet("general_form", variant="long names"),
    "receipt-copy": lambda: _sheet("receipt", variant="long names", copy=2),
    "receipt-200-items": lambda: _sheet("receipt", page=1, variant="200 items"),
    "petition-300-clusters": lambda: _sheet("petition", variant="300 clusters"),
}


def kept(name: str) -> Image.Image:
    """The picture in the repository."""
    return Image.open(PLACE / f"{name}.png").convert("L")


def keep(name: str) -> None:
    """Draw one anew and put it into the repository, small: a palette of a few greys."""
    picture = PICTURES[name]()
    colours = 2 if "slip" in name else GREYS
    picture.quantize(colours, dither=Image.Dither.NONE).save(PLACE / f"{name}.png", optimize=True)
