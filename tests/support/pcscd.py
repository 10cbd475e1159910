"""The real pcscd with vpcd's reader of two slots, started by hand. Tests skip only where these are not installed."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.errors import CounterError
from app.intake.card.pcsc import Service
from tests.support.virtual_card import Chip, VirtualCard

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PLACE = Path("/run/pcscd")
READERS = ("Virtual PCD 00 00", "Virtual PCD 00 01")
SECONDS = 60.0


def why_not() -> str:
    """The reason to skip, or "" where everything is installed."""
    try:
        import smartcard  # noqa: F401
    except ImportError:
        return "pyscard is not installed: pip install -e .[card]"
    if shutil.which("pcscd", path=os.defpath + ":/usr/sbin:/sbin") is None or not DRIVER.exists():
        return "pcscd or vpcd is not installed: apt install pcscd vsmartcard-vpcd"
    if os.geteuid() != 0 and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode:
        return "pcscd must be started by root, or by a user of sudo"
    return ""


class Pcscd:
    """The daemon and the two slots of its reader."""

    def __init__(self, folder: Path) -> None:
        self._as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_ports()
        (folder / "vpcd").write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x{self.port:04X}\nLIBPATH {DRIVER}\n'
            f"CHANNELID 0x{self.port:04X}\n"
        )

    def start(self) -> None:
        """Start it and wait until its readers are there."""
        subprocess.run([*self._as_root, "mkdir", "-p", PLACE], check=True)
        command = [*self._as_root, "pcscd", "--foreground", "--config", str(self._folder)]
        with (self._folder.parent / "pcscd.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until(lambda: readers() == list(READERS), "pcscd has its readers")

    def stop(self) -> None:
        """End it as the system does."""
        if self._process is not None:
            subprocess.run([*self._as_root, "kill", "-TERM", str(self._process.pid)], check=False)
            self._process.wait(SECONDS)
            self._process = None

    @contextmanager
    def card(self, chip: Chip, slot: int = 0) -> Iterator[VirtualCard]:
        """A card in a slot, noticed by pcscd; afterwards the slot is empty again."""
        card = VirtualCard(chip, self.port + slot)
        card.insert()
        try:
            until(lambda: is_filled(READERS[slot]), "the card is noticed")
            yield card
        finally:
            card.remove()
            until(lambda: not is_filled(READERS[slot]), "the empty slot is noticed")


def running(folder: Path) -> Iterator[Pcscd]:
    """For a fixture: a daemon that ends with it. The place of its socket is compiled into pcscd, so there can be only
    one: other tests on this machine wait."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    configuration = folder / "readers"
    configuration.mkdir()
    daemon = Pcscd(configuration)
    with _ours_alone():
        other = subprocess.run(["pidof", "pcscd"], capture_output=True, text=True, check=False).stdout
        if other.strip():
            pytest.skip(f"another pcscd is running (process {other.strip()})")
        try:
            daemon.start()
            yield daemon
        finally:
            daemon.stop()


@contextmanager
def _ours_alone() -> Iterator[None]:
    import fcntl

    with (Path(tempfile.gettempdir()) / "lao-counter-pcscd.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def readers() -> list[str]:
    """What the service tells; nothing while it does not run."""
    try:
        with Service() as service:
            return service.readers()
    except CounterError:
        return []


def is_filled(reader: str) -> bool:
    """Whether there is a card in a reader; False while the service does not run."""
    try:
        with Service() as service:
            return service.card_is_in(reader)
    except CounterError:
        return False


def until(holds: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Wait for something that other processes do."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.02)


def _free_ports() -> int:
    """The first of two neighbouring free ports."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
