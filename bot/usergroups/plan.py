"""Plans for synced user groups: the schedules that feed a group, and the people they put into it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.config.group_plans import GroupPlan
from bot.flashduty import Schedule
from bot.oncall.shifts import is_known, spans


@dataclass(frozen=True)
class RequestedMembers:
    """The people a plan puts into a group at one instant, its missing schedules, and those that are not known then."""

    person_ids: tuple[int, ...]
    missing: tuple[int, ...]
    not_known: tuple[str, ...] = ()


def requested_members(plan: GroupPlan, schedules: Iterable[Schedule], now: datetime) -> RequestedMembers:
    """Find the people on call for a group; a disabled schedule counts as one with nobody on call."""
    known = {schedule.id: schedule for schedule in schedules}
    missing = tuple(source.schedule_id for source in plan.sources if source.schedule_id not in known)
    found = [
        person
        for source in plan.sources
        if (schedule := known.get(source.schedule_id)) is not None and schedule.is_enabled
        for person in _people(schedule, source.role_id, now)
    ]
    asked = [known[source.schedule_id] for source in plan.sources if source.schedule_id in known]
    not_known = tuple(schedule.name for schedule in asked if schedule.is_enabled and not is_known(schedule, now))
    return RequestedMembers(tuple(dict.fromkeys(found)), missing, not_known)


def _people(schedule: Schedule, role_id: int | None, now: datetime) -> list[int]:
    return [
        person
        for span in spans(schedule)
        if span.start <= now < span.end
        for duty in span.duties
        if role_id is None or duty.role_id == role_id
        for person in duty.person_ids
    ]
