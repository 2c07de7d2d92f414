"""Read the body of a response within limits for its size, as received and unpacked."""

import zlib
from collections.abc import AsyncIterator
from typing import Final, Protocol

from bot.outbound.response_size import MAX_RESPONSE_BYTES, ResponseBuffer, ResponseTooLarge

# The header Accept-Encoding: the encodings that are supported here.
ACCEPTED_ENCODINGS: Final = "gzip, deflate"
_GZIP: Final = zlib.MAX_WBITS | 16
_ZLIB_METHOD: Final = 8


class UnreadableResponse(Exception):  # noqa: N818 - reads as what happened
    """A response is larger than the limit, or cannot be unpacked."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str) -> bytearray:
    """Read a body as received, and unpack it; raises UnreadableResponse as soon as it is too large.

    `encoding` is the header Content-Encoding. The packed body is counted as well: it may unpack to nothing, endlessly.
    """
    buffer, unpack = ResponseBuffer(), _unpacker(encoding.strip().lower())
    try:
        async for chunk in _counted(chunks):
            buffer.add(unpack(chunk, buffer.room))
    except (ResponseTooLarge, zlib.error) as error:
        raise UnreadableResponse(str(error)) from None
    return buffer.content


async def _counted(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packed = 0
    async for chunk in chunks:
        packed += len(chunk)
        if packed > MAX_RESPONSE_BYTES:
            raise ResponseTooLarge
        yield chunk


class _Unpack(Protocol):
    def __call__(self, chunk: bytes, room: int) -> bytes:
        """Unpack a chunk; raises ResponseTooLarge where it needs more than `room` bytes."""


def _unpacker(encoding: str) -> _Unpack:
    if encoding in {"", "identity"}:
        return lambda chunk, room: chunk  # noqa: ARG005 - the buffer counts it
    if encoding in {"gzip", "x-gzip"}:
        return _Inflater(_GZIP)
    if encoding == "deflate":
        return _Inflater(None)
    raise UnreadableResponse(f"packed as {encoding[:20]!r}")


class _Inflater:
    """Unpack chunk by chunk; without `wbits` the first byte shows the format: with zlib's header, or without."""

    def __init__(self, wbits: int | None) -> None:
        self._wbits = wbits
        self._inflater: zlib._Decompress | None = None

    def __call__(self, chunk: bytes, room: int) -> bytes:
        if not chunk:
            return chunk
        if self._inflater is None:
            has_header = chunk[0] & 0x0F == _ZLIB_METHOD
            self._inflater = zlib.decompressobj(self._wbits or (zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS))
        # One byte more than the room shows that there is more.
        unpacked = self._inflater.decompress(chunk, room + 1)
        if len(unpacked) > room:
            raise ResponseTooLarge
        return unpacked
