"""Files that are whole or absent, never half, whatever the power does."""

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
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
    """os.replace that is on the disk when it returns, and that waits a little where a virus scanner or indexer holds
    the target (Windows)."""
    for attempt in range(REPLACE_TRIES):
        try:
            source.replace(target)
            break
        except PermissionError:
            if attempt == REPLACE_TRIES - 1:
                raise
            time.sleep(REPLACE_PAUSE_S)
    _sync_folder(target.parent)


def keep_beside(path: Path, name: str) -> None:
    """Give a file a second name in its folder; the first stays, so that at no moment there is none."""
    second = path.with_name(name)
    try:
        second.hardlink_to(path)
    except OSError:  # a file system without links (FAT): a copy does as well
        shutil.copyfile(path, second)


def set_log_aside(path: Path, name: str) -> None:
    """Give the write-ahead log that lies beside `path` the new name of its database. A log that was left behind would
    be played into any other database that takes the place of its own."""
    for tail in ("-wal", "-shm"):
        part = path.with_name(path.name + tail)
        if part.exists():
            replace(part, path.with_name(name + tail))


def unused_name(path: Path, ending: str) -> str:
    """A name beside `path` that nothing has: "counter.db.before-restore", then "counter.db.before-restore-2" …"""
    name, number = f"{path.name}.{ending}", 1
    while path.with_name(name).exists():
        number += 1
        name = f"{path.name}.{ending}-{number}"
    return name


def forget_database(path: Path) -> None:
    """Take a database file away, with the journals and logs that may lie beside it; no error where there is none."""
    for tail in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable where folders can be synced (Windows writes them through)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock of a file for as long as the block lasts; False where somebody else holds it. A crash frees it."""
    with path.open("ab") as file:
        try:
            _lock(file.fileno())
        except OSError:
            yield False
            return
        yield True


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
