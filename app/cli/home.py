"""Where this counter's folder is, and the names of the environment's secrets; light, for the window's start."""

import os
from argparse import Namespace
from pathlib import Path

import platformdirs

APPLICATION = "lao-counter"
PASSPHRASE = "LAO_COUNTER_PASSPHRASE"
PASSWORD = "LAO_COUNTER_PASSWORD"
HOME = "LAO_COUNTER_HOME"


def home_folder(arguments: Namespace) -> Path:
    """The counter's folder: --home, LAO_COUNTER_HOME, or the platform's data folder."""
    if arguments.home is not None:
        return Path(arguments.home)
    named = os.environ.get(HOME)
    return Path(named) if named else Path(platformdirs.user_data_dir(APPLICATION, appauthor=False))
