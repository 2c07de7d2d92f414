"""A receiver of webhooks on loopback."""

import asyncio
import json
from dataclasses import dataclass, field

import pytest
from aiohttp import web


@dataclass
class Receiver:
    """What arrived, and how it is answered: `answers` are the next statuses, `hangs` how many are never answered."""

    url: str = ""
    got: list = field(default_factory=list)
    bodies: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    hangs: int = 0
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request):
        self.got.append(request)
        self.bodies.append(await request.text())
        if self.hangs:
            self.hangs -= 1
            await self._stop.wait()
        return web.Response(status=self.answers.pop(0) if self.answers else 200, text="thanks")

    @property
    def events(self):
        return [json.loads(body) for body in self.bodies]

    @property
    def types(self):
        return [event["event_type"] for event in self.events]


@pytest.fixture
async def receiver():
    here = Receiver()
    app = web.Application()
    app.router.add_post("/hook", here.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield here
    here._stop.set()  # noqa: SLF001 - lets go what hangs
    await runner.cleanup()
