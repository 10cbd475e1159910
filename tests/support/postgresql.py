"""A PostgreSQL cluster of its own for the tests: in a temporary folder, on a socket only, gone afterwards.

PostgreSQL does not run as root. Where the tests do, the cluster belongs to a user without rights.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

USERS = ("postgres", "nobody")
"""Who the cluster belongs to where the tests run as root; the first that this machine has."""
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    # a test that is killed loses its cluster anyway
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


def programs() -> Path:
    """The folder with initdb and pg_ctl; Debian keeps it out of the way of the shell."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    assert named, "PostgreSQL is missing; run `make setup`"
    return Path(named).resolve().parent


class Cluster:
    """One running PostgreSQL; `url(name)` is the address of a database in it."""

    def __init__(self, **options: str) -> None:
        self.bin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="lao-postgresql-"))
        self.data = self.folder / "data"
        self.options = OPTIONS | options
        self.owner = _unprivileged() if os.geteuid() == 0 else None
        if self.owner is not None:
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        self._run("initdb", "--no-sync", "--auth=trust", "--username=lao", "--encoding=UTF8", "--locale=C", self.data)

    def start(self) -> None:
        """Returns when it answers."""
        settings = " ".join(f"-c {key}='{value}'" for key, value in self.options.items())
        log = self.folder / "log"
        self._run("pg_ctl", "-w", "-D", self.data, "-l", log, "-o", f"-k {self.folder} {settings}", "start")

    def stop(self, mode: str = "immediate") -> None:
        """modes: smart, fast, immediate (as a power cut would)."""
        self._run("pg_ctl", "-w", "-D", self.data, "-m", mode, "stop")

    def remove(self) -> None:
        """Nothing of it is left."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """For --database."""
        return f"postgresql+psycopg://lao@/{database}?host={quote(str(self.folder), safe='')}"

    def create(self, database: str) -> str:
        """A new empty database; its address."""
        self._run("createdb", "-h", self.folder, "-U", "lao", database)
        return self.url(database)

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self.bin / program), *map(str, arguments)]
        if self.owner is not None:
            user = ["setpriv", f"--reuid={self.owner.pw_uid}", f"--regid={self.owner.pw_gid}", "--clear-groups"]
            command = [*user, *command]
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.folder)}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, (program, done.stdout[-2000:], done.stderr[-2000:])


def _unprivileged() -> Any:
    import pwd  # not there on Windows, where this module is imported and no cluster is started

    for name in USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("no user without rights to run PostgreSQL as")
