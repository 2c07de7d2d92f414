"""The people who are on call now or soon: whether a Slack person is one of them, and who of them could not act."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.flashduty import Person, Schedule
from bot.oncall.schedules import ScheduleCache
from bot.oncall.shifts import is_known, spans
from bot.people.directory import address_of, is_same_person
from bot.teams.responders import Verdict
from bot.teams.team import MemberStatus, SlackPerson, Team


def on_call_or_soon(schedules: Iterable[Schedule], now: datetime, lead: timedelta) -> tuple[int, ...]:
    """List the people who are on call at an instant, and those whose shift begins within `lead` of it."""
    found = (
        person
        for schedule in schedules
        for span in spans(schedule)
        if span.start <= now + lead and now < span.end
        for person in span.person_ids
    )
    return tuple(dict.fromkeys(found))


class CurrentOnCall:
    """Permits people on call to act, matched by the e-mail address that both Slack and Flashduty have confirmed."""

    def __init__(self, *, schedule_cache: ScheduleCache, now: Callable[[], datetime]) -> None:
        self._schedule_cache = schedule_cache
        self._now = now

    async def may_act(self, team: Team, person: SlackPerson) -> Verdict:
        """Decide whether a person may act because they are on call, by schedules that are at most 15 minutes old."""
        if not team.oncall_may_act or not person.email:
            return Verdict.NO
        current = await self._schedule_cache.get_recent(team)
        if current is None:
            return Verdict.FLASHDUTY_UNAVAILABLE
        now = self._now()
        ids = on_call_or_soon(current.schedules, now, team.shift_notices.lead)
        known = [current.people[number] for number in ids if number in current.people]
        if any(is_same_person(one, person) for one in known):
            return Verdict.YES
        is_complete = len(known) == len(ids) and all(is_known(schedule, now) for schedule in current.schedules)
        return Verdict.NO if is_complete else Verdict.FLASHDUTY_UNAVAILABLE


class LookupProblem(Enum):
    """Why a person on call could not act in Slack."""

    NO_ADDRESS = auto()
    """Flashduty has no e-mail address of the person."""
    NOT_VERIFIED = auto()
    """The person has not confirmed the address in Flashduty."""
    NOBODY_THERE = auto()
    """Nobody in Slack has that address."""
    NO_MEMBER = auto()
    """The address belongs to a guest, to a person of another organisation, or to a deactivated account."""


# An address that could not be looked up is missing from the answer.
ByEmail = Callable[[frozenset[str]], Awaitable[Mapping[str, SlackPerson | None]]]


async def unable_to_act(people: Iterable[Person], by_email: ByEmail) -> list[tuple[Person, LookupProblem]]:
    """List the people who could not act in Slack, with the reason; without those that `by_email` lacks."""
    whole = list(people)
    known = await by_email(frozenset(filter(None, map(address_of, whole))))
    found = ((one, _lookup_problem(one, known)) for one in whole)
    return [(one, problem) for one, problem in found if problem is not None]


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
