"""Five hundred incidents in a minute: what the channel gets, when the counts are right, and whether one is missing."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any, Final

from tests.proofs.bench.living_place import CHANNEL, FLASHDUTY_CHANNEL, LivingPlace, living_place
from tests.proofs.bench.row import Row

INCIDENTS: Final = 500
SECONDS: Final = 60.0
LIMIT: Final = 10
CRITICAL_EVERY: Final = 100
# Ten cards, as many again where they are critical, and the storm's own message.
MOST_MESSAGES: Final = 2 * LIMIT + 1
# Edits for what comes in floods are ten seconds apart, and Slack takes so many.
PATIENCE: Final = 60.0
MOST_SECONDS: Final = 30.0
_STORM: Final = re.compile(r"Incident storm: (\d+) new incidents")
_CARD: Final = re.compile(r"Host \d+ is gone")


@dataclass(frozen=True)
class Outcome:
    """What is in the channel in the end, and the seconds from the last incident until it is right."""

    messages: int
    cards: int
    placed: int
    calls: int
    seconds: float


def measure() -> list[Row]:
    """Raise them and look at the channel."""
    return rows(asyncio.run(outcome(INCIDENTS, SECONDS)), INCIDENTS, SECONDS)


async def outcome(incidents: int, seconds: float) -> Outcome:
    """Raise so many in so many seconds, with Slack's limits on, and wait until each has its place."""
    settings = {"FLASHDUTY_TEAMS__PAYMENTS__CARDS_STORM": str(LIMIT)}
    async with living_place(limits_slack=True, **settings) as place:
        calls = len(place.flashduty.calls)
        began = time.monotonic()
        for number in range(incidents):
            await asyncio.sleep(max(0.0, began + seconds * number / incidents - time.monotonic()))
            _raise(place, number)
        ended = time.monotonic()
        try:
            await place.comes(lambda: _is_whole(place, incidents), PATIENCE)
        except RuntimeError:
            took = float("inf")
        else:
            took = time.monotonic() - ended
        messages = _messages(place)
        return Outcome(len(messages), _cards(messages), _placed(messages), len(place.flashduty.calls) - calls, took)


def _raise(place: LivingPlace, number: int) -> None:
    severity = "Critical" if number % CRITICAL_EVERY == 0 else ("Warning", "Info")[number % 2]
    place.flashduty.raise_incident(
        title=f"Host {number} is gone", severity=severity, flashduty_channel=FLASHDUTY_CHANNEL
    )


def _messages(place: LivingPlace) -> list[dict[str, Any]]:
    """List the messages of the channel, without replies in threads."""
    seen = place.slack.seen_by("U0BOB", CHANNEL)
    ours = [one for one in seen if _STORM.search(one["text"]) or _CARD.search(one["text"])]
    return [one for one in ours if one.get("thread_ts") in {None, one["ts"]}]


def _cards(messages: list[dict[str, Any]]) -> int:
    return sum(_STORM.search(one["text"]) is None for one in messages)


def _placed(messages: list[dict[str, Any]]) -> int:
    return sum(int(found[1]) for one in messages if (found := _STORM.search(one["text"])))


def _is_whole(place: LivingPlace, incidents: int) -> bool:
    messages = _messages(place)
    return _cards(messages) + _placed(messages) == incidents


def rows(found: Outcome, incidents: int, seconds: float) -> list[Row]:
    """Make the rows of an outcome."""
    how = f"{incidents} raised in {seconds:.0f} s, one in {CRITICAL_EVERY} critical, webhooks on, Slack's limits on"
    lost = incidents - found.cards - found.placed
    return [
        Row(
            f"messages in the channel for {incidents} incidents in a minute, over one for each",
            f"{how}; Flashduty takes 200 ms a call",
            f"{found.messages / incidents:.3f} × ({found.messages} messages: {found.cards} cards and"
            f" {found.messages - found.cards} for the storm; {found.calls} calls to Flashduty)",
            f"≤ {MOST_MESSAGES} messages",
            found.messages <= MOST_MESSAGES,
        ),
        Row(
            "from the last of them until the counts are right",
            "the message of the storm is edited at most every 10 s",
            f"{found.seconds:.1f} s",
            f"≤ {MOST_SECONDS:.0f} s",
            found.seconds <= MOST_SECONDS,
        ),
        Row("lost of them", "without a card and without a place", str(lost), "0", lost == 0),
    ]
