"""Where the one-folder program starts; `python -m app` starts at app/__main__.py itself."""

import sys

from app.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
