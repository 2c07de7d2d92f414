"""One Flashduty account and everything in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sandbox.flashduty.model.comments import Comment
from sandbox.flashduty.model.customs import CustomAction, Form
from sandbox.flashduty.model.history import History
from sandbox.flashduty.model.pages import Page
from sandbox.flashduty.model.schedule import Schedule
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.keys import AppKey
from sandbox.flashduty.wire.permissions import PERMISSIONS

NO_RULE: Final = "0" * 24
ADMINISTRATOR: Final = 6


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
    timeline: History = field(default_factory=History)
    # The alerts of each incident, oldest first, once they were looked at.
    alerts: dict[str, list[Record]] = field(default_factory=dict)
    # What each incident was before its latest change, and when that was (Unix seconds); None before it began.
    earlier: dict[str, tuple[int, Record | None]] = field(default_factory=dict)
    # The escalation rules of each channel.
    rules: dict[int, list[Record]] = field(default_factory=dict)
    # Attempts to deliver webhooks, the oldest first.
    deliveries: list[Record] = field(default_factory=list)
    # Similar incidents of the past belong to a plan.
    has_pro_plan: bool = True
    # Called with the type of the event and the alert.
    on_alert: list[Callable[[str, Record], None]] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    # What the account defines for itself: actions by their ids, records of fields and of types of comments, forms.
    custom_actions: dict[int, CustomAction] = field(default_factory=dict)
    fields: list[Record] = field(default_factory=list)
    comment_types: list[Record] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    # Everybody who was paged while the sandbox runs, the oldest page first; how each person prefers to be paged, and
    # why a page does not reach a person.
    pages: list[Page] = field(default_factory=list)
    preferences: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unreachable: dict[int, str] = field(default_factory=dict)
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

    def tell_of_alert(self, what: str, alert: Record) -> None:
        """Call whoever follows alerts: a_new, a_update, a_merge, a_close."""
        for act in self.on_alert:
            act(what, alert)

    def person_named(self, name_or_id: int | str) -> int:
        """Find a person by id, by name, or by the mailbox of their address; 0 is the system; raises LookupError."""
        if name_or_id in {0, "0", "system"}:
            return 0
        for number, person in self.persons.items():
            mailbox = person.get("email", "").partition("@")[0]
            if name_or_id in (number, str(number)) or (
                name_or_id and name_or_id in (person.get("person_name"), mailbox)
            ):
                return number
        raise LookupError(f"nobody here is {name_or_id}")

    def incident_named(self, id_or_number: str) -> Record:
        """Find an incident by its id, or the newest with a number such as 0E83EE; raises LookupError."""
        number = id_or_number.strip("#").lower()
        if number in self.incidents:
            return self.incidents[number]
        found = [one for one in self.incidents.values() if one["num"].lower() == number]
        if not found:
            raise LookupError(f"no incident {id_or_number}")
        return max(found, key=lambda one: (one["start_time"], one["incident_id"]))

    def channel_named(self, name_or_id: int | str) -> Record:
        """Find a channel by its id or its name; raises LookupError."""
        for number, channel in self.channels.items():
            if name_or_id in (number, str(number), channel["channel_name"]):
                return channel
        raise LookupError(f"no Flashduty channel {name_or_id}")


@dataclass(frozen=True)
class ApiRequest:
    """An authorised request: the account, the key, the time (Unix seconds), the body, and how late changes are read.

    `takes_any_form`: the habit demands answers to a form, whichever they are.
    """

    account: Account
    key: AppKey
    now: int
    body: Record
    lag: float = 0.0
    takes_any_form: bool = False

    def incidents(self) -> Iterator[Record]:
        """Iterate over the incidents as they can be read now: a change is seen `lag` seconds after it was made."""
        if not self.lag:
            yield from self.account.incidents.values()
            return
        for number in self.account.incidents:
            if (incident := self.incident(number)) is not None:
                yield incident

    def incident(self, number: str) -> Record | None:
        """Return an incident as it can be read now; None where there is none yet."""
        at, before = self.account.earlier.get(number, (0, None))
        return before if self.lag and self.now < at + self.lag else self.account.incidents.get(number)

    @property
    def owner(self) -> Record:
        """The owner of the key: the person the request acts as."""
        return self.account.persons[self.key.owner_id]
