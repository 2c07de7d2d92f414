"""Several things that keep a topic from being right, one after another: each is announced once, and so is the end.

Two that take turns once were never announced, and two that lasted were announced every minute.
"""

from datetime import timedelta
from itertools import cycle, islice

from harbor import CAROL, PAYMENTS, harbor_at

from sandbox.faults import Fault

TOPIC = {"FLASHDUTY_TEAMS__PAYMENTS__TOPIC": "true", "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}
SET_TOPIC = "conversations.setTopic"
NOT_RIGHT, RIGHT_AGAIN = "does not show who is on call", "shows who is on call for team"


def announced(place, words):
    return [message["text"] for message in place.slack.seen_by(CAROL, PAYMENTS) if words in message["text"]]


def failing(*codes):
    """Slack refuses the topic from the start, with the first of these codes."""

    def prepare(slack):
        slack.fail(SET_TOPIC, Fault.error(codes[0]))

    return prepare


async def fails_in_turn(place, *codes, times, minutes=1):
    for code in islice(cycle(codes), times):
        place.slack.fail(SET_TOPIC, Fault.error(code))
        place.clock.shift(timedelta(minutes=minutes))
        await place.bot.tick()


async def goes_well(place):
    place.slack.mend()
    place.clock.shift(timedelta(minutes=5))
    await place.bot.tick()


async def test_two_that_pass_in_turn__are_announced_once_after_half_an_hour():
    codes = ("internal_error", "service_unavailable")
    async with harbor_at(prepare=failing(*codes), **TOPIC) as place:
        await fails_in_turn(place, *codes, times=5, minutes=5)
        assert announced(place, NOT_RIGHT) == []
        await fails_in_turn(place, *codes, times=6, minutes=5)
        assert len(announced(place, NOT_RIGHT)) == 1


async def test_two_that_last_in_turn__are_announced_once_each():
    codes = ("missing_scope", "not_in_channel")
    async with harbor_at(prepare=failing(*codes), **TOPIC) as place:
        await fails_in_turn(place, *codes, times=21)
        assert len(announced(place, NOT_RIGHT)) == 2


async def test_the_end__is_announced_whatever_came_last():
    async with harbor_at(prepare=failing("missing_scope"), **TOPIC) as place:
        await fails_in_turn(place, "missing_scope", times=1)
        await fails_in_turn(place, "internal_error", times=1)
        await goes_well(place)
        assert len(announced(place, NOT_RIGHT)) == 1
        assert len(announced(place, RIGHT_AGAIN)) == 1
        await goes_well(place)
        assert len(announced(place, RIGHT_AGAIN)) == 1


async def test_the_end_of_what_was_not_announced__is_not_announced():
    async with harbor_at(prepare=failing("internal_error"), **TOPIC) as place:
        await fails_in_turn(place, "internal_error", "service_unavailable", times=3)
        await goes_well(place)
        assert announced(place, NOT_RIGHT) == announced(place, RIGHT_AGAIN) == []


async def test_the_end__that_slack_refuses_at_first__is_announced_later():
    async with harbor_at(prepare=failing("missing_scope"), **TOPIC) as place:
        await fails_in_turn(place, "missing_scope", times=1)
        place.slack.fail("chat.postMessage", Fault.error("ratelimited"))
        place.clock.shift(timedelta(minutes=5))
        await place.bot.tick()
        assert announced(place, RIGHT_AGAIN) == []
        place.clock.shift(timedelta(minutes=16))
        await place.bot.tick()
        assert len(announced(place, RIGHT_AGAIN)) == 1


async def test_a_replica_that_ends__leaves_its_topic_to_the_next_one_at_once(tmp_path):
    database = f"sqlite:///{tmp_path}/bot.db"
    async with harbor_at(prepare=failing("missing_scope"), DATABASE_URL=database, **TOPIC) as place:
        await fails_in_turn(place, "missing_scope", times=1, minutes=0)
        assert "[on call: " not in place.slack.workspace.channels[PAYMENTS].topic
    async with harbor_at(DATABASE_URL=database, **TOPIC) as place:
        await place.bot.tick()
        assert "[on call: " in place.slack.workspace.channels[PAYMENTS].topic


async def test_a_code_of_any_length__is_announced_once():
    code = "very_long_" * 40
    async with harbor_at(prepare=failing(code), **TOPIC) as place:
        await fails_in_turn(place, code, times=3)
        assert len(announced(place, NOT_RIGHT)) == 1
