"""Gather incidents for one team: a list, a single one, the ones with a number."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Flashduty, Incident, IncidentQuery, Person, Progress
from bot.incidents.holders import Attributions
from bot.incidents.search import PAGE_SIZE, IncidentSearch
from bot.people.directory import named
from bot.teams.access import AccessDenied, DenialReason, Team

WINDOW: Final = timedelta(days=31)
# A list is sorted by us, so all of it must be here; five pages of 100 are read, and the list says when there is more.
MOST_INCIDENTS: Final = 500
# How far back a number is looked for, window by window: 186 days.
NUMBER_WINDOWS: Final = 6
# Our clock may be behind Flashduty's: an incident raised this second must not fall out of the window.
SKEW: Final = timedelta(minutes=1)

_INCIDENT_ID = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{24}(?![0-9a-fA-F])")


@dataclass(frozen=True)
class Listing:
    """Incidents that match a search, in the order they are shown, and the people they name."""

    search: IncidentSearch
    incidents: tuple[Incident, ...]
    is_complete: bool
    people: Mapping[int, Person]
    as_of: datetime
    known: Attributions = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many of them are open."""
        return sum(incident.is_open for incident in self.incidents)

    @property
    def unacknowledged(self) -> int:
        """How many of them wait for somebody."""
        return sum(incident.progress is Progress.TRIGGERED for incident in self.incidents)

    @property
    def pages(self) -> int:
        """How many pages the list has, at least one."""
        return max(1, -(-len(self.incidents) // PAGE_SIZE))

    @property
    def page(self) -> int:
        """The page shown: the one asked for, or the last."""
        return min(self.search.page, self.pages)

    @property
    def shown(self) -> tuple[Incident, ...]:
        """The incidents on the page."""
        return self.incidents[(self.page - 1) * PAGE_SIZE : self.page * PAGE_SIZE]


def by_urgency(incident: Incident, now: datetime, just_changed: str | None = None) -> tuple[bool, bool, int, float]:
    """Order: unacknowledged, then not snoozed at this moment, then most severe, then newest.

    What was just changed keeps its place: a row that jumps away under the finger looks lost.
    """
    waits = incident.progress is Progress.TRIGGERED or incident.id == just_changed
    return (not waits, is_snoozed(incident, now), incident.severity.rank, -incident.started_at.timestamp())


def is_snoozed(incident: Incident, now: datetime) -> bool:
    """Tell whether a snooze keeps an incident quiet; Flashduty tells the end of one that is over as well."""
    return incident.snoozed_until is not None and incident.snoozed_until > now


def in_the_list(incident: Incident, now: datetime, just_changed: str | None = None) -> tuple[bool, tuple[float, ...]]:
    """Order: what is open by urgency, then what is closed, the newest closing first."""
    if incident.is_open or incident.id == just_changed:
        return False, by_urgency(incident, now, just_changed)
    return True, (-(incident.closed_at or incident.started_at).timestamp(),)


async def gather_listing(
    flashduty: Flashduty, team: Team, search: IncidentSearch, now: datetime, *, fresh: Incident | None = None
) -> Listing:
    """Read what matches the search; `fresh` is an incident read after a change, which the list may not show yet."""
    found, is_complete = await _search(flashduty, team, search, now)
    if fresh is not None:
        found = [fresh if incident.id == fresh.id else incident for incident in found]
    just_changed = fresh.id if fresh else None
    ordered = tuple(sorted(found, key=lambda incident: in_the_list(incident, now, just_changed)))
    listing = Listing(search, ordered, is_complete, {}, now)
    people = await people_of(flashduty, listing.shown)
    return replace(listing, people=people)


async def _search(
    flashduty: Flashduty, team: Team, search: IncidentSearch, now: datetime
) -> tuple[list[Incident], bool]:
    found: dict[str, Incident] = {}
    end = now + SKEW
    # From now, unless that would be one more window for the sake of a minute.
    oldest = (now if search.since < WINDOW else end) - search.since
    while end > oldest:
        start = max(oldest, end - WINDOW)
        if not await read_all(flashduty, _query(team, search, start, end), found):
            return list(found.values()), False
        end = start
    return list(found.values()), True


async def read_all(flashduty: Flashduty, query: IncidentQuery, found: dict[str, Incident]) -> bool:
    """Read page after page into `found`, up to 500 incidents; False when there are, or may be, more."""
    return await flashduty.read_incidents(query, found, MOST_INCIDENTS)


def _query(team: Team, search: IncidentSearch, start: datetime, end: datetime) -> IncidentQuery:
    return IncidentQuery(
        start=start,
        end=end,
        progress=search.progress,
        severities=search.severities,
        text=search.text or None,
        channel_ids=team.flashduty_channel_ids,
        team_ids=team.flashduty_team_ids,
    )


async def people_of(flashduty: Flashduty, incidents: Iterable[Incident]) -> dict[int, Person]:
    """Look up the responders whose names the incidents do not carry, in one call."""
    nameless = {
        responder.person_id
        for incident in incidents
        for responder in incident.responders
        if not responder.name and responder.person_id
    }
    return await named(flashduty, sorted(nameless))


async def find(flashduty: Flashduty, team: Team, asked: str, now: datetime) -> tuple[Incident, ...]:
    """Find what a person means by a number, an id or a pasted address; several incidents may share a number."""
    if named := _INCIDENT_ID.search(asked):
        incident = await flashduty.incident(named[0].lower())
        await require_scope(flashduty, team, incident)
        return (incident,)
    number = asked.strip().lstrip("#")
    end = now + SKEW
    for _ in range(NUMBER_WINDOWS):
        query = replace(_query(team, IncidentSearch(progress=()), end - WINDOW, end), nums=(number.upper(),))
        found: dict[str, Incident] = {}
        await read_all(flashduty, query, found)
        if found:
            return tuple(found.values())
        end -= WINDOW
    return ()


async def require_scope(flashduty: Flashduty, team: Team, incident: Incident) -> None:
    """Raise Refused unless the incident belongs to the team's own Flashduty channels and teams, where those are set."""
    if not team.is_scoped:
        return
    in_channels = not team.flashduty_channel_ids or incident.channel_id in team.flashduty_channel_ids
    if not in_channels or not await _owned(flashduty, team, incident.channel_id):
        raise AccessDenied(DenialReason.NOT_THIS_INCIDENT, (team.name,))


async def _owned(flashduty: Flashduty, team: Team, flashduty_channel_id: int) -> bool:
    if not team.flashduty_team_ids:
        return True
    if not flashduty_channel_id:
        return False
    owners = team.owners.get(flashduty_channel_id)
    if owners is None:
        channel = await flashduty.flashduty_channel(flashduty_channel_id)
        owners = frozenset(owner for owner in (channel.team_id, *channel.managing_team_ids) if owner)
        team.owners.keep(flashduty_channel_id, owners)
    return not owners.isdisjoint(team.flashduty_team_ids)
