"""A team, a person in Slack, and the reasons to deny access."""

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
    """The permission a route requires."""

    VIEW = auto()
    RESPOND = auto()


class MemberStatus(Enum):
    """A person's relation to the workspace the bot is installed in."""

    MEMBER = auto()
    GUEST = auto()
    STRANGER = auto()
    GONE = auto()


class DenialReason(Enum):
    """Why access is denied; the sentences are in `bot.messages.access`."""

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


class AccessDenied(Exception):  # noqa: N818 - reads as what happened
    """A person may not do what they requested.

    `teams` are the names to choose from, or the team that was denied; `channels` are those whose members are its
    responders, none where the settings name responders; with `on_call`, people on call are permitted.
    """

    def __init__(
        self,
        reason: DenialReason,
        teams: tuple[str, ...] = (),
        channels: tuple[str, ...] = (),
        *,
        on_call: bool = True,
    ) -> None:
        super().__init__(reason.name)
        self.reason = reason
        self.teams = teams
        self.channels = channels
        self.on_call = on_call


@dataclass(frozen=True)
class SlackPerson:
    """A person in Slack."""

    id: str
    name: str
    status: MemberStatus
    email: str | None = field(default=None, repr=False)
    """The address, where Slack shows it and has confirmed it."""
    timezone: str | None = None
    """The name of the time zone, untrusted."""


class ChannelOwners:
    """Cache of the Flashduty teams that own a Flashduty channel, for ten minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[int, tuple[float, frozenset[int]]] = {}

    def get(self, flashduty_channel_id: int) -> frozenset[int] | None:
        """Return the owners, if they are cached."""
        at, owners = self._held.get(flashduty_channel_id, (float("-inf"), frozenset()))
        return owners if self._clock() - at < CHANNEL_OWNERS_TTL else None

    def keep(self, flashduty_channel_id: int, owners: frozenset[int]) -> None:
        """Cache the owners."""
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
    """A team: its client for Flashduty, its Slack channels and its responders.

    The announcement channel is one of its channels, whether or not the settings name it as one.
    """

    name: str
    flashduty: Flashduty
    channels: frozenset[str] = frozenset()
    workspaces: frozenset[str] = frozenset()
    flashduty_team_ids: tuple[int, ...] = ()
    flashduty_channel_ids: tuple[int, ...] = ()
    responders: tuple[str, ...] = ()
    oncall_may_act: bool = True
    """Whether people on call now, or soon, may act like its responders."""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    account: str = "default"
    """The Flashduty account; its teams share a rate limit."""
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
        """The channel for announcements: the digest's, or else the one with the lowest id."""
        return announcement_channel_of(self.channels, self._announcements)

    @property
    def key_setting(self) -> str:
        """The name of the setting that holds this team's APP Key."""
        return f"FLASHDUTY_TEAMS__{self.name.upper()}__APP_KEY"

    @property
    def needs_schedules(self) -> bool:
        """Whether a job of this team runs on its schedules."""
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
