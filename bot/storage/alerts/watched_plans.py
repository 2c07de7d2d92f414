"""Since when each team has its plans for digests and reports as they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.postings import PostingKind
from bot.storage.statements import replace
from bot.storage.tables import watched_plans
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class WatchedPlan:
    """A plan in words that change with it, and since when it is so."""

    team: str
    kind: PostingKind
    plan: str
    since: datetime


class WatchedPlanTable:
    """The plans of all teams; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def list(self, connection: AsyncConnection) -> list[WatchedPlan]:
        """List the plans that are stored."""
        return [
            WatchedPlan(team=row.team, kind=PostingKind(row.kind), plan=row.plan, since=row.since)
            for row in await connection.execute(select(watched_plans))
        ]

    @one_transaction
    async def change(
        self, connection: AsyncConnection, *, put: Collection[WatchedPlan], drop: Collection[WatchedPlan]
    ) -> None:
        """Store the plans that are new or changed, and delete those that are gone."""
        for gone in drop:
            this = (watched_plans.c.team == gone.team) & (watched_plans.c.kind == gone.kind.value)
            await connection.execute(delete(watched_plans).where(this))
        for one in put:
            row = {"team": one.team, "kind": one.kind.value, "plan": one.plan, "since": one.since}
            await replace(connection, watched_plans, row)
