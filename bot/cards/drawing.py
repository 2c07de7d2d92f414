"""Draw the card of an incident as the channel is to see it now, and tell two drawings apart.

While Flashduty cannot be read, messages are marked with a line that says so. What is noted of a marked message is the
fingerprint of what is below the mark, so that it is known what it shows besides.
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.cards.messages.card import living_card
from bot.cards.messages.closed import closed_card
from bot.cards.model import CardContents
from bot.incidents.card_links import link_buttons
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.changes.posted import posted_message
from bot.storage.fingerprints import key_fingerprint
from bot.teams.team import Team

# Of a card of which it is not known what it shows.
UNKNOWN_DRAWING = ""


def drawn_card(to: Audience, contents: CardContents, team: Team) -> Message:
    """Draw the card of an incident: whole while it is open, and small once it is closed."""
    if not contents.incident.is_open:
        return closed_card(to, contents, team.name)
    settings = team.settings.cards
    links = tuple(link_buttons(contents.incident.labels, settings))
    return living_card(to, contents, team.name, labels=settings.labels, links=links)


def stored_card(payload: Mapping[str, Any]) -> Message | None:
    """Return the card that was drawn and stored earlier; None where a part of it would be lost."""
    return posted_message(payload.get("blocks", ()), payload.get("attachments", ()))


def drawing_fingerprint(message: Message) -> str:
    """Return what tells a drawing apart from another."""
    return key_fingerprint(json.dumps(message.payload, sort_keys=True))
