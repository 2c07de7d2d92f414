"""Past incidents like one, with how they were resolved. Pure."""

from collections.abc import Iterator
from typing import Final

from slack_sdk.models.blocks import Block

from bot.cards.details.model import SimilarIncidents
from bot.cards.messages.past import says_how, when_it_was
from bot.flashduty.models.incidents import PastIncident
from bot.incidents.holders import UNKNOWN, Attribution
from bot.incidents.messages.actions.values import DetailsValue
from bot.incidents.messages.status import severity_mark, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.buttons import INCIDENT_DETAILS, control
from bot.messages.literal import named_values, plain_lines
from bot.messages.size import Drawn, Rows
from bot.messages.text import ELLIPSIS, lines, mrkdwn

MAX_SIMILAR: Final = 3
SIMILAR_TEXT_LIMIT: Final = 500
SIMILAR_TEXT_LINES: Final = 6


def similar_rows(to: Audience, similar: SimilarIncidents, place: DetailsValue) -> Rows:
    """Draw the most similar ones, those first that say how they were resolved."""
    shown = sorted(similar.found, key=lambda one: not says_how(one))[:MAX_SIMILAR]

    def draw(count: int) -> Drawn:
        blocks = [
            block for one in shown[:count] for block in _past(to, one, place, known=similar.known.get(one.id, UNKNOWN))
        ]
        if not blocks:
            return Drawn.of(section(lines(to.say("*Similar past incidents*"), to.say("None."))))
        return Drawn.of(section(to.say("*Similar past incidents*")), *blocks)

    return Rows(max(1, len(shown)), draw)


def _past(to: Audience, past: PastIncident, place: DetailsValue, *, known: Attribution) -> Iterator[Block]:
    value = DetailsValue(team=place.team, incident_id=past.id, channel=place.channel, thread=place.thread)
    details = control(
        to.label("Details"),
        INCIDENT_DETAILS,
        value,
        suffix=past.id,
        spoken=to.label("Details of {num}", num=past.num),
    )
    yield section(mrkdwn("{mark} {title}", mark=severity_mark(to, past.severity), title=title_link(to, past)), details)
    yield context(when_it_was(to, past, known))
    texts = [
        (to.label("Resolution"), _shortened(past.resolution)),
        (to.label("Root cause"), _shortened(past.root_cause)),
    ]
    said = [(name, text) for name, text in texts if text.strip()]
    yield named_values(said, SIMILAR_TEXT_LIMIT) if said else context(to.say("Nobody wrote how it was resolved."))


def _shortened(text: str) -> str:
    """Return the first lines of a text, with an ellipsis where it has more."""
    whole = plain_lines(text).split("\n")
    return "\n".join(whole[:SIMILAR_TEXT_LINES] + ([ELLIPSIS] if len(whole) > SIMILAR_TEXT_LINES else []))
