"""Make keys of any length and content fit into a column."""

import hashlib
from typing import Final

FINGERPRINT_MARK: Final = "!"


def key_fingerprint(key: str) -> str:
    """Return the SHA-256 of a key as 64 hexadecimal digits: it is only compared, and never read."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def marked_fingerprint(fingerprint: str) -> str:
    """Return what tells something apart that is marked from the same without its mark, as long as a fingerprint."""
    return FINGERPRINT_MARK + fingerprint[: -len(FINGERPRINT_MARK)]


def is_marked(fingerprint: str) -> bool:
    """Whether a fingerprint is that of something marked."""
    return fingerprint.startswith(FINGERPRINT_MARK)


def bounded_key(key: str, length: int) -> str:
    """Return a key that fits into a column of `length` characters, 64 or more: itself, or its fingerprint."""
    return key if len(key) <= length else key_fingerprint(key)
