"""For whom a message is drawn: the language, the time zone and the moment of a person or of a team's channel."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.messages.audience import Audience
from bot.people.channel_languages import ChannelLanguages
from bot.people.languages import PersonLanguages
from bot.runtime.time_zones import zone_named
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.teams.team import SlackPerson, Team

# No message waits longer for Slack to say in which language it is read.
LANGUAGE_LOOKUP_TIMEOUT: Final = 2.0


@dataclass(frozen=True, kw_only=True)
class Audiences:
    """The readers of messages, by their own language or that of their channel; no method raises."""

    command: str
    now: Callable[[], datetime]
    people: PersonLanguages
    channels: ChannelLanguages
    workspace: Workspace

    async def of_channel(self, team: Team) -> Audience:
        """Return everybody in a channel of a team."""
        language = await self.channels.of_team(team)
        return Audience(
            command=self.command,
            bot_user=self.workspace.installation.bot_user,
            now=self.now(),
            language=language,
            zone=team.timezone,
            is_public=True,
        )

    async def of_person(self, person: SlackPerson, team: Team, *, may_act: bool = True) -> Audience:
        """Return a person in their own conversation with the bot; the team's time zone where Slack knows none."""
        known = person if person.locale else await self._in_slack(person.id) or person
        to = replace(self.last_of(person.id), language=await self.people.of_person(known))
        return replace(to, zone=zone_named(known.timezone or "", team.timezone), may_act=may_act)

    async def of_user(self, user_id: str) -> Audience:
        """Return a person in their own conversation with the bot, by their id in Slack."""
        to, person = self.last_of(user_id), await self._in_slack(user_id)
        if person is None:
            return replace(to, language=await self.people.choice_of(user_id) or to.language)
        zone = zone_named(person.timezone, None) if person.timezone else None
        return replace(to, language=await self.people.of_person(person), zone=zone)

    async def _in_slack(self, user_id: str) -> SlackPerson | None:
        try:
            async with asyncio.timeout(LANGUAGE_LOOKUP_TIMEOUT):
                return await self.workspace.person(user_id)
        except (SlackError, TimeoutError):
            return None

    def last_of(self, user_id: str) -> Audience:
        """Return a person before they were looked up: in the language in which they were spoken to last."""
        return Audience(
            command=self.command,
            bot_user=self.workspace.installation.bot_user,
            now=self.now(),
            language=self.people.last_of(user_id),
            is_direct=True,
        )
