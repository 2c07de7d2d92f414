"""The digest's part about coverage problems in the days ahead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import Final

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.blocks import context
from bot.messages.language import N_
from bot.messages.layout import Part, listed
from bot.messages.names import names
from bot.messages.text import Mrkdwn, escaped, moment
from bot.oncall.coverage import Coverage, Gap, Overlap, UnreachableShift
from bot.oncall.messages.schedule_names import schedule_label

_MAX_PROBLEMS: Final = 3
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


def coverage_part(to: Audience, found: Coverage, people: _People, zone: tzinfo | None, *, in_thread: bool) -> Part:
    """List a few problems of the next 14 days, alternating between the kinds, and count the others."""
    shown = _Shown(people, zone, found.until)
    kinds = (
        [(gap.start, _gap(to, gap, shown)) for gap in found.gaps],
        [(shift.start, _unreachable(to, shift, shown)) for shift in found.unreachable],
        [(overlap.start, _overlap(to, overlap, shown)) for overlap in found.overlaps],
    )
    # Alternating, so that a schedule with a gap every night does not hide a person who cannot be paged.
    alternating = [each for turn in zip_longest(*kinds) for each in turn if each is not None]
    rows = [*_in_order(alternating[:_MAX_PROBLEMS]), *_in_order(alternating[_MAX_PROBLEMS:])]
    return listed(to, _title(to, found), rows, most=_MAX_PROBLEMS, in_thread=in_thread) + _not_known(to, found)


def _in_order(problems: Iterable[tuple[datetime, Mrkdwn]]) -> list[Mrkdwn]:
    return [row for _, row in sorted(problems, key=lambda each: each[0])]


def _title(to: Audience, found: Coverage) -> Mrkdwn:
    if found.schedules_with_gaps <= 1:
        return to.say("⚠️ *Coverage, next 14 days*")
    return to.say("⚠️ *Coverage gaps, next 14 days: {count} schedules*", count=found.schedules_with_gaps)


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


def _overlap(to: Audience, overlap: Overlap, shown: _Shown) -> Mrkdwn:
    return to.say(
        "• {who} is on call on several schedules at once ({schedules}), {span}",
        who=names(to, [overlap.person_id], shown.people),
        schedules=_names(to, overlap.schedules),
        span=shown.span(to, overlap.start, overlap.end),
    )


def _names(to: Audience, schedules: Sequence[str]) -> Mrkdwn:
    shown = [escaped(schedule_label(to, name)) for name in schedules[:_MAX_SCHEDULES]]
    row = to.say(", ").join_all(shown)
    if more := len(schedules) - len(shown):
        return to.counted(more, "{row} and {count} other schedule", "{row} and {count} other schedules", row=row)
    return row


def _not_known(to: Audience, found: Coverage) -> Part:
    if not found.not_known:
        return Part()
    text = to.counted(
        len(found.not_known),
        "{count} person on call in the next 14 days was not checked: Flashduty did not return their account.",
        "{count} people on call in the next 14 days were not checked: Flashduty did not return their accounts.",
    )
    return Part.of(context(text))
