"""Read incidents of one team: a list, a single one, the ones with a number."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Flashduty, Incident, IncidentQuery, Person
from bot.incidents.list_view import OPEN, IncidentList
from bot.incidents.model import Listing, OpenIncidents, in_order
from bot.incidents.scope import read_incident, read_incidents
from bot.people.directory import look_up_people
from bot.teams.access import Team

QUERY_WINDOW: Final = timedelta(days=31)
# The bot sorts a list, so it needs all of it: five pages of 100 are read, and the list says when there is more.
MAX_INCIDENTS: Final = 500
# How far back a number is searched, window by window: 186 days.
NUMBER_QUERY_WINDOWS: Final = 6
# Our clock may be behind Flashduty's: an incident raised this second must not fall out of the window.
CLOCK_SKEW: Final = timedelta(minutes=1)

_INCIDENT_ID = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{24}(?![0-9a-fA-F])")


Narrow = Callable[[Sequence[Incident]], Awaitable[Sequence[Incident]]]


async def _all_of_them(incidents: Sequence[Incident]) -> Sequence[Incident]:
    return incidents


async def gather_listing(
    flashduty: Flashduty,
    team: Team,
    search: IncidentList,
    *,
    now: datetime,
    fresh: Incident | None = None,
    among: Sequence[str] | None = None,
    narrow: Narrow = _all_of_them,
) -> Listing:
    """Read what matches the search; `fresh` is an incident after a change that the list may not show yet.

    With `among` only the open ones of these incidents are read, by their ids. `narrow` leaves out what does not
    fit the filters that Flashduty has not.
    """
    if among is None:
        found, is_complete = await _search(flashduty, team, search, now=now)
    else:
        read = await read_incidents(flashduty, team, among[:MAX_INCIDENTS])
        found, is_complete = [one for one in read.values() if one.is_open], len(among) <= MAX_INCIDENTS
    if fresh is not None:
        found = [fresh if incident.id == fresh.id else incident for incident in found]
    kept = await narrow(found)
    listing = Listing(
        search, in_order(kept, search, now, fresh=fresh), is_complete, people={}, as_of=now, searched=len(found)
    )
    people = await people_of(flashduty, listing.shown, remembered_will_do=fresh is not None)
    return replace(listing, people=people)


async def _search(
    flashduty: Flashduty, team: Team, search: IncidentList, *, now: datetime
) -> tuple[list[Incident], bool]:
    found: dict[str, Incident] = {}
    end = now + CLOCK_SKEW
    # From now, unless that would need one more window for a minute.
    oldest = (now if search.since < QUERY_WINDOW else end) - search.since
    while end > oldest:
        start = max(oldest, end - QUERY_WINDOW)
        if not await read_all(flashduty, _query(team, search, start=start, end=end), found):
            return list(found.values()), False
        end = start
    return list(found.values()), True


async def read_all(
    flashduty: Flashduty, query: IncidentQuery, found: dict[str, Incident], *, limit: int = MAX_INCIDENTS
) -> bool:
    """Read page after page into `found`, up to `limit` incidents; False when there are, or may be, more."""
    return await flashduty.read_incidents(query, found, limit)


def _query(team: Team, search: IncidentList, *, start: datetime, end: datetime) -> IncidentQuery:
    return team.scope.of(
        IncidentQuery(
            start=start,
            end=end,
            progress=search.progress,
            severities=search.severities,
            text=search.text or None,
        )
    )


def open_query(team: Team, now: datetime) -> IncidentQuery:
    """Return the query for the open incidents of the last 31 days."""
    return team.scope.of(IncidentQuery(start=now + CLOCK_SKEW - QUERY_WINDOW, end=now + CLOCK_SKEW, progress=OPEN))


async def read_open_incidents(flashduty: Flashduty, team: Team, now: datetime) -> OpenIncidents:
    """Read the open incidents of the last 31 days: one call, and one for each further hundred up to 500."""
    found: dict[str, Incident] = {}
    is_complete = await read_all(flashduty, open_query(team, now), found)
    return OpenIncidents(tuple(found.values()), is_complete, now.astimezone(team.timezone))


async def people_of(
    flashduty: Flashduty, incidents: Iterable[Incident], *, remembered_will_do: bool = False
) -> dict[int, Person]:
    """Look up the responders whose names the incidents do not carry, in one call.

    With `remembered_will_do` no call is made where all names are cached: a view drawn again after a change shows the
    same people.
    """
    nameless = {
        one.person_id for incident in incidents for one in incident.responders if not one.name and one.person_id
    }
    remembered = flashduty.cached_persons(nameless) if remembered_will_do else {}
    return remembered if len(remembered) == len(nameless) else await look_up_people(flashduty, sorted(nameless))


async def find_incidents(flashduty: Flashduty, team: Team, typed: str, *, now: datetime) -> tuple[Incident, ...]:
    """Find the incidents of a number, an id or a pasted address; several incidents may share a number."""
    if matched := _INCIDENT_ID.search(typed):
        return (await read_incident(flashduty, team, matched[0].lower()),)
    number = typed.strip().lstrip("#")
    end = now + CLOCK_SKEW
    for _ in range(NUMBER_QUERY_WINDOWS):
        query = replace(
            _query(team, IncidentList(progress=()), start=end - QUERY_WINDOW, end=end), nums=(number.upper(),)
        )
        found: dict[str, Incident] = {}
        await read_all(flashduty, query, found)
        if found:
            return tuple(found.values())
        end -= QUERY_WINDOW
    return ()
