"""Keys of any length and content, as 64 hexadecimal digits."""

import hashlib


def fingerprint(key: str) -> str:
    """Hash a key with SHA-256: it is only compared, and nobody needs to find it in the database."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
