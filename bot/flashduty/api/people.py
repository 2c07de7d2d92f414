"""People, teams and Flashduty channels: each call beside its operation and the type of its response."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot.flashduty.calls import ApiCaller
from bot.flashduty.envelope import Envelope
from bot.flashduty.models.people import (
    AllMembers,
    FlashdutyChannel,
    FlashdutyChannels,
    FlashdutyTeam,
    FlashdutyTeams,
    KeyOwner,
    KeyPermissions,
    Member,
    Members,
    People,
    Person,
)
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.paging import Page, read_pages
from bot.flashduty.responses import Expected

PERSONS_PER_CALL: Final = 100
MEMBERS_PER_PAGE: Final = 100
CHANNELS_PER_CALL: Final = 1000
TEAMS_PER_CALL: Final = 100
# More than a large company has.
CACHED_PERSONS: Final = 20_000

PERSON_INFOS: Final = Operation("/person/infos", Kind.READ, "/en/api-reference/platform/members/person-infos")
MEMBER_INFO: Final = Operation("/member/info", Kind.READ, "/en/api-reference/platform/members/member-info")
MEMBER_LIST: Final = Operation("/member/list", Kind.READ, "/en/api-reference/platform/members/member-list")
CHANNEL_INFO: Final = Operation("/channel/info", Kind.READ, "/en/api-reference/on-call/channels/channel-info")
CHANNEL_INFOS: Final = Operation("/channel/infos", Kind.READ, "/en/api-reference/on-call/channels/channel-infos")
TEAM_INFOS: Final = Operation("/team/infos", Kind.READ, "/en/api-reference/platform/teams/team-read-infos")
PERMISSION_LIST: Final = Operation(
    "/role/permission/list", Kind.READ, "/en/api-reference/platform/roles-permissions/role-read-list-permission"
)

PEOPLE: Final = Expected(Envelope[People], People.empty)
KEY_OWNER: Final = Expected(Envelope[KeyOwner])
MEMBERS: Final = Expected(Envelope[Members], Members.empty)
ONE_CHANNEL: Final = Expected(Envelope[FlashdutyChannel])
CHANNELS: Final = Expected(Envelope[FlashdutyChannels], FlashdutyChannels.empty)
TEAMS: Final = Expected(Envelope[FlashdutyTeams], FlashdutyTeams.empty)
PERMISSIONS: Final = Expected(Envelope[KeyPermissions], KeyPermissions.empty)


class PeopleApi(ApiCaller):
    """The calls about people, teams and Flashduty channels; names that were looked up are cached."""

    async def persons(self, ids: Iterable[int]) -> dict[int, Person]:
        """Look people up by person id (which is not a member id), at most 100 a call; no call without ids.

        Unknown ids are missing from the result.
        Source: /en/api-reference/platform/members/person-infos.
        """
        found: dict[int, Person] = {}
        answers = self._call_for_each(
            PERSON_INFOS, "person_ids", filter(None, ids), documented=PERSONS_PER_CALL, expected=PEOPLE
        )
        async for people in answers:
            found.update((person.id, person) for person in people.items)
        self._cache(found)
        return found

    def _cache(self, found: Mapping[int, Person]) -> None:
        if len(self.person_cache) > CACHED_PERSONS:
            self.person_cache.clear()
        self.person_cache.update(found)

    def cached_persons(self, ids: Iterable[int]) -> dict[int, Person]:
        """Return those of the people that were looked up before; their names may be out of date."""
        return {number: self.person_cache[number] for number in ids if number in self.person_cache}

    async def key_owner(self) -> KeyOwner:
        """Read the owner of the key, and the account.

        Source: /en/api-reference/platform/members/member-info.
        """
        key = self.app_key.value
        owner = await self._call(MEMBER_INFO, {}, KEY_OWNER)
        self.owner_cache.clear()
        self.owner_cache[key] = owner
        return owner

    def cached_key_owner(self) -> KeyOwner | None:
        """Return the owner of the present key as they were looked up before; None where they were not."""
        return self.owner_cache.get(self.app_key.value)

    async def members(self, words: str) -> tuple[Member, ...]:
        """Find members by a part of a name or an e-mail address, 100 at most.

        Source: /en/api-reference/platform/members/member-list.
        """
        body = {"query": words, "p": 1, "limit": MEMBERS_PER_PAGE}
        return (await self._call(MEMBER_LIST, body, MEMBERS)).items

    async def all_members(self, words: str = "") -> AllMembers:
        """Read the members of the account, or those with `words` in their name or e-mail address, 100 a call.

        Pending and removed members are among them. Source: /en/api-reference/platform/members/member-list.
        """
        found: dict[int, Member] = {}

        async def read_page(number: int) -> Page[int, Member, int]:
            body = {"p": number, "limit": MEMBERS_PER_PAGE, "orderby": "created_at", "asc": True}
            page = await self._call(MEMBER_LIST, body | ({"query": words} if words else {}), MEMBERS)
            new = {one.id for one in page.items} - found.keys()
            return Page(
                [(one.id, one) for one in page.items],
                has_more=len(found) + len(new) < page.total,
                following=number + 1 if page.items else None,
            )

        is_complete = await read_pages(read_page, 1, found)
        return AllMembers(tuple(found.values()), is_complete=is_complete)

    async def permissions(self, role_ids: Iterable[int]) -> frozenset[str]:
        """Read the names of the permissions that roles have together; no operation returns a key's own scope.

        Source: /en/api-reference/platform/roles-permissions/role-read-list-permission.
        """
        body = {"role_ids": list(role_ids)}
        found = await self._call(PERMISSION_LIST, body, PERMISSIONS)
        return frozenset(one.name for one in found.items)

    async def flashduty_channel(self, channel_id: int) -> FlashdutyChannel:
        """Read a Flashduty channel and which teams own and manage it.

        Source: /en/api-reference/on-call/channels/channel-info.
        """
        return await self._call(CHANNEL_INFO, {"channel_id": channel_id}, ONE_CHANNEL)

    async def flashduty_channels(self, ids: Iterable[int]) -> tuple[FlashdutyChannel, ...]:
        """Read the names and states of Flashduty channels, at most 1,000 a call; no call without ids.

        Unknown ids are missing from the result; the owning teams are never part of it.
        Source: /en/api-reference/on-call/channels/channel-infos.
        """
        found: list[FlashdutyChannel] = []
        answers = self._call_for_each(
            CHANNEL_INFOS, "channel_ids", ids, documented=CHANNELS_PER_CALL, expected=CHANNELS
        )
        async for some in answers:
            found += some.items
        return tuple(found)

    async def flashduty_teams(self, ids: Iterable[int]) -> tuple[FlashdutyTeam, ...]:
        """Read the names of Flashduty teams, at most 100 a call; no call without ids.

        Unknown ids are missing from the result.
        Source: /en/api-reference/platform/teams/team-read-infos.
        """
        found: list[FlashdutyTeam] = []
        async for some in self._call_for_each(TEAM_INFOS, "team_ids", ids, documented=TEAMS_PER_CALL, expected=TEAMS):
            found += some.items
        return tuple(found)
