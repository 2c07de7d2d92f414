"""The morning digest, with the clock in hand."""

import asyncio
from datetime import timedelta

from harbor import CAROL, NOW, SEARCH, harbor_at

from bot.__main__ import running
from sandbox.faults import Fault

BOTH = {
    "FLASHDUTY_TEAMS__SEARCH__DIGEST_CHANNEL": SEARCH,
    "FLASHDUTY_TEAMS__SEARCH__TIMEZONE": "Europe/Berlin",
}


async def let_it_be_nine(place):
    place.clock.shift(timedelta(minutes=30))
    await place.bot.tick()


async def test_the_digest_comes_at_nine__once(quay):
    await quay.bot.tick()
    assert quay.sees(CAROL) == []
    await let_it_be_nine(quay)
    await quay.bot.tick()
    (digest,) = quay.shown(CAROL)
    assert "Good morning, team payments. Tuesday, 24 November 2026" in digest["text"]
    assert not digest["mentions"]


async def test_a_digest_that_comes_late_says_so():
    async with harbor_at(NOW + timedelta(hours=2)) as place:
        await place.bot.tick()
        (text,) = place.sees(CAROL)
        assert "Late: this was planned for" in text


async def test_after_a_restart_the_digest_is_not_posted_again_nor_by_another_replica(quay):
    await let_it_be_nine(quay)
    async with running(quay.settings, clock=quay.clock.now) as other:
        await asyncio.gather(quay.bot.tick(), other.tick())
    assert len(quay.sees(CAROL)) == 1


async def test_a_digest_whose_answer_was_lost_is_found_and_not_posted_again():
    async with harbor_at(honours_client_msg_id=False) as place:
        place.slack.fail("chat.postMessage", Fault.lost_answer())
        await let_it_be_nine(place)
        place.clock.shift(timedelta(minutes=1))
        await place.bot.tick()
        assert len(place.sees(CAROL)) == 1


async def test_a_digest_costs_five_calls_at_most(quay):
    await let_it_be_nine(quay)
    assert [call.path for call in quay.flashduty.calls].count("/schedule/list") == 1
    assert len(quay.flashduty.calls) <= 5


async def test_the_private_digest_is_what_would_be_posted(quay):
    quay.clock.shift(timedelta(minutes=30))
    private = await quay.types("/flashduty digest")
    assert private["ephemeral"]
    await quay.bot.tick()
    posted = quay.shown(CAROL)[-1]
    # Both are cut where Slack's limit is, and only one has a thread to point to.
    assert posted["text"].replace(", in the thread", "")[:3800] == private["text"][:3800]


async def test_acknowledging_in_the_digest_redraws_it(quay):
    await let_it_be_nine(quay)
    (digest,) = quay.shown()
    button = next(
        block["accessory"]["action_id"]
        for block in digest["blocks"]
        if block.get("accessory", {}).get("action_id", "").startswith("acknowledge:")
    )
    await quay.presses(digest, button)

    def redrawn():
        return next(m for m in quay.shown(CAROL) if m["ts"] == digest["ts"])

    await quay.slack.until(lambda: button not in str(redrawn()["blocks"]))
    await quay.slack.until(lambda: any(" acknowledged <http" in text for text in quay.sees(CAROL)))


async def test_one_teams_failure_touches_no_other():
    async with harbor_at(**BOTH) as place:
        key = place.flashduty.keys["payments"]
        del place.flashduty.keys["payments"]
        place.flashduty.account.keys.pop(key, None)
        await let_it_be_nine(place)
        assert "could not be made" in place.sees(CAROL)[-1]
        assert "Good morning, team search" in place.sees(CAROL, SEARCH)[-1]


async def test_a_part_that_fails_leaves_the_rest(quay):
    quay.flashduty.fail("/schedule/list", Fault.code("AccessDenied"))
    await let_it_be_nine(quay)
    text = quay.sees(CAROL)[-1]
    assert "*On call* could not be read." in text
    assert "open" in text


async def test_no_digest_on_a_saturday():
    async with harbor_at() as place:
        place.clock.shift(timedelta(days=4))
        await place.bot.tick()
        before = len(place.sees(CAROL))
        place.clock.shift(timedelta(minutes=31))
        await place.bot.tick()
        assert len(place.sees(CAROL)) == before


async def test_people_on_call_have_their_slack_names__and_nobody_is_notified(quay):
    await let_it_be_nine(quay)
    (digest,) = quay.shown(CAROL)
    assert "@Bob Müller" in digest["text"]
    assert digest["mentions"] == []


async def test_people_on_call_are_mentioned__where_the_team_wants_it():
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__DIGEST_MENTION="true") as place:
        await let_it_be_nine(place)
        (digest,) = place.shown(CAROL)
        assert "U0BOB" in digest["mentions"]


async def test_without_the_scope_names_are_those_of_flashduty(quay):
    quay.slack.workspace.app.scopes = tuple(s for s in quay.slack.workspace.app.scopes if s != "users:read.email")
    await let_it_be_nine(quay)
    (digest,) = quay.shown(CAROL)
    assert "Bob Müller" in digest["text"]
