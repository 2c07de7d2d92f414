import pytest

from sandbox.slack import Channel

PAYMENTS = "C0PAYMENTS"


@pytest.fixture
def topic(client):
    """The topic of #payments-oncall, as the Web API gives it."""

    async def ask():
        return (await client.conversations_info(channel=PAYMENTS))["channel"]["topic"]

    return ask


async def test_topic__set__says_by_whom_and_when(client, topic, clock):
    told = await client.conversations_setTopic(channel=PAYMENTS, topic="Bob carries it")
    assert told["channel"]["topic"] == await topic()
    assert await topic() == {
        "value": "Bob carries it",
        "creator": "U0FLASHBOT",
        "last_set": int(clock.now().timestamp()),
    }


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("R&amp;D &lt;3", "R&amp;D &lt;3"),
        ("&copy; &amp;amp;", "&amp;copy; &amp;amp;"),
        ("<@U0BOB> in <#C0SEARCH|search-oncall>", "<@U0BOB> in <#C0SEARCH|search-oncall>"),
        ("see <https://wiki.example/a?b=1&amp;c=2>", "see <https://wiki.example/a?b=1&amp;c=2>"),
        ("<!subteam^S0PAYONCALL>", "<!subteam^S0PAYONCALL>"),
        ("<script>&</script>", "&lt;script&gt;&amp;&lt;/script&gt;"),
        (
            "db1.harbor.example, https://wiki.example/a and #search-oncall",
            "<http://db1.harbor.example|db1.harbor.example>, <https://wiki.example/a> and <#C0SEARCH|search-oncall>",
        ),
        ("📟 王小明 · 🔔", ":pager: 王小明 · :bell:"),
        ("⚠️ *quiet* | until 18:00", ":warning_sign: *quiet* | until 18:00"),
    ],
)
async def test_topic__is_kept_in_slacks_way_and_no_other_when_sent_again(client, topic, sent, kept):
    for text in (sent, kept):
        await client.conversations_setTopic(channel=PAYMENTS, topic=text)
        assert (await topic())["value"] == kept


async def test_topic__set__is_announced_in_the_channel(client, slack):
    await client.conversations_setTopic(channel=PAYMENTS, topic="Bob & <@U0ALICE>")
    (seen,) = slack.seen_by("U0ALICE", PAYMENTS)
    assert seen["text"] == "<@U0FLASHBOT> set the channel topic: Bob &amp; <@U0ALICE>"
    assert (seen["subtype"], seen["topic"], seen["user"]) == ("channel_topic", "Bob &amp; <@U0ALICE>", "U0FLASHBOT")
    assert seen["mentions"] == ["U0ALICE"]
    (told,) = (await client.conversations_history(channel=PAYMENTS))["messages"]
    assert told["subtype"] == "channel_topic"


async def test_announcement_of_a_topic__is_not_the_bots_to_change(client, slack, refused):
    await client.conversations_setTopic(channel=PAYMENTS, topic="Bob")
    (seen,) = slack.seen_by("U0ALICE", PAYMENTS)
    told = await refused(client.chat_update(channel=PAYMENTS, ts=seen["ts"], text="x"))
    assert told["error"] == "cant_update_message"
    told = await refused(client.chat_delete(channel=PAYMENTS, ts=seen["ts"]))
    assert told["error"] == "cant_delete_message"


async def test_topic__set_to_what_it_is__is_not_announced_again(client, slack):
    """Slack posts a line about a topic only when the topic changes."""
    for _ in range(2):
        await client.conversations_setTopic(channel=PAYMENTS, topic="Bob carries it")
    assert len(slack.seen_by("U0ALICE", PAYMENTS)) == 1


async def test_topic__longer_than_250_characters__is_refused(client, slack, topic, refused):
    await client.conversations_setTopic(channel=PAYMENTS, topic="x" * 250)
    assert (await refused(client.conversations_setTopic(channel=PAYMENTS, topic="y" * 251)))["error"] == "too_long"
    assert (await topic())["value"] == "x" * 250
    assert len(slack.seen_by("U0ALICE", PAYMENTS)) == 1


async def test_topic__where_the_bot_may_not__is_refused(client, slack, refused):
    bot, channels = slack.workspace.app.user_id, slack.workspace.channels
    channels["C0SEARCH"].members.remove(bot)
    channels["C0GENERAL"].is_archived = True
    channels["C0SECRET"] = Channel("C0SECRET", "secret", "private", members=["U0ALICE"])
    for channel, error in (
        ("C0SEARCH", "not_in_channel"),
        ("C0GENERAL", "is_archived"),
        ("C0SECRET", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
        ("D0ALICE", "missing_scope"),
    ):
        assert (await refused(client.conversations_setTopic(channel=channel, topic="x")))["error"] == error


@pytest.mark.parametrize(("kind", "scope"), [("public", "channels:write.topic"), ("private", "groups:write.topic")])
async def test_topic__needs_the_scope_of_its_kind_of_channel(client, slack, refused, kind, scope):
    slack.workspace.channels[PAYMENTS].kind = kind
    slack.workspace.app.scopes = tuple(one for one in slack.workspace.app.scopes if one != scope)
    told = await refused(client.conversations_setTopic(channel=PAYMENTS, topic="x"))
    assert (told["error"], told["needed"]) == ("missing_scope", scope)
