"""Incidents: each call beside its operation and the type of its response."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.flashduty.calls import ApiCaller
from bot.flashduty.envelope import Envelope
from bot.flashduty.limits import INCIDENTS_PER_CALL
from bot.flashduty.models.alerts import AlertPage
from bot.flashduty.models.incident_query import IncidentQuery
from bot.flashduty.models.incidents import Incident, IncidentPage
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.paging import Page, read_pages
from bot.flashduty.responses import ANY_DATA, Expected

_INCIDENTS: Final = "/en/api-reference/on-call/incidents"

INCIDENT_LIST: Final = Operation(
    "/incident/list", Kind.READ, f"{_INCIDENTS}/incident-list", permission="Incidents Read"
)
INCIDENT_INFO: Final = Operation(
    "/incident/info", Kind.READ, f"{_INCIDENTS}/incident-info", permission="Incidents Read"
)
INCIDENT_LIST_BY_IDS: Final = Operation(
    "/incident/list-by-ids", Kind.READ, f"{_INCIDENTS}/incident-list-by-ids", permission="Incidents Read"
)
INCIDENT_ALERT_LIST: Final = Operation(
    "/incident/alert/list", Kind.READ, f"{_INCIDENTS}/incident-alert-list", permission="Incidents Read"
)
# Every execution adds a comment: a request that may have been carried out is never sent again.
INCIDENT_COMMENT: Final = Operation(
    "/incident/comment", Kind.WRITE, f"{_INCIDENTS}/incident-comment", permission="Incidents Manage"
)

INCIDENT_PAGE: Final = Expected(Envelope[IncidentPage])
ONE_INCIDENT: Final = Expected(Envelope[Incident])
ALERT_PAGE: Final = Expected(Envelope[AlertPage], AlertPage.empty)


class IncidentApi(ApiCaller):
    """The calls about incidents."""

    async def list_incidents(self, query: IncidentQuery) -> IncidentPage:
        """Read one page of incidents, newest first unless the query says otherwise.

        Needs the permission Incidents Read. The next page is the same query with the page's `cursor`.
        Source: /en/api-reference/on-call/incidents/incident-list.
        """
        return await self._call(INCIDENT_LIST, query.body(), INCIDENT_PAGE)

    async def read_incidents(self, query: IncidentQuery, found: dict[str, Incident], limit: int) -> bool:
        """Read page after page into `found`, by id, up to `limit`; False where there are, or may be, more.

        Raises Unreachable as well where Flashduty says that there are incidents and returns none.
        """

        async def read_page(cursor: str | None) -> Page[str, Incident, str | None]:
            page = await self.list_incidents(replace(query, cursor=cursor))
            return Page([(one.id, one) for one in page.incidents], page.has_more, page.cursor)

        is_complete = await read_pages(read_page, query.cursor, found, limit=limit)
        if not found and not is_complete:
            raise self._unusable(INCIDENT_LIST)
        return is_complete

    async def incident(self, incident_id: str) -> Incident:
        """Read one incident by its 24 hexadecimal digits; ResourceNotFound when there is none.

        Needs the permission Incidents Read. Source: /en/api-reference/on-call/incidents/incident-info.
        """
        return await self._call(INCIDENT_INFO, {"incident_id": incident_id}, ONE_INCIDENT)

    async def incidents_by_ids(self, incident_ids: Iterable[str]) -> dict[str, Incident]:
        """Read incidents by their ids, at most 100 a call; no call without ids, and unknown ones are missing.

        Needs the permission Incidents Read. Source: /en/api-reference/on-call/incidents/incident-list-by-ids.
        """
        found: dict[str, Incident] = {}
        pages = self._call_for_each(
            INCIDENT_LIST_BY_IDS,
            "incident_ids",
            incident_ids,
            documented=INCIDENTS_PER_CALL,
            expected=INCIDENT_PAGE,
        )
        async for page in pages:
            found.update((one.id, one) for one in page.incidents)
        return found

    async def alerts_of(self, incident_id: str, limit: int) -> AlertPage:
        """Read the first alerts of an incident, 1,000 at most, and how many there are.

        Needs the permission Incidents Read. Source: /en/api-reference/on-call/incidents/incident-alert-list.
        """
        return await self._call(INCIDENT_ALERT_LIST, {"incident_id": incident_id, "p": 1, "limit": limit}, ALERT_PAGE)

    async def comment(self, incident_id: str, text: str, *, type_id: str | None = None) -> None:
        """Write a comment, 1 to 1,024 code points of Markdown, to an incident's timeline, as the owner of the key.

        A link to `flashduty://ref/member/…` in it notifies a person. `type_id` is one of `comment_types`. Not sent
        again when its outcome is unknown. Needs the permission Incidents Manage.
        Source: /en/api-reference/on-call/incidents/incident-comment.
        """
        body: dict[str, object] = {"incident_ids": [incident_id], "comment": text}
        body |= {"comment_type_id": type_id} if type_id else {}
        await self._call(INCIDENT_COMMENT, body, ANY_DATA)
