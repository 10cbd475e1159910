"""The start does not pay for PySide's look into every module's source."""

import subprocess
import sys

ASK = "import ui.application, linecache; print(sum(name.endswith('.py') for name in linecache.cache))"


def test_no_source_is_read_at_import() -> None:
    without = ASK.replace("ui.application", "PySide6.QtWidgets, app.bootstrap")
    read = [
        int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for code in (ASK, without)
    ]
    assert read[0] < 20, read
    assert read[1] > 200, f"PySide has changed: ui/pyside_imports.py is not needed any more ({read})"
