"""The digest's words about holes in the days ahead."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import Final

from bot.coverage import Coverage, Gap, OutOfReach, Overlap
from bot.flashduty import Person
from bot.messages.blocks import context
from bot.messages.names import names
from bot.messages.parts import Part, listed
from bot.messages.text import Mrkdwn, clipped, counted, moment, mrkdwn

MOST_HOLES: Final = 3
MOST_NAMES: Final = 3
SCHEDULE_LIMIT: Final = 100
HOUR: Final = 3600

_STATUS: Final = {
    "disabled": Mrkdwn("their Flashduty account is disabled"),
    "pending": Mrkdwn("they have not accepted the invitation to Flashduty"),
    "deleted": Mrkdwn("they were removed from Flashduty"),
}

People = Mapping[int, Person]


def coverage(found: Coverage, people: People, zone: tzinfo | None, *, in_thread: bool) -> Part:
    """Name the first holes of the next 14 days, of each kind one in turn, and count the others."""
    kinds = (
        [_gap(gap, zone) for gap in found.gaps],
        [_out_of_reach(shift, people, zone) for shift in found.out_of_reach],
        [_overlap(overlap, people, zone) for overlap in found.overlaps],
    )
    # By turns: a schedule that is empty every night must not hide that somebody cannot be paged.
    rows = [row for turn in zip_longest(*kinds) for row in turn if row is not None]
    return listed(_title(found), rows, MOST_HOLES, in_thread=in_thread) + _not_known(found)


def _title(found: Coverage) -> Mrkdwn:
    hours = round(found.time_without_anybody.total_seconds() / HOUR)
    title = mrkdwn("⚠️ *Holes in the next 14 days*")
    if not hours:
        return title
    return counted(
        hours, "{title}, {count} hour without anybody", "{title}, {count} hours without anybody", title=title
    )


def span(start: datetime, end: datetime, zone: tzinfo | None) -> Mrkdwn:
    """Show a stretch of time in each reader's own time zone, with the given one as the fallback."""
    return mrkdwn("{start} to {end}", start=moment(start.astimezone(zone)), end=moment(end.astimezone(zone)))


def _gap(gap: Gap, zone: tzinfo | None) -> Mrkdwn:
    return mrkdwn("• {name}: *nobody is on call* {span}", name=_name(gap.schedule), span=span(gap.start, gap.end, zone))


def _out_of_reach(shift: OutOfReach, people: People, zone: tzinfo | None) -> Mrkdwn:
    return mrkdwn(
        "• {name}: {who} cannot be paged {span}, {why}",
        name=_name(shift.schedule),
        who=names([shift.person_id], people),
        span=span(shift.start, shift.end, zone),
        why=_STATUS[shift.status],
    )


def _overlap(overlap: Overlap, people: People, zone: tzinfo | None) -> Mrkdwn:
    return mrkdwn(
        "• {who} is on call in {schedules} at once, {span}",
        who=names([overlap.person_id], people),
        schedules=_names(overlap.schedules),
        span=span(overlap.start, overlap.end, zone),
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
