"""Tells the operators by direct message, once each time, that the audit trail has lost entries."""

from collections.abc import Sequence
from datetime import datetime

from bot.audit.messages import audit_lost
from bot.audit.trail import AuditTrail
from bot.delivery.direct_messages import is_settled
from bot.people.audiences import Audiences
from bot.slack.workspace import Workspace


class AuditLossAlerts:
    """Alerts each of the people of ADMINS without the database, which is what is away. Each replica on its own."""

    def __init__(
        self, trail: AuditTrail, workspace: Workspace, *, user_ids: Sequence[str], audiences: Audiences
    ) -> None:
        self._trail = trail
        self._workspace = workspace
        self._user_ids = tuple(user_ids)
        self._audiences = audiences
        self._told: set[tuple[str, datetime]] = set()

    async def send(self) -> None:
        """Tell everybody who was not told of the present loss."""
        loss = self._trail.loss
        if loss is None:
            return
        for user in self._user_ids:
            if (user, loss.since) not in self._told:
                message = audit_lost(await self._audiences.of_user(user), loss.since, loss.count)
                if await is_settled(self._workspace, user, message, once=f"audit lost {loss.since.isoformat()}"):
                    self._told.add((user, loss.since))
