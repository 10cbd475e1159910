"""Where the one-folder program starts; `python -m app` starts at app/__main__.py itself."""

import multiprocessing
import sys

from app.__main__ import main

if __name__ == "__main__":
    # the processes of a central server start here as well
    multiprocessing.freeze_support()
    sys.exit(main())
