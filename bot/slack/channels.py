"""Slack's channels: their members, their topics, and the bot's conversations with people."""

import time
from collections.abc import Callable
from typing import Final

from bot.runtime.cache import TtlCache
from bot.slack.api import SlackApi, SlackError, cursor_of, list_in, needed

# conversations.members is in tier 4, and many people may ask at once.
MEMBERS_TTL: Final = 300.0
# The conversation with somebody keeps its id for good.
DIRECT_TTL: Final = 86_400.0
CHANNEL_MEMBERS_PER_PAGE: Final = 1000
MEMBER_PAGES: Final = 20


class Channels:
    """Channels; every method raises SlackError."""

    def __init__(self, calls: SlackApi, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.calls = calls
        self._members: TtlCache[frozenset[str]] = TtlCache(MEMBERS_TTL, clock)
        self._direct: TtlCache[str] = TtlCache(DIRECT_TTL, clock)

    async def channel_members(self, channel: str) -> frozenset[str]:
        """List the members of a channel, 20,000 at most and five minutes old; raises SlackError."""
        return await self._members.get(channel, self._ask_members)

    async def _ask_members(self, channel: str) -> frozenset[str]:
        method, found = "conversations.members", set[str]()
        cursor = None
        for _ in range(MEMBER_PAGES):
            page = await self.calls.call(
                "conversations.members", channel=channel, limit=CHANNEL_MEMBERS_PER_PAGE, cursor=cursor
            )
            found.update(list_in("conversations.members", page, "members", kind=str))
            cursor = cursor_of(page)
            if not cursor:
                return frozenset(found)
        # A person who is not among those that were read would be refused as if Slack had said so.
        raise SlackError(method, "too_many_members")

    async def direct_channel(self, user_id: str) -> str:
        """Give the id of the bot's conversation with a person; needs im:write, raises SlackError."""
        return await self._direct.get(user_id, self._open_direct)

    async def _open_direct(self, user_id: str) -> str:
        answer = await self.calls.call("conversations.open", users=user_id)
        return needed("conversations.open", needed("conversations.open", answer, "channel", kind=dict), "id", kind=str)

    async def topic(self, channel: str) -> str:
        """Give a channel's topic as Slack keeps it: `&`, `<` and `>` as entities."""
        answer = await self.calls.call("conversations.info", channel=channel)
        topic = needed(
            "conversations.info", needed("conversations.info", answer, "channel", kind=dict), "topic", kind=dict
        )
        return str(topic.get("value") or "")

    async def set_topic(self, channel: str, topic: str) -> None:
        """Change a channel's topic, at most 250 characters; needs channels:write.topic or groups:write.topic.

        Source: docs.slack.dev/reference/methods/conversations.setTopic
        """
        await self.calls.call("conversations.setTopic", channel=channel, topic=topic)
