"""The timelines of incidents: what was done, by whom and when."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sandbox.flashduty.wire.checks import Record

SYSTEM: Final = 0
_MILLISECONDS: Final = 1_000


@dataclass(frozen=True)
class TimelineEntry:
    """An entry of a timeline: `at` in milliseconds, `person_id` 0 for the system, `ref_id` an incident or an alert."""

    incident_id: str
    at: int
    what: str
    person_id: int
    detail: Record = field(default_factory=dict)
    ref_id: str = ""


@dataclass
class History:
    """The entries of every incident; those of one incident never share a millisecond.

    `on_note` is called with each entry that is new, after the change it tells of.
    """

    _entries: dict[str, list[TimelineEntry]] = field(default_factory=lambda: defaultdict(list))
    on_note: list[Callable[[TimelineEntry], None]] = field(default_factory=list)

    def __iter__(self) -> Iterator[TimelineEntry]:
        """Iterate over all entries, the oldest first."""
        return iter(sorted((one for entries in self._entries.values() for one in entries), key=lambda one: one.at))

    def of(self, incident: Record) -> list[TimelineEntry]:
        """Return the entries of an incident in order; one from before the sandbox gets those that its record tells."""
        entries = self._entries[incident["incident_id"]]
        if not entries:
            self._reconstruct(incident)
        return entries

    def note(
        self,
        incident_id: str,
        what: str,
        *,
        at: int,
        person_id: int,
        detail: Record | None = None,
        ref_id: str = "",
    ) -> TimelineEntry:
        """Append an entry; `at` in Unix seconds."""
        entry = self._append(
            TimelineEntry(
                incident_id=incident_id,
                at=at * _MILLISECONDS,
                what=what,
                person_id=person_id,
                detail=detail or {},
                ref_id=ref_id or incident_id,
            )
        )
        for act in self.on_note:
            act(entry)
        return entry

    def _append(self, entry: TimelineEntry) -> TimelineEntry:
        entries = self._entries[entry.incident_id]
        if entries and entry.at <= entries[-1].at:
            entry = TimelineEntry(**{**vars(entry), "at": entries[-1].at + 1})
        entries.append(entry)
        return entry

    def _reconstruct(self, incident: Record) -> None:
        """Append what the record of an incident tells of its past."""
        told = [(incident["created_at"], "i_new", incident["creator_id"], begun(incident))]
        if incident["assigned_to"]:
            told.append((incident["assigned_to"]["assigned_at"], "i_assign", SYSTEM, assigned(incident)))
        told += [
            (one["acknowledged_at"], "i_ack", one["person_id"], {})
            for one in incident["responders"]
            if one["acknowledged_at"]
        ]
        if incident["close_time"]:
            source = "console" if incident["closer_id"] else "event"
            told.append((incident["close_time"], "i_rslv", incident["closer_id"], {"from": source}))
        for at, what, person_id, detail in sorted(told, key=lambda one: one[0]):
            number = incident["incident_id"]
            self._append(
                TimelineEntry(
                    incident_id=number,
                    at=at * _MILLISECONDS,
                    what=what,
                    person_id=person_id,
                    detail=detail,
                    ref_id=number,
                )
            )


def begun(incident: Record) -> Record:
    """Return the `detail` of `i_new`."""
    return {"severity": incident["incident_severity"], "title": incident["title"]}


def assigned(incident: Record) -> Record:
    """Return the `detail` of `i_assign`: the assignment, and who got it."""
    given: Record = incident["assigned_to"]
    return given | {"to": list(given["person_ids"])}
