"""CUPS of the test's own: a daemon in a folder, reached by CUPS_SERVER; nothing of the machine's is touched."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CUPSD = "/usr/sbin/cupsd"
FILES = """
SystemGroup root
User lp
Group lp
FileDevice Yes
ServerRoot {root}
RequestRoot {root}/spool
CacheDir {root}/cache
StateDir {root}/run
TempDir {root}/tmp
AccessLog {root}/access
ErrorLog {root}/error
PageLog {root}/page
ServerBin /usr/lib/cups
DataDir /usr/share/cups
DocumentRoot /usr/share/cups/doc-root
"""
DAEMON = """
Listen {socket}
Browsing No
PreserveJobFiles Yes
PreserveJobHistory Yes
DirtyCleanInterval 0
DefaultAuthType None
WebInterface No
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""
# a printer that takes PDF as it is, with two trays and a duplex unit
DESCRIPTION = """*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "SHEETS.PPD"
*Manufacturer: "Test"
*Product: "(Sheets)"
*ModelName: "Sheets"
*ShortNickName: "Sheets"
*NickName: "Sheets"
*PSVersion: "(3010.000) 0"
*LanguageLevel: "3"
*ColorDevice: False
*DefaultColorSpace: Gray
*FileSystem: False
*Throughput: "1"
*LandscapeOrientation: Plus90
*TTRasterizer: Type42
*cupsVersion: 2.4
*cupsManualCopies: True
*cupsFilter2: "application/pdf application/vnd.cups-pdf 0 -"
*OpenUI *PageSize/Page Size: PickOne
*OrderDependency: 10 AnySetup *PageSize
*DefaultPageSize: A4
*PageSize A4/A4: "<</PageSize[595 842]>>setpagedevice"
*PageSize A5/A5: "<</PageSize[420 595]>>setpagedevice"
*CloseUI: *PageSize
*OpenUI *PageRegion: PickOne
*OrderDependency: 10 AnySetup *PageRegion
*DefaultPageRegion: A4
*PageRegion A4/A4: "<</PageSize[595 842]>>setpagedevice"
*PageRegion A5/A5: "<</PageSize[420 595]>>setpagedevice"
*CloseUI: *PageRegion
*DefaultImageableArea: A4
*ImageableArea A4/A4: "0 0 595 842"
*ImageableArea A5/A5: "0 0 420 595"
*DefaultPaperDimension: A4
*PaperDimension A4/A4: "595 842"
*PaperDimension A5/A5: "420 595"
*OpenUI *Duplex/Two-sided: PickOne
*OrderDependency: 20 AnySetup *Duplex
*DefaultDuplex: None
*Duplex None/Off: ""
*Duplex DuplexNoTumble/Long edge: ""
*CloseUI: *Duplex
*DefaultFont: Courier
"""


def is_there() -> bool:
    """Whether this machine has CUPS, and may start it."""
    return Path(CUPSD).exists() and shutil.which("lpadmin") is not None and os.geteuid() == 0


class Cups:
    """The running daemon. environment: what a program needs to use it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.socket = root / "cups.sock"
        self.environment = {**os.environ, "CUPS_SERVER": str(self.socket)}

    def add_raw(self, name: str, port: int) -> None:
        """A queue that sends bytes as they are to a port of this machine."""
        self._admin("-p", name, "-E", "-v", f"socket://127.0.0.1:{port}", "-m", "raw")

    def add_sheets(self, name: str) -> None:
        """A queue for PDF, with a duplex unit; its paper goes nowhere, what came in stays in the spool."""
        description = self.root / "sheets.ppd"
        description.write_text(DESCRIPTION)
        self._admin("-p", name, "-E", "-v", "file:/dev/null", "-P", str(description))

    def spooled(self, job: int) -> tuple[bytes, bytes]:
        """(the document as it came in, the attributes that came with it) of a job."""
        files = [self.root / "spool" / name for name in (f"d{job:05}-001", f"c{job:05}")]
        for _ in range(400):
            if all(file.exists() for file in files):
                break
            time.sleep(0.05)
        return files[0].read_bytes(), files[1].read_bytes()

    def _admin(self, *arguments: str) -> None:
        subprocess.run(
            ["lpadmin", *arguments], env=self.environment, check=True, capture_output=True, text=True, timeout=30
        )


@contextmanager
def running() -> Iterator[Cups]:
    """The daemon, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="lao-cups-", dir="/tmp") as folder:
        root = Path(folder)
        root.chmod(0o755)
        for name in ("spool", "cache", "run", "tmp", "ppd"):
            (root / name).mkdir()
            shutil.chown(root / name, "root", "lp")
            (root / name).chmod(0o770)
        cups = Cups(root)
        (root / "cups-files.conf").write_text(FILES.format(root=root))
        (root / "cupsd.conf").write_text(DAEMON.format(socket=cups.socket))
        daemon = subprocess.Popen(
            [CUPSD, "-f", "-c", str(root / "cupsd.conf"), "-s", str(root / "cups-files.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(cups, daemon)
            yield cups
        finally:
            daemon.terminate()
            daemon.wait(20)


def _wait(cups: Cups, daemon: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if daemon.poll() is not None:
            raise AssertionError(f"cupsd ended: {(cups.root / 'error').read_text()[-2000:]}")
        if cups.socket.exists():
            asked = subprocess.run(["lpstat", "-r"], env=cups.environment, capture_output=True, text=True, timeout=20)
            if "is running" in asked.stdout:
                return
        time.sleep(0.05)
    raise AssertionError("cupsd does not answer")
