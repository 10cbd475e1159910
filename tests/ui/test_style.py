"""The look: contrast of every text on its ground, one sheet for all scales, no colour outside the tokens."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QRawFont
from PySide6.QtWidgets import QApplication, QLabel

import resources
import ui
from ui.style import SCALES, THEMES, Look, Tokens, give_role, pixels, sheet

UI = Path(ui.__file__).parent


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read_on_its_ground(theme: str):
    tokens: Tokens = THEMES[theme]
    grounds = {
        "paper": ["ink", "muted", "accent", "accent_strong", "good", "warn", "bad"],
        "surface": ["ink", "muted"],
        "accent_soft": ["ink", "muted", "accent_strong"],
        "accent": ["on_accent"],
        "accent_strong": ["on_accent"],
        "good_soft": ["good", "ink"],
        "warn_soft": ["warn", "ink"],
        "bad_soft": ["bad", "ink"],
        "line": [],
    }
    colours = vars(tokens)
    poor = [
        (ink, ground, round(contrast(colours[ink], colours[ground]), 2))
        for ground, inks in grounds.items()
        for ink in inks
        if contrast(colours[ink], colours[ground]) < 4.5
    ]
    assert poor == []
    assert contrast(tokens.edge, tokens.paper) >= 3
    assert contrast(tokens.accent, tokens.paper) >= 3


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("theme", THEMES)
def test_the_sheet_is_filled_in_completely(theme: str, scale: int):
    text = sheet(THEMES[theme], scale)
    assert "$" not in text
    assert f"font-size: {pixels(11, scale)}px" in text


def test_colours_are_named_in_the_tokens_only():
    found = []
    for path in [*UI.rglob("*.py"), *resources.path("style").glob("*.qss")]:
        if path.name != "style.py":
            found += [f"{path.name}: {colour}" for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", path.read_text("utf-8"))]
    assert found == []


def test_every_role_in_the_code_is_known_to_the_sheet():
    template = resources.path("style", "window.qss").read_text("utf-8")
    known = set(re.findall(r'role="([a-z_]+)"', template)) | {""}
    used: set[str] = set()
    for path in UI.rglob("*.py"):
        text = path.read_text("utf-8")
        used |= set(re.findall(r'role="([a-z_]*)"', text)) | set(re.findall(r'give_role\([^\n]*?, "([a-z_]+)"\)', text))
    assert used <= known


def test_text_grows_in_steps_and_stops_at_the_ends(look: Look, qapp: QApplication, qtbot):
    label = QLabel("ขนาด")
    qtbot.addWidget(label)
    give_role(label, "section")
    look.step(-1)
    assert look.scale == 100
    label.ensurePolished()
    small = label.fontMetrics().height()
    for _ in range(10):
        look.step(1)
    assert look.scale == 200
    label.ensurePolished()
    assert label.fontMetrics().height() >= 1.9 * small
    look.set_scale(110)
    assert look.scale in (100, 125)


def test_sarabun_is_what_is_drawn(look: Look, qtbot):
    label = QLabel("กู้")
    qtbot.addWidget(label)
    assert label.fontInfo().family() == "Sarabun"


def test_the_bundled_font_has_every_letter_of_the_window(qapp):
    known = [QRawFont(str(resources.path("fonts", f"Sarabun-{weight}.ttf")), 20) for weight in ("Regular", "Bold")]
    missing = {
        letter
        for path in UI.rglob("*.py")
        for letter in path.read_text("utf-8")
        if letter.isprintable() and not all(font.supportsCharacter(ord(letter)) for font in known)
    }
    assert missing == set()
