"""What was refused before anything was sent: once in a minute for the same, and no more than some of one person."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from bot.audit.model import Attempt, AttemptOutcome, AuditAction, AuditActor, AuditResult
from bot.audit.trail import AuditTrail
from bot.storage.fingerprints import key_fingerprint

log = structlog.get_logger(__name__)

# Of one person in one process: whoever goes on pressing fills no table.
MAX_PER_MINUTE: Final = 20
_ASKED_LIMIT: Final = 60


class Refusals:
    """Writes attempts that were refused; a second one of the same person, for the same reason, is in the first."""

    def __init__(self, trail: AuditTrail, now: Callable[[], datetime]) -> None:
        self._trail = trail
        self._now = now
        self._minute = ""
        self._counts: dict[str, int] = {}

    async def note(
        self,
        actor: AuditActor,
        action: AuditAction,
        reason: str,
        *,
        incident_id: str = "",
        asked: str = "",
        result: AuditResult = AuditResult.REFUSED,
    ) -> None:
        """Write one attempt with its outcome; never raises. `asked` is a number that no incident was found for."""
        now = self._now()
        minute = f"{now:%Y-%m-%dT%H:%M}"
        if not self._has_room(actor.person.id, minute):
            log.warning("audit.refusal_left_out", team=actor.team, slack_user=actor.person.id, reason=reason)
            return
        asked = asked[:_ASKED_LIMIT]
        same = (actor.team, actor.person.id, action.value, incident_id, asked, result.value, reason, minute)
        attempt = Attempt(
            actor=actor,
            action=action,
            at=now,
            incident_id=incident_id,
            asked=asked,
            id=key_fingerprint(" ".join(("refused", *same)))[:32],
        )
        await self._trail.conclude((AttemptOutcome(attempt=attempt, result=result, reason=reason),))

    def _has_room(self, person_id: str, minute: str) -> bool:
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        self._counts[person_id] = self._counts.get(person_id, 0) + 1
        return self._counts[person_id] <= MAX_PER_MINUTE
