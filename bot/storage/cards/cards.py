"""Cards: for every incident that was posted where its card is, what it shows, and what of its story was told."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from dataclasses import replace as replace_values
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, false, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import MAX_BOUND_VALUES, batched, replace
from bot.storage.tables import card_storms, cards
from bot.storage.transactions import Database, one_transaction

# What a card shows has some thousand bytes; what has more than this is not stored.
MAX_PAYLOAD_BYTES: Final = 40_000
# How much later a row must be kept before that is written.
_RENEWAL_STEP: Final = timedelta(days=1)
# A thousand live rows are read at every poll, without what each card shows.
_READ: Final = tuple(column for column in cards.c if column.name != "payload")


@dataclass(frozen=True, kw_only=True)
class StoredCard:
    """One row: the card of an incident, or with `storm` its place in the message of a storm.

    A row is live until `closed_at` is set or the card is lost.
    """

    team: str
    incident_id: str
    channel: str
    started_at: datetime
    """When the incident started."""
    posted_at: datetime
    kept_until: datetime
    ts: str | None = None
    """The card's message; None for a place in a storm."""
    storm: datetime | None = None
    """When the storm began, in `channel`."""
    drawn: str = ""
    """The fingerprint of what the card shows."""
    payload: Mapping[str, Any] | None = field(default=None, repr=False)
    """What the card shows but for a mark; None where it was not read: only `payload_of` reads it."""
    seen: Mapping[str, Any] = field(default_factory=dict)
    """What was last seen of the incident, as far as its story needs it."""
    story_until: int = 0
    """The time of the last entry of the timeline that the thread has, in ms."""
    closed_at: datetime | None = None
    is_lost: bool = False
    """Whether it is gone from Slack for good."""
    reposted: int = 0
    """How many times the card was posted anew."""


class CardTable:
    """The cards of all teams; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def get(self, connection: AsyncConnection, team: str, incident_ids: Collection[str]) -> dict[str, StoredCard]:
        """Return the rows of these incidents by their ids, without those that have none."""
        found: dict[str, StoredCard] = {}
        for batch in batched(incident_ids, MAX_BOUND_VALUES - 1):
            wanted = select(*_READ).where(cards.c.team == team, cards.c.incident_id.in_(batch))
            found |= {row.incident_id: _card(row) for row in await connection.execute(wanted)}
        return found

    @one_transaction
    async def incident_of(self, connection: AsyncConnection, team: str, channel: str, ts: str) -> str | None:
        """Return the id of the incident whose card is this message, live or not; None for any other message."""
        this = and_(cards.c.team == team, cards.c.channel == channel, cards.c.ts == ts)
        found: str | None = (await connection.execute(select(cards.c.incident_id).where(this))).scalars().first()
        return found

    @one_transaction
    async def live(self, connection: AsyncConnection, team: str) -> list[StoredCard]:
        """List the live rows of a team, the oldest incident first."""
        wanted = select(*_READ).where(_is_live(team)).order_by(cards.c.started_at, cards.c.incident_id)
        return [_card(row) for row in await connection.execute(wanted)]

    @one_transaction
    async def in_storm(
        self, connection: AsyncConnection, team: str, channel: str, started_at: datetime
    ) -> list[StoredCard]:
        """List the rows that have their place in a storm's message, live or not, the oldest incident first."""
        placed = and_(cards.c.team == team, cards.c.channel == channel, cards.c.storm == started_at)
        wanted = select(*_READ).where(placed).order_by(cards.c.started_at, cards.c.incident_id)
        return [_card(row) for row in await connection.execute(wanted)]

    @one_transaction
    async def posted_since(
        self, connection: AsyncConnection, team: str, channel: str, since: datetime
    ) -> list[StoredCard]:
        """List the cards that were posted in a channel after an instant, and the places that were given since."""
        posted = and_(cards.c.team == team, cards.c.channel == channel, cards.c.posted_at > since)
        return [_card(row) for row in await connection.execute(select(*_READ).where(posted))]

    @one_transaction
    async def put(self, connection: AsyncConnection, card: StoredCard) -> None:
        """Store a row in place of the one of its incident: after a post, and when the incident is open again."""
        row = asdict(replace_values(card, payload=None))
        await replace(connection, cards, {**row, "seen": dict(card.seen), "payload": _bounded(card.payload)})

    @one_transaction
    async def payload_of(self, connection: AsyncConnection, card: StoredCard) -> Mapping[str, Any] | None:
        """Return what a card shows but for a mark; None when it is not known, or another message is the card by now."""
        found: Mapping[str, Any] | None = (
            await connection.execute(select(cards.c.payload).where(_is_message(card)))
        ).scalar_one_or_none()
        return found

    @one_transaction
    async def drawn(
        self,
        connection: AsyncConnection,
        card: StoredCard,
        *,
        fingerprint: str,
        seen: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> bool:
        """Store what the card shows; False, and nothing is changed, when another message is the card by now.

        `seen` and `payload` stay as they are where they are None.
        """
        values: dict[str, Any] = {"drawn": fingerprint}
        if seen is not None:
            values["seen"] = dict(seen)
        if payload is not None:
            values["payload"] = _bounded(payload)
        return await _change(connection, card, **values)

    @one_transaction
    async def told(self, connection: AsyncConnection, card: StoredCard, *, story_until: int) -> bool:
        """Store up to which time, in ms, the thread has the timeline; False as for `drawn`."""
        return await _change(connection, card, story_until=story_until)

    @one_transaction
    async def closed(
        self, connection: AsyncConnection, card: StoredCard, *, closed_at: datetime, kept_until: datetime
    ) -> bool:
        """Store that the card was edited for the last time; False as for `drawn`."""
        return await _change(connection, card, closed_at=closed_at, kept_until=kept_until, payload=None)

    @one_transaction
    async def gone(self, connection: AsyncConnection, card: StoredCard) -> bool:
        """Store that the message is gone from Slack, and is to be posted anew; False as for `drawn`."""
        return await _change(connection, card, ts=None, drawn="", payload=None, reposted=card.reposted + 1)

    @one_transaction
    async def lost(self, connection: AsyncConnection, card: StoredCard, *, kept_until: datetime) -> bool:
        """Store that the card is gone from Slack for good; False as for `drawn`."""
        return await _change(connection, card, is_lost=True, kept_until=kept_until, payload=None)

    @one_transaction
    async def keep(self, connection: AsyncConnection, team: str, kept_until: datetime) -> None:
        """Keep the live rows of a team, and their storms, until an instant less a day: most calls change nothing."""
        ends_sooner = and_(_is_live(team), cards.c.kept_until < kept_until - _RENEWAL_STEP)
        await connection.execute(update(cards).where(ends_sooner).values(kept_until=kept_until))
        has_place = (
            select(cards.c.incident_id)
            .where(_is_live(team), cards.c.channel == card_storms.c.channel, cards.c.storm == card_storms.c.started_at)
            .exists()
        )
        storms = and_(card_storms.c.team == team, card_storms.c.kept_until < kept_until - _RENEWAL_STEP, has_place)
        await connection.execute(update(card_storms).where(storms).values(kept_until=kept_until))


async def _change(connection: AsyncConnection, card: StoredCard, **values: Any) -> bool:  # noqa: ANN401 - columns
    changed = update(cards).where(_is_message(card)).values(values).returning(cards.c.team)
    return (await connection.execute(changed)).first() is not None


def _is_message(card: StoredCard) -> ColumnElement[bool]:
    return and_(
        cards.c.team == card.team,
        cards.c.incident_id == card.incident_id,
        cards.c.channel == card.channel,
        cards.c.ts.is_not_distinct_from(card.ts),
    )


def _bounded(payload: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if payload is None or len(json.dumps(payload)) > MAX_PAYLOAD_BYTES:
        return None
    return dict(payload)


def _is_live(team: str) -> ColumnElement[bool]:
    return and_(cards.c.team == team, cards.c.closed_at.is_(None), cards.c.is_lost == false())


def _card(row: Row[Any]) -> StoredCard:
    return StoredCard(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
