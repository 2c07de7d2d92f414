"""Edit one card in place, and deal with what Slack answers."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.cards.channels import CardChannels
from bot.cards.drawing import UNKNOWN_DRAWING, drawing_fingerprint, drawn_card
from bot.cards.lease import CardsLease
from bot.cards.model import CardContents, CardKey
from bot.cards.posting import CARD_CALL_TIMEOUT
from bot.delivery.model import CARD_DELETED, CARD_EDIT_CLOSED
from bot.flashduty import Incident
from bot.messages import Message
from bot.people.audiences import Audiences
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.cards.cards import CardTable, StoredCard
from bot.teams.team import Team

log = structlog.get_logger(__name__)

# The message is there and will not be edited any longer.
GONE_CODES: Final = frozenset({CARD_DELETED, CARD_EDIT_CLOSED, "cant_update_message"})
# A card is posted anew once.
MAX_REPOSTS: Final = 1


class CardEditor:
    """Edits cards: before the call it is noted that it is not known what a card shows, and afterwards what it shows.

    So a process that dies in between leaves a card that the next leader edits, whatever it shows.
    """

    def __init__(
        self,
        *,
        cards: CardTable,
        workspace: Workspace,
        audiences: Audiences,
        channels: CardChannels,
        now: Callable[[], datetime],
        retention: timedelta,
    ) -> None:
        self._cards = cards
        self._workspace = workspace
        self._audiences = audiences
        self._channels = channels
        self._now = now
        self._retention = retention
        self._wanted: dict[CardKey, tuple[str | None, str]] = {}
        self._refused: dict[CardKey, str] = {}

    def posted(self, row: StoredCard) -> None:
        """Note what a card shows that was just posted."""
        self._wanted[_key(row)] = (row.ts, row.drawn)

    def is_settled(self, row: StoredCard) -> bool:
        """Whether the card shows what this process has drawn last."""
        return row.drawn != UNKNOWN_DRAWING and self._wanted.get(_key(row)) == (row.ts, row.drawn)

    async def is_equal(self, team: Team, row: StoredCard, contents: CardContents) -> bool:
        """Whether nothing is to be edited: the card shows this already, or Slack has refused this very drawing.

        Raises DatabaseUnavailable.
        """
        _, drawn = await self._drawing(team, row, contents)
        if row.drawn != drawn:
            return self._refused.get(_key(row)) == drawn
        await self._note(row, contents.incident, drawn)
        return True

    async def edit(self, team: Team, row: StoredCard, contents: CardContents, *, lease: CardsLease) -> bool:
        """Edit a card unless it shows this already; return whether it shows this now.

        Raises SlackError or DatabaseUnavailable: to be tried again.
        """
        message, drawn = await self._drawing(team, row, contents)
        if not lease.is_held:
            return False
        current = (await self._cards.get(team.name, [row.incident_id])).get(row.incident_id)
        if current is None or current.ts != row.ts or current.is_lost:
            return False
        if current.drawn != drawn and not await self._changed(current, contents.incident, message, lease=lease):
            return False
        await self._note(current, contents.incident, drawn)
        return True

    async def _drawing(self, team: Team, row: StoredCard, contents: CardContents) -> tuple[Message, str]:
        message = drawn_card(await self._audiences.of_channel(team), contents, team)
        drawn = drawing_fingerprint(message)
        self._wanted[_key(row)] = (row.ts, drawn)
        return message, drawn

    async def _changed(self, row: StoredCard, incident: Incident, message: Message, *, lease: CardsLease) -> bool:
        """Edit the message; return whether it shows what was drawn."""
        if row.drawn != UNKNOWN_DRAWING:
            await self._cards.drawn(row, fingerprint=UNKNOWN_DRAWING, seen=row.seen)
        # From here on the message may change, so a leader that was paused must not come this far.
        if row.ts is None or not lease.covers(CARD_CALL_TIMEOUT):
            return False
        try:
            async with asyncio.timeout(CARD_CALL_TIMEOUT):
                await self._workspace.update(row.channel, row.ts, message)
        except TimeoutError:
            raise SlackError("chat.update", "TimeoutError", may_be_done=True) from None
        except SlackError as refusal:
            if refusal.is_passing:
                raise
            await self._give_up(row, incident, message, refusal=refusal)
            return False
        await self._channels.accepted(row.team, row.channel)
        return True

    async def _note(self, row: StoredCard, incident: Incident, drawn: str) -> None:
        if row.drawn != drawn:
            await self._cards.drawn(row, fingerprint=drawn, seen=_seen(incident))
        self._refused.pop(_key(row), None)
        if not incident.is_open:
            await self.close(row, incident)

    async def close(self, row: StoredCard, incident: Incident) -> None:
        """Store that a card is not live any longer, because its incident is closed; raises DatabaseUnavailable."""
        now = self._now()
        await self._cards.closed(row, closed_at=incident.closed_at or now, kept_until=now + self._retention)
        self._wanted.pop(_key(row), None)
        log.info("cards.closed", team=row.team, incident=row.incident_id)

    async def _give_up(self, row: StoredCard, incident: Incident, message: Message, *, refusal: SlackError) -> None:
        """Deal with an error that lasts: post anew, alert the operators, or leave the card as it is."""
        log.warning("cards.edit_refused", team=row.team, incident=row.incident_id, code=refusal.code)
        if await self._channels.refused(row.team, row.channel, refusal):
            return
        if refusal.code not in GONE_CODES:
            # A defect: the same drawing would be refused again.
            self._refused[_key(row)] = drawing_fingerprint(message)
            return
        if refusal.code == CARD_DELETED and not incident.is_open:
            await self.close(row, incident)
            return
        await self._channels.alert(row.team, row.channel, str(refusal))
        if row.reposted >= MAX_REPOSTS:
            await self._cards.lost(row, kept_until=self._now() + self._retention)
            return
        await self._cards.put(replace(row, ts=None, drawn=UNKNOWN_DRAWING, reposted=row.reposted + 1))


def _key(row: StoredCard) -> CardKey:
    return row.team, row.incident_id


def _seen(incident: Incident) -> dict[str, Any]:
    return {"progress": incident.progress.value, "severity": incident.severity.value}
