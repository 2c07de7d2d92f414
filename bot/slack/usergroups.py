"""Slack's user groups: reads and sets their members.

The methods are in Slack's slow tier, about 20 calls a minute: a caller that bypasses the cache waits for the rate
limit first.
"""

import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from bot.runtime.cache import TtlCache
from bot.slack.api import SlackApi, SlackError, list_field, required_field

log = structlog.get_logger(__name__)

# usergroups.users.list is in tier 2: 20 calls a minute.
GROUP_TTL: Final = 300.0


class UserGroups:
    """User groups; every method raises SlackError."""

    def __init__(self, calls: SlackApi, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.calls = calls
        self._groups: TtlCache[frozenset[str]] = TtlCache(GROUP_TTL, clock)

    async def group_members(self, group_id: str) -> frozenset[str]:
        """List the members of a user group, at most five minutes old; raises SlackError."""
        return await self._groups.get(group_id, self._fetch_group)

    async def _fetch_group(self, group_id: str) -> frozenset[str]:
        try:
            response = await self.calls.call("usergroups.users.list", usergroup=group_id)
        except SlackError as refusal:
            if refusal.code != "no_such_subteam":
                raise
            log.warning("slack.usergroup.gone", group=group_id)
            return frozenset()
        return frozenset(list_field("usergroups.users.list", response, "users", kind=str))

    async def members(self, group: str) -> frozenset[str]:
        """List the members of a user group, without the cache."""
        response = await self.calls.call("usergroups.users.list", usergroup=group)
        required_field("usergroups.users.list", response, "users", kind=list)
        return frozenset(list_field("usergroups.users.list", response, "users", kind=str))

    async def describe(self, group: str) -> tuple[str, frozenset[str]] | None:
        """Return a user group's handle and members; None when there is no such group. Needs usergroups:read."""
        response = await self.calls.call("usergroups.list", include_users=True, include_disabled=True)
        required_field("usergroups.list", response, "usergroups", kind=list)
        for one in list_field("usergroups.list", response, "usergroups", kind=dict):
            if one.get("id") == group:
                return str(one.get("handle") or group), frozenset(list_field("usergroups.list", one, "users", kind=str))
        return None

    async def set_members(self, group: str, members: Iterable[str]) -> None:
        """Set the members of a user group, at least one; needs usergroups:write.

        Source: docs.slack.dev/reference/methods/usergroups.users.update
        """
        await self.calls.call("usergroups.users.update", usergroup=group, users=",".join(sorted(members)))
