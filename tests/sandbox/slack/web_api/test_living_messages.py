"""Messages that are edited for as long as something lives: what chat.update, people and settings do to them."""

from datetime import timedelta

import pytest

PAYMENTS, SEARCH = "C0PAYMENTS", "C0SEARCH"
BOT = "U0FLASHBOT"
METADATA = {"event_type": "card", "event_payload": {"incident": "0E83EE"}}
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Triggered*"}}]


@pytest.fixture
async def card(client):
    """The ts of a message with blocks and metadata."""
    return (await client.chat_postMessage(channel=PAYMENTS, text="one", blocks=BLOCKS, metadata=METADATA))["ts"]


@pytest.fixture
def seen(slack):
    return lambda channel=PAYMENTS: slack.seen_by("U0ALICE", channel)


async def reply(client, root, text="reply"):
    return await client.chat_postMessage(channel=PAYMENTS, text=text, thread_ts=root)


async def thread(client, root):
    return (await client.conversations_replies(channel=PAYMENTS, ts=root, include_all_metadata=True))["messages"]


async def test_edited_with_blocks__it_keeps_its_place_and_its_metadata__unmarked(client, card, seen):
    await client.chat_postMessage(channel=PAYMENTS, text="later")
    await client.chat_update(channel=PAYMENTS, ts=card, text="two", blocks=BLOCKS)
    assert [(one["ts"] == card, one["text"]) for one in seen()] == [(True, "two"), (False, "later")]
    # docs.slack.dev/reference/methods/chat.update: omitted metadata stays; with blocks there is no "(edited)".
    assert (seen()[0]["metadata"], seen()[0]["edited"]) == (METADATA, None)
    await client.chat_update(channel=PAYMENTS, ts=card, text="three", blocks=BLOCKS, metadata={})
    assert seen()[0]["metadata"] is None


@pytest.mark.parametrize(("text", "is_taken"), [("x" * 4_000, True), ("x" * 4_001, False), ("故" * 1_334, False)])
async def test_the_text_of_an_edit__has_4000_bytes(client, card, refused, text, is_taken):
    edit = client.chat_update(channel=PAYMENTS, ts=card, text=text, blocks=BLOCKS)
    if is_taken:
        await edit
    else:
        assert (await refused(edit))["error"] == "msg_too_long"


async def test_edits__are_as_many_a_minute_as_tier_three_allows(client, card, refused):
    for _ in range(50):
        await client.chat_update(channel=PAYMENTS, ts=card, text="x", blocks=BLOCKS)
    told = await refused(client.chat_update(channel=PAYMENTS, ts=card, text="x", blocks=BLOCKS))
    assert told["error"] == "ratelimited"


async def test_after_the_workspaces_time_for_edits__an_edit_is_refused_and_deleting_is_not(
    client, card, slack, clock, refused
):
    slack.close_edits_after(timedelta(minutes=5))
    clock.shift(timedelta(minutes=5))
    await client.chat_update(channel=PAYMENTS, ts=card, text="x")
    clock.shift(timedelta(seconds=1))
    told = await refused(client.chat_update(channel=PAYMENTS, ts=card, text="y"))
    assert told["error"] == "edit_window_closed"
    await client.chat_delete(channel=PAYMENTS, ts=card)


async def test_an_edit__in_a_channel_that_was_archived_or_left__is_refused(client, card, slack, refused):
    async def edit():
        return (await refused(client.chat_update(channel=PAYMENTS, ts=card, text="x")))["error"]

    slack.archive(PAYMENTS)
    assert await edit() == "is_inactive"
    slack.archive(PAYMENTS, is_archived=False)
    slack.take_out(BOT, PAYMENTS)
    assert await edit() == "not_in_channel"
    slack.workspace.channels[PAYMENTS].kind = "private"
    assert await edit() == "channel_not_found"


async def test_deleted_by_a_person__it_is_gone_for_edits(client, card, slack, seen, refused):
    slack.delete("U0BOB", PAYMENTS, card)
    assert seen() == []
    assert (await refused(client.chat_update(channel=PAYMENTS, ts=card, text="x")))["error"] == "message_not_found"
    assert (await refused(client.conversations_replies(channel=PAYMENTS, ts=card)))["error"] == "thread_not_found"


async def test_who_may_not_delete_it__does_not(client, card, slack, seen):
    said = (await slack.say("U0BOB", PAYMENTS, "mine")).message["ts"]
    whisper = (await client.chat_postEphemeral(channel=PAYMENTS, user="U0ALICE", text="x"))["message_ts"]
    for user, ts in [("U0GINA", card), ("U0OTTO", card), ("U0ALICE", said), ("U0ALICE", whisper), ("U0ALICE", "1.2")]:
        with pytest.raises(LookupError):
            slack.delete(user, PAYMENTS, ts)
    slack.delete("U0BOB", PAYMENTS, said)
    assert [one["ts"] for one in seen()] == [card, whisper]


async def test_a_thread__tells_how_many_replied_and_who(client, card, slack):
    assert "reply_count" not in (await thread(client, card))[0]
    first = (await reply(client, card))["ts"]
    await slack.say("U0BOB", PAYMENTS, "thanks", thread_ts=card)
    root, *replies = await thread(client, card)
    # docs.slack.dev/messaging/retrieving-messages
    assert (root["reply_count"], root["reply_users_count"], root["reply_users"]) == (2, 2, [BOT, "U0BOB"])
    assert root["latest_reply"] == replies[-1]["ts"]
    assert root["metadata"] == METADATA
    assert [(one["ts"] == first, one["parent_user_id"]) for one in replies] == [(True, BOT), (False, BOT)]
    (shown,) = (await client.conversations_history(channel=PAYMENTS))["messages"]
    assert shown["reply_count"] == 2
    slack.delete("U0ALICE", PAYMENTS, first)
    assert (await thread(client, card))[0]["reply_count"] == 1


async def test_a_root_with_replies__leaves_a_tombstone__and_its_thread(client, card, slack, seen, refused):
    told = (await reply(client, card))["ts"]
    slack.delete("U0ALICE", PAYMENTS, card)
    assert [(one["text"], one.get("subtype")) for one in seen()] == [
        ("This message was deleted.", "tombstone"),
        ("reply", None),
    ]
    assert (await refused(client.chat_update(channel=PAYMENTS, ts=card, text="x")))["error"] == "message_not_found"
    root, _ = await thread(client, card)
    assert (root["user"], root["hidden"], root["reply_count"], "metadata" in root) == ("USLACKBOT", True, 1, False)
    assert (await reply(client, card))["message"]["thread_ts"] == card
    for one in (await thread(client, card))[1:]:
        slack.delete("U0ALICE", PAYMENTS, one["ts"])
    assert seen() == []
    assert told


async def test_a_reply_to_a_root_that_is_gone__stands_in_the_channel__and_nothing_says_so(client, card, slack, seen):
    slack.delete("U0ALICE", PAYMENTS, card)
    told = await reply(client, card)
    # github.com/slack-go/slack/issues/1571
    assert "thread_ts" not in told["message"]
    assert [(one["text"], one["thread_ts"]) for one in seen()] == [("reply", None)]
