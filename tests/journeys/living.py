"""What journeys of living cards share: a harbor with cards, a look at everything, and the cards in the channel."""

import re
import time
from contextlib import asynccontextmanager

from harbor import BOB, PAYMENTS, harbor_at

SETTING = "FLASHDUTY_TEAMS__PAYMENTS__"
CARD = {
    SETTING + "CARDS_CHANNEL": PAYMENTS,
    SETTING + "SLACK_CHANNELS": PAYMENTS,
    # Journeys of mentions turn them on.
    SETTING + "CARDS_MENTION": "off",
}


class Later:
    """A monotonic clock that can be moved on."""

    def __init__(self):
        self.ahead = 0.0

    def __call__(self):
        return time.monotonic() + self.ahead


@asynccontextmanager
async def cards_at(**more):
    """A harbor whose cards were switched on with what was open then."""
    async with harbor_at(**{**CARD, **more}) as place:
        await looks(place)
        yield place


async def looks(place, bot=None):
    """Have the bot read all open incidents, and wait until everything that follows has happened."""
    await (bot or place.bot).cards.look()
    await place.slack.settled()


def raised(place, title="Ledger is behind", **given):
    return place.flashduty.raise_incident(title=title, flashduty_channel=5001, **given)["incident_id"]


def cards(place, title="Ledger is behind"):
    """The cards in the channel, whole or shrunk: messages for everybody that begin with a severity and a title."""
    return [
        one
        for one in place.shown(BOB)
        if re.match(rf"(🔴|🔶|🔹) \*[A-Z][a-z]+\* <[^|]+\|#[0-9A-F]{{6}} · {title}", one["text"])
    ]


def the_card(place, title="Ledger is behind"):
    (card,) = cards(place, title)
    return card


def edits(place):
    return [call for call in place.slack.calls if call.method == "chat.update"]


def posts(place):
    """The attempts to post cards, without replies and the messages of storms."""
    sent = [call.params for call in place.slack.calls if call.method == "chat.postMessage"]
    told = [params["metadata"]["event_payload"] for params in sent if params.get("metadata")]
    return [one for one in told if one.get("kind") == "card"]
