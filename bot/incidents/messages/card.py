"""The card of one incident, and the choice between incidents with one number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import Incident, Progress, Responder
from bot.incidents.holders import UNKNOWN, Attribution, HolderSources, involved
from bot.incidents.messages.comment import add_comment_control
from bot.incidents.messages.row import acknowledge_control, details_control
from bot.incidents.messages.status import PeopleById, facts, responder_names, severity_mark, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import REFRESH, SHARE, WORDS_LIMIT, control
from bot.messages.layout import rest
from bot.messages.message import Message
from bot.messages.names import names, unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, dotted, lines, moment, mrkdwn, one_line
from bot.messages.views import IncidentCard, IncidentList, ViewValue

CARD_TITLE_LIMIT: Final = 500
DESCRIPTION_LIMIT: Final = 700
MAX_LABELS: Final = 15
MAX_RESPONDERS: Final = 12
MAX_CHOICES: Final = 10


def card(
    to: Audience,
    incident: Incident,
    people: PeopleById,
    team: str,
    now: datetime,
    *,
    known: Attribution = UNKNOWN,
) -> Message:
    """Draw everything about one incident; controls that act are drawn only for a reader who may press them."""
    shown = ViewValue(team=team, view=IncidentCard(asked=incident.id))
    title = mrkdwn(
        "{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident, CARD_TITLE_LIMIT)
    )
    description = _description(to, incident)
    return Message.of(
        section(title),
        context(facts(to, incident, people, now=now, known=known)),
        section(_times(to, incident)),
        _responders(to, incident, people, known=known),
        unread(to, people),
        section(description) if description else None,
        _labels(to, incident),
        actions(
            acknowledge_control(to, incident, shown)
            if to.may_act and incident.progress is Progress.TRIGGERED
            else None,
            add_comment_control(to, incident, team) if to.may_act else None,
            control(to.label("Refresh"), REFRESH, shown, suffix="refresh"),
            control(to.label("Share in channel"), SHARE, shown) if to.may_share else None,
        ),
    )


def _times(to: Audience, incident: Incident) -> Mrkdwn:
    level = incident.escalation_level
    rule = clipped(incident.escalation_rule or "", 80)
    return lines(
        to.say("*Started* {at}", at=moment(incident.started_at)),
        to.say("*Acknowledged* {at}", at=moment(incident.acknowledged_at)) if incident.acknowledged_at else None,
        to.say("*Recovered* {at}", at=moment(incident.ended_at)) if incident.ended_at else None,
        to.say("*Closed* {at}", at=moment(incident.closed_at)) if incident.closed_at else None,
        to.say(
            "*Alerts* {active} of {count} still firing",
            active=incident.active_alert_count,
            count=incident.alert_count,
        )
        if incident.alert_count
        else None,
        to.say("*Escalation* {rule}, level {level}", rule=rule, level=level + 1)
        if rule and level is not None
        else None,
    )


def _responders(to: Audience, incident: Incident, people: PeopleById, known: Attribution) -> Rows | None:
    everybody = involved(incident, known)
    if not everybody:
        return None
    own_names = responder_names(incident)
    shown = [
        _responder(to, responder, people, own_names=own_names, known=known) for responder in everybody[:MAX_RESPONDERS]
    ]

    def draw(count: int) -> Drawn:
        more = rest(to, len(everybody) - count, in_thread=False)
        return Drawn.of(section(lines(to.say("*Responders*"), *shown[:count], more)))

    return Rows(len(shown), draw)


def _responder(
    to: Audience, responder: Responder, people: PeopleById, own_names: Mapping[int, str], *, known: Attribution
) -> Mrkdwn:
    who = names(to, (responder.person_id,), people, given=own_names)
    is_pressed = known.stands_for(responder) and known.presser_id != responder.person_id
    if responder.acknowledged_at and known.presser is not None and is_pressed:
        pressed, at = clipped(known.presser.name, 60), moment(responder.acknowledged_at)
        return to.say("• {pressed}, acknowledged {at} through Slack, as {who}", pressed=pressed, at=at, who=who)
    if responder.acknowledged_at:
        return to.say("• {who}, acknowledged {at}", who=who, at=moment(responder.acknowledged_at))
    if responder.assigned_at:
        return to.say("• {who}, paged {at}, has not acknowledged", who=who, at=moment(responder.assigned_at))
    return to.say("• {who}, has not acknowledged", who=who)


def _description(to: Audience, incident: Incident) -> Mrkdwn | None:
    if not incident.description.strip():
        return None
    return to.say("*Description* {text}", text=clipped(one_line(incident.description), DESCRIPTION_LIMIT))


def _labels(to: Audience, incident: Incident) -> Rows | None:
    if not incident.labels:
        return None
    shown = [
        mrkdwn("{name}: {value}", name=clipped(name, 60), value=clipped(value, 120))
        for name, value in list(incident.labels.items())[:MAX_LABELS]
    ]

    def draw(count: int) -> Drawn:
        pairs = dotted(*shown[:count], rest(to, len(incident.labels) - count, in_thread=False))
        return Drawn.of(context(to.say("Labels: {facts}", facts=pairs)))

    return Rows(len(shown), draw)


def chooser(
    to: Audience,
    incidents: Sequence[Incident],
    typed: str,
    *,
    people: PeopleById,
    team: str,
    now: datetime,
    known: HolderSources = MappingProxyType({}),
) -> Message:
    """Offer a choice between incidents with one number: the first 10, the others counted."""
    again = ViewValue(team=team, view=IncidentCard(asked=typed[:WORDS_LIMIT]))
    choices = [
        _choice(to, incident, people, team=team, now=now, known=known.get(incident.id, UNKNOWN))
        for incident in incidents[:MAX_CHOICES]
    ]

    def draw(count: int) -> Drawn:
        more = len(incidents) - count
        return Drawn.of(
            *(block for blocks in choices[:count] for block in blocks),
            context(to.say("and {count} more; give the 24-character id", count=more)) if more else None,
        )

    question = to.counted(
        len(incidents),
        "{count} incident has the number {number}.",
        "{count} incidents have the number {number}. Which one do you mean?",
        number=clipped(typed, 40),
    )
    return Message.of(
        section(question),
        Rows(len(choices), draw),
        actions(control(to.label("Refresh"), REFRESH, again, suffix="refresh")),
    )


def _choice(
    to: Audience, incident: Incident, people: PeopleById, team: str, *, now: datetime, known: Attribution
) -> tuple[Block, Block]:
    text = mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident))
    details = details_control(to, incident, team, suffix=incident.id)
    return section(text, details), context(facts(to, incident, people, now=now, known=known))


def not_found(to: Audience, typed: str, team: str, *, command: str) -> Message:
    """Say that no incident has the number."""
    words = clipped(typed, 60)
    if not words:
        return Message.of(
            section(
                to.say(
                    "Which incident? Give its number or id, for example `{command} incident 0E83EE`.", command=command
                )
            )
        )
    return Message.of(
        section(
            to.say(
                "I find no incident *{words}* of team *{team}* in the last six months. Numbers are the short ones in front"
                " of the title, for example 0E83EE; older incidents are found by their 24-character id.",
                words=words,
                team=team,
            )
        ),
        actions(control(to.label("Open incidents"), REFRESH, ViewValue(team=team, view=IncidentList()), suffix="list")),
    )
