"""The card of one incident, and the choice between incidents with one number.

What must be seen or pressed stands in the blocks of the message, which Slack never hides: title, state, what the alert
said, and the controls. The facts beside the colour bar stand in an attachment, of which Slack may show a part only.
"""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.flashduty import Incident
from bot.incidents.holders import UNKNOWN, Attribution, HolderSources
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.actions.controls import offered_controls, why_nothing_is_offered
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.card_facts import facts_beside_bar
from bot.incidents.messages.row import catch_up_entry, show_incident_control
from bot.incidents.messages.status import PeopleById, facts, severity_mark, snooze, state, title_link
from bot.incidents.model import LinkButton
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, link_button, section
from bot.messages.buttons import OPEN_LINK, REFRESH, SHARE, WORDS_LIMIT, control
from bot.messages.changes.refreshing import refreshable
from bot.messages.literal import is_cut, literal, named_values, plain_lines
from bot.messages.menus import Entry, overflow_menu, state_block_id
from bot.messages.message import Message
from bot.messages.size import Drawn, Rows
from bot.messages.text import clipped, dotted, mrkdwn, one_line, verbatim
from bot.messages.views import IncidentCard, ViewValue

CARD_TITLE_LIMIT: Final = 500
# About a screen of a phone; the console has all of it.
DESCRIPTION_LIMIT: Final = 1200
DESCRIPTION_LINES: Final = 15
MAX_LABELS: Final = 15
LABEL_NAME_LIMIT: Final = 60
LABEL_VALUE_LIMIT: Final = 400
MAX_CHOICES: Final = 10


def card(
    to: Audience,
    incident: Incident,
    people: PeopleById,
    team: str,
    *,
    known: Attribution = UNKNOWN,
    labels: Sequence[str] = (),
    links: Sequence[LinkButton] = (),
) -> Message:
    """Draw everything about one incident; controls that act are drawn only for a reader who may press them.

    `labels` are those to show, in this order, by default the first 15.
    """
    shown = ViewValue(team=team, view=IncidentCard(asked=incident.id))
    title = mrkdwn(
        "{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident, CARD_TITLE_LIMIT)
    )
    # What concerns the message itself stands beside its title, what concerns the incident below.
    menu = overflow_menu(
        incident.id,
        catch_up_entry(to, incident, team),
        Entry(label=to.label("Refresh"), route=REFRESH, value=shown),
        Entry(label=to.label("Share in channel"), route=SHARE, value=shown) if to.may_share else None,
    )
    return Message.of(
        section(title, menu),
        section(
            dotted(state(to, incident, people, known=known), snooze(to, incident)), block_id=state_block_id(incident.id)
        ),
        *description(to, incident),
        label_rows(to, incident, labels),
        why_nothing_is_offered(to, incident, team),
        refreshable(
            to, *offered_controls(to, incident, ControlPlace.within(shown), known=known), *link_controls(links)
        ),
        bar=facts_beside_bar(to, incident, people, known=known),
    )


def description(
    to: Audience, incident: Incident, *, limit: int = DESCRIPTION_LIMIT, max_lines: int = DESCRIPTION_LINES
) -> Iterator[Block]:
    """Draw what the alert said, cut to `limit` characters and `max_lines`."""
    text = plain_lines(incident.description)
    if text.strip():
        yield literal(text, limit, max_lines)
        if is_cut(text, limit, max_lines):
            yield context(to.say("The whole description is in Flashduty."))


def label_rows(to: Audience, incident: Incident, chosen: Sequence[str], *, most: int = MAX_LABELS) -> Rows | None:
    """Draw the chosen labels, in this order; by default the first ones."""
    found = {name: incident.labels[name] for name in chosen or incident.labels if name in incident.labels}
    if not found:
        return None
    shown = [
        (clipped(one_line(name), LABEL_NAME_LIMIT), plain_lines(value))
        for name, value in list(found.items())[: len(chosen) or most]
    ]

    def draw(count: int) -> Drawn:
        more = len(found) - count
        return Drawn.of(
            named_values(shown[:count], LABEL_VALUE_LIMIT),
            context(to.counted(more, "and {count} more label", "and {count} more labels")) if more else None,
        )

    return Rows(len(shown), draw)


def link_controls(links: Sequence[LinkButton]) -> Iterator[InteractiveElement]:
    """Draw the buttons of the team that lead out of Slack; the host stands on them, because others write addresses."""
    for number, link in enumerate(links):
        yield link_button(verbatim(f"{link.name} ({link.host})"), f"{OPEN_LINK}:{number}", link.address)


def chooser(
    to: Audience,
    incidents: Sequence[Incident],
    typed: str,
    *,
    people: PeopleById,
    team: str,
    known: HolderSources = MappingProxyType({}),
) -> Message:
    """Offer a choice between incidents with one number: the first 10, the others counted."""
    again = ViewValue(team=team, view=IncidentCard(asked=typed[:WORDS_LIMIT]))
    choices = [
        _choice(to, incident, people, team=team, known=known.get(incident.id, UNKNOWN))
        for incident in incidents[:MAX_CHOICES]
    ]

    def draw(count: int) -> Drawn:
        more = len(incidents) - count
        return Drawn.of(
            *(block for blocks in choices[:count] for block in blocks),
            context(
                to.counted(
                    more,
                    "and {count} more; use the 24-character id",
                    "and {count} more; use the 24-character id",
                )
            )
            if more
            else None,
        )

    question = to.counted(
        len(incidents),
        "{count} incident has the number #{number}.",
        "{count} incidents have the number #{number}. Which one?",
        number=clipped(typed, 40),
    )
    return Message.of(
        section(question),
        Rows(len(choices), draw),
        refreshable(to, control(to.label("Refresh"), REFRESH, again, suffix="refresh")),
    )


def _choice(
    to: Audience, incident: Incident, people: PeopleById, team: str, *, known: Attribution
) -> tuple[Block, Block]:
    text = mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident))
    details = show_incident_control(to, incident, team, suffix=incident.id)
    return section(text, details), context(facts(to, incident, people, known=known))


def not_found(to: Audience, typed: str, team: str) -> Message:
    """Say that no incident has the number."""
    words = clipped(typed.lstrip("#"), 60)
    whole = control(to.label("Open incidents"), REFRESH, ViewValue(team=team, view=IncidentList()), suffix="list")
    if not words:
        return Message.of(
            section(
                to.say(
                    "Which incident? Type its number or id, for example `{command} incident 0E83EE`.",
                    command=to.command,
                )
            ),
            actions(whole),
        )
    return Message.of(
        section(
            to.say(
                "No incident #{words} in team {team} (last 6 months). For older ones use the 24-character id.",
                words=words,
                team=team,
            )
        ),
        actions(whole),
    )
