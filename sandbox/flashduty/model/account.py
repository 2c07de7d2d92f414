"""One Flashduty account and everything in it."""

from dataclasses import dataclass, field
from typing import Final

from sandbox.flashduty.model.comments import Comment
from sandbox.flashduty.model.schedule import Schedule
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.keys import AppKey
from sandbox.flashduty.wire.permissions import PERMISSIONS

NO_RULE: Final = "0" * 24
ADMINISTRATOR: Final = 6


@dataclass(frozen=True)
class TimelineEntry:
    """An event in an incident's history; `at` in Unix seconds."""

    incident_id: str
    at: int
    what: str
    person_id: int
    detail: str = ""


@dataclass
class Account:
    """The state of an account; incidents, persons, channels and teams are wire records."""

    account_id: int
    name: str
    locale: str = "en-US"
    time_zone: str = "UTC"
    domain: str = ""
    incidents: dict[str, Record] = field(default_factory=dict)
    schedules: dict[int, Schedule] = field(default_factory=dict)
    persons: dict[int, Record] = field(default_factory=dict)
    channels: dict[int, Record] = field(default_factory=dict)
    teams: dict[int, Record] = field(default_factory=dict)
    keys: dict[str, AppKey] = field(default_factory=dict)
    timeline: list[TimelineEntry] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    # The permissions of each role, and the roles of each person; a person without an entry is an administrator.
    roles: dict[int, frozenset[str]] = field(default_factory=lambda: {ADMINISTRATOR: frozenset(PERMISSIONS)})
    roles_of: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def role_ids_of(self, person_id: int) -> tuple[int, ...]:
        """Return the roles of a person."""
        return self.roles_of.get(person_id, (ADMINISTRATOR,))

    def allowed(self, person_id: int) -> frozenset[str]:
        """Return the union of the permissions of a person's roles."""
        return frozenset().union(*(self.roles.get(role, frozenset()) for role in self.role_ids_of(person_id)))

    def teams_of(self, person_id: int) -> set[int]:
        """Return the ids of the teams of a person."""
        return {number for number, team in self.teams.items() if person_id in team["person_ids"]}

    def channels_of(self, team_ids: set[int]) -> set[int]:
        """Return the ids of the channels owned by these teams."""
        return {number for number, channel in self.channels.items() if channel["team_id"] in team_ids}

    def channel_named(self, name_or_id: int | str) -> Record:
        """Find a channel by its id or its name; raises LookupError."""
        for number, channel in self.channels.items():
            if name_or_id in (number, str(number), channel["channel_name"]):
                return channel
        raise LookupError(f"no Flashduty channel {name_or_id}")

    def note(self, incident_id: str, what: str, *, at: int, person_id: int, detail: str = "") -> None:
        """Append an entry to an incident's timeline."""
        self.timeline.append(
            TimelineEntry(incident_id=incident_id, at=at, what=what, person_id=person_id, detail=detail)
        )


@dataclass(frozen=True)
class ApiRequest:
    """An authorised request: the account, the key, the time (Unix seconds) and the body."""

    account: Account
    key: AppKey
    now: int
    body: Record

    @property
    def owner(self) -> Record:
        """The owner of the key: the person the request acts as."""
        return self.account.persons[self.key.owner_id]
