"""The program under the `start` measurement: the real window on a real home, signed in to by typed password."""

import os
import sys
from pathlib import Path

from app.cli import home
from app.cli.benchmarks.memory import peak_mb


def main() -> int:
    """Open the window, sign in, tell the moments in ms since the process was started, and end."""
    window = home.window()
    from ui.measured_start import MeasuredStart

    started = MeasuredStart(float(os.environ["LAO_COUNTER_BENCH_STARTED"]), lambda: os.environ[home.PASSWORD])
    code: int = window.open_window(Path(sys.argv[1]), os.environ[home.PASSPHRASE], moment=started.moment)
    import json

    print(json.dumps({**started.moments, "memory_mb": peak_mb()}))
    return code
