"""A GSM modem on a serial port: text messages in Thai by AT commands (3GPP TS 27.005), without any server.

Text mode with the character set UCS-2: a message is at most 70 characters. What happens before the text is handed over
is certain (nothing was sent); from then on only the modem's own word counts.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.domain.errors import Refused, Unavailable

LONGEST = 70
"""UTF-16 units of one message."""
BAUD = 115_200
COMMAND_SECONDS, SEND_SECONDS = 5.0, 60.0
"""The network may take up to a minute to take a message (TS 27.005)."""
CTRL_Z, ESCAPE = b"\x1a", b"\x1b"
SET_UP = (
    ("ATE0", "echo"),
    ("AT+CMEE=1", "errors"),
    ("AT+CMGF=1", "text_mode"),
    ('AT+CSCS="UCS2"', "character_set"),
    ("AT+CSMP=17,167,0,8", "parameters"),
)
"""No echo, errors by number, text mode, UCS-2 in commands and in the message (data coding 8), good for a day."""

SENT, AGAIN, FAILED, UNKNOWN = "sent", "again", "failed", "unknown"
"""The network took it; surely not sent, worth another try; surely not sent; nobody knows."""


class Modem:
    """One modem behind an open port: anything that reads with a time limit and writes like pyserial's Serial."""

    def __init__(self, port: Any, send_seconds: float = SEND_SECONDS) -> None:
        self.port = port
        self.send_seconds = send_seconds

    def prepare(self) -> None:
        """Make the modem ready. Unavailable with words for the clerk when it does not answer or its SIM is locked."""
        try:
            self.port.reset_input_buffer()
        except Exception:
            # a port that is gone: termios.error is no OSError, and Windows has no termios
            raise _gone() from None
        self._write(ESCAPE)
        for command, _ in SET_UP:
            if self._ask(command)[-1] != "OK":
                raise Unavailable(
                    "modem_set_up", "โมเด็ม SMS ไม่รับคำสั่งที่จำเป็น", "ใช้โมเด็ม GSM ที่ส่ง SMS แบบข้อความได้ หรือตรวจพอร์ต"
                )
        if "+CPIN: READY" not in self._ask("AT+CPIN?"):
            raise Unavailable("modem_sim", "ซิมในโมเด็ม SMS ยังไม่พร้อม", "ตรวจว่าใส่ซิมแล้ว และปิดการถามรหัส PIN ของซิม")

    def send(self, phone: str, text: str) -> tuple[str, str]:
        """(result, short reason) of one message to a Thai mobile number of ten digits. The modem has been prepared."""
        if len(text.encode("utf-16-be")) > 2 * LONGEST:
            return FAILED, "too_long"
        try:
            self._write(f'AT+CMGS="{_ucs2(f"+66{phone[1:]}")}"\r'.encode())
            if self._lines(COMMAND_SECONDS, prompt=True)[-1] != ">":
                self._write(ESCAPE)
                return AGAIN, "no_prompt"
        except Unavailable as error:
            return AGAIN, error.code
        try:
            self._write(_ucs2(text).encode() + CTRL_Z)
            lines = self._lines(self.send_seconds)
        except Unavailable as error:
            return UNKNOWN, error.code
        if lines[-1] == "OK" and any(line.startswith("+CMGS:") for line in lines):
            return SENT, ""
        if lines[-1].startswith("+CMS ERROR"):
            return AGAIN, lines[-1][1:].lower().replace(" ", "_").replace(":_", "_")[:40]
        return UNKNOWN, "answer_not_understood"

    def _ask(self, command: str) -> list[str]:
        self._write(f"{command}\r".encode())
        return self._lines(COMMAND_SECONDS)

    def _write(self, content: bytes) -> None:
        try:
            self.port.write(content)
        except OSError:
            raise _gone() from None

    def _lines(self, seconds: float, prompt: bool = False) -> list[str]:
        """The lines up to the final one; with `prompt` ">" is final. What the modem says unasked lies among them."""
        until = time.monotonic() + seconds
        data = b""
        while time.monotonic() < until:
            try:
                data += self.port.read(max(1, self.port.in_waiting))
            except OSError:
                raise _gone() from None
            lines = [line.strip() for line in data.decode("ascii", "replace").splitlines() if line.strip()]
            if prompt and lines and lines[-1] == ">":
                return lines
            complete = data.endswith((b"\r", b"\n"))
            final = next((n for n, line in enumerate(lines) if _is_final(line)), None)
            if final is not None and (complete or final < len(lines) - 1):
                return lines[: final + 1]
        raise Unavailable("modem_silent", "โมเด็ม SMS ไม่ตอบ", "ตรวจสายและไฟของโมเด็ม แล้วลองใหม่")


@contextmanager
def opened(port: str) -> Iterator[Modem]:
    """The modem at a port ("COM3", a device file); prepared. Unavailable when it cannot be used."""
    try:
        import serial
    except ImportError:
        raise Refused("modem_package", "ยังไม่ได้ติดตั้งส่วนเสริมของโมเด็ม SMS", "ติดตั้งโปรแกรมพร้อมส่วนเสริม sms") from None
    try:
        line = serial.Serial(port, BAUD, timeout=0.1, write_timeout=COMMAND_SECONDS)
    except (OSError, ValueError):
        raise Unavailable(
            "modem_port", f"เปิดพอร์ต {port} ของโมเด็ม SMS ไม่ได้", "ตรวจว่าเสียบโมเด็มแล้ว และชื่อพอร์ตถูกต้อง"
        ) from None
    with line:
        modem = Modem(line)
        modem.prepare()
        yield modem


def _is_final(line: str) -> bool:
    return line in ("OK", "ERROR") or line.startswith(("+CMS ERROR", "+CME ERROR"))


def _ucs2(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


def _gone() -> Unavailable:
    return Unavailable("modem_gone", "โมเด็ม SMS ถูกถอดออก", "เสียบโมเด็มแล้วลองใหม่")
