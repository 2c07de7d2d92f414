"""A server that records what it is asked and answers as its script says, broken answers included."""

import asyncio
import json
import socket
import struct
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

DATA = Path(__file__).parent / "data"
HEADER = "Flashcat-Request-Id"


def recorded(name):
    """The bytes of a recorded answer."""
    return (DATA / f"{name}.json").read_bytes()


@dataclass(frozen=True)
class Answer:
    """A whole answer; a `body` that is no bytes is written as JSON."""

    body: object = b""
    status: int = 200
    headers: tuple = ()
    has_length: bool = True
    missing: int = 0

    def written(self):
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = [f"HTTP/1.1 {self.status} Scripted", *(f"{name}: {value}" for name, value in self.headers)]
        if self.has_length:
            lines.append(f"Content-Length: {len(content) + self.missing}")
        return "\r\n".join([*lines, "", ""]).encode() + content

    @property
    def ends_connection(self):
        return self.missing or not self.has_length


HANG, RESET = object(), object()
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
DONE = Answer({"request_id": "01DONE", "data": None})


def ok(data):
    return Answer({"request_id": "01OK", "data": data})


def refusal(code, *, message="Refused.", status=400, **more):
    return Answer({"request_id": "01REFUSED", "error": {"code": code, "message": message}}, status, **more)


def html(status=502, **more):
    return Answer(HTML, status, **more)


@dataclass
class Asked:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict
    body: object

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)


@dataclass
class Scripted:
    """The server: plays its script answer by answer, then `otherwise` for ever."""

    script: deque = field(default_factory=deque)
    otherwise: object = DONE
    asked: list = field(default_factory=list)
    dialled: int = 0
    url: str = ""

    def plays(self, *steps, then=DONE):
        self.script.extend(steps)
        self.otherwise = then

    @property
    def bodies(self):
        return [request.body for request in self.asked]

    async def __aenter__(self):
        self._stopping = asyncio.Event()
        self.was_asked = asyncio.Event()
        self._connections = set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._stopping.set()
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader, writer):
        self.dialled += 1
        self._connections.add(asyncio.current_task())
        try:
            while request := await _read(reader):
                self.asked.append(request)
                self.was_asked.set()
                if not await self._play(writer):
                    return
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(asyncio.current_task())
            writer.close()

    async def _play(self, writer):
        step = self.script.popleft() if self.script else self.otherwise
        if step is HANG:
            await self._stopping.wait()
        if step in (HANG, RESET):
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        writer.write(step.written())
        await writer.drain()
        return not step.ends_connection


async def _read(reader):
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    content = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, json.loads(content) if content else None)
