"""The digest's part about open incidents."""

from typing import Final

from bot.flashduty import Incident, Severity
from bot.incidents.holders import UNKNOWN
from bot.incidents.messages.row import rows
from bot.incidents.messages.status import severity_mark, state, title_link
from bot.incidents.model import OpenIncidents
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.layout import Part, listed, rest
from bot.messages.size import Chapter, Drawn, Rows
from bot.messages.text import Mrkdwn, clock_time, dotted, mrkdwn
from bot.messages.views import ViewValue

MAX_UNACKNOWLEDGED: Final = 5
MAX_SNOOZES: Final = 10
MAX_LONG_OPEN: Final = 5
TITLE_LIMIT: Final = 80


def open_incidents(to: Audience, part: OpenIncidents, within: ViewValue, *, in_thread: bool) -> Part:
    """Draw counts by severity, unacknowledged incidents, incidents open for long, and snoozes that end today."""
    if not part.incidents:
        return Part.of(section(to.say("*Nothing is open.*")))
    return (
        Part.of(section(_counts(to, part)))
        + _unacknowledged(to, part, within, in_thread=in_thread)
        + _snoozes(to, part, in_thread=in_thread)
        + _long_open(to, part, in_thread=in_thread)
    )


def _counts(to: Audience, part: OpenIncidents) -> Mrkdwn:
    total = len(part.incidents)
    if part.is_complete:
        headline = to.counted(
            total, "*{count} incident of the last 31 days is open*", "*{count} incidents of the last 31 days are open*"
        )
    else:
        headline = to.say("*{count} or more incidents of the last 31 days are open*", count=total)
    by_severity = [
        mrkdwn("{mark} {count}", mark=severity_mark(to, severity), count=count)
        for severity in Severity
        if (count := sum(incident.severity is severity for incident in part.incidents))
    ]
    return Mrkdwn("\n").join_all([headline, dotted(*by_severity)])


def _unacknowledged(to: Audience, part: OpenIncidents, within: ViewValue, *, in_thread: bool) -> Part:
    waiting = part.unacknowledged
    if not waiting:
        return Part.of(context(to.say("Every open incident is acknowledged or snoozed.")))
    title = to.counted(len(waiting), "*{count} waits for somebody*", "*{count} wait for somebody*, most severe first")
    drawn = rows(to, waiting[:MAX_UNACKNOWLEDGED], part.people, within=within, known=part.known)
    in_thread_rows = tuple(_row(to, incident, part) for incident in waiting)

    def draw(count: int) -> Drawn:
        shown, more = [block for blocks in drawn[:count] for block in blocks], in_thread_rows[count:]
        if not more:
            return Drawn.of(*shown)
        left_out = Chapter(to.say("*Waiting for somebody*, continued"), more)
        triggered = to.say("`{command} incidents triggered`", command=to.command)
        tail = dotted(rest(to, len(more), in_thread=in_thread), triggered)
        return Drawn.of(*shown, context(tail), left_out=[left_out])

    return Part.of(section(title), Rows(len(drawn), draw))


def _row(to: Audience, incident: Incident, part: OpenIncidents) -> Mrkdwn:
    return mrkdwn(
        "• {mark} {title} · {state}",
        mark=severity_mark(to, incident.severity),
        title=title_link(to, incident, TITLE_LIMIT),
        state=state(to, incident, part.people, known=part.known.get(incident.id, UNKNOWN)),
    )


def _snoozes(to: Audience, part: OpenIncidents, *, in_thread: bool) -> Part:
    rows = snooze_rows(to, part.snoozes_ending)
    return listed(
        to,
        to.say("*Snoozes that run out today*, Flashduty then pages again"),
        rows,
        most=MAX_SNOOZES,
        in_thread=in_thread,
    )


def snooze_rows(to: Audience, ending: tuple[Incident, ...]) -> list[Mrkdwn]:
    """Draw a row for each incident whose snooze ends."""
    return [
        mrkdwn("• {at} {title}", at=clock_time(incident.snoozed_until), title=title_link(to, incident, TITLE_LIMIT))
        for incident in ending
        if incident.snoozed_until
    ]


def _long_open(to: Audience, part: OpenIncidents, *, in_thread: bool) -> Part:
    found = part.long_open
    title = to.counted(
        len(found), "*{count} is open for more than a day*", "*{count} are open for more than a day*, oldest first"
    )
    return listed(to, title, [_row(to, one, part) for one in found], most=MAX_LONG_OPEN, in_thread=in_thread)
