"""A pretend Flashduty on a frozen Tuesday morning, and somebody who calls it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import pytest

from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty

START = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
DAY = 86_400


@dataclass
class Answer:
    status: int
    headers: dict
    body: dict

    @property
    def data(self):
        return self.body["data"]

    @property
    def code(self):
        return self.body["error"]["code"]

    @property
    def message(self):
        return self.body["error"]["message"]


class Desk:
    """Calls the pretend Flashduty over a socket."""

    def __init__(self, flashduty, session):
        self.flashduty = flashduty
        self.clock = flashduty.clock
        self.account = flashduty.account
        self.now = int(START.timestamp())
        self._session = session

    async def raw(self, path, *, method="POST", key="payments", params=None, **given):
        given_params = {"app_key": str(self.flashduty.keys.get(key, key))} if key else {}
        async with self._session.request(
            method, self.flashduty.url + path, params=given_params | (params or {}), **given
        ) as response:
            return Answer(response.status, dict(response.headers), await response.json())

    async def ask(self, path, body, *, key="payments", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.raw(path, key=key, json=body, headers=named)

    async def gets(self, path, body, *, key="payments"):
        answer = await self.ask(path, body, key=key)
        assert answer.status == 200, answer.body
        return answer.data

    async def incidents(self, **filters):
        body = {"start_time": self.now - 31 * DAY + 60, "end_time": self.now + 60, "limit": 100}
        body |= {name: value for name, value in filters.items() if name != "key"}
        return (await self.gets("/incident/list", body, key=filters.get("key", "payments")))["items"] or []

    async def incident(self, incident_id):
        return await self.gets("/incident/info", {"incident_id": incident_id})


@pytest.fixture
async def desk():
    flashduty = PretendFlashduty(clock=Clock(START, frozen=True))
    flashduty.rate_limit.is_on = False
    async with flashduty, aiohttp.ClientSession() as session:
        yield Desk(flashduty, session)
