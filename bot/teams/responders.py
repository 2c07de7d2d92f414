"""Who may act for a team: the people its settings name, those in its channels, and whoever is on call."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

import structlog

from bot.slack.api import SlackError
from bot.teams.team import SlackPerson, Team

log = structlog.get_logger(__name__)

# Somebody waits for what they pressed.
MEMBERSHIP_TIMEOUT: Final = 2.0


class ResponderRule(Enum):
    """By what it is told who a team's responders are."""

    NAMED = auto()
    """The people and user groups of its RESPONDERS."""
    ITS_CHANNELS = auto()
    """Whoever is in one of its Slack channels."""
    EVERYBODY = auto()
    """Every full member of the workspace: the team is alone and names no channel."""
    NOBODY = auto()
    """Nobody: there are other teams, and this one names neither responders nor a channel."""


class Verdict(Enum):
    """Whether somebody may act, as far as it can be told; what is not known is refused."""

    YES = auto()
    NO = auto()
    SLACK_SILENT = auto()
    """Slack does not tell who is in a channel or a user group."""
    FLASHDUTY_SILENT = auto()
    """Flashduty does not tell who is on call."""


class ResponderSettings(Protocol):
    """What a team's settings say about its people."""

    @property
    def responders(self) -> Collection[str]:
        """Slack people and user groups, by id."""

    @property
    def channels(self) -> Collection[str]:
        """Every Slack channel of the team."""


def rule_of(team: ResponderSettings, *, is_alone: bool) -> ResponderRule:
    """Say who a team's responders are; `is_alone` when the bot has no other team."""
    if team.responders:
        return ResponderRule.NAMED
    if team.channels:
        return ResponderRule.ITS_CHANNELS
    return ResponderRule.EVERYBODY if is_alone else ResponderRule.NOBODY


# Raises SlackError where Slack does not tell.
MemberLookup = Callable[[str], Awaitable[frozenset[str]]]
AccessCheck = Callable[[Team, SlackPerson], Awaitable[Verdict]]


async def no_members(_channel: str) -> frozenset[str]:
    """Know no members of any channel."""
    return frozenset()


async def never_on_call(_team: Team, _person: SlackPerson) -> Verdict:
    """Know nobody on call."""
    return Verdict.NO


@dataclass(frozen=True)
class Responders:
    """Judges full members of the workspace; members of groups and channels are at most five minutes old."""

    is_alone: bool
    group_members: MemberLookup
    channel_members: MemberLookup = no_members
    on_call: AccessCheck = never_on_call

    async def may_act(self, team: Team, person: SlackPerson) -> Verdict:
        """Tell whether somebody may act for a team, by its settings or for being on call."""
        by_settings = await self.is_responder(team, person)
        if by_settings is Verdict.YES:
            return Verdict.YES
        on_call = await self.on_call(team, person)
        return on_call if by_settings is Verdict.NO or on_call is Verdict.YES else by_settings

    async def is_responder(self, team: Team, person: SlackPerson) -> Verdict:
        """Tell whether somebody is one of a team's responders, whoever is on call."""
        rule = rule_of(team, is_alone=self.is_alone)
        if rule is ResponderRule.ITS_CHANNELS:
            return await self.is_in_a_channel(team, person)
        if rule is not ResponderRule.NAMED:
            return Verdict.YES if rule is ResponderRule.EVERYBODY else Verdict.NO
        if person.id in team.responders:
            return Verdict.YES
        groups = (responder for responder in team.responders if responder.startswith("S"))
        return await _is_in(groups, person, self.group_members)

    async def is_in_a_channel(self, team: Team, person: SlackPerson) -> Verdict:
        """Tell whether somebody is in one of a team's Slack channels."""
        return await _is_in(sorted(team.channels), person, self.channel_members)


async def _is_in(places: Iterable[str], person: SlackPerson, members: MemberLookup) -> Verdict:
    answers = await asyncio.gather(*(_among(place, person, members) for place in places))
    return next((one for one in (Verdict.YES, Verdict.SLACK_SILENT) if one in answers), Verdict.NO)


async def _among(place: str, person: SlackPerson, members: MemberLookup) -> Verdict:
    try:
        async with asyncio.timeout(MEMBERSHIP_TIMEOUT):
            return Verdict.YES if person.id in await members(place) else Verdict.NO
    except (SlackError, TimeoutError) as error:
        log.warning("members not known", place=place, why=str(error) or "no answer in time")
        return Verdict.SLACK_SILENT
