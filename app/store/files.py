"""Files that are whole or absent, never half, whatever the power does."""

import os
import time
from pathlib import Path

REPLACE_TRIES = 20
REPLACE_PAUSE_S = 0.05


def write_durably(path: Path, content: str | bytes) -> None:
    """Write a small file by temporary file, fsync and rename; it is readable by its owner only."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    replace(temporary, path)


def replace(source: Path, target: Path) -> None:
    """os.replace that waits a little where a virus scanner or indexer holds the target (Windows)."""
    for attempt in range(REPLACE_TRIES):
        try:
            source.replace(target)
            return
        except PermissionError:
            if attempt == REPLACE_TRIES - 1:
                raise
            time.sleep(REPLACE_PAUSE_S)
