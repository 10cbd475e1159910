"""The photographs that the demo shows: real pages, of the right size, and not empty."""

from PySide6.QtGui import QImage

from app.services import cases
from printing import press
from ui import screenshots


def test_the_real_pages_are_photographed(qapp, counter, actor, tmp_path):
    taken = screenshots.take(counter, actor, press, tmp_path / "ภาพ")
    assert [path.stem for path in taken] == [
        "1-sign-in",
        "2-counter",
        "3-counter-filled",
        "4-counter-filled-200",
        "5-saved",
        "6-desk-case",
        "7-desk-case-200",
    ]
    for path in taken:
        image = QImage(str(path))
        assert (image.width(), image.height()) == screenshots.SIZE
        colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
        assert len(colours) > 20
    assert len(cases.recent(counter)) == 1
