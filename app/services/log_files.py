"""The log of a counter: "logs/counter.log" in its home, a megabyte and five older ones, with no personal data.

An exception is written as its type and the places in the code that it came through: its text may quote what a citizen
wrote. Of foreign libraries only the name and the level are kept, and no long number of anybody is.
"""

import logging
import re
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.domain.code_places import places

FOLDER = "logs"
NAME = "counter.log"
MOST_BYTES, OLDER = 1_000_000, 5
OURS = ("app", "ui", "sync", "printing", "lao_counter")
LONG_NUMBER = re.compile(r"[\d๐-๙](?:[\s\-–]?[\d๐-๙]){6,}")
"""Seven digits and more, however they are parted: telephones, citizen ids, accounts."""
THAI = re.compile(r"[\u0e00-\u0e7f]+")


class Plain(logging.Formatter):
    """One line an entry, without what a person wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, logger, message."""
        ours = record.name.partition(".")[0] in OURS
        text = clean(record.getMessage()) if ours else "(message of a library left out)"
        if record.exc_info and record.exc_info[1] is not None:
            text += f" [{places(record.exc_info[1])}]"
        return f"{self.formatTime(record)}Z {record.levelname} {record.name} {text}"

    converter = staticmethod(time.gmtime)


def clean(text: str) -> str:
    """One line without long numbers and without Thai words, of which names are made."""
    return THAI.sub("…", LONG_NUMBER.sub("#", text)).replace("\n", " ")


def begin(home: Path) -> logging.Handler | None:
    """Write warnings and worse from now on; None where the folder cannot be written, for work goes on without a log."""
    try:
        folder = home / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / NAME, maxBytes=MOST_BYTES, backupCount=OLDER, encoding="utf-8", delay=True, errors="replace"
        )
    except OSError:
        return None
    handler.setLevel(logging.WARNING)
    handler.setFormatter(Plain())
    logging.raiseExceptions = False  # a full disk must not write on stderr for every entry
    logging.getLogger().addHandler(handler)
    return handler


def end(handler: logging.Handler | None) -> None:
    """Give the file back."""
    if handler is not None:
        logging.getLogger().removeHandler(handler)
        handler.close()
