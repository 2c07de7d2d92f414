"""Give many new incidents one message instead of a card each, and keep what that message shows equal to them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.cards.lease import CardsLease
from bot.cards.posting import card_key
from bot.cards.storms.message import StormKey, StormMessages
from bot.cards.storms.model import STORM_WINDOW, Place, divided, end_of
from bot.delivery.publisher import Publisher
from bot.flashduty import Incident, Severity
from bot.storage.cards.card_storms import CardStormTable, StoredStorm
from bot.storage.cards.cards import CardTable, StoredCard
from bot.teams.team import Team

log = structlog.get_logger(__name__)


class CardStorms:
    """The storms of all teams; every method raises DatabaseUnavailable."""

    def __init__(
        self,
        *,
        cards: CardTable,
        storms: CardStormTable,
        publisher: Publisher,
        messages: StormMessages,
        now: Callable[[], datetime],
        retention: timedelta,
    ) -> None:
        self._cards = cards
        self._storms = storms
        self._publisher = publisher
        self._messages = messages
        self._now = now
        self._retention = retention
        self._terms: dict[str, int] = {}
        """The terms of the lease in which the messages of a team were looked at, settled or not."""

    def refreshed(self, team: Team) -> None:
        """Note that the incidents of a team were read."""
        self._messages.refreshed(team)

    async def mark_unread(self, team: Team, lease: CardsLease, live: Iterable[StoredCard], *, since: datetime) -> None:
        """Say on the messages of storms with incidents that are open that they are not refreshed since an instant."""
        self._messages.unread(team, since)
        for storm in await self._with_places(team, live):
            await self._messages.keep_equal(team, lease, storm)

    async def _with_places(self, team: Team, rows: Iterable[StoredCard]) -> list[StoredStorm]:
        """Return the storms in which rows have their place."""
        keys = dict.fromkeys((row.channel, row.storm) for row in rows if row.storm is not None)
        found = [await self._storms.get(team.name, channel, began_at) for channel, began_at in keys]
        return [storm for storm in found if storm is not None]

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
        current = await self._current(team, channel)
        recent = [] if places_all else await self._cards.posted_since(team.name, channel, now - STORM_WINDOW)
        cards = [row for row in recent if row.storm is None]
        own, placed = divided(
            incidents,
            limit=0 if places_all or plan is None else plan.storm,
            posted=len(cards),
            posted_critical=sum(row.seen.get("severity") == Severity.CRITICAL.value for row in cards),
            is_storm=current is not None,
            begun=await self._begun(team, incidents),
        )
        if placed:
            storm = current or await self._begin(team, channel, now)
            await self._place(storm, placed)
            if places_all:
                # It ends where it begins: what comes from now on is no part of it.
                await self._storms.end(storm, ended_at=storm.started_at, kept_until=storm.kept_until)
            log.info("cards.placed_in_storm", team=team.name, channel=channel, incidents=len(placed))
        return own

    async def _current(self, team: Team, channel: str) -> StoredStorm | None:
        """Return the storm of a channel, unless it was over before what is new came."""
        current = await self._storms.current(team.name, channel)
        if current is None or (await self._ended(team, current)).ended_at is not None:
            return None
        return current

    async def _begun(self, team: Team, incidents: Iterable[Incident]) -> Collection[str]:
        """Return the incidents whose card may be in Slack although it has no row yet."""
        return {key.subject for key in await self._publisher.begun([card_key(team.name, one) for one in incidents])}

    async def _begin(self, team: Team, channel: str, now: datetime) -> StoredStorm:
        """Begin a storm; its beginning in ms is its key, so two of one instant are a moment apart."""
        started_at = now.replace(microsecond=now.microsecond // 1_000 * 1_000)
        while await self._storms.get(team.name, channel, started_at) is not None:
            started_at += timedelta(milliseconds=1)
        return await self._storms.open(
            StoredStorm(team=team.name, channel=channel, started_at=started_at, kept_until=now + self._retention)
        )

    async def _place(self, storm: StoredStorm, incidents: Iterable[Incident]) -> None:
        now = self._now()
        kept_until = now + self._retention
        await self._storms.changed(storm.team, storm.channel, storm.started_at, kept_until=kept_until)
        for one in incidents:
            await self._cards.put(
                StoredCard(
                    team=storm.team,
                    incident_id=one.id,
                    channel=storm.channel,
                    storm=storm.started_at,
                    started_at=one.started_at,
                    posted_at=now,
                    kept_until=kept_until,
                    seen=Place.of(one).seen,
                )
            )

    async def keep_equal(
        self,
        team: Team,
        lease: CardsLease,
        rows: Collection[StoredCard],
        *,
        incidents: Mapping[str, Incident],
        urgent: Collection[str] = (),
    ) -> None:
        """Store what is new of incidents that have a place, end what is over, and have the messages say so.

        `urgent` are the incidents that a person has just changed.
        """
        changed: dict[StormKey, bool] = {}
        for row in rows:
            incident = incidents.get(row.incident_id)
            after = self._after(row, incident) if incident is not None else None
            if row.storm is None or after is None:
                continue
            key = (row.channel, row.storm)
            if key not in changed:
                # Before the row: a process that dies in between leaves a message that is drawn anew.
                await self._storms.changed(team.name, *key, kept_until=self._now() + self._retention)
            await self._cards.put(after)
            changed[key] = changed.get(key, False) or row.incident_id in urgent
        unsettled = await self._storms.unsettled(team.name)
        if self._terms.get(team.name) != lease.term:
            # The leader before may have drawn them otherwise, or have died before it could draw them.
            known = {(storm.channel, storm.started_at) for storm in unsettled}
            there = await self._with_places(team, rows)
            unsettled += [storm for storm in there if (storm.channel, storm.started_at) not in known]
        for storm in unsettled:
            ended = storm if storm.ended_at is not None else await self._ended(team, storm)
            is_urgent = changed.get((storm.channel, storm.started_at), False)
            await self._messages.keep_equal(team, lease, ended, is_urgent=is_urgent)
        self._terms[team.name] = lease.term

    def _after(self, row: StoredCard, incident: Incident) -> StoredCard | None:
        """Return the row as it is to be stored; None where it is so already."""
        seen = Place.of(incident).seen
        if dict(row.seen) == seen and (row.closed_at is None) == incident.is_open:
            return None
        now = self._now()
        closed_at = None if incident.is_open else (incident.closed_at or now)
        return replace(row, seen=seen, closed_at=closed_at, kept_until=now + self._retention)

    async def _ended(self, team: Team, storm: StoredStorm) -> StoredStorm:
        """End a storm that is over, whether or not Slack can be told of it."""
        plan, now = team.settings.card_plan, self._now()
        came = await self._cards.posted_since(team.name, storm.channel, storm.started_at - STORM_WINDOW)
        ended_at = end_of(
            (row.posted_at for row in came), began_at=storm.started_at, limit=plan.storm if plan is not None else 0
        )
        if now < ended_at:
            return storm
        await self._storms.end(storm, ended_at=ended_at, kept_until=now + self._retention)
        log.info("cards.storm_ended", team=team.name, channel=storm.channel, lasted=str(ended_at - storm.started_at))
        return await self._storms.get(team.name, storm.channel, storm.started_at) or storm
