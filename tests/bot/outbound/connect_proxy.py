"""A proxy that connects by CONNECT, knows names nobody else knows, and keeps what it was told."""

import asyncio
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from authority import both_ways, listening


@dataclass
class ConnectProxy:
    """`leads_to` maps `host:port` to a port of this machine; `password` is `user:password` where it wants one."""

    leads_to: dict = field(default_factory=dict)
    password: str | None = None
    heads: list = field(default_factory=list)
    url: str = ""

    @property
    def asked_for(self):
        return [head.split(" ")[1] for head in self.heads]

    @asynccontextmanager
    async def running(self):
        async with listening(self._handle) as port:
            self.url = f"http://127.0.0.1:{port}"
            yield self

    async def _handle(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.heads.append(head)
        method, where, _ = head.split("\r\n")[0].split(" ")
        status = self._judge(method, where, head)
        writer.write(
            f"HTTP/1.1 {status}\r\n{'' if status == 200 else 'Content-Length: 0' + chr(13) + chr(10)}\r\n".encode()
        )
        await writer.drain()
        if status == 200:
            await both_ways((reader, writer), await asyncio.open_connection("127.0.0.1", self.leads_to[where]))

    def _judge(self, method, where, head):
        if self.password is not None:
            told = f"proxy-authorization: basic {b64encode(self.password.encode()).decode()}".lower()
            if told not in head.lower():
                return 407
        return 200 if method == "CONNECT" and where in self.leads_to else 403
