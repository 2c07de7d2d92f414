"""What everybody in the workspace sees and the bot keeps up to date: members of user groups, topics of channels.

These methods are in Slack's slow tier, about 20 calls a minute; whoever calls them takes a turn first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.slack.api import SlackApi, listed, needed


@dataclass(frozen=True)
class Noticeboard:
    """User groups and topics; every method raises SlackError."""

    calls: SlackApi

    async def members(self, group: str) -> frozenset[str]:
        """List who is in a user group at this moment."""
        answer = await self.calls.call("usergroups.users.list", usergroup=group)
        needed("usergroups.users.list", answer, "users", list)
        return frozenset(listed("usergroups.users.list", answer, "users", str))

    async def described(self, group: str) -> tuple[str, frozenset[str]] | None:
        """Give a user group's handle and its members; None when there is no such group. Needs usergroups:read."""
        answer = await self.calls.call("usergroups.list", include_users=True, include_disabled=True)
        needed("usergroups.list", answer, "usergroups", list)
        for one in listed("usergroups.list", answer, "usergroups", dict):
            if one.get("id") == group:
                return str(one.get("handle") or group), frozenset(listed("usergroups.list", one, "users", str))
        return None

    async def set_members(self, group: str, members: Iterable[str]) -> None:
        """Put exactly these people into a user group, at least one; needs usergroups:write.

        Source: docs.slack.dev/reference/methods/usergroups.users.update
        """
        await self.calls.call("usergroups.users.update", usergroup=group, users=",".join(sorted(members)))

    async def topic(self, channel: str) -> str:
        """Give a channel's topic as Slack keeps it: `&`, `<` and `>` as entities."""
        answer = await self.calls.call("conversations.info", channel=channel)
        topic = needed("conversations.info", needed("conversations.info", answer, "channel", dict), "topic", dict)
        return str(topic.get("value") or "")

    async def set_topic(self, channel: str, topic: str) -> None:
        """Change a channel's topic, at most 250 characters; needs channels:write.topic or groups:write.topic.

        Source: docs.slack.dev/reference/methods/conversations.setTopic
        """
        await self.calls.call("conversations.setTopic", channel=channel, topic=topic)
