"""The digest's part about coverage problems in the days ahead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import Final

from bot.flashduty import Person
from bot.messages.audience import UNCONVERTED, Audience
from bot.messages.blocks import context
from bot.messages.layout import Part, listed
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped, escaped, moment, mrkdwn
from bot.oncall.coverage import Coverage, Gap, Overlap, UnreachableShift

_MAX_PROBLEMS: Final = 3
_MAX_SCHEDULES: Final = 3
_NAME_LIMIT: Final = 100

_STATUS: Final = {
    "disabled": Mrkdwn("their Flashduty account is disabled"),
    "pending": Mrkdwn("they have not accepted the invitation to Flashduty"),
    "deleted": Mrkdwn("they were removed from Flashduty"),
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

    def span(self, start: datetime, end: datetime) -> Mrkdwn:
        if end >= self.until:
            return mrkdwn("from {start} on", start=self.moment(start))
        return time_span(UNCONVERTED, start, end, zone=self.zone)


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
    title, count = to.say("⚠️ *To put right in the next 14 days*"), found.schedules_with_gaps
    if count <= 1:
        return title
    return to.say("{title}: {count} schedules are at times without anybody", title=title, count=count)


def time_span(to: Audience, start: datetime, end: datetime, zone: tzinfo | None) -> Mrkdwn:
    """Draw a time span in each reader's time zone, with the given one as the fallback."""
    return to.say("{start} to {end}", start=moment(start.astimezone(zone)), end=moment(end.astimezone(zone)))


def _gap(to: Audience, gap: Gap, shown: _Shown) -> Mrkdwn:
    name, start = _name(gap.schedule), shown.moment(gap.start)
    if gap.end >= shown.until:
        return to.say(
            "• {name}: *nobody is on call* from {start} on, for the rest of the 14 days", name=name, start=start
        )
    return to.say(
        "• {name}: *nobody is on call* {span}", name=name, span=time_span(to, gap.start, gap.end, zone=shown.zone)
    )


def _unreachable(to: Audience, shift: UnreachableShift, shown: _Shown) -> Mrkdwn:
    return to.say(
        "• {name}: {who} cannot be paged {span}, {why}",
        name=_name(shift.schedule),
        who=names(to, [shift.person_id], shown.people),
        span=shown.span(shift.start, shift.end),
        why=_STATUS[shift.status],
    )


def _overlap(to: Audience, overlap: Overlap, shown: _Shown) -> Mrkdwn:
    return to.say(
        "• {who} is on call in {schedules} at once, {span}",
        who=names(to, [overlap.person_id], shown.people),
        schedules=_names(to, overlap.schedules),
        span=shown.span(overlap.start, overlap.end),
    )


def _names(to: Audience, schedules: Sequence[str]) -> Mrkdwn:
    shown = [escaped(_name(name)) for name in schedules[:_MAX_SCHEDULES]]
    if more := len(schedules) - len(shown):
        row = Mrkdwn(", ").join_all(shown)
        return to.counted(more, "{row} and {count} other schedule", "{row} and {count} other schedules", row=row)
    return Mrkdwn(" and ").join_all([Mrkdwn(", ").join_all(shown[:-1]), shown[-1]])


def _name(schedule: str) -> str:
    return clipped(schedule, _NAME_LIMIT) or "unnamed schedule"


def _not_known(to: Audience, found: Coverage) -> Part:
    if not found.not_known:
        return Part()
    text = to.counted(
        len(found.not_known),
        "One person on call in the next 14 days could not be looked up, so their account was not checked.",
        "{count} people on call in the next 14 days could not be looked up, so their accounts were not checked.",
    )
    return Part.of(context(text))
