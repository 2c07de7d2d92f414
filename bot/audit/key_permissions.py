"""Whether a team's key may change incidents, as far as its last changes tell.

`/role/permission/list` knows the role of the key's owner, and nothing of the key's own scope; both are needed. All
changes of incidents need one permission (*Incidents Manage*): what Flashduty refused for that, it refuses for all of
them. The audit trail has what it refused and what it took, for all replicas.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.audit.model import AuditResult
from bot.flashduty.errors import Code
from bot.storage.audit.audit_trail import AuditTable
from bot.storage.database_errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

# After that it is tried again: the key, or its owner, may have been given the permission.
REFUSAL_RETENTION: Final = timedelta(hours=1)
# A person waits for the answer.
PERMISSION_LOOKUP_TIMEOUT: Final = 0.5


class ChangePermissions:
    """What is known of the keys of teams."""

    def __init__(self, table: AuditTable, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    async def may_change(self, team: str) -> bool:
        """Whether the key of a team may change incidents: not where the last change of an hour was refused for it.

        True where nothing is known, as while the database does not answer. Never raises.
        """
        now = self._now()
        try:
            async with asyncio.timeout(PERMISSION_LOOKUP_TIMEOUT):
                last = await self._table.last_result(
                    team, done=AuditResult.DONE.value, refused=Code.ACCESS_DENIED.value, since=now - REFUSAL_RETENTION
                )
        except (DatabaseUnavailable, TimeoutError) as error:
            log.warning("key_permission.not_read", team=team, why=str(error) or type(error).__name__)
            return True
        return last is None or last == AuditResult.DONE
