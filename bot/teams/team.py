"""What a team on call is, who somebody of Slack is, and why somebody may be refused."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from bot.config.channels import announcement_channel_of, channels_of
from bot.config.group_plans import GroupPlan
from bot.config.plans import DigestPlan, ShiftPlan
from bot.flashduty import Flashduty, IncidentQuery, InsightQuery

CHANNEL_OWNERS_TTL: Final = 600.0


class Permission(Enum):
    """What a route asks of the person who takes it."""

    VIEW = auto()
    RESPOND = auto()


class MemberStatus(Enum):
    """What a Slack person is to the workspace the bot is installed in."""

    MEMBER = auto()
    GUEST = auto()
    STRANGER = auto()
    GONE = auto()


class DenialReason(Enum):
    """Why somebody may not; the sentences are in `bot.messages.access`."""

    GUEST = auto()
    STRANGER = auto()
    NOT_SERVED = auto()
    NO_TEAM_OF_YOURS = auto()
    NO_SUCH_TEAM = auto()
    WHICH_TEAM = auto()
    NOT_A_RESPONDER = auto()
    MEMBERS_UNREAD = auto()
    ON_CALL_UNREAD = auto()
    NOT_THIS_INCIDENT = auto()


class AccessDenied(Exception):  # noqa: N818 - reads as what happened: the person was refused
    """Somebody may not do what they asked.

    `teams` are the names they may choose from, or the one they were refused for; `channels` are those whose people are
    its responders, none where the settings name them; with `on_call` whoever is on call would have been let through.
    """

    def __init__(
        self,
        refusal: DenialReason,
        teams: tuple[str, ...] = (),
        channels: tuple[str, ...] = (),
        *,
        on_call: bool = True,
    ) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
        self.teams = teams
        self.channels = channels
        self.on_call = on_call


@dataclass(frozen=True)
class SlackPerson:
    """Somebody in Slack, as Slack describes them."""

    id: str
    name: str
    status: MemberStatus
    email: str | None = field(default=None, repr=False)
    """Their address, where Slack shows it and has confirmed it."""
    timezone: str | None = None
    """The name of their time zone, untrusted."""


class ChannelOwners:
    """Which Flashduty teams own a Flashduty channel, remembered for ten minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[int, tuple[float, frozenset[int]]] = {}

    def get(self, flashduty_channel_id: int) -> frozenset[int] | None:
        """Give the owners, if they were read not long ago."""
        at, owners = self._held.get(flashduty_channel_id, (float("-inf"), frozenset()))
        return owners if self._clock() - at < CHANNEL_OWNERS_TTL else None

    def keep(self, flashduty_channel_id: int, owners: frozenset[int]) -> None:
        """Remember the owners."""
        self._held[flashduty_channel_id] = (self._clock(), owners)


Query = TypeVar("Query", IncidentQuery, InsightQuery)


@dataclass(frozen=True, kw_only=True)
class TeamScope:
    """The Flashduty teams and channels a team is limited to; one that names none sees the whole account."""

    team_ids: tuple[int, ...] = ()
    channel_ids: tuple[int, ...] = ()

    def of(self, query: Query) -> Query:
        """Limit a query to the scope."""
        return replace(query, team_ids=self.team_ids, channel_ids=self.channel_ids)


@dataclass(frozen=True)
class Team:
    """A team on call: its key, where it is served and who may act for it.

    The channel it announces things in is one of its channels, whether the settings name it twice or once.
    """

    name: str
    flashduty: Flashduty
    channels: frozenset[str] = frozenset()
    workspaces: frozenset[str] = frozenset()
    flashduty_team_ids: tuple[int, ...] = ()
    flashduty_channel_ids: tuple[int, ...] = ()
    responders: tuple[str, ...] = ()
    oncall_may_act: bool = True
    """Whether those on call now, or soon, may act as its responders may."""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    account: str = "default"
    """Teams of one account share its rate limit."""
    digest: DigestPlan | None = None
    report: DigestPlan | None = None
    shift_notices: ShiftPlan = field(default_factory=ShiftPlan)
    usergroups: tuple[GroupPlan, ...] = ()
    topic_sync: bool = False
    owners: ChannelOwners = field(default_factory=ChannelOwners, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", channels_of(self.channels, self._announcements))

    @property
    def _announcements(self) -> str | None:
        return self.digest.channel if self.digest else None

    @property
    def announcement_channel(self) -> str | None:
        """The channel where the team is told things: its digest's, or its first."""
        return announcement_channel_of(self.channels, self._announcements)

    @property
    def key_setting(self) -> str:
        """The name of the setting that holds this team's APP Key."""
        return f"FLASHDUTY_TEAMS__{self.name.upper()}__APP_KEY"

    @property
    def needs_schedules(self) -> bool:
        """Whether anything of this team changes when a shift does."""
        return (
            self.shift_notices.tells_channel
            or self.shift_notices.reminds_people
            or bool(self.usergroups)
            or self.topic_sync
        )

    @property
    def scope(self) -> TeamScope:
        """What the team sees of the account: it goes into every query for incidents and their figures."""
        return TeamScope(team_ids=self.flashduty_team_ids, channel_ids=self.flashduty_channel_ids)

    @property
    def is_scoped(self) -> bool:
        """Whether the team is limited to some Flashduty channels or teams."""
        return bool(self.flashduty_team_ids or self.flashduty_channel_ids)
