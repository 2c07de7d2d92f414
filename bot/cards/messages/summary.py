"""What one person needs to know about an incident that others have worked on: the answer to "Catch me up". Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.cards.messages.card import next_page_line
from bot.cards.messages.closed import how_it_ended
from bot.cards.messages.comment_lines import said_by
from bot.cards.messages.failed_pages import failed_pages
from bot.cards.messages.sentences import entry_sentence
from bot.cards.messages.story import short_time
from bot.cards.timeline.told import Summary, Told
from bot.flashduty.models.timeline_details import Notified
from bot.incidents.holders import holders
from bot.incidents.messages.row import show_incident_control
from bot.incidents.messages.status import responder_names, severity_mark, snooze, state, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.message import Message
from bot.messages.names import names, unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment, mrkdwn

# One screen of a phone.
MAX_HOLDERS: Final = 3
MAX_STEPS: Final = 4
MAX_COMMENTS: Final = 3
MAX_FAILED_PAGES: Final = 2
SUMMARY_NAME_LIMIT: Final = 60
RESOLUTION_LIMIT: Final = 200


def catch_up(to: Audience, summary: Summary, team: str) -> Message:
    """Say how an incident stands, who has it, what was done and said, what did not arrive, and what comes next."""
    incident = summary.contents.incident
    return Message.of(
        section(lines(*_standing(to, summary))),
        *_steps(to, summary),
        _last(
            to,
            to.say("*Last comments*"),
            [_row(to, one, said_by(to, one, summary.cast)) for one in summary.comments],
            most=MAX_COMMENTS,
        ),
        _last(to, to.say("*Pages that did not arrive*"), list(_pages(to, summary)), most=MAX_FAILED_PAGES),
        _section(to.say("*Next*"), list(_coming(to, summary))),
        actions(show_incident_control(to, incident, team)),
        context(to.say("The timeline could not be read from Flashduty: what was done and said is missing here."))
        if not summary.is_timeline_read
        else None,
        unread(to, summary.contents.people),
    )


def _standing(to: Audience, summary: Summary) -> Iterator[Mrkdwn]:
    incident, people, known = summary.contents.incident, summary.contents.people, summary.contents.known
    yield mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident))
    yield dotted(state(to, incident, people, known=known), snooze(to, incident))
    yield dotted(
        to.say("Started {at}", at=moment(incident.started_at)),
        to.counted(incident.alert_count, "{count} alert", "{count} alerts") if incident.alert_count else None,
        to.say("alerts recovered") if incident.is_open and incident.ended_at else None,
    )
    if incident.is_open:
        yield from _holders(to, summary)
    elif said := how_it_ended(to, incident, RESOLUTION_LIMIT):
        yield said


def _holders(to: Audience, summary: Summary) -> Iterator[Mrkdwn]:
    """Say when each of those who have it acknowledged."""
    incident, people = summary.contents.incident, summary.contents.people
    since = {one.person_id: one.acknowledged_at for one in incident.acknowledgers}
    for one in holders(incident, summary.contents.known)[:MAX_HOLDERS]:
        at = since.get(one.person_id)
        who = names(to, [one.person_id], people, given=responder_names(incident))
        if one.pressed is not None:
            who = mrkdwn("{name}", name=clipped(one.pressed.name, SUMMARY_NAME_LIMIT))
        if at is not None:
            yield to.say("• {who}, acknowledged {at}", who=who, at=short_time(to, at))


def _steps(to: Audience, summary: Summary) -> Iterator[Rows | None]:
    said = [(one, entry_sentence(to, one, summary.cast)) for one in summary.steps]
    rows = [_row(to, one, words) for one, words in said if words]
    if not rows and summary.is_timeline_read:
        rows = [to.say("Nothing so far.")]
    yield _last(to, to.say("*What was done*"), rows, most=MAX_STEPS)


def _pages(to: Audience, summary: Summary) -> Iterator[Mrkdwn]:
    for one in summary.failed_pages:
        if isinstance(one.entry.detail, Notified):
            yield from (_row(to, one, said) for said in failed_pages(to, one.entry.detail, summary.cast))


def _row(to: Audience, told: Told, said: Mrkdwn) -> Mrkdwn:
    at = told.entry.created_at
    return mrkdwn("{at} {said}", at=short_time(to, at), said=said) if at is not None else said


def _coming(to: Audience, summary: Summary) -> Iterator[Mrkdwn]:
    incident = summary.contents.incident
    if snooze(to, incident) and incident.snoozed_until is not None:
        yield to.say("💤 When the snooze ends {at}, Flashduty pages again.", at=short_time(to, incident.snoozed_until))
    if (page := next_page_line(to, summary.contents)) is not None:
        yield page


def _last(to: Audience, title: Mrkdwn, rows: Sequence[Mrkdwn], *, most: int) -> Rows | None:
    """Draw the last rows of a list, fewer where there is no room, and the number of earlier ones."""
    if not rows:
        return None

    def draw(count: int) -> Drawn:
        earlier = len(rows) - count
        more = to.counted(earlier, "{count} earlier", "{count} earlier") if earlier else None
        return Drawn.of(section(lines(dotted(title, more), *rows[-count:])))

    return Rows(min(most, len(rows)), draw)


def _section(title: Mrkdwn, rows: Sequence[Mrkdwn]) -> Rows | None:
    return Rows(len(rows), lambda count: Drawn.of(section(lines(title, *rows[:count])))) if rows else None
