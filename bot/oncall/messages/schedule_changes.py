"""The digest's part about changes of the schedules."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.names import names
from bot.messages.text import Mrkdwn, moment
from bot.oncall.messages.coverage import time_span
from bot.oncall.messages.schedule_names import schedule_label
from bot.oncall.schedule_changes import ScheduleChanges, ShiftChange


def change_rows(
    to: Audience, found: ScheduleChanges, people: Mapping[int, Person], zone: tzinfo | None
) -> tuple[Mrkdwn, ...]:
    """List who gained and who lost which shift since the last digest."""
    return (
        *(to.say("• {name} was removed or disabled", name=schedule_label(to, name)) for name in found.removed),
        *(to.say("• {name} is new", name=schedule_label(to, name)) for name in found.added),
        *(_row(to, change, people, zone=zone, until=found.until) for change in found.shifts),
    )


def _row(
    to: Audience, change: ShiftChange, people: Mapping[int, Person], zone: tzinfo | None, *, until: datetime | None
) -> Mrkdwn:
    name, start = schedule_label(to, change.schedule), change.start.astimezone(zone)
    lasts = until is not None and change.end >= until
    when = to.say("from {start}", start=moment(start)) if lasts else time_span(to, start, change.end, zone=zone)
    lost, gained = names(to, change.lost, people), names(to, change.gained, people)
    if lost and gained:
        return to.say("• {name}, {when}: {gained} instead of {lost}", name=name, when=when, lost=lost, gained=gained)
    if gained:
        return to.say("• {name}, {when}: {gained} added", name=name, when=when, gained=gained)
    if lost:
        return to.say("• {name}, {when}: {lost} removed", name=name, when=when, lost=lost)
    return to.say("• {name}, {when}: same people, other roles", name=name, when=when)
