"""The server's log: one JSON object a line on stderr, for whatever collects it, with nothing personal in it.

Of an exception only its type and where it arose are written: its text may hold what somebody typed.
"""

import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime

LEVELS = ("debug", "info", "warning", "error")
DEEPEST = 12


class Lines(logging.Formatter):
    """{"at", "level", "event", "from", "process", …the fields of the record…, "error", "where"}"""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "from": record.name,
            "process": os.getpid(),
            **getattr(record, "fields", {}),
        }
        kind, error, place = record.exc_info or (None, None, None)
        if kind is not None:
            told = error.args[0] if kind is RuntimeError and error is not None and error.args else ""
            line["error"] = told if isinstance(told, str) and told.isidentifier() else kind.__name__
            frames = traceback.extract_tb(place)[-DEEPEST:]
            line["where"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        if record.name.startswith("uvicorn") and kind is not None:
            line["event"] = "fault"
        return json.dumps(line, ensure_ascii=False)


def configure(level: str = "warning") -> None:
    """Say everything from this level on stderr; "info" tells every request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("sync.server").setLevel(level.upper())
