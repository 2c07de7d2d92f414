"""The facts of a card in two columns, and its responders: what stands beside the bar in the colour of the state."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.flashduty import Incident, Progress, Responder
from bot.incidents.holders import Attribution, involved
from bot.incidents.messages.status import PeopleById, responder_names
from bot.messages.audience import Audience
from bot.messages.blocks import fields, section
from bot.messages.layout import rest
from bot.messages.message import Bar
from bot.messages.names import names, unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, lines, moment, mrkdwn

MAX_RESPONDERS: Final = 12
FACT_NAME_LIMIT: Final = 80

# The state is said in words as well, above the bar.
COLOURS: Final = {
    Progress.TRIGGERED: "#e01e5a",
    Progress.PROCESSING: "#ecb22e",
    Progress.CLOSED: "#2eb67d",
    Progress.UNKNOWN: "#8d8d8d",
}


def facts_beside_bar(to: Audience, incident: Incident, people: PeopleById, known: Attribution) -> Bar:
    """Draw times, alerts, channel, escalation and responders beside a bar in the colour of the state."""
    return Bar(
        COLOURS[incident.progress],
        (
            fields(tuple(_facts(to, incident))),
            _responders(to, incident, people, known=known),
            unread(to, people),
        ),
    )


def _facts(to: Audience, incident: Incident) -> Iterator[Mrkdwn]:
    yield to.say("*Started*\n{at}", at=moment(incident.started_at))
    if incident.acknowledged_at and not any(one.acknowledged_at for one in incident.responders):
        yield to.say("*Acknowledged*\n{at}", at=moment(incident.acknowledged_at))
    if incident.ended_at:
        yield to.say("*Recovered*\n{at}", at=moment(incident.ended_at))
    if incident.alert_count:
        yield to.say(
            "*Alerts*\n{active} of {count} firing", active=incident.active_alert_count, count=incident.alert_count
        )
    if incident.channel_name:
        yield to.say("*Channel in Flashduty*\n{channel}", channel=clipped(incident.channel_name, FACT_NAME_LIMIT))
    rule, level = clipped(incident.escalation_rule or "", FACT_NAME_LIMIT), incident.escalation_level
    if rule and level is not None:
        yield to.say("*Escalation rule*\n{rule}, level {level}", rule=rule, level=level + 1)


def _responders(to: Audience, incident: Incident, people: PeopleById, known: Attribution) -> Rows | None:
    everybody = involved(incident, known)
    if not everybody:
        return None
    own_names = responder_names(incident)
    shown = [
        responder_row(to, responder, people, own_names=own_names, known=known)
        for responder in everybody[:MAX_RESPONDERS]
    ]

    def draw(count: int) -> Drawn:
        more = rest(to, len(everybody) - count, in_thread=False)
        return Drawn.of(section(lines(to.say("*Responders*"), *shown[:count], more)))

    return Rows(len(shown), draw)


def responder_row(
    to: Audience, responder: Responder, people: PeopleById, own_names: Mapping[int, str], *, known: Attribution
) -> Mrkdwn:
    """Say when a responder acknowledged, or was paged."""
    who = names(to, (responder.person_id,), people, given=own_names)
    is_pressed = known.stands_for(responder) and known.presser_id != responder.person_id
    if responder.acknowledged_at and known.presser is not None and is_pressed:
        pressed, at = clipped(known.presser.name, 60), moment(responder.acknowledged_at)
        return to.say("• {pressed}, acknowledged {at} through Slack, as {who}", pressed=pressed, at=at, who=who)
    if responder.acknowledged_at:
        return to.say("• {who}, acknowledged {at}", who=who, at=moment(responder.acknowledged_at))
    if responder.assigned_at:
        return to.say("• {who}, paged {at}", who=who, at=moment(responder.assigned_at))
    return mrkdwn("• {who}", who=who)
