"""Give many new incidents one message instead of a card each, and keep that message equal to them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bot.cards.channels import CardChannels
from bot.cards.drawing import UNKNOWN_DRAWING, drawing_fingerprint
from bot.cards.lease import CardsLease
from bot.cards.messages.storm import storm_message
from bot.cards.posting import CARD_CALL_TIMEOUT, POST_WINDOW, CardMessage
from bot.cards.storms.model import Place, StormContents, divided
from bot.delivery.live import LiveEdits
from bot.delivery.model import DeliveryFailure, ScheduledPost
from bot.delivery.publisher import Publisher
from bot.flashduty import Incident
from bot.messages import Message
from bot.people.audiences import Audiences
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.cards.card_storms import CardStormTable, StoredStorm
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.postings import PostingKind
from bot.teams.team import Team

log = structlog.get_logger(__name__)

# Cards that are posted within it count; a storm has ended when nothing new came for as long.
STORM_WINDOW: Final = timedelta(minutes=5)

# A storm that ended when it began is what was open before there were cards.
MOMENT: Final = timedelta(seconds=1)

StormKey = tuple[str, datetime]
"""The Slack channel of a storm, and when it began."""


class CardStorms:
    """The storms of all teams; every method raises DatabaseUnavailable."""

    def __init__(
        self,
        *,
        cards: CardTable,
        storms: CardStormTable,
        publisher: Publisher,
        workspace: Workspace,
        audiences: Audiences,
        edits: LiveEdits,
        channels: CardChannels,
        now: Callable[[], datetime],
        retention: timedelta,
    ) -> None:
        self._cards = cards
        self._storms = storms
        self._publisher = publisher
        self._workspace = workspace
        self._audiences = audiences
        self._edits = edits
        self._channels = channels
        self._now = now
        self._retention = retention

    async def divide(
        self, team: Team, new: Mapping[str, Sequence[Incident]], *, places_all: bool = False
    ) -> list[Incident]:
        """Give some of the new incidents, by channel, a place in a storm's message; return those that get a card.

        `places_all` gives all of them a place.
        """
        own: list[Incident] = []
        for channel, incidents in new.items():
            own += await self._divide(team, channel, incidents, places_all=places_all)
        return own

    async def _divide(
        self, team: Team, channel: str, incidents: Sequence[Incident], *, places_all: bool
    ) -> Sequence[Incident]:
        now, plan = self._now(), team.settings.card_plan
        current = await self._storms.current(team.name, channel)
        recent = [] if places_all else await self._cards.posted_since(team.name, channel, now - STORM_WINDOW)
        own, placed = divided(
            incidents,
            limit=0 if places_all or plan is None else plan.storm,
            posted=len(recent),
            posted_critical=sum(row.seen.get("severity") == "Critical" for row in recent),
            is_storm=current is not None,
        )
        if placed:
            storm = current or await self._begin(team, channel, now)
            for one in placed:
                await self._cards.put(self._place(storm, one, now))
            if places_all:
                # It ends where it begins: what comes from now on is no part of it.
                await self._storms.end(storm, ended_at=storm.started_at, kept_until=storm.kept_until)
            log.info("cards.placed_in_storm", team=team.name, channel=channel, incidents=len(placed))
        return own

    async def _begin(self, team: Team, channel: str, now: datetime) -> StoredStorm:
        """Begin a storm; its beginning is its key, so two of one instant are a moment apart."""
        started_at = now
        while await self._storms.get(team.name, channel, started_at) is not None:
            started_at += timedelta(milliseconds=1)
        return await self._storms.open(
            StoredStorm(team=team.name, channel=channel, started_at=started_at, kept_until=now + self._retention)
        )

    def _place(self, storm: StoredStorm, incident: Incident, now: datetime) -> StoredCard:
        return StoredCard(
            team=storm.team,
            incident_id=incident.id,
            channel=storm.channel,
            storm=storm.started_at,
            started_at=incident.started_at,
            posted_at=now,
            kept_until=now + self._retention,
            seen=Place.of(incident).seen,
        )

    async def keep_equal(
        self, team: Team, lease: CardsLease, rows: Iterable[StoredCard], *, incidents: Mapping[str, Incident]
    ) -> None:
        """Store what is new of incidents that have a place, and keep the messages of their storms equal to them."""
        plan = team.settings.card_plan
        touched: dict[StormKey, None] = {}
        for row in rows:
            incident = incidents.get(row.incident_id)
            if row.storm is not None and await self._is_touched(row, incident):
                touched[row.channel, row.storm] = None
        for channel in sorted(plan.channels) if plan is not None else ():
            current = await self._storms.current(team.name, channel)
            if current is not None:
                touched[channel, current.started_at] = None
        for key in touched:
            await self._keep_equal(team, lease, key)

    async def _is_touched(self, row: StoredCard, incident: Incident | None) -> bool:
        """Store what is new of an incident; return whether the message of its storm may differ."""
        if incident is None:
            return row.closed_at is None
        now, seen = self._now(), Place.of(incident).seen
        closed_at = None if incident.is_open else (incident.closed_at or row.closed_at or now)
        if dict(row.seen) == seen and (row.closed_at is None) == (closed_at is None):
            return closed_at is None
        await self._cards.put(replace(row, seen=seen, closed_at=closed_at, kept_until=now + self._retention))
        return True

    async def _keep_equal(self, team: Team, lease: CardsLease, key: StormKey) -> None:
        storm = await self._storms.get(team.name, *key)
        if storm is None or not self._channels.is_open(storm.channel):
            return
        if storm.ts is None:
            await self._post(team, lease, storm)
            return
        message, _ = await self._drawn(team, storm)
        if drawing_fingerprint(message) == storm.drawn:
            return

        async def edit() -> None:
            await self._edit(team, lease, key)

        self._edits.submit((team.name, *key), edit, is_flood=True)

    async def _drawn(self, team: Team, storm: StoredStorm) -> tuple[Message, datetime | None]:
        rows = await self._cards.in_storm(storm)
        ended_at = storm.ended_at or self._end_of(storm, rows)
        contents = StormContents(
            places=tuple(Place.read(row.seen) for row in rows), started_at=storm.started_at, ended_at=ended_at
        )
        return storm_message(await self._audiences.of_channel(team), contents, team.name), ended_at

    def _end_of(self, storm: StoredStorm, rows: Sequence[StoredCard]) -> datetime | None:
        """Return when the last incident came, if nothing came for long; later than the beginning in any case."""
        newest = max((row.posted_at for row in rows), default=storm.started_at)
        is_over = self._now() - newest >= STORM_WINDOW
        return max(newest, storm.started_at + MOMENT) if is_over else None

    async def _post(self, team: Team, lease: CardsLease, storm: StoredStorm) -> None:
        drawn = UNKNOWN_DRAWING

        async def compose() -> Message:
            nonlocal drawn
            message, _ = await self._drawn(team, storm)
            drawn = drawing_fingerprint(message)
            return message

        if not lease.covers(CARD_CALL_TIMEOUT):
            return
        post = ScheduledPost(
            team=team.name,
            kind=PostingKind.CARD,
            subject=f"storm {storm.channel} {round(storm.started_at.timestamp() * 1_000)}",
            local_date=storm.started_at.astimezone(UTC).date(),
            window_ends=self._now() + POST_WINDOW,
        )
        target = CardMessage(self._workspace, lease)
        outcome = await self._publisher.deliver(post, storm.channel, compose, target=target)
        if isinstance(outcome, DeliveryFailure):
            self._channels.failed(outcome)
            return
        posted = outcome or await self._publisher.address(post.key)
        if posted is not None:
            await self._storms.drawn(storm, ts=posted.ts, fingerprint=drawn)

    async def _edit(self, team: Team, lease: CardsLease, key: StormKey) -> None:
        """Edit the message; raises SlackError where it is to be tried again."""
        storm = await self._storms.get(team.name, *key)
        if storm is None or storm.ts is None:
            return
        message, ended_at = await self._drawn(team, storm)
        await self._storms.drawn(storm, ts=storm.ts, fingerprint=UNKNOWN_DRAWING)
        if not lease.covers(CARD_CALL_TIMEOUT):
            return
        try:
            await self._workspace.update(storm.channel, storm.ts, message)
        except SlackError as refusal:
            if refusal.is_passing:
                raise
            log.warning("cards.storm_edit_refused", team=team.name, channel=storm.channel, code=refusal.code)
            if not await self._channels.refused(team.name, storm.channel, refusal):
                await self._channels.alert(team.name, storm.channel, str(refusal))
            return
        await self._storms.drawn(storm, ts=storm.ts, fingerprint=drawing_fingerprint(message))
        if ended_at is not None and storm.ended_at is None:
            await self._storms.end(storm, ended_at=ended_at, kept_until=self._now() + self._retention)
