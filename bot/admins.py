"""Tells the people who run the bot, by direct message, what keeps a message from its channel."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.messages import Message, Written
from bot.messages.admins import NEEDS_A_HAND, not_posted
from bot.notes import NAME_LENGTH, Notes
from bot.poster import Trouble
from bot.slack_calls import SlackUnwilling
from bot.store import StoreUnavailable
from bot.workspace import Workspace

log = structlog.get_logger(__name__)

TOLD: Final = "told the admins"
OUTBOX: Final = "admins to tell"
KEPT: Final = timedelta(days=60)
# News of yesterday helps nobody.
OUTBOX_KEPT: Final = timedelta(days=1)


@dataclass(frozen=True)
class Admins:
    """The people of ADMINS; each trouble that needs a hand is told once, whatever passes by itself when it is over.

    What is to be told is kept in the database until Slack has taken it.
    """

    user_ids: tuple[str, ...]
    workspace: Workspace
    notes: Notes
    now: Callable[[], datetime]
    owner: str
    """This process's name among the replicas."""

    async def report(self, trouble: Trouble) -> None:
        """Tell everybody once for a code, and once more when its time is over; the log has it in any case."""
        if not self.user_ids or not (trouble.is_final or trouble.code in NEEDS_A_HAND):
            return
        name = f"{trouble.kind} {trouble.on} {'final' if trouble.is_final else trouble.code}"[:NAME_LENGTH]
        try:
            await self._tell(trouble.team, name, not_posted(trouble))
        except StoreUnavailable as error:
            log.error("admins not told", why=str(error))  # noqa: TRY400 - the driver's words say it

    async def _tell(self, team: str, name: str, message: Message) -> None:
        """Put it into the outbox before it is noted as told, so that nothing is lost in between, and send it."""
        if await self.notes.read(team, TOLD, [name], self.now()):
            return
        left = {"users": list(self.user_ids), "message": message.payload}
        await self.notes.first(team, OUTBOX, name, json.dumps(left), self.now() + OUTBOX_KEPT)
        await self.notes.first(team, TOLD, name, self.owner, self.now() + KEPT)
        await self._send_in_turn(team, name, left)

    async def catch_up(self) -> None:
        """Tell those whom Slack did not let us tell before; raises StoreUnavailable."""
        for team, name, body in await self.notes.all_of(OUTBOX, self.now()):
            await self._send_in_turn(team, name, json.loads(body))

    async def _send_in_turn(self, team: str, name: str, left: dict[str, Any]) -> None:
        if await self.notes.minute_is_mine(team, f"admins {name}", self.owner, self.now()):
            await self._send(team, name, left)

    async def _send(self, team: str, name: str, left: dict[str, Any]) -> None:
        failed = [user for user in left["users"] if not await self._told(user, Written(left["message"]), team, name)]
        if failed:
            await self.notes.write(team, OUTBOX, name, json.dumps({**left, "users": failed}), self.now() + OUTBOX_KEPT)
        else:
            await self.notes.drop(team, OUTBOX, name)

    async def _told(self, user_id: str, message: Written, team: str, name: str) -> bool:
        try:
            await self.workspace.post(user_id, message, once=f"{team} {name}")
        except SlackUnwilling as refusal:
            log.error("an admin was not told", user=user_id, code=refusal.code)  # noqa: TRY400 - the code says it
            # What may have arrived is not sent again, what somebody must cure first is not sent for ever.
            return refusal.may_be_done or not refusal.is_passing
        return True
