"""`lao-counter …` and `python -m app …`. The window, which people wait for, starts without the parser."""

import sys
from collections.abc import Sequence
from importlib import import_module

from app.cli.home import window


def main(argv: Sequence[str] | None = None) -> int:
    """Run what was typed and return its exit code."""
    typed = list(sys.argv[1:] if argv is None else argv)
    if typed in ([], ["run"]):
        return int(window().open_home())
    return int(import_module("app.cli.main").main(typed))


if __name__ == "__main__":
    sys.exit(main())
