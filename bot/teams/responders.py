"""Who may act for a team: the people its settings name, the members of its channels, and the people on call."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from enum import Enum, auto
from typing import Final, Protocol

import structlog

from bot.slack.api import SlackError
from bot.teams.team import SlackPerson, Team

log = structlog.get_logger(__name__)

# A person waits for the effect of a button.
MEMBERSHIP_TIMEOUT: Final = 2.0


class ResponderRule(Enum):
    """How a team's responders are defined."""

    NAMED = auto()
    """The people and user groups of its RESPONDERS setting."""
    ITS_CHANNELS = auto()
    """The members of its Slack channels."""
    EVERYBODY = auto()
    """All full members of the workspace: the team is the only one and names no channel."""
    NOBODY = auto()
    """Nobody: there are other teams, and this one names neither responders nor a channel."""


class Verdict(Enum):
    """Whether a person may act; an unknown answer denies."""

    YES = auto()
    NO = auto()
    SLACK_UNAVAILABLE = auto()
    """Slack did not return the members of a channel or a user group."""
    FLASHDUTY_UNAVAILABLE = auto()
    """Flashduty did not return who is on call."""


class ResponderSettings(Protocol):
    """The part of a team's settings that defines its responders."""

    @property
    def responders(self) -> Collection[str]:
        """Ids of Slack users and user groups."""

    @property
    def channels(self) -> Collection[str]:
        """Every Slack channel of the team."""


def responder_rule(team: ResponderSettings, *, is_alone: bool) -> ResponderRule:
    """Return how a team's responders are defined; `is_alone` when the bot has no other team."""
    if team.responders:
        return ResponderRule.NAMED
    if team.channels:
        return ResponderRule.ITS_CHANNELS
    return ResponderRule.EVERYBODY if is_alone else ResponderRule.NOBODY


# Returns the members of a channel or a user group; raises SlackError.
MemberLookup = Callable[[str], Awaitable[frozenset[str]]]
AccessCheck = Callable[[Team, SlackPerson], Awaitable[Verdict]]


async def no_members(_channel: str) -> frozenset[str]:
    """Return no members, for any channel."""
    return frozenset()


async def never_on_call(_team: Team, _person: SlackPerson) -> Verdict:
    """Deny access by being on call."""
    return Verdict.NO


class Responders:
    """Check full members of the workspace; the members of groups and channels are at most five minutes old."""

    def __init__(
        self,
        *,
        is_alone: bool,
        group_members: MemberLookup,
        channel_members: MemberLookup = no_members,
        on_call: AccessCheck = never_on_call,
    ) -> None:
        self._is_alone = is_alone
        self._group_members = group_members
        self._channel_members = channel_members
        self._on_call = on_call

    async def may_act(self, team: Team, person: SlackPerson) -> Verdict:
        """Whether a person may act for a team, by its settings or because they are on call."""
        by_settings = await self.is_responder(team, person)
        if by_settings is Verdict.YES:
            return Verdict.YES
        on_call = await self._on_call(team, person)
        return on_call if by_settings is Verdict.NO or on_call is Verdict.YES else by_settings

    async def is_responder(self, team: Team, person: SlackPerson) -> Verdict:
        """Whether a person is a responder by the team's settings."""
        rule = responder_rule(team, is_alone=self._is_alone)
        if rule is ResponderRule.ITS_CHANNELS:
            return await self.is_in_a_channel(team, person)
        if rule is not ResponderRule.NAMED:
            return Verdict.YES if rule is ResponderRule.EVERYBODY else Verdict.NO
        if person.id in team.responders:
            return Verdict.YES
        groups = (responder for responder in team.responders if responder.startswith("S"))
        return await _is_in_any(groups, person, self._group_members)

    async def is_in_a_channel(self, team: Team, person: SlackPerson) -> Verdict:
        """Whether a person is a member of one of the team's Slack channels."""
        return await _is_in_any(sorted(team.channels), person, self._channel_members)


async def _is_in_any(slack_ids: Iterable[str], person: SlackPerson, members: MemberLookup) -> Verdict:
    """Whether a person is a member of one of these channels or user groups."""
    verdicts = await asyncio.gather(*(_is_in(slack_id, person, members) for slack_id in slack_ids))
    return next((one for one in (Verdict.YES, Verdict.SLACK_UNAVAILABLE) if one in verdicts), Verdict.NO)


async def _is_in(slack_id: str, person: SlackPerson, members: MemberLookup) -> Verdict:
    try:
        async with asyncio.timeout(MEMBERSHIP_TIMEOUT):
            return Verdict.YES if person.id in await members(slack_id) else Verdict.NO
    except (SlackError, TimeoutError) as error:
        log.warning("access.members_unknown", slack_id=slack_id, why=str(error) or "timeout")
        return Verdict.SLACK_UNAVAILABLE
