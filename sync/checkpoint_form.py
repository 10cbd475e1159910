"""What both ends of a checkpoint share: where it goes, what is signed, and how."""

from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PATH = "/v1/checkpoint"


def signed_text(store_id: str, seq: int, link: bytes, at: int) -> bytes:
    """What is signed: the same on both ends."""
    return f"lao-counter audit {store_id} {seq} {link.hex()} {at}".encode()


def signature(key: bytes, text: bytes) -> str:
    """Base64 of the Ed25519 signature."""
    return b64encode(Ed25519PrivateKey.from_private_bytes(key).sign(text)).decode()


def is_signed(public: bytes, signature: str, text: bytes) -> bool:
    """Whether the holder of the key signed this text."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(b64decode(signature, validate=True), text)
    except (InvalidSignature, ValueError):
        return False
    return True
