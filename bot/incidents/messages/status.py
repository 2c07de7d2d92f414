"""The state of an incident in words: severity, progress, responders, age."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Incident, Person, Progress, Severity
from bot.incidents.holders import UNKNOWN, Attribution, holders, paged
from bot.incidents.model import is_snoozed
from bot.messages.audience import Audience
from bot.messages.language import N_
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped, dotted, escaped, link, moment, mrkdwn, one_line

LIST_TITLE_LIMIT: Final = 140
# Twenty years: a longer age comes from a missing time, read as the epoch.
LONGEST_AGE: Final = timedelta(days=7_300)
# Ages below this many days are shown in hours.
DAYS_FROM: Final = 2

# Marks differ in shape as well as in colour, and always have a word beside them.
_MARKS: Final = {
    Severity.CRITICAL: N_("🔴 *Critical*"),
    Severity.WARNING: N_("🔶 *Warning*"),
    Severity.INFO: N_("🔹 *Info*"),
    Severity.OK: N_("✅ *Ok*"),
    Severity.UNKNOWN: N_("⬜ *Severity not known*"),
}

PeopleById = Mapping[int, Person]


def severity_mark(to: Audience, severity: Severity) -> Mrkdwn:
    """Draw a severity as a mark and a word."""
    return to.translated(_MARKS[severity])


def title_link(to: Audience, incident: Incident, limit: int = LIST_TITLE_LIMIT) -> Mrkdwn:
    """Draw number and title, linked to the console."""
    title = clipped(one_line(incident.title), limit) or to.label("untitled")
    return link(incident.detail_url, mrkdwn("#{number} · {title}", number=incident.num, title=title))


def age(to: Audience, span: timedelta) -> Mrkdwn:
    """Write an age in at most its two largest units; twenty years and more are an unknown time."""
    if span >= LONGEST_AGE:
        return to.say("an unknown time")
    minutes = max(0, int(span.total_seconds()) // 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if hours == 0:
        return to.say("{minutes} min", minutes=minutes)
    if days >= DAYS_FROM:
        return to.say("{days} d", days=days)
    if minutes % 60 == 0:
        return to.say("{hours} h", hours=hours)
    return to.say("{hours} h {minutes} min", hours=hours, minutes=minutes % 60)


def state(to: Audience, incident: Incident, people: PeopleById, now: datetime, known: Attribution = UNKNOWN) -> Mrkdwn:
    """State progress, age and responders; the person who pressed here, where that is known."""
    lasted = age(to, now - incident.started_at)
    if incident.progress is Progress.CLOSED:
        return _closed(to, incident)
    if incident.progress is Progress.PROCESSING:
        return _processing(to, holder_names(to, incident, people, known=known), lasted)
    if incident.progress is Progress.TRIGGERED:
        called = (one.person_id for one in paged(incident, known))
        return _triggered(to, names(to, called, people, given=responder_names(incident)), lasted)
    return to.say("❔ *State not known* for {lasted}", lasted=lasted)


def _closed(to: Audience, incident: Incident) -> Mrkdwn:
    if incident.closer_name:
        return to.say("✅ *Closed* by {who}", who=clipped(incident.closer_name, 60))
    return to.say("✅ *Closed*")


def _processing(to: Audience, who: Mrkdwn, lasted: Mrkdwn) -> Mrkdwn:
    if who:
        return to.say("👤 *Processing*, open for {lasted} · {who} has it", lasted=lasted, who=who)
    return to.say("👤 *Processing*, open for {lasted}", lasted=lasted)


def _triggered(to: Audience, who: Mrkdwn, lasted: Mrkdwn) -> Mrkdwn:
    if who:
        return to.say("❗ *Triggered* for {lasted} · {who} paged, nobody has acknowledged", lasted=lasted, who=who)
    return to.say("❗ *Triggered* for {lasted} · nobody has acknowledged", lasted=lasted)


def holder_names(to: Audience, incident: Incident, people: PeopleById, known: Attribution = UNKNOWN) -> Mrkdwn:
    """Name the people who have acknowledged; those who pressed here by their Slack name."""
    found = holders(incident, known)
    pressed = {one.person_id: one.pressed.name for one in found if one.pressed is not None}
    others = {number: person for number, person in people.items() if number not in pressed}
    return names(to, (one.person_id for one in found), others, given={**responder_names(incident), **pressed})


def responder_names(incident: Incident) -> dict[int, str]:
    """Return the names that the incident itself contains, by person id."""
    return {responder.person_id: responder.name for responder in incident.responders if responder.name}


def snooze(to: Audience, incident: Incident, now: datetime) -> Mrkdwn | None:
    """State until when an incident is snoozed; None when it is not."""
    until = incident.snoozed_until
    if until is None or not incident.is_open or not is_snoozed(incident, now):
        return None
    return to.say("💤 snoozed until {until}", until=moment(until))


def facts(to: Audience, incident: Incident, people: PeopleById, now: datetime, known: Attribution = UNKNOWN) -> Mrkdwn:
    """Draw the facts about an incident on one line."""
    return state_line(to, state(to, incident, people, now=now, known=known), incident, now=now)


def state_line(to: Audience, stands: Mrkdwn, incident: Incident, now: datetime) -> Mrkdwn:
    """Join a state with snooze, recovery, Flashduty channel and number of alerts."""
    return dotted(
        stands,
        snooze(to, incident, now),
        to.say("its alerts have recovered") if incident.is_open and incident.ended_at else None,
        escaped(clipped(incident.channel_name, 60)) if incident.channel_name else None,
        to.counted(incident.alert_count, "{count} alert", "{count} alerts"),
    )
