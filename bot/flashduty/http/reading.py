"""Reading an answer while counting: what came over the line, and what it unpacks to."""

import zlib
from collections.abc import AsyncIterator
from typing import Final, Protocol

from bot.outbound.response_size import MAX_RESPONSE_BYTES, ResponseBuffer, ResponseTooLarge

# What the bot can unpack, and therefore asks for.
ACCEPTED: Final = "gzip, deflate"
_GZIP: Final = zlib.MAX_WBITS | 16
_ZLIB_METHOD: Final = 8


class Unreadable(Exception):  # noqa: N818 - reads as what happened
    """An answer is larger than is read, or packed in a way nobody can unpack."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str) -> bytearray:
    """Read a body as it came over the line, and unpack it; raises Unreadable as soon as it is too large.

    `encoding` is the header Content-Encoding. The packed body is counted as well: it may unpack to nothing, for ever.
    """
    collected, unpack = ResponseBuffer(), _unpacker(encoding.strip().lower())
    try:
        async for chunk in _counted(chunks):
            collected.add(unpack(chunk, collected.room))
    except (ResponseTooLarge, zlib.error) as error:
        raise Unreadable(str(error)) from None
    return collected.content


async def _counted(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packed = 0
    async for chunk in chunks:
        packed += len(chunk)
        if packed > MAX_RESPONSE_BYTES:
            raise ResponseTooLarge
        yield chunk


class _Unpack(Protocol):
    def __call__(self, chunk: bytes, room: int) -> bytes:
        """Unpack a part; raises ResponseTooLarge where it needs more than `room` bytes."""


def _unpacker(encoding: str) -> _Unpack:
    if encoding in {"", "identity"}:
        return lambda chunk, room: chunk  # noqa: ARG005 - counted by whoever collects it
    if encoding in {"gzip", "x-gzip"}:
        return _Inflater(_GZIP)
    if encoding == "deflate":
        return _Inflater(None)
    raise Unreadable(f"packed as {encoding[:20]!r}")


class _Inflater:
    """Unpacks part by part; a format of None is found out from the first byte: zlib's own, or without a header."""

    def __init__(self, wbits: int | None) -> None:
        self._wbits = wbits
        self._inflater: zlib._Decompress | None = None

    def __call__(self, chunk: bytes, room: int) -> bytes:
        if not chunk:
            return chunk
        if self._inflater is None:
            has_header = chunk[0] & 0x0F == _ZLIB_METHOD
            self._inflater = zlib.decompressobj(self._wbits or (zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS))
        # One byte more than there is room for tells that there is more.
        unpacked = self._inflater.decompress(chunk, room + 1)
        if len(unpacked) > room:
            raise ResponseTooLarge
        return unpacked
