"""Whom an incident can be given to: who is on call now, and whom the levels of an escalation rule page. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.flashduty import EscalationRule, Incident, Person, Schedule
from bot.oncall.shifts import spans


@dataclass(frozen=True, kw_only=True)
class OnCallSchedule:
    """The people who are on call in a schedule."""

    schedule: str
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RuleStep:
    """A level of an escalation rule, counted from 0, and whom it pages now.

    `unread` counts schedules and teams of which it is not known who is in them, `addresses` e-mail addresses.
    """

    rule_id: str
    rule: str
    level: int
    person_ids: tuple[int, ...] = ()
    unread: int = 0
    addresses: int = 0
    is_present: bool = False
    """Whether the incident is on it."""

    @property
    def pages_nobody(self) -> bool:
        """Whether it is known to page nobody, as when its schedule is empty."""
        return not (self.person_ids or self.unread or self.addresses)


@dataclass(frozen=True, kw_only=True)
class Assignees:
    """Whom an incident can be given to, as far as it could be read: `on_call` and `steps` are None where unread."""

    on_call: tuple[OnCallSchedule, ...] | None = None
    steps: tuple[RuleStep, ...] | None = None
    people: Mapping[int, Person] = field(default_factory=dict)


def on_call_now(schedules: Iterable[Schedule], now: datetime) -> tuple[OnCallSchedule, ...]:
    """List the schedules in which somebody is on call."""
    found = ((schedule.name, tuple(dict.fromkeys(_on_call(schedule, (0,), now)))) for schedule in schedules)
    return tuple(OnCallSchedule(schedule=name, person_ids=people) for name, people in found if people)


def rule_steps(
    incident: Incident, rules: Iterable[EscalationRule], schedules: Sequence[Schedule] | None, *, now: datetime
) -> tuple[RuleStep, ...]:
    """List the levels that an incident can be given to: those of its rule, or else of all rules of its channel."""
    enabled = sorted((one for one in rules if one.is_enabled), key=lambda one: one.priority)
    own = [one for one in enabled if one.id == incident.escalation_rule_id]
    return tuple(
        _step(rule, number, schedules, at=now, is_present=rule in own and number == incident.escalation_level)
        for rule in own or enabled
        for number in range(len(rule.levels))
    )


def _step(
    rule: EscalationRule,
    number: int,
    schedules: Sequence[Schedule] | None,
    *,
    at: datetime,
    is_present: bool,
) -> RuleStep:
    target = rule.levels[number].target
    by_id = {str(schedule.id): schedule for schedule in schedules or ()}
    known = {one: roles for one, roles in target.roles_by_schedule.items() if one in by_id}
    on_call = (person for one, roles in known.items() for person in _on_call(by_id[one], roles, at))
    return RuleStep(
        rule_id=rule.id,
        rule=rule.name,
        level=number,
        person_ids=tuple(dict.fromkeys((*target.person_ids, *on_call))),
        unread=len(target.roles_by_schedule) - len(known) + len(target.team_ids),
        addresses=len(target.emails),
        is_present=is_present,
    )


def _on_call(schedule: Schedule, roles: Sequence[int], at: datetime) -> Iterator[int]:
    """Yield who is on call at an instant in some roles; no role and 0 stand for all of them."""
    for span in spans(schedule):
        if span.start <= at < span.end:
            for duty in span.duties:
                if not roles or 0 in roles or duty.role_id in roles:
                    yield from duty.person_ids


def on_call_ids(found: Iterable[OnCallSchedule]) -> tuple[int, ...]:
    """List everybody who is on call, once each."""
    return tuple(dict.fromkeys(person for one in found for person in one.person_ids))
