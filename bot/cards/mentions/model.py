"""Who is mentioned because Flashduty has just assigned an incident to them, and where. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import islice
from typing import Final

from bot.config.plans import CardMention
from bot.flashduty import Incident
from bot.flashduty.models import timeline_details as details
from bot.flashduty.models.timeline import TimelineEntry
from bot.incidents.holders import UNKNOWN, Attribution
from bot.people.mention_choices import MentionChoice

# An older assignment is not mentioned any longer: the bot was away, or Slack took nothing.
MENTION_WINDOW: Final = timedelta(minutes=15)
# For one incident at a time: nobody pages more people than that on purpose.
MAX_MENTIONED: Final = 20


class MentionPlace(Enum):
    """Where somebody is mentioned: in the card's thread, beside the card, or in a direct message."""

    THREAD = auto()
    CHANNEL = auto()
    DIRECT = auto()


class DirectReason(Enum):
    """Why somebody gets a direct message; the sentences are in `bot.cards.messages.mention`."""

    NOT_IN_CHANNEL = auto()
    CHOSEN = auto()
    TEAM = auto()


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where one person is mentioned, and why in a direct message."""

    place: MentionPlace
    reason: DirectReason | None = None


def just_assigned(
    entries: Iterable[TimelineEntry],
    incident: Incident,
    known: Attribution = UNKNOWN,
    *,
    after_ms: int,
    now: datetime,
) -> dict[int, int]:
    """Return whom entries after a time assign an open incident to: person ids, and when first, in ms since 1970.

    Left out are people who assigned themselves, who have acknowledged, from whom it was taken again, and assignments
    that are older than the window.
    """
    if not incident.is_open:
        return {}
    found: dict[int, int] = {}
    reopened_by = 0
    for one in sorted(entries, key=lambda entry: entry.created_ms):
        if one.created_ms <= after_ms or one.is_deleted:
            continue
        detail = one.detail
        if isinstance(detail, details.Reopened):
            reopened_by = one.creator_id
        elif isinstance(detail, details.Closed) or (isinstance(detail, details.Assigned) and detail.kind == "reassign"):
            found.clear()
        if one.created_ms / 1_000 > (now - MENTION_WINDOW).timestamp():
            itself = {one.creator_id, reopened_by if _is_by_reopening(detail) else one.creator_id}
            for person in _people(detail):
                if person > 0 and person not in itself:
                    found.setdefault(person, one.created_ms)
    acting = _acting(incident, known)
    left = ((person, at) for person, at in found.items() if person not in acting)
    return dict(islice(left, MAX_MENTIONED))


def place_of(setting: CardMention, choice: MentionChoice | None, *, is_member: bool) -> Placed | None:
    """Decide where somebody is mentioned: by their own choice, else by the team's setting; None for nowhere.

    `is_member` is whether they are in the card's channel: a mention there notifies nobody else.
    """
    wanted = choice or setting
    if wanted == "off":
        return None
    if wanted == "dm":
        return Placed(place=MentionPlace.DIRECT, reason=DirectReason.CHOSEN if choice else DirectReason.TEAM)
    if not is_member:
        return Placed(place=MentionPlace.DIRECT, reason=DirectReason.NOT_IN_CHANNEL)
    return Placed(place=MentionPlace.CHANNEL if wanted == "channel" else MentionPlace.THREAD)


def divided_at(people: Mapping[int, int], begun: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Divide people, by when each was assigned, where a message for the first of them was begun already.

    `begun` are the times for which there may be a message, each for everybody up to that time: it may have mentioned
    somebody last who has acknowledged since. Returns the people by the time for which their message is.
    """
    reached = max(begun, default=0)
    first = tuple(person for person, at in people.items() if at <= reached)
    rest = tuple(person for person, at in people.items() if at > reached)
    divided = ((reached, first), (max(people.values(), default=0), rest))
    return {ms: part for ms, part in divided if part}


def _people(detail: details.Detail) -> tuple[int, ...]:
    if isinstance(detail, details.Assigned):
        return detail.people
    return detail.person_ids if isinstance(detail, details.RespondersAdded) else ()


def _is_by_reopening(detail: details.Detail) -> bool:
    return isinstance(detail, details.Assigned) and detail.kind == "reopen"


def _acting(incident: Incident, known: Attribution) -> frozenset[int]:
    """Return who has acknowledged, in Flashduty or in Slack, and whom only a press in Slack made a responder."""
    acknowledged = {one.person_id for one in incident.acknowledgers if not known.stands_for(one)}
    put_there = {one.person_id for one in incident.responders if known.put_there(one)}
    presser = {known.presser_id} if known.presser is not None else set()
    return frozenset(acknowledged | put_there | presser)
