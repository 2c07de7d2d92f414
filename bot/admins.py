"""Tells the people who run the bot, by direct message, what keeps a message from its channel."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.messages.admins import NEEDS_A_HAND, not_posted
from bot.notes import Notes
from bot.poster import Trouble
from bot.slack_calls import SlackUnwilling
from bot.store import StoreUnavailable
from bot.workspace import Workspace

log = structlog.get_logger(__name__)

TOLD: Final = "told the admins"
KEPT: Final = timedelta(days=60)


@dataclass(frozen=True)
class Admins:
    """The people of ADMINS; each trouble that needs a hand is told once, whatever passes by itself when it is over."""

    user_ids: tuple[str, ...]
    workspace: Workspace
    notes: Notes
    now: Callable[[], datetime]

    async def report(self, trouble: Trouble) -> None:
        """Tell everybody once for a code, and once more when its time is over; the log has it in any case."""
        if not self.user_ids or not (trouble.is_final or trouble.code in NEEDS_A_HAND):
            return
        name = f"{trouble.kind} {trouble.on} {'final' if trouble.is_final else trouble.code}"[:120]
        if not await self._is_first(trouble.team, name):
            return
        message = not_posted(trouble)
        for user_id in self.user_ids:
            try:
                await self.workspace.post(user_id, message, once=f"{trouble.team} {name}")
            except SlackUnwilling as refusal:
                log.error("an admin was not told", user=user_id, code=refusal.code)  # noqa: TRY400 - the code says it

    async def _is_first(self, team: str, name: str) -> bool:
        mine = secrets.token_hex(8)
        try:
            return await self.notes.first(team, TOLD, name, mine, self.now() + KEPT) == mine
        except StoreUnavailable:
            # Slack drops a second message of that name.
            return True
