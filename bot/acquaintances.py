"""Who in Slack has which e-mail address, remembered for some hours."""

import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from bot.teams import SlackPerson, Standing
from bot.workspace import SlackUnwilling, Workspace

log = structlog.get_logger(__name__)

TTL: Final = 6 * 3600.0
MOST_REMEMBERED: Final = 2000
# users.lookupByEmail is in tier 3, 50 calls a minute, which all teams' digests at nine o'clock share.
MOST_AT_ONCE: Final = 20


class AcquaintedBySlack:
    """Asks Slack for addresses it has not asked for lately; whom Slack does not tell keeps the name from Flashduty."""

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.monotonic) -> None:
        self._workspace = workspace
        self._clock = clock
        self._held: dict[str, tuple[float, SlackPerson | None]] = {}

    async def by_email(self, emails: frozenset[str]) -> Mapping[str, SlackPerson]:
        """Give those of the addresses that belong to members of the workspace; never raises."""
        unknown = [email for email in sorted(emails) if not self._is_known(email)]
        for email in unknown[:MOST_AT_ONCE]:
            if not await self._ask(email):
                break
        found = ((email, self._held[email][1]) for email in emails if email in self._held)
        return {email: person for email, person in found if person and person.standing is Standing.MEMBER}

    def _is_known(self, email: str) -> bool:
        return email in self._held and self._clock() - self._held[email][0] < TTL

    async def _ask(self, email: str) -> bool:
        try:
            person = await self._workspace.person_with_email(email)
        except SlackUnwilling as refusal:
            # Without the scope, or over the limit, the next address would fare no better.
            log.warning("people not matched to Slack", code=refusal.code)
            return False
        if len(self._held) >= MOST_REMEMBERED:
            self._held.clear()
        self._held[email] = (self._clock(), person)
        return True
