"""Storms: messages that stand for many new incidents of a channel, until they end."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.fingerprints import FINGERPRINT_MARK
from bot.storage.statements import insert_new
from bot.storage.tables import card_storms
from bot.storage.transactions import Database, one_transaction

# It is not known what the message shows: its incidents have changed, or it is being edited.
STORM_CHANGED: Final = ""
STORM_EDITING: Final = "editing"
# The message is gone from Slack for good.
STORM_LOST: Final = "lost"


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
    """The fingerprint of what the message shows; while that is not known, one of the constants of this module."""
    reposted: int = 0
    """How many times the message was gone from Slack."""
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
        this = select(card_storms).where(_is(team, channel, started_at))
        row = (await connection.execute(this)).one_or_none()
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
    async def unsettled(self, connection: AsyncConnection, team: str) -> list[StoredStorm]:
        """List the storms of a team that have not ended, or whose message may not show what is so, or is marked."""
        is_unknown = and_(card_storms.c.drawn != STORM_LOST, or_(card_storms.c.ts.is_(None), _is_unknown()))
        wanted = and_(card_storms.c.team == team, or_(card_storms.c.ended_at.is_(None), is_unknown))
        ordered = select(card_storms).where(wanted).order_by(card_storms.c.started_at)
        return [StoredStorm(**row._mapping) for row in await connection.execute(ordered)]  # noqa: SLF001 - as above

    @one_transaction
    async def posted(self, connection: AsyncConnection, storm: StoredStorm, *, ts: str, drawn: str) -> None:
        """Store where the message is, and what it shows."""
        await _change(connection, storm, ts=ts, drawn=drawn)

    @one_transaction
    async def gone(self, connection: AsyncConnection, storm: StoredStorm) -> None:
        """Store that the message is gone from Slack, and is to be posted anew."""
        await _change(connection, storm, ts=None, drawn=STORM_CHANGED, reposted=storm.reposted + 1)

    @one_transaction
    async def changed(
        self, connection: AsyncConnection, team: str, channel: str, started_at: datetime, *, kept_until: datetime
    ) -> None:
        """Store that the message may not show any longer what is so."""
        this = and_(_is(team, channel, started_at), card_storms.c.drawn != STORM_LOST)
        await connection.execute(update(card_storms).where(this).values(drawn=STORM_CHANGED, kept_until=kept_until))

    @one_transaction
    async def begin_edit(self, connection: AsyncConnection, storm: StoredStorm) -> None:
        """Store that the message is being edited: from here on it is not known what it shows."""
        await _change(connection, storm, drawn=STORM_EDITING)

    @one_transaction
    async def drawn(self, connection: AsyncConnection, storm: StoredStorm, *, fingerprint: str) -> None:
        """Store what the message shows, unless something has changed since the edit began."""
        this = and_(_is(storm.team, storm.channel, storm.started_at), card_storms.c.drawn == STORM_EDITING)
        await connection.execute(update(card_storms).where(this).values(drawn=fingerprint))

    @one_transaction
    async def lost(self, connection: AsyncConnection, storm: StoredStorm) -> None:
        """Store that the message is gone from Slack for good."""
        await _change(connection, storm, drawn=STORM_LOST)

    @one_transaction
    async def end(
        self, connection: AsyncConnection, storm: StoredStorm, *, ended_at: datetime, kept_until: datetime
    ) -> None:
        """Store that it has ended, which its message does not say yet."""
        drawn = STORM_LOST if storm.drawn == STORM_LOST else STORM_CHANGED
        await _change(connection, storm, ended_at=ended_at, kept_until=kept_until, drawn=drawn)


async def _current(connection: AsyncConnection, team: str, channel: str) -> StoredStorm | None:
    open_one = and_(card_storms.c.team == team, card_storms.c.channel == channel, card_storms.c.ended_at.is_(None))
    newest = select(card_storms).where(open_one).order_by(card_storms.c.started_at.desc()).limit(1)
    row = (await connection.execute(newest)).one_or_none()
    return StoredStorm(**row._mapping) if row is not None else None  # noqa: SLF001 - SQLAlchemy's documented name


async def _change(connection: AsyncConnection, storm: StoredStorm, **values: Any) -> None:  # noqa: ANN401 - columns
    this = _is(storm.team, storm.channel, storm.started_at)
    await connection.execute(update(card_storms).where(this).values(values))


def _is(team: str, channel: str, started_at: datetime) -> ColumnElement[bool]:
    return and_(card_storms.c.team == team, card_storms.c.channel == channel, card_storms.c.started_at == started_at)


def _is_unknown() -> ColumnElement[bool]:
    is_marked = card_storms.c.drawn.startswith(FINGERPRINT_MARK, autoescape=True)
    return or_(card_storms.c.drawn.in_((STORM_CHANGED, STORM_EDITING)), is_marked)
