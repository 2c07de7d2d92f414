"""Limit how much of a response is read.

A hostile one may be endless, unpack to a thousand times its size, or hold millions of tiny values.
"""

from typing import Final

MAX_RESPONSE_BYTES: Final = 20 * 1024 * 1024
# Parsed, each of them takes up to 80 bytes.
MAX_JSON_VALUES: Final = 400_000
_DELIMITERS: Final = (b",", b":", b"[", b"{")


class ResponseTooLarge(Exception):  # noqa: N818 - reads as what happened
    """A response is larger than the limit."""


class ResponseBuffer:
    """The content read so far; raises ResponseTooLarge as soon as it is more than `limit` bytes."""

    def __init__(self, limit: int = MAX_RESPONSE_BYTES) -> None:
        self.content = bytearray()
        self._limit = limit

    def add(self, chunk: bytes) -> None:
        """Add the next chunk."""
        if len(chunk) > self.room:
            raise ResponseTooLarge
        self.content += chunk

    @property
    def room(self) -> int:
        """How many bytes more fit."""
        return self._limit - len(self.content)


def is_parseable(content: bytes | bytearray) -> bool:
    """Whether JSON holds no more values than the limit, counted by the delimiters between them."""
    return sum(content.count(delimiter) for delimiter in _DELIMITERS) <= MAX_JSON_VALUES
