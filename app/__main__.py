"""`lao-counter …` and `python -m app …`. The window, which people wait for, starts without the parser."""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any


def main(argv: Sequence[str] | None = None) -> int:
    """Run what was typed and return its exit code."""
    typed = list(sys.argv[1:] if argv is None else argv)
    if typed in ([], ["run"]):
        return int(window().open_home())
    return int(import_module("app.cli.main").main(typed))


def window() -> Any:
    """app.cli.window, imported without looking for garbage on the way; the window looks again once it is painted."""
    gc.disable()
    return import_module("app.cli.window")


if __name__ == "__main__":
    sys.exit(main())
