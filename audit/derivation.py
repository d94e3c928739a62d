"""Keys for one purpose each, derived from a secret of the environment (HKDF, RFC 5869)."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derived(secret: bytes, purpose: bytes) -> bytes:
    """32 bytes, from which neither the secret nor its keys for other purposes can be told."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
