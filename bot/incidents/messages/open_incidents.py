"""The digest's part about open incidents."""

from typing import Final

from bot.flashduty import Incident, Severity
from bot.incidents.holders import UNKNOWN
from bot.incidents.messages.row import row
from bot.incidents.messages.status import severity_mark, state, title_link
from bot.incidents.model import OpenIncidents
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.layout import Part, listed, rest
from bot.messages.size import Chapter, Drawn, Rows
from bot.messages.text import Mrkdwn, clock_time, counted, dotted, mrkdwn
from bot.messages.views import ViewValue

MAX_UNACKNOWLEDGED: Final = 5
MAX_SNOOZES: Final = 10
MAX_LONG_OPEN: Final = 5
TITLE_LIMIT: Final = 80


def open_incidents(part: OpenIncidents, within: ViewValue, audience: Audience, *, in_thread: bool) -> Part:
    """Draw counts by severity, unacknowledged incidents, incidents open for long, and snoozes that end today."""
    if not part.incidents:
        return Part.of(section(mrkdwn("*Nothing is open.*")))
    return (
        Part.of(section(_counts(part)))
        + _unacknowledged(part, within, audience, in_thread=in_thread)
        + _snoozes(part, in_thread=in_thread)
        + _long_open(part, in_thread=in_thread)
    )


def _counts(part: OpenIncidents) -> Mrkdwn:
    total = len(part.incidents)
    if part.is_complete:
        headline = counted(
            total, "*{count} incident of the last 31 days is open*", "*{count} incidents of the last 31 days are open*"
        )
    else:
        headline = mrkdwn("*{count} or more incidents of the last 31 days are open*", count=total)
    by_severity = [
        mrkdwn("{mark} {count}", mark=severity_mark(severity), count=count)
        for severity in Severity
        if (count := sum(incident.severity is severity for incident in part.incidents))
    ]
    return Mrkdwn("\n").join_all([headline, dotted(*by_severity)])


def _unacknowledged(part: OpenIncidents, within: ViewValue, audience: Audience, *, in_thread: bool) -> Part:
    waiting = part.unacknowledged
    if not waiting:
        return Part.of(context(mrkdwn("Every open incident is acknowledged or snoozed.")))
    title = counted(len(waiting), "*{count} waits for somebody*", "*{count} wait for somebody*, most severe first")
    drawn = [
        row(
            incident,
            part.people,
            part.as_of,
            within=within,
            known=part.known.get(incident.id, UNKNOWN),
            may_act=audience.may_act,
        )
        for incident in waiting[:MAX_UNACKNOWLEDGED]
    ]
    rows = tuple(_row(incident, part) for incident in waiting)

    def draw(count: int) -> Drawn:
        shown, more = [block for blocks in drawn[:count] for block in blocks], rows[count:]
        if not more:
            return Drawn.of(*shown)
        left_out = Chapter(mrkdwn("*Waiting for somebody*, continued"), more)
        triggered = mrkdwn("`{command} incidents triggered`", command=audience.command)
        tail = dotted(rest(len(more), in_thread=in_thread), triggered)
        return Drawn.of(*shown, context(tail), left_out=[left_out])

    return Part.of(section(title), Rows(len(drawn), draw))


def _row(incident: Incident, part: OpenIncidents) -> Mrkdwn:
    return mrkdwn(
        "• {mark} {title} · {state}",
        mark=severity_mark(incident.severity),
        title=title_link(incident, TITLE_LIMIT),
        state=state(incident, part.people, part.as_of, known=part.known.get(incident.id, UNKNOWN)),
    )


def _snoozes(part: OpenIncidents, *, in_thread: bool) -> Part:
    rows = snooze_rows(part.snoozes_ending)
    return listed(
        mrkdwn("*Snoozes that run out today*, Flashduty then pages again"), rows, MAX_SNOOZES, in_thread=in_thread
    )


def snooze_rows(ending: tuple[Incident, ...]) -> list[Mrkdwn]:
    """Draw a row for each incident whose snooze ends."""
    return [
        mrkdwn("• {at} {title}", at=clock_time(incident.snoozed_until), title=title_link(incident, TITLE_LIMIT))
        for incident in ending
        if incident.snoozed_until
    ]


def _long_open(part: OpenIncidents, *, in_thread: bool) -> Part:
    found = part.long_open
    title = counted(
        len(found), "*{count} is open for more than a day*", "*{count} are open for more than a day*, oldest first"
    )
    return listed(title, [_row(one, part) for one in found], MAX_LONG_OPEN, in_thread=in_thread)
