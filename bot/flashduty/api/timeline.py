"""What was, of one incident: its timeline, and past incidents like it."""

import json
from collections.abc import Hashable
from typing import Any, Final

from bot.flashduty.calls import ApiCaller
from bot.flashduty.envelope import Envelope
from bot.flashduty.errors import Code, FlashdutyError
from bot.flashduty.models.incidents import PastIncident, PastIncidents
from bot.flashduty.models.timeline import ACTION_ENTRY, COMMENT_ENTRY, Timeline, TimelineEntry, TimelinePage
from bot.flashduty.models.timeline_work import ActionRun
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.paging import Page, read_pages
from bot.flashduty.responses import Expected

ENTRIES_PER_CALL: Final = 100
MAX_ENTRIES: Final = 500
PAST_INCIDENTS_PER_CALL: Final = 100

_INCIDENTS: Final = "/en/api-reference/on-call/incidents"

INCIDENT_FEED: Final = Operation(
    "/incident/feed", Kind.READ, f"{_INCIDENTS}/incident-feed", permission="Incidents Read"
)
PAST_LIST: Final = Operation(
    "/incident/past/list",
    Kind.READ,
    f"{_INCIDENTS}/incident-past-list",
    permission="Incidents Read",
    per_second=20,
    per_minute=100,
)

TIMELINE_PAGE: Final = Expected(Envelope[TimelinePage])
PAST_INCIDENTS: Final = Expected(Envelope[PastIncidents], PastIncidents.empty)

# An incident without a Flashduty channel is refused with 400 "Channel not found", an account without the plan, or an
# older Flashduty without the route, in its own way. The texts are in the language of the request.
_NO_PAST_INCIDENTS: Final = frozenset(
    {
        Code.INVALID_PARAMETER,
        Code.BAD_REQUEST,
        Code.RESOURCE_NOT_FOUND,
        Code.NO_LICENSE,
        Code.BALANCE_NOT_ENOUGH,
        Code.ROUTE_NOT_FOUND,
    }
)


class TimelineApi(ApiCaller):
    """The calls about one incident's timeline, and about past incidents like it."""

    async def newest_comments(self, incident_id: str) -> TimelinePage:
        """Read the last 100 comments on an incident, newest first, in one call.

        Needs the permission Incidents Read. Source: /en/api-reference/on-call/incidents/incident-feed.
        """
        return await self._feed(incident_id, 1, types=[COMMENT_ENTRY])

    async def action_runs(self, incident_id: str) -> tuple[ActionRun, ...]:
        """Read the last 100 runs of custom actions on an incident, newest first, in one call.

        Needs the permission Incidents Read. Source: /en/api-reference/on-call/incidents/incident-feed.
        """
        page = await self._feed(incident_id, 1, types=[ACTION_ENTRY])
        return tuple(one.detail for one in page.entries if isinstance(one.detail, ActionRun))

    async def timeline(self, incident_id: str, *, after_ms: int = 0, limit: int = MAX_ENTRIES) -> Timeline:
        """Read the entries of a timeline that were made after a time in milliseconds: the newest ones, at most `limit`.

        One call for each hundred, and no further one where a page reaches back far enough. Needs the permission
        Incidents Read. Source: /en/api-reference/on-call/incidents/incident-feed.
        """
        found: dict[Hashable, TimelineEntry] = {}

        async def read_page(number: int) -> Page[Hashable, TimelineEntry, int]:
            page = await self._feed(incident_id, number)
            reaches_back = any(one.created_ms <= after_ms for one in page.entries)
            return Page([(_key(one), one) for one in page.entries], page.has_more and not reaches_back, number + 1)

        is_complete = await read_pages(read_page, 1, found, limit=limit)
        newest_last = sorted(found.values(), key=lambda entry: entry.created_ms)
        newer = [one for one in newest_last if one.created_ms > after_ms and not one.is_deleted]
        return Timeline(tuple(newer[-limit:]), is_complete=is_complete and len(newer) <= limit)

    async def _feed(self, incident_id: str, number: int, **more: Any) -> TimelinePage:  # noqa: ANN401 - of the request
        # The order without `asc` is not documented.
        body = {"incident_id": incident_id, "asc": False, "p": number, "limit": ENTRIES_PER_CALL, **more}
        return await self._call(INCIDENT_FEED, body, TIMELINE_PAGE)

    async def past_incidents(self, incident_id: str, *, limit: int = 5) -> tuple[PastIncident, ...]:
        """Read similar past incidents, the most similar first, at most `limit` of 100; none where there can be none.

        Needs the permission Incidents Read, and a plan. Source: /en/api-reference/on-call/incidents/incident-past-list.
        """
        body = {"incident_id": incident_id, "limit": min(limit, PAST_INCIDENTS_PER_CALL)}
        try:
            found = (await self._call(PAST_LIST, body, PAST_INCIDENTS)).incidents
        except FlashdutyError as refusal:
            if refusal.code not in _NO_PAST_INCIDENTS:
                raise
            return ()
        others = (one for one in found if one.id != incident_id)
        return tuple(sorted(others, key=lambda one: -one.score))[:limit]


def _key(entry: TimelineEntry) -> Hashable:
    """Return what tells entries apart, which have no ids: a page may repeat those of the page before."""
    said = json.dumps(entry.record, sort_keys=True, default=str)
    return entry.created_ms, entry.type, entry.creator_id, said
