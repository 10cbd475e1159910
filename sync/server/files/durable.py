"""A file that is whole or absent, whatever the power does. Processes of the server may write the same one at once."""

import os
import secrets
from pathlib import Path


def write_durably(target: Path, content: bytes) -> None:
    """By temporary file, fsync and rename; readable by its owner only. OSError leaves nothing behind."""
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
