"""The digest's lines about on-call: who is on call, the day's handoffs, coverage and changes; details in the thread."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from bot.digest.messages.brief import Brief, first_rows
from bot.digest.model import OnCallPart
from bot.flashduty import Person
from bot.handoff.messages.package import incoming_shifts_part
from bot.handoff.model import HandoffPackage
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.layout import Part
from bot.messages.names import names
from bot.messages.size import Chapter
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment
from bot.oncall.coverage import Coverage
from bot.oncall.messages.coverage import coverage_not_checked, coverage_rows
from bot.oncall.messages.schedule_changes import change_rows
from bot.oncall.schedule_changes import ScheduleChanges
from bot.oncall.shifts import Handoff, OnCallEntry

_MAX_SCHEDULES: Final = 5
_MAX_HANDOFFS: Final = 3
# So many problems or changes stand in the message itself; of more it has the number.
_MAX_DETAILS: Final = 2
_NAME_LIMIT: Final = 100

_People = Mapping[int, Person]


def schedule_lines(to: Audience, part: OnCallPart, *, in_thread: bool) -> Brief:
    """Draw a line for each schedule, those without anybody first."""
    rows = [_entry(to, entry, part.people) for entry in sorted(part.entries, key=lambda entry: entry.now is not None)]
    return first_rows(to, to.say("*On call*, more schedules"), rows, most=_MAX_SCHEDULES, in_thread=in_thread)


def _entry(to: Audience, entry: OnCallEntry, people: _People) -> Mrkdwn:
    name = _name(to, entry.schedule)
    if entry.now is None:
        return _nobody(to, entry, name, people=people)
    who, end = names(to, entry.now.person_ids, people), moment(entry.now.end)
    if not entry.until_is_known:
        return to.say("📟 *{name}*: {who}, no handoff scheduled", name=name, who=who)
    if entry.following is None:
        if entry.is_computed:
            return to.say("📟 *{name}*: {who} until {end}, then nobody", name=name, who=who, end=end)
        return to.say("📟 *{name}*: {who} until {end}", name=name, who=who, end=end)
    after = names(to, entry.following.person_ids, people)
    if entry.following.start == entry.now.end:
        return to.say("📟 *{name}*: {who} until {end}, then {after}", name=name, who=who, end=end, after=after)
    return to.say(
        "📟 *{name}*: {who} until {end}, then nobody until {start} ({after})",
        name=name,
        who=who,
        end=end,
        after=after,
        start=moment(entry.following.start),
    )


def _nobody(to: Audience, entry: OnCallEntry, name: str, people: _People) -> Mrkdwn:
    if not entry.is_known:
        return to.say("⚠️ *{name}*: schedule not available", name=name)
    if entry.following is None:
        return to.say("⚠️ *{name}*: *nobody on call*", name=name)
    after, start = names(to, entry.following.person_ids, people), moment(entry.following.start)
    return to.say("⚠️ *{name}*: *nobody on call*, {after} from {start}", name=name, after=after, start=start)


def handoff_lines(
    to: Audience, part: OnCallPart, package: HandoffPackage | None, *, team: str, in_thread: bool
) -> Brief:
    """Draw the day's handoffs; those with incoming people have a button each."""
    with_button = [shift.change for shift in package.shifts] if package else []
    rows = [_handoff(to, change, part.people) for change in part.handoffs if change not in with_button]
    title = to.say("*Handoffs today*, continued")
    others = first_rows(to, title, rows, most=_MAX_HANDOFFS, in_thread=in_thread) if rows else Brief()
    buttons = incoming_shifts_part(to, package, people=part.people, team=team) if package else Part()
    return others + Brief(buttons)


def _handoff(to: Audience, change: Handoff, people: _People) -> Mrkdwn:
    name, at = _name(to, change.schedule), moment(change.at)
    leaving, coming = names(to, change.leaving, people), names(to, change.coming, people)
    if not change.coming:
        return to.say("⚠️ {name}: {leaving} → *nobody*, {at}", name=name, leaving=leaving, at=at)
    if not change.leaving:
        return to.say("🤝 {name}: {coming}, {at}", name=name, coming=coming, at=at)
    return to.say("🤝 {name}: {leaving} → {coming}, {at}", name=name, leaving=leaving, coming=coming, at=at)


def coverage_lines(to: Audience, found: Coverage, people: _People, *, zone: tzinfo | None) -> Brief:
    """Count the coverage problems of the next 14 days by kind; one or two are shown themselves."""
    rows = coverage_rows(to, found, people, zone=zone)
    unchecked = coverage_not_checked(to, found)
    note = Part.of(context(unchecked) if unchecked else None)
    if not rows:
        return Brief(note)
    title = to.say("⚠️ *Coverage, next 14 days*")
    if len(rows) <= _MAX_DETAILS:
        return Brief(Part.of(section(lines(title, *rows))) + note)
    return Brief(Part.of(section(dotted(title, *_coverage_counts(to, found)))) + note, (Chapter(title, rows),))


def _coverage_counts(to: Audience, found: Coverage) -> tuple[Mrkdwn | None, ...]:
    gaps, twice = found.schedules_with_gaps, len({overlap.person_id for overlap in found.overlaps})
    unreachable = len({shift.person_id for shift in found.unreachable})
    return (
        to.counted(gaps, "{count} schedule with gaps", "{count} schedules with gaps") if gaps else None,
        to.counted(unreachable, "{count} person cannot be paged", "{count} people cannot be paged")
        if unreachable
        else None,
        to.counted(twice, "{count} person on several schedules at once", "{count} people on several schedules at once")
        if twice
        else None,
    )


def change_lines(to: Audience, found: ScheduleChanges, people: _People, *, zone: tzinfo | None) -> Brief:
    """Count what changed in the schedules since the last digest; one or two are shown themselves."""
    rows = change_rows(to, found, people, zone=zone)
    if not rows:
        return Brief()
    title = to.say("🔄 *Schedule changes since the last digest*")
    if len(rows) <= _MAX_DETAILS:
        return Brief.of(section(lines(title, *rows)))
    count = to.counted(len(rows), "{count} change", "{count} changes")
    return Brief.of(section(dotted(title, count)), chapters=[Chapter(title, rows)])


def _name(to: Audience, schedule: str) -> str:
    return clipped(schedule, _NAME_LIMIT) or to.label("unnamed schedule")
