"""The command line as people use it: as a process of its own, or in this process where hundreds of calls are made."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli.home import PASSPHRASE, PASSWORD
from app.cli.main import main
from tests.integration.support import homes

NO_KEY_STORE = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
"""Tests leave the key store of whoever runs them alone."""
ROOT = Path(__file__).resolve().parents[3]
SECRETS: Mapping[str, str] = {PASSPHRASE: homes.PASSPHRASE, PASSWORD: homes.PASSWORD}
Argument = str | Path


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        """The JSON documents on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        """The last thing said on stderr, a JSON document."""
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])
        return found


def arguments(home: Path, words: Sequence[Argument]) -> list[str]:
    return ["--home", str(home), *(str(word) for word in words)]


def environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """This process's environment with the office's secrets; a change to None takes a variable away."""
    whole: dict[str, str | None] = {
        **os.environ,
        **SECRETS,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        **NO_KEY_STORE,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def run(home: Path, *words: Argument, stdin: bytes | str = b"", **changes: str | None) -> Answer:
    """One command in this process, with streams of its own. `changes` are environment variables."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    streams = [io.TextIOWrapper(io.BytesIO(content), encoding="utf-8") for content in (given, b"", b"")]
    with _surroundings(streams[0], environment(changes)), redirect_stdout(streams[1]), redirect_stderr(streams[2]):
        try:
            code = main(arguments(home, words))
        except SystemExit as leaving:
            code = int(leaving.code or 0)
    return Answer(code, *(_written(stream) for stream in streams[1:]))


@contextmanager
def _surroundings(stdin: io.TextIOWrapper, variables: Mapping[str, str]) -> Iterator[None]:
    """What a new process would be given by the shell."""
    kept, standard = dict(os.environ), sys.stdin
    os.environ.clear()
    os.environ.update(variables)
    sys.stdin = stdin
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
        sys.stdin = standard


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    content = stream.buffer
    assert isinstance(content, io.BytesIO)
    return content.getvalue().decode("utf-8")


NO_BYTECODE: dict[str, str | None] = {"PYTHONDONTWRITEBYTECODE": "1"}
"""For a process whose files may not grow: Python 3.11 leaves half a compiled module where the disk is full."""


def process(
    home: Path,
    *words: Argument,
    stdin: bytes | str = b"",
    under: Sequence[str] = (),
    before: Callable[[], None] | None = None,
    seconds: float = 120,
    **changes: str | None,
) -> Answer:
    """One command as a process. `under`: words before it, a tracer for example; `before` runs in the new process."""
    done = subprocess.run(
        [*under, *command_line(home, *words)],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        env=environment({**NO_BYTECODE, **changes} if before else changes),
        cwd=ROOT,
        capture_output=True,
        timeout=seconds,
        check=False,
        preexec_fn=before,
    )
    return Answer(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def command_line(home: Path, *words: Argument) -> list[str]:
    """The words that start a command as a process."""
    return [sys.executable, "-m", "app", *arguments(home, words)]
