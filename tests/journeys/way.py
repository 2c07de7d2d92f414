"""A way to a PostgreSQL that can be cut."""

import asyncio
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Way:
    """A way to a database that can be cut: connections are dropped, and new ones as well, until it is mended."""

    def __init__(self, address):
        self._to, self.is_cut, self.is_open, self._open = urlsplit(address), False, False, set()

    @property
    def address(self):
        to = self._to
        return urlunsplit(to._replace(scheme="postgresql+asyncpg", netloc=f"{to.username}@127.0.0.1:{self._port}"))

    def cut(self):
        self.is_cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self):
        self.is_cut = False

    async def _passes(self, reader, writer):
        if self.is_cut:
            writer.transport.abort()
            return
        there, thence = await asyncio.open_connection(self._to.hostname, self._to.port)
        both = {writer, thence}
        self._open |= both
        await asyncio.gather(_copies(reader, thence), _copies(there, writer))
        self._open -= both

    @asynccontextmanager
    async def stands(self):
        async with await asyncio.start_server(self._passes, "127.0.0.1", 0) as server:
            self._port, self.is_open = server.sockets[0].getsockname()[1], True
            yield self
            self.is_open = False
            self.cut()


async def _copies(reader, writer):
    with suppress(OSError):
        while some := await reader.read(1 << 16):
            writer.write(some)
            await writer.drain()
    writer.close()
