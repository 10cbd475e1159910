"""Run by PyInstaller before the program: pyzbar finds libzbar in the program's own folder.

On Linux pyzbar asks ctypes for a library of the system, which an office's computer need not have.
On Windows the library lies in pyzbar's own folder and nothing has to be done.
"""

import ctypes.util
import sys
from pathlib import Path


def prefer_bundled(bundle: Path) -> None:
    """Answer questions for "zbar" with the bundled file, all others as before."""
    of_the_system = ctypes.util.find_library
    library = bundle / "libzbar.so.0"

    def find_library(name: str) -> str | None:
        return str(library) if name == "zbar" and library.exists() else of_the_system(name)

    ctypes.util.find_library = find_library


if sys.platform == "linux" and hasattr(sys, "_MEIPASS"):
    prefer_bundled(Path(sys._MEIPASS))
