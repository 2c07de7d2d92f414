"""`digest post` and `digest week post`: once, and told to whoever asked, however slow everything is."""

from datetime import timedelta

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault

HURRIED = TimeLimits(notice=0.1, attempt=0.5)
POSTS = {"digest post": "Digest of team *payments*", "digest week post": "Report of team"}


def told(place, words, user=ALICE, channel=PAYMENTS):
    return [text for text in place.sees(user, channel) if words in text]


async def asked(place, words):
    await place.slack.command(ALICE, PAYMENTS, f"/flashduty {words}")
    # The first chart of a process takes its time on a busy machine.
    await place.slack.settled(60)
    return place.shown()


def public(place):
    return [m for m in place.shown(CAROL) if not m["ephemeral"]]


@pytest.mark.parametrize("words", POSTS)
async def test_a_post_that_slack_does_not_confirm__comes_once_when_it_is_tried_again(words):
    """Try again carries the same occasion."""
    async with harbor_at(time_limits=HURRIED) as place:
        place.slack.fail("chat.postMessage", Fault.lost_answer(), times=1)
        place.slack.fail("conversations.history", Fault.error("internal_error"), times=1)
        shown = await asked(place, words)
        failed = next(m for m in shown if "Slack did not confirm" in m["text"])
        assert len(public(place)) == 1
        place.clock.shift(timedelta(minutes=3))
        await place.presses(failed, "again:retry")
        assert len(public(place)) == 1
        assert told(place, "did not confirm") == []
        assert len(told(place, f"<#{PAYMENTS}>")) == 1


@pytest.mark.parametrize("words", POSTS)
async def test_a_slow_post__is_said_to_be_under_way_and_then_where_it_is(words):
    """Work that posts is not cancelled with the request."""
    async with harbor_at(time_limits=TimeLimits(notice=0.1, lookup=0.3, attempt=0.5)) as place:
        place.flashduty.fail("*", Fault.delay(0.4), times=None)
        shown = await asked(place, words)
        texts = [m["text"] for m in shown if m["ephemeral"]]
        assert texts[0].startswith("Posting ")
        assert f"is in <#{PAYMENTS}>" in texts[1]
        assert len(public(place)) == 1


async def test_a_post_that_slack_refuses__is_told_to_its_asker_and_not_to_the_admins():
    """A message to the admins would be wrong as soon as the person tries again."""
    async with harbor_at(time_limits=HURRIED, ADMINS=BOB) as place:
        place.slack.fail("chat.postMessage", Fault.error("is_archived"), times=1)
        await asked(place, "digest post")
        (told_alice,) = told(place, "was not posted")
        assert "is_archived" in told_alice
        place.clock.shift(place.clock.now().replace(hour=23) - place.clock.now())
        await place.bot.tick()
        assert place.sees(BOB, place.slack.workspace.im_with(BOB).id) == []


async def test_flashduty_fails__and_what_was_asked_for_is_said_not_to_be_posted():
    async with harbor_at(time_limits=HURRIED) as place:
        place.flashduty.fail("/schedule/list", Fault.code("InternalError"), times=None)
        await asked(place, "digest post")
        (error,) = told(place, "was not posted")
        assert "Something went wrong inside Flashduty" in error
        assert public(place) == []


async def test_a_slow_post_asked_for_in_a_direct_message__is_told_there():
    """Without a response URL."""
    async with harbor_at(time_limits=HURRIED) as place:
        place.flashduty.fail("*", Fault.delay(0.3), times=None)
        await place.slack.say(ALICE, "D0ALICE", "digest post team:payments")
        await place.slack.settled()
        said = [m["text"] for m in place.slack.seen_by(ALICE, "D0ALICE") if m["is_bot"]]
        assert said[0] == "Posting today's digest …"
        assert f"is in <#{PAYMENTS}>" in said[1]
        assert len(public(place)) == 1
