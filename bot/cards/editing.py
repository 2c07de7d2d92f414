"""Edit one card in place, and deal with what Slack answers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.cards.channels import CardChannels
from bot.cards.drawing import UNKNOWN_DRAWING, drawing_fingerprint, drawn_card, stored_card
from bot.cards.lease import CardsLease
from bot.cards.messages.mark import marked_unread
from bot.cards.model import CardContents, CardKey
from bot.cards.posting import CARD_CALL_TIMEOUT
from bot.delivery.model import CARD_DELETED, CARD_EDIT_CLOSED
from bot.flashduty import Incident
from bot.messages import Message
from bot.people.audiences import Audiences
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.fingerprints import is_marked, marked_fingerprint
from bot.teams.team import Team

log = structlog.get_logger(__name__)

# The message is there and will not be edited any longer.
GONE_CODES: Final = frozenset({CARD_DELETED, CARD_EDIT_CLOSED, "cant_update_message"})
# A card is posted anew once.
MAX_REPOSTS: Final = 1
# A drawing that was compared is sent as it is, unless the edit has waited longer or many wait.
DRAWING_KEPT: Final = timedelta(seconds=5)
MAX_KEPT_DRAWINGS: Final = 100


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """How a card shows these contents, and when it was drawn."""

    contents: CardContents
    at: datetime
    message: Message
    fingerprint: str


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
        self._kept: dict[CardKey, _Drawing] = {}

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
        drawing = await self._drawn(team, row, contents)
        if row.drawn == drawing.fingerprint:
            await self._note(row, contents.incident, row.drawn)
            return True
        if len(self._kept) < MAX_KEPT_DRAWINGS:
            self._kept[_key(row)] = drawing
        return self._refused.get(_key(row)) == drawing.fingerprint

    def differs_in_mark(self, row: StoredCard) -> bool:
        """Whether the card shows what this process has drawn last but for the mark that it is not refreshed."""
        ts, drawn = self._wanted.get(_key(row), (None, UNKNOWN_DRAWING))
        return ts == row.ts and bool(drawn) and row.drawn == marked_fingerprint(drawn)

    async def mark(
        self, team: Team, row: StoredCard, contents: CardContents | None, *, lease: CardsLease, since: datetime
    ) -> None:
        """Say on a card that it is not refreshed since an instant; without contents, on what was stored of it.

        Raises SlackError or DatabaseUnavailable: to be tried again.
        """
        current = await self._current(team, row) if lease.is_held else None
        if current is None or is_marked(current.drawn):
            return
        to = await self._audiences.of_channel(team)
        payload = await self._cards.payload_of(current) if contents is None else None
        message = drawn_card(to, contents, team) if contents is not None else stored_card(payload or {})
        if message is None:
            return
        # What was drawn may not be what the card shows, and is the newest that was read.
        await self._cards.drawn(current, fingerprint=UNKNOWN_DRAWING, payload=message.payload)
        if not lease.covers(CARD_CALL_TIMEOUT):
            return
        try:
            await self._update(current, marked_unread(to, message, since))
        except SlackError as refusal:
            if refusal.is_passing:
                raise
            # A card that is gone is dealt with when its incident can be read.
            await self._channels.refused(row.team, row.channel, refusal)
            return
        await self._cards.drawn(current, fingerprint=marked_fingerprint(drawing_fingerprint(message)))

    async def edit(self, team: Team, row: StoredCard, contents: CardContents, *, lease: CardsLease) -> bool:
        """Edit a card unless it shows this already; return whether it shows this now.

        Raises SlackError or DatabaseUnavailable: to be tried again.
        """
        kept = self._kept.pop(_key(row), None)
        if kept is None or kept.contents is not contents or self._now() - kept.at > DRAWING_KEPT:
            kept = await self._drawn(team, row, contents)
        message, drawn = kept.message, kept.fingerprint
        if not lease.is_held:
            return False
        current = await self._current(team, row)
        if current is None:
            return False
        if current.drawn != drawn and not await self._changed(current, contents.incident, message, lease=lease):
            return False
        await self._note(current, contents.incident, drawn)
        return True

    async def _current(self, team: Team, row: StoredCard) -> StoredCard | None:
        """Read the row again; None when another message, or none, is the card by now."""
        current = (await self._cards.get(team.name, [row.incident_id])).get(row.incident_id)
        return current if current is not None and current.ts == row.ts and not current.is_lost else None

    async def _drawn(self, team: Team, row: StoredCard, contents: CardContents) -> _Drawing:
        message = drawn_card(await self._audiences.of_channel(team), contents, team)
        drawing = _Drawing(contents=contents, at=self._now(), message=message, fingerprint=drawing_fingerprint(message))
        self._wanted[_key(row)] = (row.ts, drawing.fingerprint)
        return drawing

    async def _changed(self, row: StoredCard, incident: Incident, message: Message, *, lease: CardsLease) -> bool:
        """Edit the message; return whether it shows what was drawn."""
        await self._cards.drawn(row, fingerprint=UNKNOWN_DRAWING, payload=message.payload)
        # From here on the message may change, so a leader that was paused must not come this far.
        if row.ts is None or not lease.covers(CARD_CALL_TIMEOUT):
            return False
        try:
            await self._update(row, message)
        except SlackError as refusal:
            if refusal.is_passing:
                raise
            await self._give_up(row, incident, message, refusal=refusal)
            return False
        return True

    async def _update(self, row: StoredCard, message: Message) -> None:
        """Edit the message, which ends what the operators were alerted of; raises SlackError."""
        try:
            async with asyncio.timeout(CARD_CALL_TIMEOUT):
                await self._workspace.update(row.channel, row.ts or "", message)
        except TimeoutError:
            raise SlackError("chat.update", "TimeoutError", may_be_done=True) from None
        await self._channels.accepted(row.team, row.channel)

    async def _note(self, row: StoredCard, incident: Incident, drawn: str) -> None:
        if row.drawn != drawn:
            await self._cards.drawn(row, fingerprint=drawn, seen=_seen(incident))
        self._refused.pop(_key(row), None)

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
        await self.gone(row, incident, refusal)

    async def gone(self, row: StoredCard, incident: Incident, refusal: SlackError) -> None:
        """Have a card that is gone posted anew once while its incident is open; raises DatabaseUnavailable."""
        if refusal.code == CARD_DELETED and not incident.is_open:
            await self.close(row, incident)
            return
        await self._channels.alert(row.team, row.channel, str(refusal))
        if row.reposted >= MAX_REPOSTS:
            await self._cards.lost(row, kept_until=self._now() + self._retention)
            return
        await self._cards.gone(row)


def _key(row: StoredCard) -> CardKey:
    return row.team, row.incident_id


def _seen(incident: Incident) -> dict[str, Any]:
    return {"progress": incident.progress.value, "severity": incident.severity.value}
