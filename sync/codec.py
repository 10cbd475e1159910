"""Bodies on the wire: zstd or gzip, bounded when unfolded, and whole or refused.

`lao1` is zstd with the dictionary resources/sync/lao1.dict, which both ends have: one petition takes less than
half of what zstd alone makes of it. A reader that does not know the name answers 415, and zstd is used.

A dribble of bytes that unfolds into gigabytes, a broken frame and a frame that ends early are told apart from a good
body here, for server and counter alike.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache

import zstandard

import resources

WITH_DICTIONARY = "lao1"
HEADER = len("content-encoding: lao1\r\n")
"""Bytes that naming an encoding costs: a body that is not shortened by more goes as it is."""
SMALL = 256 * 1024
"""Up to this size the strongest level takes under 0.1 s, and the dictionary helps."""
LEVEL_SMALL, LEVEL_LARGE = 19, 15
QUICK_SMALL, LEVEL_QUICK_SMALL, LEVEL_QUICK = 4 * 1024, 12, 9
"""What a server does, which packs for thousands: a thirtieth of the time for a tenth more bytes. A small answer is
shortest, and quickest, at another level."""
PIECE = 64 * 1024
SENT_AT_ONCE = 16 * 1024
"""Bytes of a body for which the time limit of sending holds: a slow line is not a dead one."""
_STEP = 512
"""Compressed bytes unfolded at a time: at most 32 MB come out of one step, however the frame was made."""


class BrokenBodyError(ValueError):
    """The body is not what its encoding says, or it ends early."""


class BodyTooLargeError(ValueError):
    """The body would unfold beyond the limit."""


class UnknownEncodingError(ValueError):
    """A Content-Encoding that this program does not read."""


@lru_cache(maxsize=1)
def dictionary() -> zstandard.ZstdCompressionDict | None:
    """The dictionary, or None where the program was packed without it."""
    path = resources.path("sync", "lao1.dict")
    return zstandard.ZstdCompressionDict(path.read_bytes()) if path.is_file() else None


@lru_cache(maxsize=4)
def _prepared(level: int) -> zstandard.ZstdCompressionDict | None:
    """The dictionary made ready for a level, once: that takes ten times as long as to pack a petition."""
    path = resources.path("sync", "lao1.dict")
    if not path.is_file():
        return None
    made = zstandard.ZstdCompressionDict(path.read_bytes())
    made.precompute_compress(level=level)
    return made


def accepted_encodings() -> str:
    """What this program reads, as Accept-Encoding, the best first."""
    return "zstd, gzip" if dictionary() is None else f"{WITH_DICTIONARY}, zstd, gzip"


def encode(body: bytes, accepted: str, *, quick: bool = False) -> tuple[bytes, str]:
    """(bytes to send, Content-Encoding or "") for a reader that sent Accept-Encoding `accepted`. quick: processor time
    is dearer here than bytes."""
    offered = {part.split(";")[0].strip() for part in accepted.lower().split(",") if not part.strip().endswith("q=0")}
    packed, name = _packed(body, offered, quick)
    return (packed, name) if len(packed) + HEADER < len(body) else (body, "")


def _packed(body: bytes, offered: set[str], quick: bool) -> tuple[bytes, str]:
    if quick:
        level = LEVEL_QUICK_SMALL if len(body) <= QUICK_SMALL else LEVEL_QUICK
    else:
        level = LEVEL_SMALL if len(body) <= SMALL else LEVEL_LARGE
    if WITH_DICTIONARY in offered and len(body) <= SMALL and (known := _prepared(level)) is not None:
        writer = zstandard.ZstdCompressor(dict_data=known, write_content_size=False, write_dict_id=False)
        return writer.compress(body), WITH_DICTIONARY
    if "zstd" in offered:
        return b"".join(pieces(body, level)), "zstd"
    if "gzip" in offered:
        return gzip.compress(body, mtime=0), "gzip"
    return body, ""


def goes_in_pieces(body: bytes, accepted: str) -> bool:
    """Whether a body is so large that a slow line has its beginning to carry while the rest is still being packed."""
    return len(body) > SMALL and "zstd" in {part.strip() for part in accepted.lower().split(",")}


def pieces(body: bytes, level: int = LEVEL_LARGE) -> Iterator[bytes]:
    """One zstd frame whose reader can unfold the beginning of it every PIECE bytes, though the rest never comes."""
    writer = zstandard.ZstdCompressor(level).compressobj(size=len(body))
    for start in range(0, len(body), PIECE):
        part = writer.compress(body[start : start + PIECE]) + writer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        yield from (part[at : at + SENT_AT_ONCE] for at in range(0, len(part), SENT_AT_ONCE))
    if last := writer.flush():
        yield last


def unfolding(encoding: str) -> Callable[[bytes], bytes] | None:
    """Unfolds a body piece by piece, for a reader who bounds it himself; None for an encoding that is not zstd. Raises
    BrokenBodyError."""
    name = encoding.strip().lower()
    if name not in ("zstd", WITH_DICTIONARY) or (name == WITH_DICTIONARY and dictionary() is None):
        return None
    known = dictionary() if name == WITH_DICTIONARY else None
    reader = zstandard.ZstdDecompressor(known, max_window_size=2**27).decompressobj()

    def unfold(part: bytes) -> bytes:
        try:
            return b"".join(reader.decompress(part[at : at + _STEP]) for at in range(0, len(part), _STEP))
        except zstandard.ZstdError as error:
            raise BrokenBodyError("zstd") from error

    return unfold


def decode(body: bytes, encoding: str, limit: int) -> bytes:
    """The plain body of at most `limit` bytes. Raises BrokenBodyError, BodyTooLargeError, UnknownEncodingError."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _bounded(body, limit)
    if name == "zstd":
        return _unzstd(body, limit, None)
    if name == WITH_DICTIONARY and (known := dictionary()) is not None:
        return _unzstd(body, limit, known)
    if name == "gzip":
        return _ungzip(body, limit)
    raise UnknownEncodingError(name)


def _unzstd(body: bytes, limit: int, known: zstandard.ZstdCompressionDict | None) -> bytes:
    reader = zstandard.ZstdDecompressor(known, max_window_size=2**27).decompressobj()
    parts: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(body), _STEP):
            if reader.eof:
                raise BrokenBodyError("bytes after the frame")
            parts.append(reader.decompress(body[start : start + _STEP]))
            size += len(parts[-1])
            if size > limit:
                raise BodyTooLargeError(limit)
    except zstandard.ZstdError as error:
        raise BrokenBodyError("zstd") from error
    if not reader.eof or reader.unused_data:
        raise BrokenBodyError("the frame ends early or late")
    return b"".join(parts)


def _ungzip(body: bytes, limit: int) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(body, limit + 1)
    except zlib.error as error:
        raise BrokenBodyError("gzip") from error
    if len(plain) > limit:
        raise BodyTooLargeError(limit)
    if not reader.eof or reader.unused_data:
        raise BrokenBodyError("the stream ends early or late")
    return plain


def _bounded(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise BodyTooLargeError(limit)
    return body
