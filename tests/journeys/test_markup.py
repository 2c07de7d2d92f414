"""What people type arrives as Slack sends it: linked, escaped, and in channels also without the bot's name."""

import asyncio

import pytest
from harbor import ALICE, GENERAL, PAYMENTS, harbor_at

from sandbox.slack.workspace import Command

BOT = "<@U0FLASHBOT>"


def one_about(place, title):
    """Rename an open incident of the team's, so that only it fits."""
    incident = next(
        one
        for one in place.flashduty.account.incidents.values()
        if one["progress"] == "Triggered" and one["num"] == "0E83EE"
    )
    incident["title"] = title


@pytest.mark.parametrize("title", ["db1.harbor.example", "dana@harbor.example +49 30 123456-78"])
@pytest.mark.parametrize("way", ["mention", "direct message", "command", "escaping command"])
async def test_words_slack_links__are_searched_as_they_were_typed(harbor, title, way):
    """Slack turns `db1.harbor.example` into a link by itself; the mark-up is no part of the words."""
    one_about(harbor, f"Disk full: {title}")
    if way == "escaping command":
        harbor.slack.workspace.app.commands = (Command("/flashduty", "", "", should_escape=True),)
    if way == "mention":
        await harbor.slack.say(ALICE, PAYMENTS, f"{BOT} incidents {title}")
    elif way == "direct message":
        await harbor.slack.say(ALICE, f"D{ALICE[1:]}", f"incidents {title}")
    else:
        await harbor.slack.command(ALICE, PAYMENTS, f"/flashduty incidents {title}")
    await harbor.slack.settled()
    where = f"D{ALICE[1:]}" if way == "direct message" else PAYMENTS
    told = harbor.slack.seen_by(ALICE, where)[-1]
    assert told["is_bot"]
    assert "#0E83EE" in told["text"]


@pytest.fixture(params=["socket", "http"])
async def overhearing(request):
    """The bot, with message.channels subscribed as well."""

    def subscribe(slack):
        slack.workspace.app.events = (*slack.workspace.app.events, "message.channels")

    async with harbor_at(socket_mode=request.param == "socket", prepare=subscribe) as place:
        yield place


@pytest.mark.parametrize("text", ["incidents", "help", "me", "is anything open?", "<@U0BOB> incidents"])
async def test_a_message__in_a_channel_without_the_bots_name__is_not_answered(overhearing, text):
    """Such messages arrive where message.channels is subscribed."""
    for channel in (PAYMENTS, GENERAL):
        await overhearing.slack.say(ALICE, channel, text)
    await overhearing.slack.settled()
    assert overhearing.slack.calls[-1].method != "chat.postEphemeral"
    assert overhearing.flashduty.calls == []
    assert overhearing.sees() == [text]


async def test_a_mention__that_comes_as_two_events__is_answered_once(overhearing):
    """With message.channels subscribed, one mention is an app_mention and a message."""
    await overhearing.slack.say(ALICE, PAYMENTS, f"{BOT} help")
    await overhearing.slack.settled()
    assert len(overhearing.slack.seen_by(ALICE, PAYMENTS)) == 2


async def test_a_mention__delivered_again_and_again__is_answered_once(harbor):
    """Slack sends an event again when its acknowledgement was lost."""
    delivery = await harbor.slack.say(ALICE, PAYMENTS, f"{BOT} help")
    await asyncio.gather(*(harbor.slack.retry(delivery) for _ in range(3)))
    harbor.slack.deliver_twice(1)
    await harbor.slack.say(ALICE, PAYMENTS, f"{BOT} help")
    await harbor.slack.settled()
    assert len(harbor.slack.seen_by(ALICE, PAYMENTS)) == 4
