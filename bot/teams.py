"""Which team serves a channel, a person or a workspace, and who may do what there."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from zoneinfo import ZoneInfo

from bot.digest_times import DigestPlan
from bot.flashduty import Flashduty


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
    digest: DigestPlan | None = None

    @property
    def key_setting(self) -> str:
        """The name of the setting that holds this team's APP Key."""
        return f"FLASHDUTY_TEAMS__{self.name.upper()}__APP_KEY"

    @property
    def is_narrowed(self) -> bool:
        """Whether the team is limited to some Flashduty channels or teams."""
        return bool(self.flashduty_team_ids or self.flashduty_channel_ids)


GroupMembers = Callable[[str], Awaitable[frozenset[str]]]


class Teams:
    """All teams of this bot; the one place that decides who may look and who may act."""

    def __init__(self, teams: Iterable[Team], group_members: GroupMembers) -> None:
        self._teams = {team.name: team for team in teams}
        self._group_members = group_members

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
        responders; acting needs a responder. Guests and people from other organisations do neither.
        """
        if person.standing is Standing.GUEST:
            raise Refused(Refusal.GUEST)
        if person.standing is not Standing.MEMBER:
            raise Refused(Refusal.STRANGER)
        here = [team for team in self._teams.values() if _allows(team, workspace)]
        serving = [team for team in here if self._serves(team, channel)]
        team = await self._chosen(person, here, serving, channel, asked)
        if needs is Needs.ACT and not await self._is_responder(team, person):
            raise Refused(Refusal.NOT_A_RESPONDER, (team.name,))
        return team

    async def _chosen(
        self, person: SlackPerson, here: list[Team], serving: list[Team], channel: str, asked: str | None
    ) -> Team:
        if asked:
            return await self._asked_for(person, here, serving, asked.casefold())
        if serving:
            return _only(serving)
        # In a channel nobody serves only named responders are let in; "every member" would tell it all team names.
        candidates = here if _is_direct(channel) else [team for team in here if team.responders]
        own = [team for team in candidates if await self._is_responder(team, person)]
        of_this_workspace = [team for team in own if team.workspaces]
        named_in = [team for team in own if team.responders]
        return _only(of_this_workspace or named_in or own)

    async def _asked_for(self, person: SlackPerson, here: list[Team], serving: list[Team], asked: str) -> Team:
        for team in here:
            if team.name == asked and (team in serving or await self._is_responder(team, person)):
                return team
        raise Refused(Refusal.NO_SUCH_TEAM)

    def _serves(self, team: Team, channel: str) -> bool:
        return channel in team.channels or (not team.channels and len(self._teams) == 1)

    async def _is_responder(self, team: Team, person: SlackPerson) -> bool:
        if not team.responders or person.id in team.responders:
            return True
        groups = [responder for responder in team.responders if responder.startswith("S")]
        return any([person.id in await self._group_members(group) for group in groups])


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
