"""More at once than the bot can do: everybody hears so, nobody waits for somebody else's trouble, and it passes."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from harbor import ALICE, BOB, GENERAL, PAYMENTS, harbor_at
from structlog.testing import capture_logs

from bot.messages.errors import TOO_MANY
from bot.runtime.tasks import TASKS_LIMIT, BackgroundTasks
from sandbox.faults import Fault
from sandbox.slack.conversation.controls import controls

AT_A_TIME = 200
SEND_AWAY = 100


def acknowledge_of(listed):
    found = (element["action_id"] for _, element in controls(listed["blocks"]))
    return next(action for action in found if action.startswith("acknowledge:"))


async def storm(place, count):
    """Let a list be asked for so many times, a few at a time."""
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one():
        async with gate:
            return await place.slack.command(ALICE, PAYMENTS, "/flashduty incidents")

    return await asyncio.gather(*(one() for _ in range(count)))


async def filled(place):
    """Give the bot as much to do as it takes, with a Flashduty that hangs."""
    place.flashduty.fail("/incident/list", Fault.hang(), times=None)
    while place.bot.work.in_progress < TASKS_LIMIT:
        missing = TASKS_LIMIT - place.bot.work.in_progress
        await asyncio.gather(
            *(place.slack.command(ALICE, PAYMENTS, "/flashduty incidents") for _ in range(min(missing, AT_A_TIME)))
        )


@pytest.mark.parametrize("socket_mode", [True, False], ids=["socket", "http"])
async def test_commands__more_than_can_be_done__are_told_so_at_once_and_the_others_answered(socket_mode):
    """Work is bounded, and a person beyond the bound reads a sentence."""
    async with harbor_at(socket_mode=socket_mode) as place:
        await filled(place)
        before = len(place.shown())
        deliveries = await storm(place, SEND_AWAY)
        assert all(delivery.acked for delivery in deliveries)
        sent_away = sum(TOO_MANY in str(delivery.answer) for delivery in deliveries)
        assert sent_away > 0
        assert place.bot.work.in_progress <= TASKS_LIMIT + AT_A_TIME
        await place.slack.settled(timeout=60)
        assert place.bot.work.in_progress == 0
        assert len(place.shown()) >= before
        place.flashduty.mend()
        assert "incident" in (await place.types("/flashduty incidents"))["text"]


async def test_a_press_and_a_mention__when_there_is_too_much_to_do__are_told_so_as_well():
    """Work is bounded, and a person beyond the bound reads a sentence."""
    async with harbor_at() as place:
        listed = await place.types("/flashduty incidents")
        await filled(place)
        seen = [len(place.shown(who)) for who in (ALICE, BOB)]
        action = acknowledge_of(listed)
        pressed = await place.slack.press(ALICE, listed, action_id=action)
        await place.slack.say(BOB, PAYMENTS, "<@U0FLASHBOT> incidents")
        assert pressed.acked
        await place.slack.until(lambda: TOO_MANY in place.sees(ALICE)[seen[0] :], timeout=10)
        await place.slack.until(lambda: TOO_MANY in place.sees(BOB)[seen[1] :], timeout=10)
        assert place.called("/incident/ack") == []
        await place.slack.settled(timeout=60)


async def test_a_second_delivery__when_there_is_too_much_to_do__is_not_told_that_nothing_was_done():
    async with harbor_at() as place:
        place.flashduty.fail("/incident/list", Fault.hang(), times=None)
        said = await place.slack.say(BOB, PAYMENTS, "<@U0FLASHBOT> incidents")
        await filled(place)
        await place.slack.redeliver(said)
        await place.slack.settled(timeout=60)
        assert TOO_MANY not in place.sees(BOB)


async def test_one_method_of_slack_that_hangs__holds_up_nobody_else():
    """At 40 requests a second, one hanging method once made everybody wait for 12 s."""
    async with harbor_at() as place:
        await place.types("/flashduty help", BOB)
        place.slack.fail("chat.postEphemeral", Fault.hang(), times=None)
        await asyncio.gather(*(place.slack.say(ALICE, GENERAL, "<@U0FLASHBOT> help") for _ in range(150)))
        await place.slack.until(lambda: place.bot.work.in_progress >= 150)
        for _ in range(5):
            assert "/flashduty" in (await place.types("/flashduty help", BOB))["text"]
        place.slack.mend()


BOTH = pytest.mark.parametrize("socket_mode", [True, False], ids=["socket", "http"])


@asynccontextmanager
async def at_the_last_bound(*, socket_mode):
    """A bot that has one request under way, one person more to send away, and no room for the next."""
    async with harbor_at(socket_mode=socket_mode, work=BackgroundTasks(limit=1, refusals_limit=1)) as place:
        listed = await place.types("/flashduty incidents")
        await place.slack.settled()
        place.flashduty.fail("/incident/list", Fault.hang(), times=None)
        place.slack.fail("chat.postEphemeral", Fault.hang(), times=None)
        await place.slack.command(BOB, PAYMENTS, "/flashduty incidents")
        await place.slack.until(lambda: place.bot.work.in_progress == 1)
        await place.slack.say(BOB, PAYMENTS, "<@U0FLASHBOT> incidents")
        await place.slack.until(lambda: place.bot.work.in_progress == 2)
        yield place, listed


@BOTH
async def test_a_press__beyond_the_last_bound__is_not_acknowledged_so_that_slack_says_so(socket_mode, caplog):
    """A request that is acknowledged and then dropped is lost without a word."""
    async with at_the_last_bound(socket_mode=socket_mode) as (place, listed):
        action = acknowledge_of(listed)
        with capture_logs() as lines:
            pressed = await asyncio.gather(*(place.slack.press(ALICE, listed, action_id=action) for _ in range(3)))
        assert not any(press.acked for press in pressed)
        assert all(press.shown_error for press in pressed)
        assert {press.status for press in pressed} == ({503} if not socket_mode else {None})
        assert place.called("/incident/ack") == []
        assert len([line for line in lines if line["event"] == "tasks.refused"]) <= 1
        assert "Unhandled" not in caplog.text
        place.flashduty.mend()
        place.slack.mend()
        await place.slack.settled(timeout=60)
        await place.presses(listed, action)
        assert len(place.called("/incident/ack")) == 1


@BOTH
async def test_a_mention__beyond_the_last_bound__is_not_acknowledged_and_answered_when_it_comes_again(socket_mode):
    """A request that is acknowledged and then dropped is lost without a word."""
    async with at_the_last_bound(socket_mode=socket_mode) as (place, _):
        said = await place.slack.say(ALICE, PAYMENTS, "<@U0FLASHBOT> help")
        assert not said.acked
        place.flashduty.mend()
        place.slack.mend()
        await place.slack.settled(timeout=60)
        before = len(place.slack.seen_by(ALICE, PAYMENTS))
        await place.slack.retry(said)
        await place.slack.until(lambda: len(place.slack.seen_by(ALICE, PAYMENTS)) > before)
        answer = place.slack.seen_by(ALICE, PAYMENTS)[-1]
        assert answer["thread_ts"] == said.message["ts"]
        assert "/flashduty" in answer["text"]
