"""start: how long a clerk waits for the window, beside a bare PySide6 window started in the same run.

"sign_in" is from the start of the process to the painted sign-in page. "counter" adds the wait from Enter behind the
password to the usable counter page; the seconds in which the clerk types the password are not counted, and are what
the program uses to open the database. "whole" counts them too, with no typing at all. All windows are off-screen,
and count as shown when they have painted themselves.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app import bootstrap
from app.cli.benchmarks import office
from app.services import staff

ROUNDS = 9
GROWN = 100_000
BARE = """
import time, os
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
class Window(QLabel):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, painted)
def painted():
    print(time.time() - float(os.environ["LAO_COUNTER_BENCH_STARTED"]))
    application.quit()
application = QApplication([])
window = Window("สวัสดี")
window.resize(1366, 768)
window.show()
application.exec()
"""

OURS = """
import sys
from app.cli.benchmarks.start_child import main
sys.exit(main())
"""


def measure(grown: int = GROWN) -> dict[str, Any]:
    """Medians of interleaved starts, in ms, with `grown` petitions in the store; the memory at its highest, in MB."""
    with TemporaryDirectory(prefix="lao-counter-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        office.make(home)
        counter = bootstrap.open_counter(home, office.PASSPHRASE)
        office.fill(counter, staff.sign_in(counter, office.USERNAME, office.PASSWORD), grown)
        counter.close()
        bare, ours = [], []
        for _ in range(ROUNDS):
            bare.append(_bare())
            ours.append(_ours(home))
    return _summary(bare[1:], ours[1:], grown)


def _summary(bare: list[float], ours: list[dict[str, float]], grown: int) -> dict[str, Any]:
    def median(key: str) -> float:
        return statistics.median(one[key] for one in ours)

    limit = statistics.median(bare)

    def beside(value: float) -> dict[str, float]:
        return {"ours": round(value, 1), "limit": round(limit, 1), "ratio": round(value / limit, 3)}

    sign_in = median("sign_in")
    return {
        **beside(sign_in),
        "n": len(ours),
        "unit": "ms",
        "petitions": grown,
        "counter": beside(sign_in + median("counter") - median("entered")),
        "whole": beside(median("ready") + median("counter") - median("entered")),
        "memory_mb": round(max(one["memory_mb"] for one in ours), 1),
    }


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "LAO_COUNTER_BENCH_STARTED": str(time.time()),
        "LAO_COUNTER_PASSPHRASE": office.PASSPHRASE,
        "LAO_COUNTER_PASSWORD": office.PASSWORD,
    }


def _bare() -> float:
    done = subprocess.run([sys.executable, "-c", BARE], env=_environment(), check=True, capture_output=True, text=True)
    return float(done.stdout) * 1000


def _ours(home: Path) -> dict[str, float]:
    command = [sys.executable, "-c", OURS, str(home)]
    done = subprocess.run(command, env=_environment(), check=True, capture_output=True, text=True)
    moments: dict[str, float] = json.loads(done.stdout)
    return moments
