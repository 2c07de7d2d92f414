"""The members of channels and user groups, which `check` reads once each."""

from dataclasses import dataclass
from typing import Final

from bot.cli.check.probe import SlackProbe
from bot.slack.api import SlackError

# A page has 1,000 people. Slack takes about 100 such calls a minute, and the operator waits for the table.
MAX_MEMBER_PAGES: Final = 5
_GROUP_NOT_FOUND: Final = "no_such_subteam"


@dataclass(frozen=True)
class MemberList:
    """The members of a channel or user group, all of them if `is_complete`; `error` is why they cannot be read."""

    members: frozenset[str] = frozenset()
    is_complete: bool = True
    error: str = ""


class MemberLists:
    """Reads the members of channels and user groups, and caches them as well as errors."""

    def __init__(self, probe: SlackProbe) -> None:
        self._probe = probe
        self._cache: dict[str, MemberList] = {}

    async def read(self, list_id: str) -> MemberList:
        """Read a channel, or a user group where the id begins with S; never raises SlackError."""
        if list_id not in self._cache:
            self._cache[list_id] = await (self._group(list_id) if list_id.startswith("S") else self._channel(list_id))
        return self._cache[list_id]

    async def members(self, list_id: str) -> frozenset[str]:
        """Give all members; raises SlackError where not all of them can be read."""
        found = await self.read(list_id)
        if found.error or not found.is_complete:
            raise SlackError(list_id, found.error or "too_many_members")
        return found.members

    async def _channel(self, channel: str) -> MemberList:
        found: set[str] = set()
        cursor = ""
        for _ in range(MAX_MEMBER_PAGES):
            response = await self._probe.call_for(
                "members", list, "conversations.members", channel=channel, limit="1000", cursor=cursor
            )
            if response.error is not None:
                return MemberList(error=response.error)
            found |= {str(member) for member in response.data["members"]}
            cursor = str(response.object("response_metadata").get("next_cursor") or "")
            if not cursor:
                return MemberList(frozenset(found))
        return MemberList(frozenset(found), is_complete=False)

    async def _group(self, group: str) -> MemberList:
        response = await self._probe.call_for("users", list, "usergroups.users.list", usergroup=group)
        if response.error == _GROUP_NOT_FOUND:
            # The finding of the setting reports the missing group; here it counts as empty.
            return MemberList()
        if response.error is not None:
            return MemberList(error=response.error)
        return MemberList(frozenset(map(str, response.data["users"])))
