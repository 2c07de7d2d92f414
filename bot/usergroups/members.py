"""The members a user group should have now, as far as Flashduty and Slack confirm them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.config.group_plans import GroupPlan
from bot.flashduty import Person
from bot.oncall.schedules import TeamSchedules
from bot.people.directory import address_of
from bot.people.slack_profiles import SlackProfiles
from bot.teams.access import SlackPerson
from bot.usergroups.plan import RequestedMembers, requested_members


@dataclass(frozen=True, kw_only=True)
class WantedMembers:
    """The members a group should have; `unknown` are on call but not in Slack, `problem` forbids changing the group."""

    members: frozenset[str]
    unknown: tuple[Person, ...]
    problem: str | None = None
    emails: frozenset[str] = frozenset()

    @property
    def state(self) -> str:
        """The members as one text."""
        return " ".join(sorted(self.members))


class UncertainMembersError(Exception):
    """The members of a group are uncertain, so it must not be changed; `code` says what is missing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class GroupMembers:
    """Compute a group's members from the schedules and the e-mail addresses in Slack."""

    def __init__(self, *, profiles: SlackProfiles, now: Callable[[], datetime]) -> None:
        self._profiles = profiles
        self._now = now
        # Slack ids by person, for an answer of Flashduty that lacks an address.
        self._slack_ids: dict[int, str] = {}

    async def wanted(self, plan: GroupPlan, current: TeamSchedules) -> WantedMembers:
        """Compute a group's members now; raises UncertainMembersError."""
        request = requested_members(plan, current.schedules, self._now())
        people = _everybody(request, current)
        known = await self._profiles.by_email(frozenset(filter(None, map(address_of, people))))
        if any(address_of(one) not in {"", *known} for one in people):
            raise UncertainMembersError("slack_not_told")
        ids = {one.id: self._slack_id(one, known) for one in people}
        matched = frozenset(slack_id for slack_id in ids.values() if slack_id is not None)
        return WantedMembers(
            members=matched | plan.pinned,
            unknown=tuple(one for one in people if ids[one.id] is None),
            problem=_problem(request, people, matched),
            emails=frozenset(known),
        )

    def _slack_id(self, person: Person, known: Mapping[str, SlackPerson | None]) -> str | None:
        address = address_of(person)
        if not address:
            return self._slack_ids.get(person.id)
        slack = known[address]
        if slack is None:
            self._slack_ids.pop(person.id, None)
            return None
        self._slack_ids[person.id] = slack.id
        return slack.id


def _everybody(request: RequestedMembers, current: TeamSchedules) -> list[Person]:
    if request.not_known:
        raise UncertainMembersError("schedule_not_known")
    if any(number not in current.people for number in request.person_ids):
        raise UncertainMembersError("person_not_told")
    return [current.people[number] for number in request.person_ids]


def _problem(request: RequestedMembers, people: list[Person], matched: frozenset[str]) -> str | None:
    if request.missing:
        return "no_such_schedule"
    if not people:
        return "nobody_on_call"
    return None if matched else "nobody_known"
