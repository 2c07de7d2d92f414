"""What a living card shows of its incident. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Alert, EscalationLevel, EscalationRule, Incident, Person, Progress, Schedule
from bot.incidents.holders import UNKNOWN, Attribution
from bot.incidents.model import is_snoozed
from bot.oncall.shifts import spans

CardKey = tuple[str, str]
"""A team and the id of an incident."""


@dataclass(frozen=True, kw_only=True)
class NextPage:
    """Whom Flashduty pages next, and when, if nobody acknowledges; nobody where that is not known."""

    at: datetime
    level: int
    """Counted from 1."""
    person_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CardContents:
    """An incident with everything that its card shows of it."""

    incident: Incident
    people: Mapping[int, Person] = field(default_factory=dict)
    known: Attribution = UNKNOWN
    next_page: NextPage | None = None
    alerts: tuple[Alert, ...] = ()
    """The first alerts of an incident that groups several."""

    def changes_at(self, now: datetime) -> datetime | None:
        """Return the next instant at which the card changes although the incident does not."""
        ahead = [self.next_page.at if self.next_page else None, self.incident.snoozed_until]
        return min((at for at in ahead if at is not None and at > now), default=None)


# What changes when alerts come in, and nothing else does.
_OF_ALERTS: Final = frozenset(
    {"active_alert_count", "alert_count", "description", "end_time", "event_count", "labels", "status", "updated_at"}
)


def differs_in_alerts_alone(one: Incident, other: Incident) -> bool:
    """Whether two states of an incident differ, and in nothing but what alerts say."""
    return one != other and all(
        getattr(one, name) == getattr(other, name) for name in type(one).model_fields if name not in _OF_ALERTS
    )


def next_page(
    incident: Incident, rules: Iterable[EscalationRule], schedules: Sequence[Schedule] | None, now: datetime
) -> NextPage | None:
    """Find out whom the next level of the incident's own rule pages, and when; None where nobody, or where unknown.

    Flashduty escalates an unacknowledged incident when the window of its present level has passed. `schedules` are None
    where they were not read. Source: /en/api-reference/on-call/channels/channel-escalate-rule-list.
    """
    level, since = incident.escalation_level, incident.assigned_at
    rule = next((one for one in rules if one.id == incident.escalation_rule_id), None)
    if rule is None or level is None or since is None or level + 1 >= len(rule.levels):
        return None
    is_waiting = incident.progress is Progress.TRIGGERED and not is_snoozed(incident, now)
    window = rule.levels[level].window_minutes
    if not is_waiting or not window:
        return None
    at = since + timedelta(minutes=window)
    if at <= now:
        return None
    return NextPage(at=at, level=level + 2, person_ids=_targets(rule.levels[level + 1], schedules, at))


def _targets(level: EscalationLevel, schedules: Sequence[Schedule] | None, at: datetime) -> tuple[int, ...]:
    """List everybody whom a level pages; none unless all of them are known."""
    target = level.target
    by_id = {str(schedule.id): schedule for schedule in schedules or ()}
    if target.team_ids or not target.roles_by_schedule.keys() <= by_id.keys():
        return ()
    found = list(target.person_ids)
    for schedule_id, roles in target.roles_by_schedule.items():
        found += _on_call(by_id[schedule_id], roles, at)
    return tuple(dict.fromkeys(found))


def _on_call(schedule: Schedule, roles: Sequence[int], at: datetime) -> Iterable[int]:
    """List who is on call at an instant in some roles; no role and 0 stand for all of them."""
    return (
        person
        for span in spans(schedule)
        if span.start <= at < span.end
        for duty in span.duties
        if not roles or 0 in roles or duty.role_id in roles
        for person in duty.person_ids
    )
