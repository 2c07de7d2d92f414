"""The language of a team's channels: that of its setting, else that of the owner of its key in Flashduty."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from bot.flashduty import FlashdutyError
from bot.messages.language import ENGLISH, Language, language_of
from bot.teams.team import Team

log = structlog.get_logger(__name__)

# An owner who changes the language of their account waits for this at most.
OWNER_TTL: Final = 86_400.0
OWNER_RETRY_PAUSE: Final = 60.0
# A post is not delayed for longer.
OWNER_TIMEOUT: Final = 1.5


class ChannelLanguages:
    """The languages of channels; English until the owner of a key is known."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._owners: dict[str, Language] = {}
        self._not_before: dict[str, float] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def known(self, team: Team) -> Language:
        """Return the language of a team's channels without waiting."""
        return _set_language(team) or self._owners.get(team.name, ENGLISH)

    async def of_team(self, team: Team) -> Language:
        """Return the language of a team's channels; waits for the owner where they were never read. Never raises."""
        if _set_language(team) is None and team.name not in self._owners:
            await self._read(team)
        return self.known(team)

    async def tick(self, teams: Iterable[Team]) -> None:
        """Read the owner of the key of every team without a language of its own, once a day."""
        await asyncio.gather(*(self._read(team) for team in teams if _set_language(team) is None))

    async def _read(self, team: Team) -> None:
        async with self._locks[team.name]:
            await self._read_owner(team)

    async def _read_owner(self, team: Team) -> None:
        now = self._monotonic()
        if now < self._not_before.get(team.name, float("-inf")):
            return
        self._not_before[team.name] = now + OWNER_RETRY_PAUSE
        until = asyncio.get_running_loop().time() + OWNER_TIMEOUT
        try:
            owner = await team.flashduty.until(until).key_owner()
        except FlashdutyError as error:
            log.warning("language.owner_unread", team=team.name, why=error.raw_code or str(error))
            return
        self._not_before[team.name] = now + OWNER_TTL
        self._owners[team.name] = language_of(owner.locale or "") or ENGLISH


def _set_language(team: Team) -> Language | None:
    return language_of(team.settings.language)
