"""The living card: one message for the whole channel that is edited for as long as its incident is open.

It names no age: what it says stays true, and stays the same, while nothing changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from bot.cards.model import CardContents
from bot.flashduty import Alert, Incident, Progress
from bot.incidents.messages.actions.controls import offered_controls
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.card import CARD_TITLE_LIMIT, description, label_rows, link_controls
from bot.incidents.messages.card_facts import COLOURS
from bot.incidents.messages.status import lasting_state, responder_names, severity_mark, snooze, title_link
from bot.incidents.model import LinkButton
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.layout import rest
from bot.messages.menus import state_block_id
from bot.messages.message import Bar, Message
from bot.messages.names import names, unread
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, dotted, escaped, lines, moment, mrkdwn
from bot.messages.views import IncidentCard, ViewValue

# A channel holds many cards, so each takes less room than one that somebody has asked for.
SHORT_DESCRIPTION_LIMIT: Final = 500
SHORT_DESCRIPTION_LINES: Final = 6
MAX_CARD_LABELS: Final = 5
MAX_ALERTS: Final = 5
ALERT_TITLE_LIMIT: Final = 120
FACT_LIMIT: Final = 60


@dataclass(frozen=True, kw_only=True)
class LivingCard(IncidentCard):
    """The card of an incident in the channel of its cards, which one replica keeps equal to the incident."""

    NAME: ClassVar[str] = "living"


def living_card(
    to: Audience, contents: CardContents, team: str, *, labels: Sequence[str] = (), links: Sequence[LinkButton] = ()
) -> Message:
    """Draw the card of an open incident; `labels` are those to show, in this order, by default the first five."""
    incident = contents.incident
    shown = ViewValue(team=team, view=LivingCard(asked=incident.id))
    title = mrkdwn(
        "{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident, CARD_TITLE_LIMIT)
    )
    state = dotted(
        lasting_state(to, incident, contents.people, known=contents.known),
        snooze(to, incident),
        to.say("alerts recovered") if incident.ended_at else None,
    )
    return Message.of(
        section(title),
        section(
            lines(state, next_page_line(to, contents)),
            block_id=state_block_id(incident.id),
        ),
        *description(to, incident, limit=SHORT_DESCRIPTION_LIMIT, max_lines=SHORT_DESCRIPTION_LINES),
        label_rows(to, incident, labels, most=MAX_CARD_LABELS),
        actions(
            *offered_controls(to, incident, ControlPlace.within(shown), known=contents.known), *link_controls(links)
        ),
        bar=Bar(
            COLOURS[incident.progress],
            (context(dotted(*_facts(to, incident))), _alerts(to, contents), unread(to, contents.people)),
        ),
    )


def _facts(to: Audience, incident: Incident) -> Iterator[Mrkdwn]:
    """Give what tells the incident apart on one line; its whole card has the rest."""
    yield to.say("Started {at}", at=moment(incident.started_at))
    if incident.channel_name:
        yield escaped(clipped(incident.channel_name, FACT_LIMIT))
    if incident.alert_count > 1 and incident.ended_at is not None:
        yield to.counted(incident.alert_count, "{count} alert", "{count} alerts")
    elif incident.alert_count > 1:
        yield to.say(
            "{active} of {count} alerts firing", active=incident.active_alert_count, count=incident.alert_count
        )
    rule, level = clipped(incident.escalation_rule or "", FACT_LIMIT), incident.escalation_level
    if rule and level is not None:
        yield to.say("{rule}, level {level}", rule=rule, level=level + 1)


def next_page_line(to: Audience, contents: CardContents) -> Mrkdwn | None:
    """Say who is paged next and when, if nobody acknowledges; None where that is not known."""
    coming = contents.next_page
    if coming is None or coming.at <= to.now or contents.incident.progress is not Progress.TRIGGERED:
        return None
    at, level = moment(coming.at), coming.level
    who = names(to, coming.person_ids, contents.people, given=responder_names(contents.incident))
    if not who:
        return to.say("⏫ If nobody acknowledges, level {level} will be paged {at}", level=level, at=at)
    return to.say("⏫ If nobody acknowledges, {who} will be paged {at} (level {level})", at=at, who=who, level=level)


def _alerts(to: Audience, contents: CardContents) -> Rows | None:
    if not contents.alerts:
        return None
    rows = [_alert(to, one, contents.incident) for one in contents.alerts[:MAX_ALERTS]]

    def draw(count: int) -> Drawn:
        more = max(0, contents.incident.alert_count - count)
        return Drawn.of(
            section(lines(to.say("*Alerts in this incident*"), *rows[:count], rest(to, more, in_thread=False)))
        )

    return Rows(len(rows), draw)


def _alert(to: Audience, alert: Alert, incident: Incident) -> Mrkdwn:
    title = clipped(alert.title or incident.title, ALERT_TITLE_LIMIT) or to.label("untitled")
    if alert.is_firing:
        return mrkdwn("• {title}", title=title)
    return to.say("• {title} (recovered)", title=title)
