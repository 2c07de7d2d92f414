"""Slack's user groups: their members, read and set.

The methods are in Slack's slow tier, about 20 calls a minute: a caller that goes round the cache waits for the rate
limit first.
"""

import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from bot.runtime.cache import TtlCache
from bot.slack.api import SlackApi, SlackError, list_in, needed

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
        return await self._groups.get(group_id, self._ask_group)

    async def _ask_group(self, group_id: str) -> frozenset[str]:
        try:
            answer = await self.calls.call("usergroups.users.list", usergroup=group_id)
        except SlackError as refusal:
            if refusal.code != "no_such_subteam":
                raise
            log.warning("slack.usergroup.gone", group=group_id)
            return frozenset()
        return frozenset(list_in("usergroups.users.list", answer, "users", kind=str))

    async def members(self, group: str) -> frozenset[str]:
        """List who is in a user group at this moment."""
        answer = await self.calls.call("usergroups.users.list", usergroup=group)
        needed("usergroups.users.list", answer, "users", kind=list)
        return frozenset(list_in("usergroups.users.list", answer, "users", kind=str))

    async def described(self, group: str) -> tuple[str, frozenset[str]] | None:
        """Give a user group's handle and its members; None when there is no such group. Needs usergroups:read."""
        answer = await self.calls.call("usergroups.list", include_users=True, include_disabled=True)
        needed("usergroups.list", answer, "usergroups", kind=list)
        for one in list_in("usergroups.list", answer, "usergroups", kind=dict):
            if one.get("id") == group:
                return str(one.get("handle") or group), frozenset(list_in("usergroups.list", one, "users", kind=str))
        return None

    async def set_members(self, group: str, members: Iterable[str]) -> None:
        """Put exactly these people into a user group, at least one; needs usergroups:write.

        Source: docs.slack.dev/reference/methods/usergroups.users.update
        """
        await self.calls.call("usergroups.users.update", usergroup=group, users=",".join(sorted(members)))
