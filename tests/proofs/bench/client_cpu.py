"""What a call of our client costs in CPU, against the least that can be done: `-m tests.proofs.bench.client_cpu`."""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

import httpx
from pydantic import SecretStr

from bot.flashduty import Account, Flashduty, IncidentQuery, open_pool
from bot.flashduty.rate_limit import CallRateLimiter
from bot.runtime import logs
from tests.proofs.bench.processes import LOOPBACK, child
from tests.proofs.bench.row import Row, ratio

ROUNDS: Final = 15
CALLS: Final = 20
GOAL: Final = 1.0
CALLS_TO_DIAL_FOR: Final = 100
MOST_CONNECTIONS: Final = 2
# The pacing is worked out for each call, but nobody waits.
UNLIMITED: Final = 1_000_000

Call = Callable[[], Awaitable[object]]


def measure() -> list[Row]:
    """Ask for the same 200 KB page in turns, with logging on; the server is a process of its own."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device, not a path
        logs.configure("info", "json", stream=nowhere)
        with child("tests.proofs.bench.incident_page_server") as server:
            bare, ours = asyncio.run(_rounds(f"http://{LOOPBACK}:{server.first_line()}"))
        with ExitStack() as stack:
            server = stack.enter_context(child("tests.proofs.bench.incident_page_server"))
            asyncio.run(_calls(f"http://{LOOPBACK}:{server.first_line()}"))
            dialled = int(server.stop())
    return _rows(bare, ours, dialled)


async def _rounds(url: str) -> tuple[list[float], list[float]]:
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(open_pool(url))
        shared = await stack.enter_async_context(httpx.AsyncClient(base_url=url))
        bare, ours = _bare(shared), _ours(pool)
        costs = [(await _cost(bare), await _cost(ours)) for _ in range(ROUNDS + 1)]
    warm = costs[1:]
    return [each[0] for each in warm], [each[1] for each in warm]


async def _calls(url: str) -> None:
    async with open_pool(url) as pool:
        call = _ours(pool)
        for _ in range(CALLS_TO_DIAL_FOR):
            await call()


def _bare(shared: httpx.AsyncClient) -> Call:
    query = {"start_time": 1, "end_time": 2, "limit": 100}

    async def call() -> object:
        response = await shared.post("/incident/list", params={"app_key": "pretend"}, json=query)
        return json.loads(response.content)

    return call


def _ours(pool: httpx.AsyncClient) -> Call:
    account = Account(CallRateLimiter(per_second=UNLIMITED, per_minute=UNLIMITED))
    client = Flashduty(pool, account, team="payments", app_key=SecretStr("pretend"))
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    query = IncidentQuery(start=now - timedelta(days=1), end=now)
    return lambda: client.list_incidents(query)


async def _cost(call: Call) -> float:
    """Give the CPU seconds of one call, as the mean of some."""
    gc.collect()
    began = time.process_time()
    for _ in range(CALLS):
        await call()
    return (time.process_time() - began) / CALLS


def _rows(bare: list[float], ours: list[float], dialled: int) -> list[Row]:
    return [
        ratio(
            "CPU per call of our client, over a shared httpx client and json.loads, for a 200 KB page of incidents",
            f"median over {ROUNDS} interleaved rounds of {CALLS} in one process; key, pacing, models and log included",
            median(mine / theirs for mine, theirs in zip(ours, bare, strict=True)),
            GOAL,
            f"{median(ours) * 1000:.1f} ms over {median(bare) * 1000:.1f} ms",
        ),
        Row(
            f"connections opened for {CALLS_TO_DIAL_FOR} calls, one after the other",
            "counted by the server",
            str(dialled),
            f"≤ {MOST_CONNECTIONS}",
            dialled <= MOST_CONNECTIONS,
        ),
    ]


if __name__ == "__main__":
    for row in measure():
        sys.stdout.write(f"{row.what}: {row.measured} (goal {row.goal})\n")
