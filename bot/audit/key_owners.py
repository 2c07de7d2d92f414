"""Learns in whose name the keys of the teams act, for the audit trail."""

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog

from bot.flashduty import FlashdutyError
from bot.teams.team import Team

log = structlog.get_logger(__name__)

KEY_OWNER_TIMEOUT: Final = 5.0


class KeyOwners:
    """Looks up the owner of every key that has none yet: after a start, and when a key was replaced."""

    def __init__(self, teams: Iterable[Team]) -> None:
        self._teams = teams

    async def tick(self) -> None:
        """Look up the owners that are not known; never raises."""
        await asyncio.gather(*(_look_up(one) for one in self._teams if one.flashduty.cached_key_owner() is None))


async def _look_up(team: Team) -> None:
    until = asyncio.get_running_loop().time() + KEY_OWNER_TIMEOUT
    try:
        await team.flashduty.until(until).key_owner()
    except FlashdutyError as error:
        log.info("audit.key_owner_unread", team=team.name, why=error.raw_code or str(error))
