"""The state of an incident in words: severity, progress, responders, age."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.flashduty import Incident, Person, Progress, Severity
from bot.incidents.holders import UNKNOWN, Attribution, holders, paged
from bot.incidents.model import is_snoozed
from bot.messages.audience import Audience
from bot.messages.dates import length_of_time
from bot.messages.language import N_
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped, dotted, escaped, link, moment, mrkdwn, one_line

LIST_TITLE_LIMIT: Final = 100
# Twenty years: a longer age comes from a missing time, read as the epoch.
LONGEST_AGE: Final = timedelta(days=7_300)
# Ages below this many days are shown in hours.
DAYS_FROM: Final = 2
JUST_NOW: Final = timedelta(minutes=1)

# Marks differ in shape as well as in colour, and always have a word beside them.
_MARKS: Final = {
    Severity.CRITICAL: N_("🔴 *Critical*"),
    Severity.WARNING: N_("🔶 *Warning*"),
    Severity.INFO: N_("🔹 *Info*"),
    Severity.OK: N_("✅ *Ok*"),
    Severity.UNKNOWN: N_("⬜ *Unknown severity*"),
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


def state(to: Audience, incident: Incident, people: PeopleById, known: Attribution = UNKNOWN) -> Mrkdwn:
    """State progress, age and people; the person who pressed here, where that is known."""
    since = to.now - incident.started_at
    if incident.progress is Progress.CLOSED:
        return _closed(to, incident, people, known=known)
    if incident.progress is Progress.PROCESSING:
        return dotted(_acknowledged(to, holder_names(to, incident, people, known=known)), _open_for(to, since))
    if incident.progress is Progress.TRIGGERED:
        called = (one.person_id for one in paged(incident, known))
        who = names(to, called, people, given=responder_names(incident))
        return dotted(_unacknowledged(to, since), to.say("paged: {who}", who=who) if who else None)
    return dotted(to.say("❔ *Unknown state*"), _open_for(to, since))


def lasting_state(to: Audience, incident: Incident, people: PeopleById, known: Attribution = UNKNOWN) -> Mrkdwn:
    """State progress and people without an age, so that it stays true while nothing changes."""
    if incident.progress is Progress.PROCESSING:
        return _acknowledged(to, holder_names(to, incident, people, known=known))
    if incident.progress is Progress.TRIGGERED:
        called = (one.person_id for one in paged(incident, known))
        who = names(to, called, people, given=responder_names(incident))
        return dotted(to.say("❗ *Unacknowledged*"), to.say("paged: {who}", who=who) if who else None)
    if incident.progress is Progress.CLOSED:
        return _closed(to, incident, people, known=known)
    return to.say("❔ *Unknown state*")


def _open_for(to: Audience, since: timedelta) -> Mrkdwn:
    if since < JUST_NOW:
        return to.say("opened just now")
    return to.say("open for {lasted}", lasted=age(to, since))


def _unacknowledged(to: Audience, since: timedelta) -> Mrkdwn:
    if since < JUST_NOW:
        return to.say("❗ *Unacknowledged*, opened just now")
    return to.say("❗ *Unacknowledged* for {lasted}", lasted=age(to, since))


def _acknowledged(to: Audience, who: Mrkdwn) -> Mrkdwn:
    return to.say("👤 *Acknowledged* by {who}", who=who) if who else to.say("👤 *Acknowledged*")


def _closed(to: Audience, incident: Incident, people: PeopleById, known: Attribution) -> Mrkdwn:
    """State how long an incident was open, when it was closed, and by whom if known."""
    when, outcome = incident.closed_at, to.say("✅ *Closed*")
    if when is not None and incident.started_at < when < incident.started_at + LONGEST_AGE:
        outcome = to.say("✅ *Closed* after {lasted}", lasted=length_of_time(to, when - incident.started_at))
    name = closer_name(incident, people, known=known)
    who = to.say("by {who}", who=clipped(name, 60)) if name else None
    return dotted(outcome, moment(when) if when is not None else None, who)


def closer_name(incident: Incident, people: PeopleById, known: Attribution = UNKNOWN) -> str:
    """Name who closed an incident: whoever pressed in Slack, otherwise as in Flashduty; empty where nobody is known."""
    if known.closed_by is not None:
        return known.closed_by.name
    return incident.closer_name or (people[incident.closer_id].name if incident.closer_id in people else "")


def holder_names(to: Audience, incident: Incident, people: PeopleById, known: Attribution = UNKNOWN) -> Mrkdwn:
    """Name the people who have acknowledged; those who pressed here by their Slack name."""
    found = holders(incident, known)
    pressed = {one.person_id: one.pressed.name for one in found if one.pressed is not None}
    others = {number: person for number, person in people.items() if number not in pressed}
    return names(to, (one.person_id for one in found), others, given={**responder_names(incident), **pressed})


def responder_names(incident: Incident) -> dict[int, str]:
    """Return the names that the incident itself contains, by person id."""
    return {responder.person_id: responder.name for responder in incident.responders if responder.name}


def snooze(to: Audience, incident: Incident) -> Mrkdwn | None:
    """State until when an incident is snoozed; None when it is not."""
    until = incident.snoozed_until
    if until is None or not incident.is_open or not is_snoozed(incident, to.now):
        return None
    return to.say("💤 snoozed until {until}, then Flashduty pages again", until=moment(until))


def facts(to: Audience, incident: Incident, people: PeopleById, known: Attribution = UNKNOWN) -> Mrkdwn:
    """Draw the facts about an incident on one line: state, snooze, recovery, Flashduty channel, number of alerts."""
    return dotted(
        state(to, incident, people, known=known),
        snooze(to, incident),
        to.say("alerts recovered") if incident.is_open and incident.ended_at else None,
        escaped(clipped(incident.channel_name, 60)) if incident.channel_name else None,
        to.counted(incident.alert_count, "{count} alert", "{count} alerts"),
    )
