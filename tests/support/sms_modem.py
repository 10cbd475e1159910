"""A GSM modem made of software behind a pseudo-terminal: echo, chatter, and every way to fail that the tests want."""

import contextlib
import os
import threading
import tty
from collections.abc import Iterator

CTRL_Z, ESCAPE = 0x1A, 0x1B


class VirtualModem:
    """What it was told, and how it behaves: "ok", "cms", "silent", "garbage", "no_prompt", "unplugged"."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        self._slave = slave
        self.sim = "READY"
        self.behaviour: list[str] = []
        self.chatter = b""
        self.commands: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.echo = True
        self._to = ""
        self._modes: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        data = b""
        with contextlib.suppress(OSError):
            while part := os.read(self.master, 1024):
                if self.echo:
                    os.write(self.master, part.replace(bytes([ESCAPE]), b""))
                data = self._consume(data + part)

    def _consume(self, data: bytes) -> bytes:
        while data:
            if data[0] == ESCAPE:
                self._to, data = "", data[1:]
            elif self._to and CTRL_Z in data:
                content, _, data = data.partition(bytes([CTRL_Z]))
                self._take(content.decode())
            elif not self._to and b"\r" in data:
                line, _, data = data.partition(b"\r")
                self._command(line.decode().strip())
            else:
                break
        return data

    def _command(self, line: str) -> None:
        if not line:
            return
        self.commands.append(line)
        name, _, value = line.partition("=")
        if line == "ATE0":
            self.echo = False
        self._modes[name] = value
        if line == "AT+CPIN?":
            self._say(f"+CPIN: {self.sim}" if self.sim else "+CME ERROR: 10", *(["OK"] if self.sim else []))
        elif name == "AT+CMGS":
            self._begin(bytes.fromhex(value.strip('"')).decode("utf-16-be"))
        else:
            self._say("OK")

    def _begin(self, to: str) -> None:
        assert self._modes["AT+CMGF"] == "1" and self._modes["AT+CSCS"] == '"UCS2"'
        if self.behaviour[:1] == ["no_prompt"]:
            self.behaviour.pop(0)
            self._say("ERROR")
            return
        self._to = to
        os.write(self.master, self.chatter + b"\r\n> ")

    def _take(self, content: str) -> None:
        to, self._to = self._to, ""
        how = self.behaviour.pop(0) if self.behaviour else "ok"
        self.sent.append((to, bytes.fromhex(content).decode("utf-16-be")))
        if how == "ok":
            self._say('+CMTI: "SM",3', f"+CMGS: {len(self.sent)}", "OK")
        elif how == "cms":
            self.sent.pop()
            self._say("+CMS ERROR: 500")
        elif how == "garbage":
            self._say("OK")
        elif how == "unplugged":
            self.close()

    def _say(self, *lines: str) -> None:
        os.write(self.master, self.chatter + b"".join(f"\r\n{line}\r\n".encode() for line in lines))

    def close(self) -> None:
        for handle in (self._slave, self.master):
            with contextlib.suppress(OSError):
                os.close(handle)


@contextlib.contextmanager
def virtual_modem() -> Iterator[VirtualModem]:
    modem = VirtualModem()
    try:
        yield modem
    finally:
        modem.close()
