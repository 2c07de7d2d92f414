"""Flashduty's Open API: typed calls, each paced, bounded in time, and tried again where that does no harm."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.flashduty import operations, responses
from bot.flashduty.calls import ApiCaller
from bot.flashduty.errors import Unreachable
from bot.flashduty.models.analytics import Figures, InsightQuery, NoisyCheck
from bot.flashduty.models.incident_query import IncidentQuery
from bot.flashduty.models.incidents import Incident, IncidentPage
from bot.flashduty.models.people import FlashdutyChannel, FlashdutyTeam, KeyOwner, Member, Person
from bot.flashduty.models.schedules import Schedule, Schedules
from bot.flashduty.paging import Page, read_pages

SCHEDULES_PER_PAGE: Final = 100
INCIDENTS_PER_CALL: Final = 100
PERSONS_PER_CALL: Final = 100
MEMBERS_PER_PAGE: Final = 100
CHANNELS_PER_CALL: Final = 1000
TEAMS_PER_CALL: Final = 100
LONGEST_SPAN: Final = timedelta(days=45)


@dataclass(frozen=True)
class Flashduty(ApiCaller):
    """One team's view of Flashduty, acting as the owner of the team's key.

    Every call raises FlashdutyError when Flashduty refuses, and its kind Unreachable when no answer of Flashduty came
    back; both tell the operation, its permission and its page. A call is over within 3.5 s, or by the deadline given to
    `until`. All operations share 50 requests a second and 1,000 a minute per account. Texts in answers are untrusted.
    """

    remembered: dict[int, Person] = field(default_factory=dict, repr=False)

    async def list_incidents(self, query: IncidentQuery) -> IncidentPage:
        """Read one page of incidents, newest first unless the query says otherwise.

        Needs the permission Incidents Read. The next page is the same query with the page's `cursor`.
        Source: /en/api-reference/on-call/incidents/incident-list.
        """
        return await self._call(operations.INCIDENT_LIST, query.body(), responses.INCIDENTS)

    async def read_incidents(self, query: IncidentQuery, found: dict[str, Incident], most: int) -> bool:
        """Read page after page into `found`, by id, up to `most`; False where there are, or may be, more.

        Raises Unreachable as well where Flashduty says that there are incidents and gives none.
        """

        async def ask(cursor: str | None) -> Page[str, Incident, str | None]:
            page = await self.list_incidents(replace(query, cursor=cursor))
            return Page([(one.id, one) for one in page.incidents], page.has_more, page.cursor)

        is_complete = await read_pages(ask, query.cursor, found, most=most)
        if not found and not is_complete:
            raise self._nothing_usable(operations.INCIDENT_LIST)
        return is_complete

    async def incident(self, incident_id: str) -> Incident:
        """Read one incident by its 24 hexadecimal digits; ResourceNotFound when there is none.

        Needs the permission Incidents Read. Source: /en/api-reference/on-call/incidents/incident-info.
        """
        return await self._call(operations.INCIDENT_INFO, {"incident_id": incident_id}, responses.INCIDENT)

    async def acknowledge(self, *incident_ids: str) -> None:
        """Acknowledge 1 to 100 incidents as the owner of the key; doing it twice changes nothing.

        Needs the permission Incidents Manage. Raises ValueError for none or more than 100.
        Source: /en/api-reference/on-call/incidents/incident-ack.
        """
        await self._call(operations.INCIDENT_ACK, _named(incident_ids), responses.DONE)

    async def unacknowledge(self, *incident_ids: str) -> None:
        """Take the key owner's acknowledgement of 1 to 100 incidents back.

        An incident returns to Triggered when nobody else has acknowledged it. Needs the permission Incidents Manage.
        Raises ValueError for none or more than 100. Source: /en/api-reference/on-call/incidents/incident-unack.
        """
        await self._call(operations.INCIDENT_UNACK, _named(incident_ids), responses.DONE)

    async def comment(self, incident_id: str, text: str) -> None:
        """Write a comment, 1 to 1,024 code points of Markdown, to an incident's timeline, as the owner of the key.

        A link to `flashduty://ref/member/…` in it notifies a person. Not sent again when its fate is not known. Needs
        the permission Incidents Manage. Source: /en/api-reference/on-call/incidents/incident-comment.
        """
        body = {"incident_ids": [incident_id], "comment": text}
        await self._call(operations.INCIDENT_COMMENT, body, responses.DONE)

    async def schedules(
        self, start: datetime, end: datetime, *, team_ids: Sequence[int] = (), text: str | None = None
    ) -> Schedules:
        """Read all schedules, once each, with their shifts between two aware times less than 45 days apart.

        Narrowed to Flashduty teams, and to names with `text` in them. Reads pages of 100, one call each. Raises
        ValueError for a longer span. Source: /en/api-reference/on-call/schedules/schedule-list.
        """
        if not timedelta(0) < end - start < LONGEST_SPAN:
            raise ValueError(f"a span of {end - start}, Flashduty takes less than {LONGEST_SPAN.days} days")
        body: dict[str, Any] = {"start": int(start.timestamp()), "end": int(end.timestamp())}
        body |= {name: value for name, value in {"team_ids": list(team_ids), "query": text}.items() if value}
        found: dict[int, Schedule] = {}

        async def ask(number: int) -> Page[int, Schedule, int]:
            asked = body | {"p": number, "limit": SCHEDULES_PER_PAGE}
            page = await self._call(operations.SCHEDULE_LIST, asked, responses.SCHEDULES)
            new = {one.id for one in page.items} - found.keys()
            return Page(
                [(one.id, one) for one in page.items],
                has_more=len(found) + len(new) < page.total,
                # Behind an empty page of a number there is nothing, whatever the total says.
                following=number + 1 if page.items else None,
            )

        is_complete = await read_pages(ask, 1, found)
        if not found and not is_complete:
            raise self._nothing_usable(operations.SCHEDULE_LIST)
        return Schedules(found.values(), is_complete=is_complete)

    def _nothing_usable(self, operation: operations.Operation) -> Unreachable:
        return Unreachable("unusable", operation=operation, team=self.team, is_ambiguous=False)

    async def persons(self, ids: Iterable[int]) -> dict[int, Person]:
        """Look people up by person id (which is not a member id), 100 a call; no call for nobody.

        Whoever Flashduty does not know is missing from the answer.
        Source: /en/api-reference/platform/members/person-infos.
        """
        wanted = [number for number in dict.fromkeys(ids) if number]
        found: dict[int, Person] = {}
        for first in range(0, len(wanted), PERSONS_PER_CALL):
            asked = {"person_ids": wanted[first : first + PERSONS_PER_CALL]}
            people = await self._call(operations.PERSON_INFOS, asked, responses.PEOPLE)
            found.update((person.id, person) for person in people.items)
        self._remember(found)
        return found

    def _remember(self, found: Mapping[int, Person]) -> None:
        if len(self.remembered) > MOST_REMEMBERED:
            self.remembered.clear()
        self.remembered.update(found)

    def remembered_persons(self, ids: Iterable[int]) -> dict[int, Person]:
        """Give those of the people that were looked up before: a name of yesterday is better than a number."""
        return {number: self.remembered[number] for number in ids if number in self.remembered}

    async def flashduty_channel(self, channel_id: int) -> FlashdutyChannel:
        """Read a Flashduty channel and which teams own and manage it.

        Source: /en/api-reference/on-call/channels/channel-info.
        """
        return await self._call(operations.CHANNEL_INFO, {"channel_id": channel_id}, responses.CHANNEL)

    async def flashduty_channels(self, ids: Iterable[int]) -> tuple[FlashdutyChannel, ...]:
        """Read the names and states of Flashduty channels, 1,000 a call; no call for none.

        Those there are not are missing from the answer; none says which teams own it.
        Source: /en/api-reference/on-call/channels/channel-infos.
        """
        found: list[FlashdutyChannel] = []
        for some in _chunks(ids, CHANNELS_PER_CALL):
            found += (await self._call(operations.CHANNEL_INFOS, {"channel_ids": some}, responses.CHANNELS)).items
        return tuple(found)

    async def flashduty_teams(self, ids: Iterable[int]) -> tuple[FlashdutyTeam, ...]:
        """Read the names of Flashduty teams, 100 a call; no call for none. Those there are not are missing.

        Source: /en/api-reference/platform/teams/team-read-infos.
        """
        found: list[FlashdutyTeam] = []
        for some in _chunks(ids, TEAMS_PER_CALL):
            found += (await self._call(operations.TEAM_INFOS, {"team_ids": some}, responses.TEAMS)).items
        return tuple(found)

    async def permissions(self, role_ids: Iterable[int]) -> frozenset[str]:
        """Read the names of what roles allow together; a key's own scope is not told by any operation.

        Source: /en/api-reference/platform/roles-permissions/role-read-list-permission.
        """
        body = {"role_ids": list(role_ids)}
        found = await self._call(operations.PERMISSION_LIST, body, responses.PERMISSIONS)
        return frozenset(one.name for one in found.items)

    async def key_owner(self) -> KeyOwner:
        """Tell whose key this is, and of which account.

        Source: /en/api-reference/platform/members/member-info.
        """
        return await self._call(operations.MEMBER_INFO, {}, responses.KEY_OWNER)

    async def figures(self, query: InsightQuery) -> tuple[Figures, ...]:
        """Read the analytics of the query's teams, or of the whole account.

        Needs the permission Analytics Read, and a licence. Source: /en/api-reference/on-call/analytics/insight-by-team
        and insight-by-account.
        """
        operation = operations.INSIGHT_TEAM if query.team_ids else operations.INSIGHT_ACCOUNT
        return (await self._call(operation, query.body(), responses.FIGURES)).items

    async def noisiest_checks(self, query: InsightQuery, count: int) -> tuple[NoisyCheck, ...]:
        """Read the 1 to 100 checks that raised the most alerts.

        Needs the permission Analytics Read. Source: /en/api-reference/on-call/analytics/insight-topk-alerts-by-label.
        """
        body = query.body() | {"label": "check", "k": count, "orderby": "total_alert_cnt"}
        return (await self._call(operations.NOISIEST_CHECKS, body, responses.NOISY_CHECKS)).items

    async def members(self, words: str) -> tuple[Member, ...]:
        """Find members by a part of a name or an e-mail address, 100 at most.

        Source: /en/api-reference/platform/members/member-list.
        """
        body = {"query": words, "p": 1, "limit": MEMBERS_PER_PAGE}
        return (await self._call(operations.MEMBER_LIST, body, responses.MEMBERS)).items


# Everybody of a large company.
MOST_REMEMBERED: Final = 20_000


def _chunks(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    different = list(dict.fromkeys(ids))
    return (different[first : first + size] for first in range(0, len(different), size))


def _named(ids: Sequence[str]) -> dict[str, list[str]]:
    different = list(dict.fromkeys(ids))
    if not 0 < len(different) <= INCIDENTS_PER_CALL:
        raise ValueError(f"{len(different)} incidents in one call, Flashduty takes 1 to {INCIDENTS_PER_CALL}")
    return {"incident_ids": different}
