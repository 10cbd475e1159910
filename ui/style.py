"""The look of every window: colour tokens, sizes in points, and the one style sheet made from them.

A page never names a colour or a font size; it gives a widget a `role` (see `give_role`) and the template
resources/style/window.qss decides. Sizes follow the text scale (100-200 %), spacing does not.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from string import Template
from types import SimpleNamespace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

import resources

W = TypeVar("W", bound=QWidget)

FAMILY = "Sarabun"
SCALES = (100, 125, 150, 175, 200)
PIXELS_PER_POINT = 96 / 72

# the only distances used between things, in pixels
TIGHT, NEAR, GAP, WIDE, FAR = 4, 8, 12, 16, 24


class Tokens(SimpleNamespace):
    """The colours of one theme. Text on its ground keeps a contrast of 4.5:1 or more (tests/ui/test_style.py)."""

    ink: str
    muted: str
    paper: str
    surface: str
    line: str
    edge: str
    """Border of something that can be operated: 3:1 against paper."""
    accent: str
    accent_strong: str
    accent_soft: str
    on_accent: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    disabled: str
    handle: str
    """Of a scroll bar."""


LIGHT = Tokens(
    ink="#1B2430",
    muted="#5A6672",
    paper="#FFFFFF",
    surface="#F4F6F8",
    line="#D5DBE1",
    edge="#8A959F",
    accent="#0B6B6B",
    accent_strong="#085252",
    accent_soft="#E3F1F0",
    on_accent="#FFFFFF",
    good="#1E7B4A",
    good_soft="#E6F3EB",
    warn="#8A5A00",
    warn_soft="#FBF1DC",
    bad="#B3261E",
    bad_soft="#FBE9E7",
    disabled="#7B8793",
    handle="#C3CBD3",
)

HIGH_CONTRAST = Tokens(
    ink="#000000",
    muted="#1F262D",
    paper="#FFFFFF",
    surface="#FFFFFF",
    line="#000000",
    edge="#000000",
    accent="#003E7E",
    accent_strong="#00264D",
    accent_soft="#FFF3B0",
    on_accent="#FFFFFF",
    good="#00502A",
    good_soft="#FFFFFF",
    warn="#5C3A00",
    warn_soft="#FFFFFF",
    bad="#8C0009",
    bad_soft="#FFFFFF",
    disabled="#4A5159",
    handle="#4A5159",
)

THEMES = {"light": LIGHT, "high_contrast": HIGH_CONTRAST}

# points at 100 %
LENGTHS = {"target": 18.0, "mark": 13.5, "chevron": 12.0, "icon": 16.5}
"""Inner height of a control, box of a check mark, and pictures; these grow with the text."""

POINTS = {"body": 11.0, "small": 9.5, "section": 13.0, "title": 16.0, "number": 20.0, "huge": 40.0}


def pixels(points: float, scale: int) -> int:
    """Points at a text scale in percent -> whole pixels of a 96-dpi screen (Qt scales denser screens itself)."""
    return round(points * PIXELS_PER_POINT * scale / 100)


def sheet(tokens: Tokens, scale: int) -> str:
    """The style sheet of a theme at a text scale in percent."""
    template = Template(resources.path("style", "window.qss").read_text(encoding="utf-8"))
    sizes = {name: pixels(points, scale) for name, points in POINTS.items()}
    values: dict[str, object] = {**vars(tokens), **sizes}
    for name, size in sizes.items():
        # Sarabun's stacked marks reach beyond the ascent and descent it declares
        values[f"{name}_top"], values[f"{name}_bottom"] = round(size * 0.22), round(size * 0.14)
    values["icons"] = resources.path("icons").as_posix()
    values.update({name: pixels(points, scale) for name, points in LENGTHS.items()})
    return template.substitute(values)


def load_fonts() -> str:
    """Make Qt know the bundled Sarabun; returns the family to use (Qt's own choice when the files are missing)."""
    files = [str(resources.path("fonts", name)) for name in ("Sarabun-Regular.ttf", "Sarabun-Bold.ttf")]
    loaded = [QFontDatabase.addApplicationFont(file) for file in files]
    return FAMILY if min(loaded) >= 0 else QFont().family()


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.surface,
        QPalette.ColorRole.WindowText: tokens.ink,
        QPalette.ColorRole.Base: tokens.paper,
        QPalette.ColorRole.AlternateBase: tokens.surface,
        QPalette.ColorRole.Text: tokens.ink,
        QPalette.ColorRole.Button: tokens.paper,
        QPalette.ColorRole.ButtonText: tokens.ink,
        QPalette.ColorRole.ToolTipBase: tokens.ink,
        QPalette.ColorRole.ToolTipText: tokens.paper,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.PlaceholderText: tokens.muted,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    return palette


def application() -> QApplication:
    """The application in Qt's own Fusion style, which looks alike on every platform.

    Named on Qt's command line: asking for it later loads all of QStyle's enumerations into Python first.
    """
    app = QApplication.instance() or QApplication([*sys.argv[:1], "-style", "fusion"])
    assert isinstance(app, QApplication)
    return app


class Look(QObject):
    """The theme and text scale in force; `changed` tells painters that do not live from the style sheet."""

    changed = Signal()

    def __init__(self, theme: str = "light", scale: int = 100) -> None:
        super().__init__()
        self._theme = theme if theme in THEMES else "light"
        self._scale = min(SCALES, key=lambda known: abs(known - scale))
        self._family = FAMILY

    @property
    def theme(self) -> str:
        """Name of the theme in force, a key of `THEMES`."""
        return self._theme

    @property
    def scale(self) -> int:
        """Text scale in percent, one of `SCALES`."""
        return self._scale

    @property
    def tokens(self) -> Tokens:
        """Colours of the theme in force."""
        return THEMES[self._theme]

    def start(self, app: QApplication) -> None:
        """Load the fonts and colours; once, before the first window. `dress` puts the style sheet on."""
        self._family = load_fonts()
        self._set_font_and_palette(app)

    def dress(self) -> None:
        """Put the style sheet on. Widgets built before cost less than widgets built after (see `undressed`).

        A sheet that is on is taken off first. Qt would otherwise walk its notes of dressed widgets, by their addresses;
        a widget that is noted once more while it is destroyed stays in them, and the walk ends the program.
        """
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setStyleSheet("")
            app.setStyleSheet(sheet(self.tokens, self._scale))

    def font(self, role: str = "body", *, bold: bool = False) -> QFont:
        """A font of one of the roles in `POINTS` at the scale in force, for painters."""
        font = QFont(self._family)
        font.setPixelSize(pixels(POINTS[role], self._scale))
        font.setBold(bold)
        return font

    def pixels(self, points: float) -> int:
        """A length in points that follows the text scale, for widths that must hold text."""
        return pixels(points, self._scale)

    def set_scale(self, scale: int) -> None:
        """Text scale in percent; the nearest of `SCALES` is taken."""
        nearest = min(SCALES, key=lambda known: abs(known - scale))
        if nearest != self._scale:
            self._scale = nearest
            self._apply()

    def step(self, steps: int) -> None:
        """Larger (+1) or smaller (-1) text."""
        place = SCALES.index(self._scale) + steps
        self.set_scale(SCALES[max(0, min(place, len(SCALES) - 1))])

    def set_theme(self, theme: str) -> None:
        """Switch to one of `THEMES`; unknown names are ignored."""
        if theme in THEMES and theme != self._theme:
            self._theme = theme
            self._apply()

    @contextmanager
    def undressed(self) -> Iterator[None]:
        """Many widgets are built within: without the style sheet, which Qt works out anew at every change of parent.

        Measured on the pages: 400 ms with the sheet, 130 ms with it put on once at the end.
        """
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setStyleSheet("")
        try:
            yield
        finally:
            self.dress()

    def _set_font_and_palette(self, app: QApplication) -> None:
        app.setFont(self.font())
        app.setPalette(_palette(self.tokens))

    def _apply(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self._set_font_and_palette(app)
            self.dress()
            self.changed.emit()


def give_role(widget: W, role: str) -> W:
    """Name the part a widget plays for the style sheet ("section", "primary", "wrong" …)."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        if widget.window().isVisible():
            repolish(widget)
    return widget


def repolish(widget: QWidget) -> None:
    """Let the style sheet look at a widget again after one of its properties changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
