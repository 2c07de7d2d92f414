"""Make keys of any length and content fit into a column."""

import hashlib


def key_fingerprint(key: str) -> str:
    """Return the SHA-256 of a key as 64 hexadecimal digits: it is only compared, and never read."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def bounded_key(key: str, length: int) -> str:
    """Return a key that fits into a column of `length` characters, 64 or more: itself, or its fingerprint."""
    return key if len(key) <= length else key_fingerprint(key)
