"""Messages about an acknowledgement and its undo: to the channel, and to the person who pressed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.flashduty import Incident, Person, Progress
from bot.incidents.messages.row import show_incident_control
from bot.incidents.messages.status import responder_names, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import UNDO, IncidentValue, UnixTime, control
from bot.messages.language import N_
from bot.messages.message import Message
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped, escaped, moment

YOURS: Final = N_("✅ Acknowledged by you")

AnnouncedChange = Literal["acknowledged", "undone"]


@dataclass(frozen=True, kw_only=True)
class UndoValue(IncidentValue):
    """The value of Undo; `acknowledged_at` identifies the acknowledgement, None means any of the person's own."""

    acknowledged_at: UnixTime | None = None


@dataclass(frozen=True, kw_only=True)
class AnnounceValue(IncidentValue):
    """The value of the control that posts a change's line again; `moment` is the time of the acknowledgement."""

    change: AnnouncedChange
    moment: UnixTime


def announced(to: Audience, incident: Incident, who: str) -> Message:
    """Draw the channel's line about an acknowledgement."""
    return _line(to.say("✅ {who} acknowledged {title}", who=clipped(who, 60), title=title_link(to, incident)))


def acknowledgement_of(incident: Incident) -> int | None:
    """Return the Unix time of an acknowledgement, so that an old Undo does not withdraw a newer one."""
    return int(incident.acknowledged_at.timestamp()) if incident.acknowledged_at else None


def confirmed(to: Audience, incident: Incident, team: str, *, is_known: bool = True) -> Message:
    """Confirm an acknowledgement, with Undo; `is_known` is false if the incident could not be read again."""
    title = title_link(to, incident)
    if is_known:
        text = to.say("You acknowledged {title}. Flashduty stops paging for it.", title=title)
    else:
        text = to.say(
            "You acknowledged {title}. Flashduty confirmed it, but its state could not be read again.", title=title
        )
    acknowledged_at = acknowledgement_of(incident) if is_known else None
    value = UndoValue(team=team, incident_id=incident.id, acknowledged_at=acknowledged_at)
    undo = control(
        to.label("Undo"), UNDO, value, spoken=to.label("Undo the acknowledgement of {num}", num=incident.num)
    )
    return Message.of(section(text), actions(undo, show_incident_control(to, incident, team)))


def confirmed_and_taken_back(to: Audience, incident: Incident, team: str) -> Message:
    """Confirm an acknowledgement that somebody has withdrawn before it could be told."""
    text = to.say("You acknowledged {title}. It is no longer acknowledged.", title=title_link(to, incident))
    return Message.of(section(text), actions(show_incident_control(to, incident, team)))


def already(
    to: Audience, incident: Incident, people: Mapping[int, Person], team: str, clicked_by: str | None
) -> Message:
    """Say that somebody else acknowledged earlier; `clicked_by` is who pressed in Slack, if known."""
    who = escaped(clipped(clicked_by, 60)) if clicked_by else _acknowledgers(to, incident, people)
    title = title_link(to, incident)
    at = incident.acknowledged_at
    if who and at:
        text = to.say(
            "{title} was already acknowledged by {who}, {at}. Nothing was changed.",
            title=title,
            who=who,
            at=moment(at),
        )
    elif who:
        text = to.say("{title} was already acknowledged by {who}. Nothing was changed.", title=title, who=who)
    else:
        text = to.say("{title} was already acknowledged. Nothing was changed.", title=title)
    return Message.of(section(text), actions(show_incident_control(to, incident, team)))


def closed(to: Audience, incident: Incident, team: str) -> Message:
    """Say that the incident is closed."""
    title = title_link(to, incident)
    if incident.closed_at:
        text = to.say("{title} was closed {at}. Nothing was changed.", title=title, at=moment(incident.closed_at))
    else:
        text = to.say("{title} is closed. Nothing was changed.", title=title)
    return Message.of(section(text), actions(show_incident_control(to, incident, team)))


def undo_announced(to: Audience, incident: Incident, who: str) -> Message:
    """Draw the channel's line about a withdrawn acknowledgement."""
    name = clipped(who, 60)
    title = title_link(to, incident)
    if incident.progress is Progress.TRIGGERED:
        return _line(to.say("↩ {who} unacknowledged {title} – nobody is on it", who=name, title=title))
    return _line(to.say("↩ {who} unacknowledged {title}", who=name, title=title))


def undone(to: Audience, incident: Incident, people: Mapping[int, Person], team: str) -> Message:
    """Confirm an undo, with the state of the incident."""
    title = title_link(to, incident)
    if incident.progress is Progress.TRIGGERED:
        text = to.say("Undone. {title} is unacknowledged and Flashduty pages again.", title=title)
    elif who := _acknowledgers(to, incident, people):
        text = to.say("Undone. {title} is still acknowledged by {who}.", title=title, who=who)
    else:
        text = to.say("Undone. {title} is still acknowledged.", title=title)
    return Message.of(section(text), actions(show_incident_control(to, incident, team)))


def undone_unread(to: Audience, incident: Incident, team: str) -> Message:
    """Confirm an undo after which the incident could not be read again."""
    text = to.say(
        "Undone. Flashduty confirmed it, but the state of {title} could not be read again.",
        title=title_link(to, incident),
    )
    return Message.of(section(text), actions(show_incident_control(to, incident, team)))


def not_yours(
    to: Audience, incident: Incident, people: Mapping[int, Person], team: str, clicked_by: str | None
) -> Message:
    """Say that somebody else has acknowledged since, which stays as it is."""
    title = title_link(to, incident)
    if who := escaped(clipped(clicked_by, 60)) if clicked_by else _acknowledgers(to, incident, people):
        text = to.say("{title} was acknowledged again by {who}. Nothing was changed.", title=title, who=who)
    else:
        text = to.say("{title} was acknowledged again. Nothing was changed.", title=title)
    return Message.of(section(text), actions(show_incident_control(to, incident, team)))


def nothing_to_undo(to: Audience, incident: Incident, team: str) -> Message:
    """Say that there is no acknowledgement to withdraw."""
    title = title_link(to, incident)
    if incident.progress is Progress.CLOSED:
        text = to.say("{title} is closed. Nothing was changed.", title=title)
    else:
        text = to.say("{title} is no longer acknowledged. Nothing was changed.", title=title)
    return Message.of(section(text), actions(show_incident_control(to, incident, team)))


def _acknowledgers(to: Audience, incident: Incident, people: Mapping[int, Person]) -> Mrkdwn:
    return names(
        to, (responder.person_id for responder in incident.acknowledgers), people, given=responder_names(incident)
    )


def _line(text: Mrkdwn) -> Message:
    return Message.of(section(text))
