"""Everything about one incident, part by part: each is there, is not there yet, or could not be read. Plain values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.cards.timeline.told import Cast, Told
from bot.flashduty import AlertPage, FlashdutyError, Incident, Person
from bot.flashduty.models.incidents import PastIncident
from bot.flashduty.models.timeline_details import AlertMerged, Commented, Notified, Receiver
from bot.incidents.commenting.attribution_words import is_attribution
from bot.incidents.commenting.comments import is_blank
from bot.incidents.holders import UNKNOWN, Attribution, HolderSources


@dataclass(frozen=True, kw_only=True)
class ToldTimeline:
    """The entries of a timeline, oldest first, and the people whom they name."""

    told: tuple[Told, ...] = ()
    cast: Cast = field(default_factory=Cast)
    is_complete: bool = True
    """Whether it was read from its beginning."""


@dataclass(frozen=True, kw_only=True)
class SimilarIncidents:
    """Past incidents like one, the most similar first, and who did what to them in Slack, by their ids."""

    found: tuple[PastIncident, ...] = ()
    known: HolderSources = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DetailsContents:
    """An incident as it was at a time, and its parts: each is the error where it could not be read, None until then."""

    incident: Incident
    as_of: datetime
    key_setting: str
    """The setting of the key with which it was read."""
    people: Mapping[int, Person] = field(default_factory=dict)
    known: Attribution = UNKNOWN
    timeline: ToldTimeline | FlashdutyError | None = None
    alerts: AlertPage | FlashdutyError | None = None
    similar: SimilarIncidents | FlashdutyError | None = None

    def without(self, error: FlashdutyError) -> "DetailsContents":
        """Return it with parts none of which could be read."""
        return replace(self, timeline=error, alerts=error, similar=error)


@dataclass(frozen=True, kw_only=True)
class TimelineRow:
    """One line of a timeline: an entry, or `count` alerts that joined one after the other until then."""

    told: Told
    count: int = 1


def timeline_rows(told: Iterable[Told]) -> tuple[TimelineRow, ...]:
    """Return the lines of a timeline, newest first, from its entries, oldest first.

    Left out are comments without words, and those that only say who pressed for the entry before, which says it itself.
    """
    rows: list[TimelineRow] = []
    for one in told:
        last = rows[-1] if rows else None
        if isinstance(one.entry.detail, Commented) and _says_nothing_new(one, one.entry.detail, before=last):
            continue
        if last is not None and _is_alert(last.told) and _is_alert(one):
            rows[-1] = TimelineRow(told=one, count=last.count + 1)
        else:
            rows.append(TimelineRow(told=one))
    return tuple(reversed(rows))


def _is_alert(told: Told) -> bool:
    return isinstance(told.entry.detail, AlertMerged)


def _says_nothing_new(told: Told, comment: Commented, *, before: TimelineRow | None) -> bool:
    is_named = before is not None and bool(before.told.pressed_by)
    is_ours = told.is_written_here and is_attribution(comment.comment)
    return is_blank(comment.comment) or (is_named and is_ours)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How a person or a chat was notified in one way: how often, when last, and why it did not arrive."""

    by: str
    last_at: datetime
    count: int = 1
    failed_reason: str = ""


def reaches(told: Iterable[Told]) -> tuple[dict[int, tuple[Reach, ...]], dict[str, tuple[Reach, ...]]]:
    """Return who was notified in which ways, people by id and chats by name, from entries, oldest first."""
    people: dict[int, dict[tuple[str, str], Reach]] = {}
    chats: dict[str, dict[tuple[str, str], Reach]] = {}
    for one, by, at in _notices(told):
        ways = people.setdefault(one.person_id, {}) if one.person_id > 0 else chats.setdefault(_chat(one), {})
        key = by, one.failed_reason or ""
        earlier = ways.pop(key, None)
        count = earlier.count + 1 if earlier else 1
        ways[key] = Reach(by=by, last_at=at, count=count, failed_reason=one.failed_reason or "")
    return (
        {number: tuple(ways.values()) for number, ways in people.items()},
        {name: tuple(ways.values()) for name, ways in chats.items()},
    )


def _notices(told: Iterable[Told]) -> Iterator[tuple[Receiver, str, datetime]]:
    for one in told:
        detail, at = one.entry.detail, one.entry.created_at
        if isinstance(detail, Notified) and at is not None:
            yield from ((receiver, detail.by, at) for receiver in detail.receivers)


def _chat(receiver: Receiver) -> str:
    return receiver.chat_name or receiver.alias
