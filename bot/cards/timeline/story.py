"""What of a timeline is told in the thread of a card, and what is noise. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bot.cards.timeline.presses import EntryKey, entry_key
from bot.cards.timeline.told import Told
from bot.flashduty import Incident
from bot.flashduty.models import timeline_details as details
from bot.flashduty.models import timeline_work as work
from bot.flashduty.models.timeline import TimelineEntry
from bot.incidents.commenting.comments import fingerprint, is_blank
from bot.incidents.holders import UNKNOWN, Attribution

# The responder has the second of an acknowledgement, its entry the millisecond, and each is set by itself.
PRESS_TOLERANCE: Final = timedelta(seconds=2)
NO_PRESSES: Final[Mapping[EntryKey, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Story:
    """What is new in a timeline: the entries to tell, oldest first, and up to which time, in ms, all are dealt with."""

    told: tuple[Told, ...] = ()
    until: int = 0

    def up_to(self, ms: int) -> "Story":
        """Return the part of it up to a time."""
        return Story(told=tuple(one for one in self.told if one.entry.created_ms <= ms), until=ms)

    def after(self, ms: int) -> "Story":
        """Return the part of it after a time."""
        return Story(told=tuple(one for one in self.told if one.entry.created_ms > ms), until=max(ms, self.until))


def new_story(
    entries: Iterable[TimelineEntry],
    *,
    after_ms: int,
    incident: Incident,
    known: Attribution = UNKNOWN,
    own: frozenset[str] = frozenset(),
    presses: Mapping[EntryKey, str] = NO_PRESSES,
) -> Story:
    """Choose from the entries after a time, oldest first, what the thread is told.

    `own` are the fingerprints of comments that were written here, which the thread has already, `presses` the names of
    those who pressed in Slack for an entry.
    """
    new = [one for one in entries if one.created_ms > after_ms]
    told = tuple(
        one
        for one in told_entries(new, incident, known, own=own, presses=presses)
        if is_told(one.entry) and not one.is_written_here
    )
    return Story(told=told, until=max((one.created_ms for one in new), default=after_ms))


def is_told(entry: TimelineEntry) -> bool:
    """Whether the thread is told of an entry; of a type that is not known it is not."""
    return not entry.is_deleted and TOLD.get(type(entry.detail), _never)(entry.detail, entry)


def told_entries(
    entries: Iterable[TimelineEntry],
    incident: Incident,
    known: Attribution,
    *,
    own: frozenset[str] = frozenset(),
    presses: Mapping[EntryKey, str] = NO_PRESSES,
) -> tuple[Told, ...]:
    """Return entries with the name in Slack of whoever pressed for them, where Flashduty has the key's owner.

    `own` are the fingerprints of comments that were written here.
    """
    listed = tuple(entries)
    pressed = _pressed(listed, incident, known)
    return tuple(
        Told(
            entry=one,
            pressed_by=presses.get(entry_key(one), "") or pressed.get(index, ""),
            is_written_here=bool(one.comment) and fingerprint(one.comment or "") in own,
        )
        for index, one in enumerate(listed)
    )


def _pressed(entries: Sequence[TimelineEntry], incident: Incident, known: Attribution) -> dict[int, str]:
    """Return by index which entries were pressed for in Slack: only the last acknowledgement of a press is known."""
    if known.presser is not None:
        return {n: known.presser.name for n, one in enumerate(entries) if _is_of_press(one, incident, known)}
    if known.withdrawn_by is None:
        return {}
    undone = _last(entries, details.Unacknowledged, known.owner_id)
    if undone is None:
        return {}
    done = _last(entries[:undone], details.AcknowledgedEntry, known.owner_id)
    return {n: known.withdrawn_by.name for n in (undone, done) if n is not None}


def _is_of_press(entry: TimelineEntry, incident: Incident, known: Attribution) -> bool:
    at = entry.created_at
    return (
        isinstance(entry.detail, details.AcknowledgedEntry)
        and at is not None
        and any(
            one.acknowledged_at is not None and abs(one.acknowledged_at - at) <= PRESS_TOLERANCE
            for one in incident.acknowledgers
            if known.stands_for(one) and one.person_id == entry.creator_id
        )
    )


def _last(entries: Sequence[TimelineEntry], kind: type[details.Detail], creator_id: int) -> int | None:
    found = (n for n, one in enumerate(entries) if isinstance(one.detail, kind) and one.creator_id == creator_id)
    return max(found, default=None)


def people_in(told: Iterable[Told]) -> frozenset[int]:
    """Return the ids of all people that the sentences name."""
    return frozenset(number for one in told for number in _people(one.entry) if number > 0)


def _people(entry: TimelineEntry) -> Iterator[int]:
    yield entry.creator_id
    detail = entry.detail
    if isinstance(detail, details.Assigned):
        yield from detail.people
    elif isinstance(detail, details.RespondersAdded):
        yield from detail.person_ids
    elif isinstance(detail, work.WorkItem):
        yield from detail.assignees
    elif isinstance(detail, details.Notified):
        yield from (one.person_id for one in detail.failures)


def _always(_: details.Detail, __: TimelineEntry) -> bool:
    return True


def _never(_: details.Detail, __: TimelineEntry) -> bool:
    return False


def _is_assignment_told(detail: details.Assigned, entry: TimelineEntry) -> bool:
    """Whether somebody assigned it, or it moved on by itself.

    The card shows whom Flashduty paged at first, and a reopened incident is assigned again as a matter of course.
    """
    if detail.kind == "reopen":
        return False
    return entry.creator_id > 0 or detail.kind == "reassign" or (detail.kind == "escalate" and detail.level > 0)


def _is_notification_told(detail: details.Notified, _: TimelineEntry) -> bool:
    """Whether it did not arrive: of each page that did nobody needs to hear."""
    return bool(detail.failures)


def _is_comment_told(detail: details.Commented, _: TimelineEntry) -> bool:
    """Whether it says anything. One that was written here is left out besides, by the bot's own record."""
    return not is_blank(detail.comment)


TOLD: Final[Mapping[type[details.Detail], Callable[[Any, TimelineEntry], bool]]] = {
    # The card itself shows that it began, and its alerts.
    details.Created: _never,
    details.AlertMerged: _never,
    details.Assigned: _is_assignment_told,
    details.RespondersAdded: _always,
    details.Notified: _is_notification_told,
    details.Storm: _always,
    details.Snoozed: _always,
    details.Woken: _always,
    details.AcknowledgedEntry: _always,
    details.Unacknowledged: _always,
    details.Commented: _is_comment_told,
    details.Closed: _always,
    details.Reopened: _always,
    details.Merged: _always,
    details.TitleChanged: _always,
    details.DescriptionChanged: _always,
    details.ImpactChanged: _always,
    details.RootCauseChanged: _always,
    details.ResolutionChanged: _always,
    details.SeverityChanged: _always,
    details.FieldChanged: _always,
    details.Muted: _always,
    work.ActionRun: _always,
    work.WarRoomCreated: _always,
    work.WarRoomDeleted: _always,
    work.WorkItemCreated: _always,
    work.WorkItemAssigned: _always,
    work.WorkItemCompleted: _always,
    work.WorkItemConverted: _always,
    work.WorkItemDeleted: _always,
    # Book-keeping of Flashduty.
    work.WorkItemUpdated: _never,
    work.WorkItemBound: _never,
    details.ReplyMuted: _never,
    work.CardRefreshed: _never,
    details.SomethingElse: _never,
}
