"""Who belongs in a user group at this moment, as far as Flashduty and Slack tell for certain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.flashduty import Person
from bot.oncall.schedules import TeamSchedules
from bot.people.directory import address_of
from bot.people.slack_profiles import SlackProfiles
from bot.teams.access import SlackPerson
from bot.usergroups.plan import GroupPlan, RequestedMembers, requested_members


@dataclass(frozen=True)
class WantedMembers:
    """Who belongs in a group now; `unknown` are on call and not in Slack, `trouble` says why it must be left alone."""

    members: frozenset[str]
    unknown: tuple[Person, ...]
    trouble: str | None = None
    emails: frozenset[str] = frozenset()

    @property
    def state(self) -> str:
        """The members as one text."""
        return " ".join(sorted(self.members))


class UncertainMembersError(Exception):
    """It is not known who belongs in a group at this moment, so it is left alone; `code` says what is missing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class GroupMembers:
    """Works it out from a rota and the e-mail addresses of Slack.

    `seen` keeps who somebody was in Slack, for an answer of Flashduty that lacks their address.
    """

    profiles: SlackProfiles
    now: Callable[[], datetime]
    seen: dict[int, str] = field(default_factory=dict, repr=False)

    async def wanted(self, plan: GroupPlan, team_schedules: TeamSchedules) -> WantedMembers:
        """Find who belongs in a group now; raises UncertainMembersError."""
        duty = requested_members(plan, team_schedules.schedules, self.now())
        found = _everybody(duty, team_schedules)
        known = await self.profiles.by_email(frozenset(filter(None, map(address_of, found))))
        if any(address_of(one) not in {"", *known} for one in found):
            raise UncertainMembersError("slack_not_told")
        ids = {one.id: self._slack_id(one, known) for one in found}
        matched = frozenset(slack_id for slack_id in ids.values() if slack_id is not None)
        unknown = tuple(one for one in found if ids[one.id] is None)
        return WantedMembers(matched | plan.pinned, unknown, _why_not(duty, found, matched), frozenset(known))

    def _slack_id(self, person: Person, known: Mapping[str, SlackPerson | None]) -> str | None:
        address = address_of(person)
        if not address:
            return self.seen.get(person.id)
        slack = known[address]
        if slack is None:
            self.seen.pop(person.id, None)
            return None
        self.seen[person.id] = slack.id
        return slack.id


def _everybody(duty: RequestedMembers, team_schedules: TeamSchedules) -> list[Person]:
    if duty.not_known:
        raise UncertainMembersError("schedule_not_known")
    if any(number not in team_schedules.people for number in duty.person_ids):
        raise UncertainMembersError("person_not_told")
    return [team_schedules.people[number] for number in duty.person_ids]


def _why_not(duty: RequestedMembers, found: list[Person], matched: frozenset[str]) -> str | None:
    if duty.missing:
        return "no_such_schedule"
    if not found:
        return "nobody_on_call"
    return None if matched else "nobody_known"
