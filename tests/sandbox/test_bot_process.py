import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from sandbox import bot_process, demo

# Stands for the bot: `answers` says after how many seconds each line it takes is done; None ends it instead.
CHILD = """
import json, sys, time
print(json.dumps({"url": "http://127.0.0.1:1"}), flush=True)
for pause, line in zip(json.loads(sys.argv[1]), sys.stdin):
    if pause is None:
        break
    time.sleep(pause)
    print(json.dumps({"ticked": True}), flush=True)
else:
    sys.stdin.read()
"""


@pytest.fixture
async def child():
    """Start a bot that answers so: `await child(0.1, None)`."""
    begun = []

    async def start(*answers):
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, json.dumps(answers), stdin=pipe, stdout=pipe, stderr=pipe
        )
        bot = demo.BotProcess(process, is_verbose=False)
        begun.append(bot)
        await bot.ready()
        return bot

    yield start
    for bot in begun:
        await bot.stop()


async def seconds_of(moving):
    loop = asyncio.get_running_loop()
    began = loop.time()
    await moving
    return loop.time() - began


async def test_move_clock__returns_when_the_bot_is_done(child):
    bot = await child(0.3)
    assert 0.25 <= await seconds_of(bot.move_clock(60)) < 5


async def test_move_clock__each_waits_for_its_own_turn(child):
    bot = await child(0.2, 0.3)
    first, second = await asyncio.gather(seconds_of(bot.move_clock(60)), seconds_of(bot.move_clock(60)))
    assert second - first >= 0.25


async def test_move_clock__bot_that_needs_too_long__goes_on(child, monkeypatch):
    monkeypatch.setattr(demo, "TICK_SECONDS", 0.1)
    bot = await child(0.6, 0.0)
    assert await seconds_of(bot.move_clock(60)) < 0.5
    monkeypatch.setattr(demo, "TICK_SECONDS", 15.0)
    # Its late answer to the first is not taken for one to the second.
    assert await seconds_of(bot.move_clock(60)) >= 0.3


async def test_move_clock__bot_that_ends__goes_on(child):
    bot = await child(None)
    assert await seconds_of(bot.move_clock(60)) < 5


async def test_follow__says_so_after_each_tick(capsys):
    clock = bot_process.FollowingClock()
    orders = asyncio.StreamReader()
    seen = []

    async def tick():
        seen.append((clock() - datetime.now(UTC), capsys.readouterr().out))

    for _ in range(2):
        orders.feed_data(b'{"shift": 3600}\n')
    orders.feed_eof()
    await bot_process.follow(SimpleNamespace(tick=tick), clock, orders)
    assert [said for _, said in seen] == ["", '{"ticked": true}\n']
    assert capsys.readouterr().out == '{"ticked": true}\n'
    hours = [round(ahead / timedelta(hours=1), 2) for ahead, _ in seen]
    assert hours == [1, 2]
