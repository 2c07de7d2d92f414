"""Storms: messages that stand for many new incidents of a channel, until they end."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import insert_new
from bot.storage.tables import card_storms
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class StoredStorm:
    """One row: when the storm began and ended, and its message with the fingerprint of what that shows."""

    team: str
    channel: str
    started_at: datetime
    kept_until: datetime
    ts: str | None = None
    """Its message; None until it was posted."""
    drawn: str = ""
    ended_at: datetime | None = None


class CardStormTable:
    """The storms of all teams; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def current(self, connection: AsyncConnection, team: str, channel: str) -> StoredStorm | None:
        """Return the storm of a channel that has not ended."""
        return await _current(connection, team, channel)

    @one_transaction
    async def get(
        self, connection: AsyncConnection, team: str, channel: str, started_at: datetime
    ) -> StoredStorm | None:
        """Return the storm of a channel that began at an instant, ended or not."""
        this = and_(
            card_storms.c.team == team, card_storms.c.channel == channel, card_storms.c.started_at == started_at
        )
        row = (await connection.execute(select(card_storms).where(this))).one_or_none()
        return StoredStorm(**row._mapping) if row is not None else None  # noqa: SLF001 - SQLAlchemy's documented name

    @one_transaction
    async def open(self, connection: AsyncConnection, storm: StoredStorm) -> StoredStorm:
        """Store a storm, and return it; or the one of its channel that has not ended."""
        found = await _current(connection, storm.team, storm.channel)
        if found is not None:
            return found
        await insert_new(connection, card_storms, asdict(storm))
        return await _current(connection, storm.team, storm.channel) or storm

    @one_transaction
    async def drawn(self, connection: AsyncConnection, storm: StoredStorm, *, ts: str, fingerprint: str) -> None:
        """Store where the message is and what it shows."""
        await _change(connection, storm, ts=ts, drawn=fingerprint)

    @one_transaction
    async def end(
        self, connection: AsyncConnection, storm: StoredStorm, *, ended_at: datetime, kept_until: datetime
    ) -> None:
        """Store that it has ended."""
        await _change(connection, storm, ended_at=ended_at, kept_until=kept_until)


async def _current(connection: AsyncConnection, team: str, channel: str) -> StoredStorm | None:
    open_one = and_(card_storms.c.team == team, card_storms.c.channel == channel, card_storms.c.ended_at.is_(None))
    newest = select(card_storms).where(open_one).order_by(card_storms.c.started_at.desc()).limit(1)
    row = (await connection.execute(newest)).one_or_none()
    return StoredStorm(**row._mapping) if row is not None else None  # noqa: SLF001 - SQLAlchemy's documented name


async def _change(connection: AsyncConnection, storm: StoredStorm, **values: Any) -> None:  # noqa: ANN401 - columns
    this = and_(
        card_storms.c.team == storm.team,
        card_storms.c.channel == storm.channel,
        card_storms.c.started_at == storm.started_at,
    )
    await connection.execute(update(card_storms).where(this).values(values))
