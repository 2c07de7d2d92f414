"""How much of an answer is read, whoever gives it.

A hostile one may be endless, unpack to a thousand times its size, or hold millions of tiny values.
"""

from typing import Final

LARGEST: Final = 20 * 1024 * 1024
# Parsed, each of them takes up to 80 bytes.
MOST_VALUES: Final = 400_000
_MARKS: Final = (b",", b":", b"[", b"{")


class TooLarge(Exception):  # noqa: N818 - reads as what happened
    """There is more of an answer than is read."""


class Collected:
    """What was read so far; raises TooLarge as soon as it is more than `most` bytes."""

    def __init__(self, most: int = LARGEST) -> None:
        self.content = bytearray()
        self._most = most

    def add(self, chunk: bytes) -> None:
        """Add what came next."""
        if len(chunk) > self.room:
            raise TooLarge
        self.content += chunk

    @property
    def room(self) -> int:
        """How many bytes more there may be."""
        return self._most - len(self.content)


def is_parseable(content: bytes | bytearray) -> bool:
    """Whether JSON holds no more values than may be parsed, counted by the marks between them."""
    return sum(content.count(mark) for mark in _MARKS) <= MOST_VALUES
