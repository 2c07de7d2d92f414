"""The open incidents of a team, as a digest and a reminder show them: each once, the unacknowledged ones first."""

from collections.abc import Callable
from typing import Final

from bot.flashduty import Incident, Severity
from bot.incidents.holders import UNKNOWN
from bot.incidents.messages.row import rows
from bot.incidents.messages.status import severity_mark, snooze, state, title_link
from bot.incidents.model import LONG_OPEN_AFTER, OpenIncidents
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.layout import Part, listed
from bot.messages.size import Chapter, Drawn, Rows
from bot.messages.text import Mrkdwn, clock_time, dotted, lines, mrkdwn
from bot.messages.views import ViewValue

MAX_UNACKNOWLEDGED: Final = 5
MAX_OTHERS: Final = 10
TITLE_LIMIT: Final = 80


def open_incidents(to: Audience, part: OpenIncidents, within: ViewValue) -> Part:
    """Draw how many there are, the first unacknowledged ones, which have a control each, and some of the others."""
    first = unacknowledged_rows(to, part, within)
    return Part.of(section(incident_counts(to, part))) + first + other_incidents_part(to, part)


def incident_counts(to: Audience, part: OpenIncidents) -> Mrkdwn:
    """Count the unacknowledged incidents by severity, and the open ones."""
    if not part.incidents:
        return to.say("*No open incidents.*")
    return lines(_unacknowledged_count(to, part), _open_count(to, part))


def _unacknowledged_count(to: Audience, part: OpenIncidents) -> Mrkdwn:
    waiting = part.unacknowledged
    if not waiting:
        return to.say("*Every open incident is acknowledged or snoozed.*")
    counts = ((severity, sum(one.severity is severity for one in waiting)) for severity in Severity)
    by_severity = (
        mrkdwn("{mark} {count}", mark=severity_mark(to, severity), count=count) for severity, count in counts if count
    )
    return to.say("*Unacknowledged:* {counts}", counts=dotted(*by_severity))


def _open_count(to: Audience, part: OpenIncidents) -> Mrkdwn:
    count, long_open, ending = len(part.incidents), len(part.long_open), len(part.snoozes_ending)
    return dotted(
        to.counted(count, "{count} open incident (last 31 days)", "{count} open incidents (last 31 days)")
        if part.is_complete
        else to.say("{count} or more open incidents (last 31 days)", count=count),
        to.counted(long_open, "{count} open for more than a day", "{count} open for more than a day")
        if long_open
        else None,
        to.counted(ending, "{count} snooze ends today", "{count} snoozes end today") if ending else None,
    )


def unacknowledged_rows(
    to: Audience, part: OpenIncidents, within: ViewValue, *, rest_of: Callable[[int], Mrkdwn | None] = lambda _: None
) -> Part:
    """Draw the first unacknowledged incidents, most severe first; `rest_of` says how many others there are."""
    first = part.unacknowledged[:MAX_UNACKNOWLEDGED]
    drawn = rows(to, first, part.people, within=within, known=part.known)

    def draw(count: int) -> Drawn:
        more = rest_of(len(part.incidents) - count)
        omitted = tuple(_line(to, incident, part) for incident in first[count:])
        return Drawn.of(
            *(block for blocks in drawn[:count] for block in blocks),
            context(more) if more else None,
            left_out=[Chapter(to.say("*Most severe, continued*"), omitted)] if omitted else (),
        )

    return Part.of(Rows(len(drawn), draw)) if drawn else Part()


def other_incidents(to: Audience, part: OpenIncidents) -> Chapter | None:
    """List those that `open_incidents` does not show, each with its marks; None when it shows all."""
    others = tuple(
        _line(to, incident, part) for incident in part.in_order[min(MAX_UNACKNOWLEDGED, len(part.unacknowledged)) :]
    )
    return Chapter(to.say("*Other open incidents*"), others) if others else None


def other_incidents_part(to: Audience, part: OpenIncidents) -> Part:
    """Draw the first of those that `open_incidents` does not show, in the same message."""
    others = other_incidents(to, part)
    return listed(to, others.title, others.rows, most=MAX_OTHERS, in_thread=False) if others else Part()


def _line(to: Audience, incident: Incident, part: OpenIncidents) -> Mrkdwn:
    return dotted(
        mrkdwn(
            "• {mark} {title}",
            mark=severity_mark(to, incident.severity),
            title=title_link(to, incident, TITLE_LIMIT),
        ),
        state(to, incident, part.people, known=part.known.get(incident.id, UNKNOWN)),
        _snooze(to, incident, part),
        to.say("⏳ open for more than a day") if part.as_of - incident.started_at > LONG_OPEN_AFTER else None,
    )


def _snooze(to: Audience, incident: Incident, part: OpenIncidents) -> Mrkdwn | None:
    if incident.snoozed_until and incident in part.snoozes_ending:
        return to.say("💤 snooze ends today {at}", at=clock_time(incident.snoozed_until))
    return snooze(to, incident)
