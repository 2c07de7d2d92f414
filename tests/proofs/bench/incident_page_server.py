"""A server that answers every request with the same page of incidents, and at its end says how often it was dialled."""

import asyncio
import json
import signal
import sys
from datetime import UTC, datetime
from typing import Final

from sandbox.flashduty import harbor_account
from tests.proofs.bench.processes import LOOPBACK

PAGE_BYTES: Final = 200_000
_LENGTH: Final = b"content-length:"
_END: Final = b"\r\n\r\n"


def page() -> bytes:
    """Write a page of lifelike incidents of about 200 KB, as `/incident/list` answers."""
    records, size = [], 0
    for record in harbor_account(datetime(2026, 11, 24, 8, tzinfo=UTC)).incidents.values():
        if size >= PAGE_BYTES:
            break
        records.append(record)
        size += len(json.dumps(record, ensure_ascii=False).encode())
    data = {"items": records, "total": len(records), "has_next_page": False, "search_after_ctx": ""}
    answer = {"request_id": "01HK8XQE3Z7JM2NTFQ5YJ8P9R4", "data": data}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def response(body: bytes) -> bytes:
    """Put the head of an HTTP answer before a body."""
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection: counts itself, and answers each complete request."""

    dialled = 0
    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        Connection.dialled += 1
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer when the whole request is here."""
        self._received += data
        head, end, body = self._received.partition(_END)
        if end and len(body) >= _announced(head) and isinstance(self._transport, asyncio.WriteTransport):
            self._received = b""
            self._transport.write(self.answer)


def _announced(head: bytes) -> int:
    lines = (line for line in head.lower().split(b"\r\n") if line.startswith(_LENGTH))
    return int(next(lines, b":0").partition(b":")[2])


async def _serve() -> None:
    Connection.answer = response(page())
    server = await asyncio.get_running_loop().create_server(Connection, LOOPBACK, 0)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await stopped.wait()
    server.close()
    sys.stdout.write(f"{Connection.dialled}\n")


if __name__ == "__main__":
    asyncio.run(_serve())
