"""The digest's part about coverage problems in the days ahead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.language import N_
from bot.messages.names import names
from bot.messages.text import Mrkdwn, escaped, moment
from bot.oncall.coverage import Coverage, Gap, Overlap, UnreachableShift
from bot.oncall.messages.schedule_names import schedule_label

_MAX_SCHEDULES: Final = 3

_UNREACHABLE: Final = {
    "disabled": N_("• {name}: {who} cannot be paged {span}: their Flashduty account is disabled"),
    "pending": N_("• {name}: {who} cannot be paged {span}: they have not accepted the invitation to Flashduty"),
    "deleted": N_("• {name}: {who} cannot be paged {span}: they were removed from Flashduty"),
}

_People = Mapping[int, Person]


@dataclass(frozen=True)
class _Shown:
    """How people and times are shown; a problem that lasts to `until` has no known end."""

    people: _People
    zone: tzinfo | None
    until: datetime

    def moment(self, at: datetime) -> Mrkdwn:
        return moment(at.astimezone(self.zone))

    def span(self, to: Audience, start: datetime, end: datetime) -> Mrkdwn:
        if end >= self.until:
            return to.say("from {start}", start=self.moment(start))
        return time_span(to, start, end, zone=self.zone)


def coverage_rows(to: Audience, found: Coverage, people: _People, zone: tzinfo | None) -> tuple[Mrkdwn, ...]:
    """List the problems of the next 14 days by time; all times in which the same schedules share people in one row."""
    shown = _Shown(people, zone, found.until)
    problems = [
        *((gap.start, _gap(to, gap, shown)) for gap in found.gaps),
        *((shift.start, _unreachable(to, shift, shown)) for shift in found.unreachable),
        *((shared[0].start, _shared(to, shared, shown)) for shared in _shared_schedules(found.overlaps)),
    ]
    return tuple(row for _, row in sorted(problems, key=lambda each: each[0]))


def _shared_schedules(overlaps: Iterable[Overlap]) -> list[tuple[Overlap, ...]]:
    """Group the overlaps by their schedules, each group by start."""
    groups: dict[frozenset[str], list[Overlap]] = {}
    for overlap in overlaps:
        groups.setdefault(frozenset(overlap.schedules), []).append(overlap)
    return [tuple(sorted(group, key=lambda each: each.start)) for group in groups.values()]


def time_span(to: Audience, start: datetime, end: datetime, zone: tzinfo | None) -> Mrkdwn:
    """Draw a time span in each reader's time zone, with the given one as the fallback."""
    return to.say("{start} to {end}", start=moment(start.astimezone(zone)), end=moment(end.astimezone(zone)))


def _gap(to: Audience, gap: Gap, shown: _Shown) -> Mrkdwn:
    name, start = schedule_label(to, gap.schedule), shown.moment(gap.start)
    if gap.end >= shown.until:
        return to.say("• {name}: *nobody is on call* from {start} to the end of the 14 days", name=name, start=start)
    return to.say(
        "• {name}: *nobody is on call* {span}", name=name, span=time_span(to, gap.start, gap.end, zone=shown.zone)
    )


def _unreachable(to: Audience, shift: UnreachableShift, shown: _Shown) -> Mrkdwn:
    return to.translated(
        _UNREACHABLE[shift.status],
        name=schedule_label(to, shift.schedule),
        who=names(to, [shift.person_id], shown.people),
        span=shown.span(to, shift.start, shift.end),
    )


def _shared(to: Audience, overlaps: Sequence[Overlap], shown: _Shown) -> Mrkdwn:
    first = overlaps[0]
    who = names(to, (overlap.person_id for overlap in overlaps), shown.people)
    schedules, span = _names(to, first.schedules), shown.span(to, first.start, first.end)
    if len(overlaps) == 1:
        return to.say(
            "• {who} is on call on several schedules at once ({schedules}), {span}",
            who=who,
            schedules=schedules,
            span=span,
        )
    return to.counted(
        len(overlaps),
        "• The same person is on call on {schedules}, {count} time ({who}), first {span}",
        "• The same person is on call on {schedules}, {count} times ({who}), first {span}",
        schedules=schedules,
        who=who,
        span=span,
    )


def _names(to: Audience, schedules: Sequence[str]) -> Mrkdwn:
    shown = [escaped(schedule_label(to, name)) for name in schedules[:_MAX_SCHEDULES]]
    row = to.say(", ").join_all(shown)
    if more := len(schedules) - len(shown):
        return to.counted(more, "{row} and {count} other schedule", "{row} and {count} other schedules", row=row)
    return row


def coverage_not_checked(to: Audience, found: Coverage) -> Mrkdwn | None:
    """Say that the accounts of some people could not be checked; None when all could."""
    if not found.not_known:
        return None
    return to.counted(
        len(found.not_known),
        "{count} person on call in the next 14 days was not checked: Flashduty did not return their account.",
        "{count} people on call in the next 14 days were not checked: Flashduty did not return their accounts.",
    )
