"""scan: our reader over difficult pictures, beside zxing-cpp alone on the same pictures in the same run."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import zxingcpp

from app.cli.benchmarks.code_pictures import CodePicture, corpus
from app.intake import pictures
from app.intake.codes import Decoded, classify

PICTURES = 404
_A_ROUND = 202
_WARMING = 3


def measure(size: int = PICTURES) -> dict[str, Any]:
    """Mean ms a picture, ours and zxing-cpp's, over at least `size` pictures; how many of the codes each has read.

    `wrong`: texts that stand in no picture; `misread`: right texts that were taken for something else. Both must be 0.
    """
    rounds = max(1, -(-size // _A_ROUND))
    for sample in list(corpus(1, seed=-1))[:_WARMING]:
        for read in (pictures.read, _by_zxing_alone):
            _timed(read, sample)
    ours, limit = _Tally(), _Tally()
    for sample in corpus(rounds):
        for tally, read in ((ours, pictures.read), (limit, _by_zxing_alone)):
            tally.add(sample, *_timed(read, sample))
    return {
        "ours": round(ours.mean_ms, 3),
        "limit": round(limit.mean_ms, 3),
        "ratio": round(ours.mean_ms / limit.mean_ms, 2),
        "n": ours.pictures,
        "unit": "ms",
        "ratio_where_read": round(ours.read_ms / limit.read_ms, 2),
        "codes": ours.codes,
        "read": ours.right,
        "read_by_zxing_alone": limit.right,
        "wrong": ours.wrong,
        "misread": ours.misread,
        "unread": dict(ours.unread),
    }


class _Tally:
    """What one reader did."""

    def __init__(self) -> None:
        self.pictures = self.codes = self.right = self.wrong = self.misread = 0
        self.seconds = self.seconds_where_read = 0.0
        self.unread: Counter[str] = Counter()

    def add(self, sample: CodePicture, found: list[Decoded], seconds: float) -> None:
        self.pictures += 1
        self.seconds += seconds
        self.codes += bool(sample.text)
        self.wrong += sum(code.text != sample.text for code in found)
        right = [code for code in found if sample.text and code.text == sample.text]
        if right:
            self.right += 1
            self.seconds_where_read += seconds
            self.misread += any(not _is_understood(sample, code) for code in right)
        elif sample.text:
            self.unread[sample.name.split("-")[1]] += 1

    @property
    def mean_ms(self) -> float:
        return self.seconds * 1000 / self.pictures

    @property
    def read_ms(self) -> float:
        return self.seconds_where_read * 1000 / max(1, self.right)


def _is_understood(sample: CodePicture, code: Decoded) -> bool:
    scanned = classify(code.text, code.format)
    return (code.format, scanned.kind, scanned.valid) == (sample.format, sample.kind, sample.valid)


def _by_zxing_alone(picture: Any) -> list[Decoded]:
    codes = zxingcpp.read_barcodes(picture, formats=pictures.FORMATS, text_mode=zxingcpp.TextMode.Plain)
    return [Decoded(str(code.format), code.text) for code in codes]


def _timed(read: Callable[[Any], list[Decoded]], sample: CodePicture) -> tuple[list[Decoded], float]:
    begun = time.perf_counter()
    found = read(sample.picture)
    return found, time.perf_counter() - begun
