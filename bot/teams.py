"""Which team serves a channel, a person or a workspace, and who may do what there."""

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Final
from zoneinfo import ZoneInfo

from bot.digest_times import DigestPlan
from bot.flashduty import Flashduty
from bot.usergroups import GroupPlan

OWNERS_TTL: Final = 600.0


class Needs(Enum):
    """What a route asks of the person who takes it."""

    LOOK = auto()
    ACT = auto()


class Standing(Enum):
    """What a Slack person is to the workspace the bot is installed in."""

    MEMBER = auto()
    GUEST = auto()
    STRANGER = auto()
    GONE = auto()


class Refusal(Enum):
    """Why somebody may not; the sentences are in `bot.messages.refusals`."""

    GUEST = auto()
    STRANGER = auto()
    NOT_SERVED = auto()
    NO_SUCH_TEAM = auto()
    WHICH_TEAM = auto()
    NOT_A_RESPONDER = auto()
    NOT_THIS_INCIDENT = auto()


class Refused(Exception):  # noqa: N818 - reads as what happened: the person was refused
    """Somebody may not do what they asked; `teams` are the names they may choose from."""

    def __init__(self, refusal: Refusal, teams: tuple[str, ...] = ()) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.teams = teams


@dataclass(frozen=True)
class SlackPerson:
    """Somebody in Slack, as Slack describes them."""

    id: str
    name: str
    standing: Standing
    email: str | None = field(default=None, repr=False)
    """Their address, where Slack shows it and has confirmed it."""
    timezone: str | None = None
    """The name of their time zone, untrusted."""


@dataclass(frozen=True)
class ShiftPlan:
    """Who hears of a hand-over: the team's channel when it happens, whoever takes over a while before."""

    tells_channel: bool = False
    reminds_people: bool = False
    lead: timedelta = timedelta(hours=1)
    mentions: bool = False


class Owners:
    """Which Flashduty teams own a Flashduty channel, remembered for ten minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[int, tuple[float, frozenset[int]]] = {}

    def get(self, flashduty_channel_id: int) -> frozenset[int] | None:
        """Give the owners, if they were read not long ago."""
        at, owners = self._held.get(flashduty_channel_id, (float("-inf"), frozenset()))
        return owners if self._clock() - at < OWNERS_TTL else None

    def keep(self, flashduty_channel_id: int, owners: frozenset[int]) -> None:
        """Remember the owners."""
        self._held[flashduty_channel_id] = (self._clock(), owners)


@dataclass(frozen=True)
class Team:
    """A team on call: its key, where it is served and who may act for it."""

    name: str
    flashduty: Flashduty
    channels: frozenset[str] = frozenset()
    workspaces: frozenset[str] = frozenset()
    flashduty_team_ids: tuple[int, ...] = ()
    flashduty_channel_ids: tuple[int, ...] = ()
    responders: tuple[str, ...] = ()
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    account: str = "default"
    """Teams of one account share its rate limit."""
    digest: DigestPlan | None = None
    report: DigestPlan | None = None
    shifts: ShiftPlan = field(default_factory=ShiftPlan)
    usergroups: tuple[GroupPlan, ...] = ()
    keeps_topic: bool = False
    owners: Owners = field(default_factory=Owners, repr=False, compare=False)

    @property
    def home(self) -> str | None:
        """The channel where the team is told things: its digest's, or its first."""
        return self.digest.channel if self.digest else min(self.channels, default=None)

    @property
    def key_setting(self) -> str:
        """The name of the setting that holds this team's APP Key."""
        return f"FLASHDUTY_TEAMS__{self.name.upper()}__APP_KEY"

    @property
    def follows_shifts(self) -> bool:
        """Whether anything of this team changes when a shift does."""
        return self.shifts.tells_channel or self.shifts.reminds_people or bool(self.usergroups) or self.keeps_topic

    @property
    def is_narrowed(self) -> bool:
        """Whether the team is limited to some Flashduty channels or teams."""
        return bool(self.flashduty_team_ids or self.flashduty_channel_ids)


Members = Callable[[str], Awaitable[frozenset[str]]]


async def nobody(_channel: str) -> frozenset[str]:
    """Know no members of any channel."""
    return frozenset()


class Teams:
    """All teams of this bot; the one place that decides who may look and who may act."""

    def __init__(self, teams: Iterable[Team], group_members: Members, channel_members: Members = nobody) -> None:
        self._teams = {team.name: team for team in teams}
        self._group_members = group_members
        self._channel_members = channel_members

    def __iter__(self) -> Iterator[Team]:
        return iter(self._teams.values())

    def named(self, name: str) -> Team:
        """Give the team of a name; raises KeyError for one there is not."""
        return self._teams[name]

    async def admit(
        self, person: SlackPerson, needs: Needs, *, workspace: str, channel: str, asked: str | None
    ) -> Team:
        """Choose the team for a request and let the person through, or raise Refused.

        The channel decides, then the workspace, then `asked`. Looking needs one of the team's channels or one of its
        responders, and in a direct message somebody who is in one of the team's channels; acting needs a responder.
        Guests and people from other organisations do neither.
        """
        if person.standing is Standing.GUEST:
            raise Refused(Refusal.GUEST)
        if person.standing is not Standing.MEMBER:
            raise Refused(Refusal.STRANGER)
        here = [team for team in self._teams.values() if _allows(team, workspace)]
        serving = [team for team in here if self._serves(team, channel)]
        team = await self._chosen(person, here, serving, channel, asked)
        if needs is Needs.ACT and not await self.may_act(team, person):
            raise Refused(Refusal.NOT_A_RESPONDER, (team.name,))
        return team

    async def _chosen(
        self, person: SlackPerson, here: list[Team], serving: list[Team], channel: str, asked: str | None
    ) -> Team:
        if asked:
            return await self._asked_for(person, here, serving, channel, asked.casefold())
        if serving:
            return _only(serving)
        # In a channel nobody serves only named responders are let in; "every member" would tell it all team names.
        candidates = here if _is_direct(channel) else [team for team in here if team.responders]
        own = [team for team in candidates if await self.may_act(team, person)]
        named_in = [team for team in own if team.responders]
        if not named_in and _is_direct(channel):
            own += [team for team in here if team not in own and await self._is_in_a_channel(team, person)]
        of_this_workspace = [team for team in own if team.workspaces]
        return _only(of_this_workspace or named_in or own)

    async def _asked_for(
        self, person: SlackPerson, here: list[Team], serving: list[Team], channel: str, asked: str
    ) -> Team:
        team = next((team for team in here if team.name == asked), None)
        if team is not None and team in serving:
            return team
        if team is not None and (team.responders or _is_direct(channel)) and await self.may_act(team, person):
            return team
        if team is not None and _is_direct(channel) and await self._is_in_a_channel(team, person):
            return team
        raise Refused(Refusal.NO_SUCH_TEAM)

    def _serves(self, team: Team, channel: str) -> bool:
        return channel in team.channels or (not team.channels and len(self._teams) == 1)

    async def may_act(self, team: Team, person: SlackPerson) -> bool:
        """Tell whether somebody who was let in is a responder of a team."""
        if not team.responders or person.id in team.responders:
            return True
        groups = [responder for responder in team.responders if responder.startswith("S")]
        for group in groups:
            if person.id in await self._group_members(group):
                return True
        return False

    async def _is_in_a_channel(self, team: Team, person: SlackPerson) -> bool:
        """Tell whether somebody sees in a channel what the team is answered there."""
        for channel in sorted(team.channels):
            if person.id in await self._channel_members(channel):
                return True
        return False

    def announces_in(self, team: Team, channel: str) -> str | None:
        """Say where a team hears what was done: in the channel where it was done, or else in the team's own."""
        if self._serves(team, channel):
            return channel
        return team.home


def _allows(team: Team, workspace: str) -> bool:
    return not team.workspaces or workspace in team.workspaces


def _is_direct(channel: str) -> bool:
    return channel.startswith("D")


def _only(teams: list[Team]) -> Team:
    if not teams:
        raise Refused(Refusal.NOT_SERVED)
    if len(teams) > 1:
        raise Refused(Refusal.WHICH_TEAM, tuple(team.name for team in teams))
    return teams[0]
