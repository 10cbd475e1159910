"""The program under the `start` measurement: the real window on a real home, signed in to by typed password."""

import os
import sys
from pathlib import Path

from app.cli import home


def main() -> int:
    """Open the window, sign in, tell the moments in ms since the process was started, and end."""
    window = home.window()
    from ui.measured_start import MeasuredStart

    started = MeasuredStart(float(os.environ["LAO_COUNTER_BENCH_STARTED"]), lambda: os.environ[home.PASSWORD])
    code: int = window.open_window(Path(sys.argv[1]), os.environ[home.PASSPHRASE], moment=started.moment)
    import json

    print(json.dumps({**started.moments, "memory_mb": _memory_mb()}))
    return code


def _memory_mb() -> float:
    """The most memory this process has had; 0 where the platform does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
