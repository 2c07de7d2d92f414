"""What the digests at nine are compared with: a call for each schedule, and every call at once without any pacing."""

import asyncio
import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpx
from pydantic import SecretStr

from bot.flashduty import Account, Flashduty, open_pool
from bot.runtime import logs
from tests.proofs.bench.mornings import TOO_MANY, Asked, flashduty, seen_by
from tests.proofs.bench.twenty_teams import NINE, SCHEDULES, TEAMS, account, flashduty_team, schedule_name

PATIENCE: Final = 60.0
NAIVE_PAUSE: Final = 1.0
LOOK_AHEAD: Final = timedelta(days=44)


@dataclass(frozen=True)
class Way:
    """Seconds until all calls were over, how many Flashduty took, how often it said 429, and how many never worked."""

    seconds: float
    calls: int
    too_many: int
    failed: int


async def a_call_per_schedule() -> Way:
    """Ask for each schedule by its name, through the bot's own client and limiter."""
    logs.configure("critical", "json")
    with flashduty() as url:
        async with open_pool(url) as pool:
            seconds, failed = await _timed(_each_schedule(pool))
        return _way(seconds, failed, await seen_by(url))


async def a_plain_burst(calls: Iterable[Asked]) -> Way:
    """Send the calls of all digests at once with a bare client, and again after a 429."""
    owners = {key.owner_id: str(key) for key in account().keys.values()}
    with flashduty() as url:
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=httpx.Limits()) as client:
            work = (_until_answered(client, call, owners[call.key_owner]) for call in calls)
            seconds, failed = await _timed(work)
        return _way(seconds, failed, await seen_by(url))


async def _timed(work: Iterable[Coroutine[Any, Any, object]]) -> tuple[float, int]:
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        ends = await asyncio.gather(*work, return_exceptions=True)
    return time.monotonic() - began, sum(isinstance(end, Exception) for end in ends)


def _way(seconds: float, failed: int, requests: tuple[Asked, ...]) -> Way:
    too_many = sum(one.status == TOO_MANY for one in requests)
    return Way(seconds, len(requests) - too_many, too_many, failed)


def _each_schedule(pool: httpx.AsyncClient) -> Iterable[Coroutine[Any, Any, object]]:
    shared, keys = Account(), account().keys
    deadline = asyncio.get_running_loop().time() + PATIENCE
    for team in TEAMS:
        key = SecretStr(str(keys[f"team {team:02}"]))
        client = Flashduty(pool, shared, team=f"T{team:02}", app_key=key).until(deadline)
        for number in range(1, SCHEDULES + 1):
            name = schedule_name(team, number)
            yield client.schedules(NINE, NINE + LOOK_AHEAD, team_ids=[flashduty_team(team)], text=name)


async def _until_answered(client: httpx.AsyncClient, call: Asked, key: str) -> None:
    while True:
        answer = await client.post(call.path, params={"app_key": key}, json=call.body)
        if answer.status_code != TOO_MANY:
            return
        await asyncio.sleep(float(answer.headers.get("Retry-After", NAIVE_PAUSE)))
