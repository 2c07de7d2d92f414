"""A mention in a channel is answered in its thread for everybody; refusals, failures and what is personal are not."""

import pytest
from harbor import ALICE, BOB, CAROL, GENERAL, PAYMENTS, harbor_at

from sandbox.faults import Fault

BOT = "<@U0FLASHBOT>"


async def answers(place, text, *, user=ALICE, channel=PAYMENTS, thread=None):
    """Say something, and give what Bob and the person see after it."""
    known = {one["ts"] for who in (user, BOB) for one in place.slack.seen_by(who, channel)}
    delivery = await place.slack.say(user, channel, text, thread_ts=thread)
    await place.slack.settled()
    said = delivery.message["ts"]
    new = [[one for one in place.slack.seen_by(who, channel) if one["ts"] not in {*known, said}] for who in (BOB, user)]
    return said, *new


@pytest.mark.parametrize("words", ["incidents", "oncall", "oncall week", "help", "digest", "值班", "D0D0D0"])
async def test_a_mention__is_answered_in_its_thread_for_everybody(quay, words):
    said, for_bob, for_alice = await answers(quay, f"{BOT} {words}")
    assert [one["thread_ts"] for one in for_bob] == [said]
    assert for_alice == for_bob
    assert not for_bob[0]["ephemeral"]


async def test_a_mention__through_either_transport__has_one_answer(harbor):
    _, for_bob, _ = await answers(harbor, f"{BOT} incidents")
    assert len(for_bob) == 1


async def test_a_mention_in_a_thread__is_answered_in_that_thread(quay):
    root = (await quay.slack.say(BOB, PAYMENTS, "something is wrong")).message
    _, for_bob, _ = await answers(quay, f"{BOT} incidents", thread=root["ts"])
    assert [one["thread_ts"] for one in for_bob] == [root["ts"]]


async def test_a_number__is_acknowledged_by_mention__and_the_thread_is_told(quay):
    record = quay.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    said, for_bob, for_alice = await answers(quay, f"{BOT} 认领{record['num']}")
    (line,) = for_bob
    assert "Alice Chen acknowledged" in line["text"]
    assert line["thread_ts"] == said
    assert any(one["ephemeral"] and "You acknowledged" in one["text"] for one in for_alice)


@pytest.mark.parametrize(
    "words", ["me", "incidnts", "incident FFFFFF", "oncall at:yesterday", "close FFFFFF", "digest x"]
)
async def test_what_is_personal_or_refused__only_the_asker_sees(quay, words):
    _, for_bob, for_alice = await answers(quay, f"{BOT} {words}")
    assert for_bob == []
    assert [one["ephemeral"] for one in for_alice] == [True]


async def test_a_failure__only_the_asker_sees(quay):
    quay.flashduty.fail("*", Fault.code("InternalError"), times=None)
    _, for_bob, for_alice = await answers(quay, f"{BOT} incidents")
    assert for_bob == []
    (told,) = for_alice
    assert told["ephemeral"]


async def test_a_refusal__only_the_asker_sees(quay):
    _, for_bob, for_carol = await answers(quay, f"{BOT} ack FFFFFF", user=CAROL)
    assert for_bob == []
    assert [one["ephemeral"] for one in for_carol] == [True]


async def test_in_a_channel_of_no_team__only_the_asker_sees_the_teams_incidents(quay):
    known = {one["ts"] for one in quay.slack.seen_by(BOB, GENERAL)}
    delivery = await quay.slack.say(ALICE, GENERAL, f"{BOT} incidents team:payments")
    await quay.slack.settled()
    others = [one for one in quay.slack.seen_by(BOB, GENERAL) if one["ts"] not in known]
    assert [one["ts"] for one in others] == [delivery.message["ts"]]
    assert quay.slack.seen_by(ALICE, GENERAL)[-1]["ephemeral"]


async def test_a_channel_that_takes_no_answer__leaves_it_with_the_asker(quay):
    quay.slack.fail("chat.postMessage", Fault.code("restricted_action"), times=None)
    _, for_bob, for_alice = await answers(quay, f"{BOT} oncall")
    assert for_bob == []
    assert any("On call now" in one["text"] for one in for_alice)


async def test_the_answer__is_in_the_language_of_the_channel__and_a_refusal_in_that_of_the_person():
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__LANGUAGE="zh") as place:
        place.slack.workspace.people[ALICE].locale = "en-US"
        _, for_bob, _ = await answers(place, f"{BOT} help")
        assert "帮助" in str(for_bob[0]["blocks"]) or "故障" in str(for_bob[0]["blocks"])
        _, _, for_alice = await answers(place, f"{BOT} merge FFFFFF")
        assert "Nothing was changed" in for_alice[0]["text"]
