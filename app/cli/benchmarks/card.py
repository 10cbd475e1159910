"""card: a whole reading without photo, beside the time that the card itself takes in the same reading.

With an ID card in a reader, that card is read; nothing of it but times is kept or printed. Without one, the reading is
of a card in memory that takes 45 ms for each answer: real cards are told to take 2 to 3 s for the about 60 answers of a
reading with photo. The difference of the two figures, `beyond_ms`, is what service and program add; less than 100 ms is
asked of them, and less than 600 ms of the card.

"window" is the whole way in the real window, off-screen: from the announcement of the card to the form that is filled
and painted, less the card's own time; 150 ms are allowed. "first_ms" is the first card after the start.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

from app.domain.errors import Unavailable
from app.intake.card import fields, reader, selection
from app.intake.card.fields import Field

ROUNDS = 7
ANSWER_SECONDS = 0.045
WINDOW_LIMIT_MS = 150
TEXTS: dict[Field, str] = {
    fields.CITIZEN_ID: "1234567890121",
    fields.THAI_NAME: "นาย#กตัญญู##ปิ่นแก้ว",
    fields.ENGLISH_NAME: "Mr.#Katanyu##Pinkaew",
    fields.BORN: "25300115",
    fields.GENDER: "1",
    fields.ISSUER: "อำเภอกะทู้/ภูเก็ต",
    fields.ISSUED: "25660101",
    fields.EXPIRES: "25750114",
    fields.ADDRESS: "99/9#หมู่ที่ 1###ถนนวิชิตสงคราม#ตำบลกะทู้#อำเภอกะทู้#จังหวัดภูเก็ต",
}


class CardInMemory:
    """An invented card, as slow as a real one."""

    atr = b""

    def __init__(self) -> None:
        memory = bytearray(b" " * fields.ADDRESS.end)
        for field, text in TEXTS.items():
            memory[field.offset : field.end] = text.encode("cp874").ljust(field.length)
        self._memory = bytes(memory)
        self._ready = b""
        self.card_seconds = 0.0

    def transmit(self, command: bytes) -> tuple[bytes, int, int]:
        """Answers in two steps, as T=0 does."""
        begun = time.perf_counter()
        time.sleep(ANSWER_SECONDS)
        self.card_seconds += time.perf_counter() - begun
        if command[1] == 0xC0:
            return self._ready, 0x90, 0x00
        if command[1] == 0xB0:
            offset = command[2] << 8 | command[3]
            self._ready = self._memory[offset : offset + command[6]]
        return b"", 0x61, len(self._ready)


def measure() -> dict[str, Any]:
    """Medians in ms. "card": "reader" for a real reading, "memory" without a card; "why" tells why there was none."""
    why = ""
    try:
        times = [_from_reader() for _ in range(ROUNDS)]
    except Unavailable as error:
        why = error.code
        times = [_from_memory() for _ in range(ROUNDS)]
    ours = statistics.median(whole for whole, _ in times) * 1000
    limit = statistics.median(card for _, card in times) * 1000
    beyond = statistics.median(whole - card for whole, card in times) * 1000
    return {
        "ours": round(ours, 2),
        "limit": round(limit, 2),
        "ratio": round(ours / limit, 3),
        "n": len(times),
        "unit": "ms",
        "beyond_ms": round(beyond, 2),
        "card": "memory" if why else "reader",
        "why": why,
        "window": _window("memory" if why else "reader"),
    }


def _window(where: str) -> dict[str, float]:
    command = [sys.executable, "-m", "app.cli.benchmarks.card_child", where]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    beyond = [whole - card for whole, card in json.loads(done.stdout.splitlines()[-1])]
    return {
        "beyond_ms": round(statistics.median(beyond[1:]), 1),
        "worst_ms": round(max(beyond[1:]), 1),
        "first_ms": round(beyond[0], 1),
        "limit_ms": WINDOW_LIMIT_MS,
        "n": len(beyond) - 1,
    }


def _from_reader() -> tuple[float, float]:
    reading = selection.read_card(photo=False)
    return reading.seconds, reading.card_seconds


def _from_memory() -> tuple[float, float]:
    begun = time.perf_counter()
    card = CardInMemory()
    reader.select_id_applet(card)
    reader.read_holder(card, photo=False)
    return time.perf_counter() - begun, card.card_seconds
