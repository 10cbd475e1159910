"""Bodies on the wire: zstd or gzip, bounded when unfolded, and whole or refused.

A dribble of bytes that unfolds into gigabytes, a broken frame and a frame that ends early are told apart from a good
body here, for server and counter alike.
"""

import gzip
import zlib

import zstandard

ENCODINGS = ("zstd", "gzip")
WORTH_COMPRESSING = 160
"""Bytes under which a frame's head costs more than it saves."""
SMALL = 64 * 1024
"""Up to this size the strongest level costs less than a millisecond on the line saved."""
_STEP = 512
"""Compressed bytes unfolded at a time: at most 32 MB come out of one step, however the frame was made."""


class BrokenBodyError(ValueError):
    """The body is not what its encoding says, or it ends early."""


class BodyTooLargeError(ValueError):
    """The body would unfold beyond the limit."""


class UnknownEncodingError(ValueError):
    """A Content-Encoding that this program does not read."""


def encode(body: bytes, accepted: str = "zstd") -> tuple[bytes, str]:
    """(bytes to send, Content-Encoding or "") for a reader that sent Accept-Encoding `accepted`."""
    offered = {part.split(";")[0].strip() for part in accepted.lower().split(",") if not part.strip().endswith("q=0")}
    if len(body) < WORTH_COMPRESSING:
        return body, ""
    if "zstd" in offered:
        level = 19 if len(body) <= SMALL else 12
        return zstandard.ZstdCompressor(level=level).compress(body), "zstd"
    if "gzip" in offered:
        return gzip.compress(body, mtime=0), "gzip"
    return body, ""


def decode(body: bytes, encoding: str, limit: int) -> bytes:
    """The plain body of at most `limit` bytes. Raises BrokenBodyError, BodyTooLargeError, UnknownEncodingError."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _bounded(body, limit)
    if name == "zstd":
        return _unzstd(body, limit)
    if name == "gzip":
        return _ungzip(body, limit)
    raise UnknownEncodingError(name)


def _unzstd(body: bytes, limit: int) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
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
