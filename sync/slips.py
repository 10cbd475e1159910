"""The proof that a slip is genuine: six letters that only an office's counters and its server can make."""

import hashlib
import hmac
from base64 import b32encode

CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def slip_code(slip_key: str, number: str) -> str:
    """The six letters that prove a slip of `number` genuine; `slip_key` is hex."""
    digest = hmac.digest(bytes.fromhex(slip_key), number.encode(), hashlib.sha256)
    return b32encode(digest)[:6].decode().translate(CROCKFORD)
