"""The plain way to follow hints: for each one call that reads the incident, one row, one edit; nothing else.

It is told the hints by the port it listens at, as the bot is, with the same libraries.
"""

import asyncio
import json
import os
import re
import signal
from typing import Any, Final

import aiohttp
import httpx
import uvicorn
import uvloop
from sqlalchemy import Column, MetaData, String, Table, Text, insert
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.engine.engines import engine_for

IN_PROGRESS: Final = 200
READ: Final = "/incident/list-by-ids"
_ID: Final = re.compile(rb'"incident_id": ?"([0-9a-f]{24})"')
ROWS: Final = Table("rows", MetaData(), Column("id", String), Column("shown", Text))


class Bare:
    """Everything it needs, open."""

    def __init__(self, flashduty: httpx.AsyncClient, slack: aiohttp.ClientSession, engine: AsyncEngine) -> None:
        self._flashduty = flashduty
        self._slack = slack
        self._engine = engine
        self._messages: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # SQLite takes one writer, and others that wait in it may wait too long.
        self._writes = asyncio.Lock()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """Take a hint, or with another path the messages to edit, by incident."""
        body, more = b"", True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        if scope["path"] == "/messages":
            self._messages = json.loads(body)
        elif found := _ID.search(body):
            task = asyncio.create_task(self._follow(found[1].decode()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _follow(self, incident_id: str) -> None:
        answer = await self._flashduty.post(
            READ, params={"app_key": os.environ["APP_KEY"]}, json={"incident_ids": [incident_id]}
        )
        title = answer.json()["data"]["items"][0]["title"]
        async with self._writes, self._engine.begin() as connection:
            await connection.execute(insert(ROWS).values(id=incident_id, shown=title))
        message = self._messages[incident_id]
        async with self._slack.post("chat.update", json={**message, "text": title}) as done:
            await done.read()


async def main() -> None:
    """Serve until SIGTERM; the first line printed is the address."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    engine = engine_for(make_url(os.environ["DATABASE_URL"].replace("sqlite:", "sqlite+aiosqlite:")), 5, 5)
    async with engine.begin() as connection:
        await connection.run_sync(ROWS.metadata.create_all)
    limits = httpx.Limits(max_connections=IN_PROGRESS, max_keepalive_connections=IN_PROGRESS)
    headers = {"Authorization": f"Bearer {os.environ['SLACK_BOT_TOKEN']}"}
    async with (
        httpx.AsyncClient(base_url=os.environ["FLASHDUTY_API_URL"], limits=limits, timeout=60) as flashduty,
        aiohttp.ClientSession(os.environ["SLACK_API_URL"], headers=headers) as slack,
    ):
        config = uvicorn.Config(
            Bare(flashduty, slack, engine).app,
            http="httptools",
            ws="none",
            interface="asgi3",
            lifespan="off",
            access_log=False,
            log_config=None,
            host="127.0.0.1",
            port=int(os.environ["PORT"]),
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        await stop.wait()
        server.should_exit = True
        await serving
    await engine.dispose()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
