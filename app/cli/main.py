"""Runs one command and turns what went wrong into words and an exit code.

Results go to stdout, people's text and progress to stderr. Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 refused
input or right, 4 environment. Each command lives in a module of this package, imported only when it is asked for.
"""

import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence

from app.cli.output import report, say
from app.cli.parser import build_parser
from app.domain.errors import CounterError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _utf8_streams()
    arguments = build_parser().parse_args(argv)
    module, function = arguments.handler.split(":")
    try:
        result = getattr(importlib.import_module(f"app.cli.{module}"), function)(arguments)
    except CounterError as error:
        report(error, arguments)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader of our output has gone; what is still to be written goes nowhere, also at the interpreter's end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stderr.close()
        return 0
    except Exception as error:
        # a bug: its place is told, its text is not, for it may hold personal data
        say("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
        say("โปรแกรมผิดพลาด ยังไม่ได้บันทึกรายการที่ค้างอยู่ โปรดแจ้งผู้ดูแลระบบพร้อมข้อความข้างบน")
        return 1
    return int(result or 0)


def _utf8_streams() -> None:
    """Thai must come out whole in a pipe, and never stop a program on a console of another code page (Windows)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
