"""Where words go: results to stdout as text or JSON, everything said to people to stderr."""

import json
import sys
from argparse import Namespace
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.domain.errors import CounterError, Unavailable
from app.store.files import write_durably


def report(error: CounterError, arguments: Namespace) -> None:
    """Tell an error on stderr: as JSON for scripts, in two Thai lines for people."""
    if arguments.json:
        say(json.dumps(error.as_dict(), ensure_ascii=False))
        return
    say(error.title)
    if error.hint:
        say(error.hint)


def say(text: str) -> None:
    """Words for people; never on stdout, which belongs to results."""
    print(text, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """One JSON document on one line of stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()


def write_file(out: Path, content: bytes) -> None:
    """A result into a file, whole or not at all. Unavailable "output_file"."""
    try:
        write_durably(out, content)
    except OSError:
        raise Unavailable("output_file", f"เขียนไฟล์ {out.name} ไม่ได้", "ตรวจโฟลเดอร์ พื้นที่ดิสก์ และสิทธิ์เขียน") from None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)
