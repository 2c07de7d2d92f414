"""Who is on call now or takes over soon, who of them may act for that, and who of them could not."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.flashduty import Person, Schedule
from bot.oncall.schedules import ScheduleCache
from bot.oncall.shifts import is_known, spans
from bot.people.directory import address_of, is_same_person
from bot.teams.responders import Verdict
from bot.teams.team import MemberStatus, SlackPerson, Team


def on_call_or_soon(schedules: Iterable[Schedule], now: datetime, lead: timedelta) -> tuple[int, ...]:
    """List the people who are on call at an instant, and those who take over within `lead` of it."""
    found = (
        person
        for schedule in schedules
        for span in spans(schedule)
        if span.start <= now + lead and now < span.end
        for person in span.person_ids
    )
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class CurrentOnCall:
    """Lets whoever is on call act, matched by the e-mail address that Slack and Flashduty both have confirmed."""

    schedule_cache: ScheduleCache
    now: Callable[[], datetime]

    async def may_act(self, team: Team, person: SlackPerson) -> Verdict:
        """Tell whether somebody may act for being on call, by schedules that are at most 15 minutes old."""
        if not team.oncall_may_act or not person.email:
            return Verdict.NO
        team_schedules = await self.schedule_cache.recent(team)
        if team_schedules is None:
            return Verdict.FLASHDUTY_SILENT
        now = self.now()
        wanted = on_call_or_soon(team_schedules.schedules, now, team.shift_notices.lead)
        known = [team_schedules.people[number] for number in wanted if number in team_schedules.people]
        if any(is_same_person(one, person) for one in known):
            return Verdict.YES
        is_whole = len(known) == len(wanted) and all(is_known(schedule, now) for schedule in team_schedules.schedules)
        return Verdict.NO if is_whole else Verdict.FLASHDUTY_SILENT


class LookupProblem(Enum):
    """Why somebody who is on call could not act in Slack."""

    NO_ADDRESS = auto()
    """Flashduty has no e-mail address of theirs."""
    NOT_VERIFIED = auto()
    """Flashduty has an address of theirs that they have not confirmed."""
    NOBODY_THERE = auto()
    """Nobody in Slack has that address."""
    NO_MEMBER = auto()
    """Whoever has it in Slack is no full member: a guest, somebody of another organisation, or gone."""


# Left out of the answer when it is not known.
ByEmail = Callable[[frozenset[str]], Awaitable[Mapping[str, SlackPerson | None]]]


async def unable_to_act(people: Iterable[Person], by_email: ByEmail) -> list[tuple[Person, LookupProblem]]:
    """List who of the people on call could not act in Slack, as far as `by_email` tells who they are there."""
    whole = list(people)
    known = await by_email(frozenset(filter(None, map(address_of, whole))))
    found = ((one, _lookup_problem(one, known)) for one in whole)
    return [(one, hindrance) for one, hindrance in found if hindrance is not None]


def _lookup_problem(person: Person, known: Mapping[str, SlackPerson | None]) -> LookupProblem | None:
    address = address_of(person)
    if not address:
        return LookupProblem.NO_ADDRESS
    if person.is_address_verified is False:
        return LookupProblem.NOT_VERIFIED
    if address not in known:
        return None
    slack = known[address]
    if slack is None:
        return LookupProblem.NOBODY_THERE
    return None if slack.status is MemberStatus.MEMBER else LookupProblem.NO_MEMBER
