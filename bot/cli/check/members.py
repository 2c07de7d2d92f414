"""Who is in a channel or a user group, as `check` reads it: each place once."""

from dataclasses import dataclass, field
from typing import Final

from bot.cli.check.probe import SlackProbe
from bot.slack.api import SlackError

# Of a thousand people each; Slack takes some hundred such calls a minute, and somebody waits for the table.
CHECK_MAX_PAGES: Final = 5
_GONE: Final = "no_such_subteam"


@dataclass(frozen=True)
class CheckedChannel:
    """Who is in a channel or a group: all of them unless `is_whole` is false; `silence` is why Slack does not tell."""

    members: frozenset[str] = frozenset()
    is_whole: bool = True
    silence: str = ""


@dataclass
class CheckedChannels:
    """Reads channels and user groups, and remembers them, also that they cannot be read."""

    desk: SlackProbe
    held: dict[str, CheckedChannel] = field(default_factory=dict)

    async def look(self, place: str) -> CheckedChannel:
        """Read a channel, or a user group where the id begins with S; never raises."""
        if place not in self.held:
            self.held[place] = await (self._group(place) if place.startswith("S") else self._channel(place))
        return self.held[place]

    async def members(self, place: str) -> frozenset[str]:
        """Give everybody who is there; raises SlackError where that is not known of all."""
        seen = await self.look(place)
        if seen.silence or not seen.is_whole:
            raise SlackError(place, seen.silence or "too_many_members")
        return seen.members

    async def _channel(self, channel: str) -> CheckedChannel:
        found: set[str] = set()
        cursor = ""
        for _ in range(CHECK_MAX_PAGES):
            answer = await self.desk.ask_for(
                "members", list, "conversations.members", channel=channel, limit="1000", cursor=cursor
            )
            if answer.error is not None:
                return CheckedChannel(silence=answer.error)
            found |= {str(one) for one in answer.data["members"]}
            cursor = str(answer.object("response_metadata").get("next_cursor") or "")
            if not cursor:
                return CheckedChannel(frozenset(found))
        return CheckedChannel(frozenset(found), is_whole=False)

    async def _group(self, group: str) -> CheckedChannel:
        answer = await self.desk.ask_for("users", list, "usergroups.users.list", usergroup=group)
        if answer.error == _GONE:
            # That it is gone stands at the setting; nobody is in it.
            return CheckedChannel()
        if answer.error is not None:
            return CheckedChannel(silence=answer.error)
        return CheckedChannel(frozenset(map(str, answer.data["users"])))
