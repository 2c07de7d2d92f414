from datetime import UTC, datetime
from types import SimpleNamespace

import aiohttp
import pytest

from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from sandbox.stage import Stage

# A Tuesday, half past eight in Berlin.
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


class Follower:
    """A bot that only notes how far its clock was moved."""

    def __init__(self):
        self.moved = []

    async def move_clock(self, seconds):
        self.moved.append(seconds)


@pytest.fixture
async def place():
    """The stage on a frozen clock: `do(path)` presses one of its buttons."""
    clock = Clock(NOW, frozen=True)
    flashduty = PretendFlashduty(clock=clock, account=harbor_account(NOW))
    slack = PretendSlack(clock=clock)
    stage = Stage(slack, flashduty, clock)
    stage.bot = Follower()
    async with flashduty, slack, aiohttp.ClientSession() as session:

        async def do(path):
            async with session.post(f"{slack.url}/demo/{path}", json={}) as answer:
                return await answer.json()

        yield SimpleNamespace(clock=clock, flashduty=flashduty, slack=slack, bot=stage.bot, stage=stage, do=do)


async def test_nine__moves_the_clock_of_everybody(place):
    told = await place.do("nine")
    assert told["sentence"] == "It is Tuesday, 09:00. The digest is due."
    assert place.clock.now() == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert place.bot.moved == [1800.0]


async def test_hand_over__moves_the_clock_of_everybody_to_the_next_change(place):
    sentences = [(await place.do("hand-over"))["sentence"] for _ in range(3)]
    assert sentences == [
        "It is Tuesday, 09:00: Payments backup changes hands.",
        "It is Wednesday, 09:00: Payments backup changes hands.",
        "It is Wednesday, 18:00: Payments primary changes hands.",
    ]
    assert place.clock.now() == datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    # Half an hour before first, where there is so much time, for the reminder.
    assert place.bot.moved == [1800.0, 84_600.0, 1800.0, 30_600.0, 1800.0]


async def test_hand_over__of_two_schedules_at_once__names_both(place):
    place.clock.move_to(datetime(2026, 11, 30, 7, 0, tzinfo=UTC))
    told = await place.do("hand-over")
    assert told["sentence"] == "It is Monday, 09:00: Payments primary and Payments backup change hands."


async def test_hand_over__where_nobody_takes_over__says_so_and_leaves_the_time(place):
    place.flashduty.account.schedules.clear()
    told = await place.do("hand-over")
    assert (told["ok"], told["error"]) == (False, "no_hand_over")
    assert told["sentence"] == "Nobody hands over in Payments during the next 45 days."
    assert place.clock.now() == NOW
    assert place.bot.moved == []


async def test_hand_over__before_the_bot_is_there__moves_the_clock(place):
    place.stage.bot = None
    assert (await place.do("hand-over"))["ok"]
    assert place.clock.now() == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


async def test_hand_over__tells_the_pages(place):
    with place.slack.notices.listening("U0ALICE") as listener:
        await place.do("hand-over")
        assert ("clock", {"now": "2026-11-24T08:00:00+00:00"}) in [
            listener.unread.get_nowait() for _ in range(listener.unread.qsize())
        ]
