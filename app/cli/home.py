"""Where this counter's folder is, and the names of the environment's secrets; light, for the window's start."""

from __future__ import annotations

import gc
import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import Namespace

APPLICATION = "lao-counter"
PASSPHRASE = "LAO_COUNTER_PASSPHRASE"
PASSWORD = "LAO_COUNTER_PASSWORD"
NEW_PASSWORD = "LAO_COUNTER_NEW_PASSWORD"
"""Of `staff password`, and the first one of `staff add` and `staff reset`."""
HOME = "LAO_COUNTER_HOME"


def window() -> Any:
    """app.cli.window, imported without looking for garbage on the way (afterwards ui.garbage does)."""
    gc.disable()
    return import_module("app.cli.window")


def home_folder(arguments: Namespace) -> Path:
    """The counter's folder: --home, else as `usual_home`."""
    return usual_home() if arguments.home is None else Path(arguments.home)


def usual_home() -> Path:
    """LAO_COUNTER_HOME, or the platform's data folder."""
    named = os.environ.get(HOME)
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir(APPLICATION, appauthor=False))
