"""The digest's words about holes in the days ahead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import Final

from bot.flashduty import Person
from bot.messages.blocks import context
from bot.messages.layout import Part, listed
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped, counted, moment, mrkdwn
from bot.oncall.coverage import Coverage, Gap, Overlap, UnreachableShift

MOST_HOLES: Final = 3
MOST_NAMES: Final = 3
SCHEDULE_LIMIT: Final = 100

_STATUS: Final = {
    "disabled": Mrkdwn("their Flashduty account is disabled"),
    "pending": Mrkdwn("they have not accepted the invitation to Flashduty"),
    "deleted": Mrkdwn("they were removed from Flashduty"),
}

People = Mapping[int, Person]


@dataclass(frozen=True)
class _Shown:
    """How people and times are shown; what lasts to `until` has no end that is known."""

    people: People
    zone: tzinfo | None
    until: datetime

    def moment(self, at: datetime) -> Mrkdwn:
        return moment(at.astimezone(self.zone))

    def span(self, start: datetime, end: datetime) -> Mrkdwn:
        if end >= self.until:
            return mrkdwn("from {start} on", start=self.moment(start))
        return span(start, end, self.zone)


def coverage(found: Coverage, people: People, zone: tzinfo | None, *, in_thread: bool) -> Part:
    """Name a few of what is to be put right in the next 14 days, of each kind one in turn, and count the others."""
    shown = _Shown(people, zone, found.until)
    kinds = (
        [(gap.start, _gap(gap, shown)) for gap in found.gaps],
        [(shift.start, _out_of_reach(shift, shown)) for shift in found.unreachable],
        [(overlap.start, _overlap(overlap, shown)) for overlap in found.overlaps],
    )
    # By turns: a schedule that is empty every night must not hide that somebody cannot be paged.
    told = [each for turn in zip_longest(*kinds) for each in turn if each is not None]
    rows = [*_in_order(told[:MOST_HOLES]), *_in_order(told[MOST_HOLES:])]
    return listed(_title(found), rows, MOST_HOLES, in_thread=in_thread) + _not_known(found)


def _in_order(told: Iterable[tuple[datetime, Mrkdwn]]) -> list[Mrkdwn]:
    return [row for _, row in sorted(told, key=lambda each: each[0])]


def _title(found: Coverage) -> Mrkdwn:
    title, count = mrkdwn("⚠️ *To put right in the next 14 days*"), found.schedules_with_gaps
    if count <= 1:
        return title
    return mrkdwn("{title}: {count} schedules are at times without anybody", title=title, count=count)


def span(start: datetime, end: datetime, zone: tzinfo | None) -> Mrkdwn:
    """Show a stretch of time in each reader's own time zone, with the given one as the fallback."""
    return mrkdwn("{start} to {end}", start=moment(start.astimezone(zone)), end=moment(end.astimezone(zone)))


def _gap(gap: Gap, shown: _Shown) -> Mrkdwn:
    name, start = _name(gap.schedule), shown.moment(gap.start)
    if gap.end >= shown.until:
        return mrkdwn(
            "• {name}: *nobody is on call* from {start} on, for the rest of the 14 days", name=name, start=start
        )
    return mrkdwn("• {name}: *nobody is on call* {span}", name=name, span=span(gap.start, gap.end, shown.zone))


def _out_of_reach(shift: UnreachableShift, shown: _Shown) -> Mrkdwn:
    return mrkdwn(
        "• {name}: {who} cannot be paged {span}, {why}",
        name=_name(shift.schedule),
        who=names([shift.person_id], shown.people),
        span=shown.span(shift.start, shift.end),
        why=_STATUS[shift.status],
    )


def _overlap(overlap: Overlap, shown: _Shown) -> Mrkdwn:
    return mrkdwn(
        "• {who} is on call in {schedules} at once, {span}",
        who=names([overlap.person_id], shown.people),
        schedules=_names(overlap.schedules),
        span=shown.span(overlap.start, overlap.end),
    )


def _names(schedules: Sequence[str]) -> Mrkdwn:
    shown = [mrkdwn("{name}", name=_name(name)) for name in schedules[:MOST_NAMES]]
    if more := len(schedules) - len(shown):
        row = Mrkdwn(", ").join_all(shown)
        return counted(more, "{row} and {count} other schedule", "{row} and {count} other schedules", row=row)
    return Mrkdwn(" and ").join_all([Mrkdwn(", ").join_all(shown[:-1]), shown[-1]])


def _name(schedule: str) -> str:
    return clipped(schedule, SCHEDULE_LIMIT) or "unnamed schedule"


def _not_known(found: Coverage) -> Part:
    if not found.not_known:
        return Part()
    text = counted(
        len(found.not_known),
        "One person on call in the next 14 days could not be looked up, so their account was not checked.",
        "{count} people on call in the next 14 days could not be looked up, so their accounts were not checked.",
    )
    return Part.of(context(text))
