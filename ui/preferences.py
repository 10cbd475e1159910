"""How this counter's window likes to look, and each clerk's favourites. No personal data, so a plain file.

Qt reads the JSON: Python's own reader would have to be imported before the first window is painted.
"""

import os
from pathlib import Path

from PySide6.QtCore import QJsonDocument

MOST_FAVOURITES = 9


class Preferences:
    """Text scale in percent, theme, camera, the user name that came in last, and per user name the keys of up to nine
    favourite services."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.text_scale = 100
        self.theme = "light"
        self.camera = ""
        self.last_user = ""
        self.favourites: dict[str, list[str]] = {}

    def as_json(self) -> str:
        """The file's content."""
        content = {
            "text_scale": self.text_scale,
            "theme": self.theme,
            "camera": self.camera,
            "last_user": self.last_user,
            "favourites": self.favourites,
        }
        return QJsonDocument.fromVariant(content).toJson().toStdString()


def load(path: Path | None) -> Preferences:
    """Read the file; whatever is missing or damaged in it falls back to the default."""
    preferences = Preferences(path)
    try:
        content = QJsonDocument.fromJson(path.read_bytes()).toVariant() if path is not None else {}
    except OSError:
        return preferences
    if not isinstance(content, dict):
        return preferences
    if isinstance(content.get("text_scale"), int | float):
        preferences.text_scale = int(content["text_scale"])
    if isinstance(content.get("theme"), str):
        preferences.theme = content["theme"]
    if isinstance(content.get("camera"), str):
        preferences.camera = content["camera"]
    if isinstance(content.get("last_user"), str):
        preferences.last_user = content["last_user"]
    favourites = content.get("favourites")
    if isinstance(favourites, dict):
        preferences.favourites = {
            str(user): [str(key) for key in keys][:MOST_FAVOURITES]
            for user, keys in favourites.items()
            if isinstance(keys, list)
        }
    return preferences


def write(path: Path | None, text: str) -> None:
    """Replace the file in one step; on a worker thread. A full disk costs only the preference."""
    if path is None:
        return
    beside = path.with_suffix(".new")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)  # noqa: PTH105 - atomic also where the target exists on Windows
    except OSError:
        beside.unlink(missing_ok=True)
