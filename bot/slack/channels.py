"""Slack's channels: their members, their topics, and the bot's conversations with people."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.runtime.cache import TtlCache
from bot.slack.api import SlackApi, SlackError, list_field, next_cursor, required_field

# conversations.members is in tier 4, and many people may send commands at once.
MEMBERS_TTL: Final = 300.0
# The id of a direct conversation never changes.
DIRECT_TTL: Final = 86_400.0
CHANNEL_MEMBERS_PER_PAGE: Final = 1000
CHANNEL_MEMBER_PAGES: Final = 20


class Channels:
    """Channels; every method raises SlackError."""

    def __init__(self, calls: SlackApi, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.calls = calls
        self._members: TtlCache[frozenset[str]] = TtlCache(MEMBERS_TTL, clock)
        self._direct: TtlCache[str] = TtlCache(DIRECT_TTL, clock)

    async def channel_members(self, channel: str) -> frozenset[str]:
        """List the members of a channel, 20,000 at most and five minutes old; raises SlackError."""
        return await self._members.get(channel, self._fetch_members)

    async def _fetch_members(self, channel: str) -> frozenset[str]:
        method, found = "conversations.members", set[str]()
        cursor = None
        for _ in range(CHANNEL_MEMBER_PAGES):
            page = await self.calls.call(
                "conversations.members", channel=channel, limit=CHANNEL_MEMBERS_PER_PAGE, cursor=cursor
            )
            found.update(list_field("conversations.members", page, "members", kind=str))
            cursor = next_cursor(page)
            if not cursor:
                return frozenset(found)
        # A partial list would refuse members who are on the pages not read.
        raise SlackError(method, "too_many_members")

    async def direct_channel(self, user_id: str) -> str:
        """Return the id of the bot's conversation with a person; needs im:write, raises SlackError."""
        return await self._direct.get(user_id, self._open_direct)

    async def _open_direct(self, user_id: str) -> str:
        response = await self.calls.call("conversations.open", users=user_id)
        return required_field(
            "conversations.open", required_field("conversations.open", response, "channel", kind=dict), "id", kind=str
        )

    async def topic(self, channel: str) -> str:
        """Return a channel's topic as Slack stores it: `&`, `<` and `>` as entities."""
        topic = required_field("conversations.info", await self._info(channel), "topic", kind=dict)
        return str(topic.get("value") or "")

    async def takes_posts(self, channel: str) -> bool:
        """Return whether the bot is a member of a channel that is not archived."""
        info = await self._info(channel)
        return info.get("is_member") is True and not info.get("is_archived")

    async def _info(self, channel: str) -> Mapping[str, Any]:
        response = await self.calls.call("conversations.info", channel=channel)
        return required_field("conversations.info", response, "channel", kind=dict)

    async def set_topic(self, channel: str, topic: str) -> None:
        """Change a channel's topic, at most 250 characters; needs channels:write.topic or groups:write.topic.

        Source: docs.slack.dev/reference/methods/conversations.setTopic
        """
        await self.calls.call("conversations.setTopic", channel=channel, topic=topic)
