"""A team, a person in Slack, and the reasons to deny access."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from bot.config.names.setting_names import setting_name
from bot.config.plans import ShiftPlan
from bot.config.team_settings import TeamSettings
from bot.flashduty import Flashduty, IncidentQuery, InsightQuery
from bot.flashduty.models.customs import CustomAction
from bot.slack.users import MemberStatus, SlackPerson
from bot.teams.comment_types import CommentTypeCache

__all__ = [
    "AccessDenied",
    "ChannelOwners",
    "DenialReason",
    "MemberStatus",
    "Permission",
    "SlackPerson",
    "Team",
    "TeamScope",
]

CHANNEL_OWNERS_TTL: Final = 600.0


class Permission(Enum):
    """The permission a route requires."""

    VIEW = auto()
    RESPOND = auto()


class DenialReason(Enum):
    """Why access is denied; the sentences are in `bot.messages.errors.denials`."""

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


class ChannelOwners:
    """Cache of the Flashduty teams that own a Flashduty channel, for ten minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cached: dict[int, tuple[float, frozenset[int]]] = {}

    def get(self, flashduty_channel_id: int) -> frozenset[int] | None:
        """Return the owners, if they are cached."""
        at, owners = self._cached.get(flashduty_channel_id, (float("-inf"), frozenset()))
        return owners if self._clock() - at < CHANNEL_OWNERS_TTL else None

    def are_aging(self, flashduty_channel_id: int) -> bool:
        """Whether the owners are not cached, or were read long enough ago to be read again before they run out."""
        at, _ = self._cached.get(flashduty_channel_id, (float("-inf"), frozenset()))
        return self._clock() - at > CHANNEL_OWNERS_TTL / 2

    def run_out(self, most: int) -> tuple[int, ...]:
        """Return the channels that were read last of those whose owners are not cached any longer."""
        by_time = sorted(self._cached, key=lambda one: self._cached[one][0], reverse=True)
        return tuple(one for one in by_time if self.get(one) is None)[:most]

    def keep(self, flashduty_channel_id: int, owners: frozenset[int]) -> None:
        """Cache the owners."""
        self._cached[flashduty_channel_id] = (self._clock(), owners)


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
    """A team: its settings, and its client for Flashduty."""

    name: str
    flashduty: Flashduty
    settings: TeamSettings
    owners: ChannelOwners = field(default_factory=ChannelOwners, repr=False, compare=False)
    comment_types: CommentTypeCache = field(default_factory=CommentTypeCache, repr=False, compare=False)

    @property
    def channels(self) -> frozenset[str]:
        """Every Slack channel of the team, the announcement channel among them."""
        return self.settings.channels

    @property
    def announcement_channel(self) -> str | None:
        """The channel for announcements: the digest's, or else the first of its channels."""
        return self.settings.announcement_channel

    @property
    def responders(self) -> tuple[str, ...]:
        """The ids of people and user groups who may act, where the settings name them."""
        return self.settings.responders

    @property
    def oncall_may_act(self) -> bool:
        """Whether people on call now, or soon, may act like its responders."""
        return self.settings.oncall_may_act

    @property
    def timezone(self) -> ZoneInfo:
        """The time zone the team reads times in."""
        return self.settings.timezone

    @property
    def account(self) -> str:
        """The Flashduty account; its teams share a rate limit."""
        return self.settings.account

    @property
    def shift_notices(self) -> ShiftPlan:
        """The plan of the shift notices."""
        return self.settings.shift_plan

    @property
    def flashduty_team_ids(self) -> tuple[int, ...]:
        """The Flashduty teams it is limited to, none for all."""
        return self.settings.flashduty_team_ids

    @property
    def flashduty_channel_ids(self) -> tuple[int, ...]:
        """The Flashduty channels it is limited to, none for all."""
        return self.settings.flashduty_channel_ids

    def custom_actions(self, learnt: Iterable[CustomAction]) -> tuple[CustomAction, ...]:
        """Return the custom actions for a Flashduty channel: those of the settings, then those learnt there."""
        named = tuple(CustomAction(one.name, one.integration_id) for one in self.settings.custom_actions)
        known = {one.integration_id for one in named}
        return (*named, *(one for one in learnt if one.integration_id not in known))

    @property
    def key_setting(self) -> str:
        """The name of the setting that holds this team's APP Key."""
        return setting_name(self.name, "app_key")

    @property
    def needs_schedules(self) -> bool:
        """Whether a job of this team runs on its schedules."""
        notices = self.shift_notices
        follows = bool(self.settings.oncall_usergroups) or self.settings.topic
        return notices.posts_to_channel or notices.reminds_people or follows

    @property
    def scope(self) -> TeamScope:
        """What the team sees of the account: it goes into every query for incidents and their figures."""
        return TeamScope(team_ids=self.flashduty_team_ids, channel_ids=self.flashduty_channel_ids)

    @property
    def is_scoped(self) -> bool:
        """Whether the team is limited to some Flashduty channels or teams."""
        return bool(self.flashduty_team_ids or self.flashduty_channel_ids)
