"""A private authority made for a test, and servers with its certificates."""

import asyncio
import ssl
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S603, S607 - a test's


@dataclass(frozen=True)
class Authority:
    """Signs certificates; `file` is its own, in PEM form."""

    folder: Path

    @classmethod
    def made_in(cls, folder):
        folder.mkdir(exist_ok=True)
        _openssl(folder, "req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Private authority")
        return cls(folder)

    @property
    def file(self):
        return self.folder / "ca.pem"

    def context_for(self, *hosts, days=2):
        """What a server for these host names needs; negative days make a certificate that has expired."""
        name = hosts[0]
        given = {kind: f"{name}{days}.{kind}" for kind in ("key", "csr", "ext", "pem")}
        (self.folder / given["ext"]).write_text("subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts))
        _openssl(self.folder, "req", *_KEY, "-keyout", given["key"], "-out", given["csr"], "-subj", f"/CN={name}")
        signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", str(days))
        files = ("-in", given["csr"], "-extfile", given["ext"], "-out", given["pem"])
        _openssl(self.folder, "x509", "-req", *signing, *files)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / given["pem"], self.folder / given["key"])
        return context


async def pump(reader, writer):
    """Carry bytes one way until there are no more."""
    try:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except (OSError, ssl.SSLError):
        pass
    finally:
        if not writer.can_write_eof():
            writer.close()


async def both_ways(one, other):
    """Carry bytes between two connections until both are at their end."""
    try:
        async with asyncio.TaskGroup() as carrying:
            carrying.create_task(pump(one[0], other[1]))
            carrying.create_task(pump(other[0], one[1]))
    finally:
        one[1].close()
        other[1].close()


@asynccontextmanager
async def listening(handle, **given):
    """Listen on a free port and give it; what is still connected at the end is cut."""
    tasks = set()

    async def connected(reader, writer):
        tasks.add(asyncio.current_task())
        try:
            await handle(reader, writer)
        except (OSError, asyncio.CancelledError, ExceptionGroup):
            pass
        finally:
            tasks.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, **given)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        left = list(tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


@asynccontextmanager
async def tls_front(context, port):
    """A server that speaks TLS and hands on in plain to another port; give its own."""

    async def handle(reader, writer):
        await both_ways((reader, writer), await asyncio.open_connection("127.0.0.1", port))

    async with listening(handle, ssl=context) as front:
        yield front
