"""The headline of a digest: its first 100 characters are the notification, so they hold what is needed first."""

from typing import Final

from bot.digest.model import OnCallPart, TeamDigest
from bot.flashduty import FlashdutyError, Severity
from bot.incidents.model import OpenIncidents
from bot.messages.audience import Audience
from bot.messages.names import plain_names
from bot.messages.text import Label, verbatim

NOTIFICATION: Final = 100
_MAX_NAMES: Final = 3
_BETWEEN: Final = " · "


def headline(to: Audience, found: TeamDigest) -> Label:
    """Say how many incidents are unacknowledged, who is on call, and how many schedules have nobody."""
    first, last = _incidents(to, found.incidents), _uncovered(to, found.on_call)
    others = [fact for fact in (first, last) if fact]
    room = NOTIFICATION - sum(len(fact) + len(_BETWEEN) for fact in others)
    facts = [first, _on_call(to, found.on_call, room), last]
    return verbatim(_BETWEEN.join(fact for fact in facts if fact)) or to.label("Digest of team {team}", team=found.team)


def _incidents(to: Audience, part: OpenIncidents | FlashdutyError | None) -> Label | None:
    if part is None:
        return None
    if isinstance(part, FlashdutyError):
        return to.label("Open incidents could not be read")
    if not part.incidents:
        return to.label("No open incidents")
    count = len(part.unacknowledged)
    critical = sum(one.severity is Severity.CRITICAL for one in part.unacknowledged)
    if not part.is_complete:
        return to.label("{count} or more unacknowledged ({critical} critical)", count=count, critical=critical)
    if critical:
        return to.label("{count} unacknowledged ({critical} critical)", count=count, critical=critical)
    return to.label("{count} unacknowledged", count=count) if count else to.label("Nothing unacknowledged")


def _uncovered(to: Audience, part: OnCallPart | FlashdutyError | None) -> Label | None:
    if not isinstance(part, OnCallPart):
        return None
    count = sum(entry.now is None and entry.is_known for entry in part.entries)
    return to.counted_label(count, "{count} schedule uncovered", "{count} schedules uncovered") if count else None


def _on_call(to: Audience, part: OnCallPart | FlashdutyError | None, room: int) -> Label | None:
    """Name as many people as there is room for."""
    if part is None:
        return None
    if isinstance(part, FlashdutyError):
        return to.label("on call could not be read")
    ids = list(dict.fromkeys(person for entry in part.entries if entry.now for person in entry.now.person_ids))
    if not ids:
        return to.label("nobody on call") if part.entries else None
    for count in range(min(_MAX_NAMES, len(ids)), 0, -1):
        named, more = plain_names(to, ids[:count], part.people), len(ids) - count
        drawn = (
            to.counted_label(
                more, "on call: {names} and {count} other", "on call: {names} and {count} others", names=named
            )
            if more
            else to.label("on call: {names}", names=named)
        )
        if len(drawn) <= room:
            return drawn
    return to.counted_label(len(ids), "on call: {count} person", "on call: {count} people")
