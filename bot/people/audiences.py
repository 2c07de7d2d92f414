"""For whom a message is drawn: the language, the time zone and the moment of a person or of a team's channel."""

from collections.abc import Callable
from datetime import datetime

from bot.messages.audience import Audience
from bot.runtime.time_zones import zone_named
from bot.teams.team import SlackPerson, Team


class Audiences:
    """The readers of what is posted without a request, by their own language or that of their channel."""

    def __init__(self, *, command: str, now: Callable[[], datetime]) -> None:
        self._command = command
        self._now = now

    async def of_channel(self, team: Team) -> Audience:
        """Return everybody in a channel of a team."""
        return Audience(command=self._command, now=self._now(), zone=team.timezone, is_public=True)

    async def of_person(self, person: SlackPerson, team: Team, *, may_act: bool = True) -> Audience:
        """Return a person in their own conversation with the bot; the team's time zone where Slack knows none."""
        zone = zone_named(person.timezone or "", team.timezone)
        return Audience(command=self._command, now=self._now(), zone=zone, is_direct=True, may_act=may_act)
