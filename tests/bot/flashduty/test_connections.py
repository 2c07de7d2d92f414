"""What is left of the pool after calls were cancelled at every moment."""

import asyncio

import pytest
import structlog
from scripted import HANG

from bot.flashduty import Timeouts, open_pool
from bot.flashduty.http.transport import MAX_CONNECTIONS

CANCELLED = 2_400
# How many steps of the event loop a call makes until it is connected, and a few more.
STEPS = 12


async def cancelled_after(client, steps):
    calling = asyncio.ensure_future(client.key_owner())
    for _ in range(steps):
        await asyncio.sleep(0)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)


async def cancel_many(client):
    for first in range(0, CANCELLED, STEPS):
        await asyncio.gather(*(cancelled_after(client, step) for step in range(min(STEPS, CANCELLED - first))))


@pytest.fixture
async def patient(server, client, unpaced):
    limits = Timeouts(read=30, operation=30)
    async with open_pool(server.url, timeouts=limits) as pool:
        yield client.copy_with(pool=pool, account=unpaced, timeouts=limits)


async def asked_by(server, count):
    while len(server.asked) < count:
        server.was_asked.clear()
        await server.was_asked.wait()


async def test_after_calls_cancelled_while_connecting__as_many_can_go_at_once_as_before(server, patient):
    """httpcore once lost 11 of 200 places after 2,400 calls."""
    with structlog.testing.capture_logs() as lines:
        await cancel_many(patient)
    server.asked.clear()
    server.plays(then=HANG)
    calls = [asyncio.ensure_future(patient.key_owner()) for _ in range(MAX_CONNECTIONS - 10)]
    async with asyncio.timeout(20):
        await asked_by(server, len(calls))
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    told = [line for line in lines if line["event"] == "flashduty.connections_replaced"]
    # The bot noticed, rather than httpcore having been mended; then this module can go.
    assert told


async def test_a_pool_that_is_replaced__lets_what_is_under_way_end(server, patient):
    server.plays(HANG)
    under_way = asyncio.ensure_future(patient.key_owner())
    await server.was_asked.wait()
    await cancel_many(patient)
    assert not under_way.done()
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)
