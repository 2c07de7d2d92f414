"""Learns in whose name the keys of the teams act, for the audit trail and for what is shown after a change."""

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog

from bot.flashduty import FlashdutyError
from bot.flashduty.models.people import KeyOwner
from bot.teams.team import Team

log = structlog.get_logger(__name__)

KEY_OWNER_TIMEOUT: Final = 5.0


class KeyOwners:
    """Looks up the owner of every key that has none yet: after a start, and when a key was replaced.

    They are looked up as a person as well, in whose name what the key does stands in an incident.
    """

    def __init__(self, teams: Iterable[Team]) -> None:
        self._teams = teams
        self._as_person: dict[str, KeyOwner] = {}

    async def tick(self) -> None:
        """Look up the owners that are not known; never raises."""
        await asyncio.gather(*(self._look_up(one) for one in self._teams if self._is_unknown(one)))

    def _is_unknown(self, team: Team) -> bool:
        owner = team.flashduty.cached_key_owner()
        return owner is None or self._as_person.get(team.name) is not owner

    async def _look_up(self, team: Team) -> None:
        flashduty = team.flashduty.until(asyncio.get_running_loop().time() + KEY_OWNER_TIMEOUT)
        try:
            owner = flashduty.cached_key_owner() or await flashduty.key_owner()
            await flashduty.persons([owner.member_id] if owner.member_id else [])
        except FlashdutyError as error:
            log.info("audit.key_owner_unread", team=team.name, why=error.raw_code or str(error))
        else:
            self._as_person[team.name] = owner
