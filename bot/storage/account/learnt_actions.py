"""The custom actions that timelines show to have been run, by team and Flashduty channel."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.account.account_tables import learnt_actions
from bot.storage.statements import is_kept, replace
from bot.storage.transactions import Database, one_transaction

# A Flashduty channel has at most five (/en/on-call/integration/webhooks/custom-action).
ACTIONS_OF_CHANNEL: Final = 5
# Of 200 Flashduty channels; those that were not run for longest are dropped first.
ACTIONS_OF_TEAM: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class StoredAction:
    """A custom action as it was run last; the name is untrusted, at most 60 characters."""

    integration_id: int
    name: str
    last_run_at: datetime


class LearntActionTable:
    """The actions of all teams; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def add(
        self,
        connection: AsyncConnection,
        team: str,
        flashduty_channel: int,
        actions: Collection[StoredAction],
        *,
        kept_until: datetime,
    ) -> None:
        """Store actions, each in place of an earlier run, and drop what is more than a channel and a team have."""
        for one in sorted(actions, key=lambda action: action.integration_id):
            row = {
                "team": team,
                "flashduty_channel": flashduty_channel,
                "integration_id": one.integration_id,
                "name": one.name,
                "last_run_at": one.last_run_at,
                "kept_until": kept_until,
            }
            await replace(connection, learnt_actions, row, where=learnt_actions.c.last_run_at <= one.last_run_at)
        of_team = learnt_actions.c.team == team
        of_channel = of_team & (learnt_actions.c.flashduty_channel == flashduty_channel)
        await _keep_newest(connection, of_channel, ACTIONS_OF_CHANNEL)
        await _keep_newest(connection, of_team, ACTIONS_OF_TEAM)

    @one_transaction
    async def of(
        self, connection: AsyncConnection, team: str, flashduty_channel: int, now: datetime
    ) -> tuple[StoredAction, ...]:
        """Return the actions of a Flashduty channel, those that were run last first."""
        wanted = (
            select(learnt_actions.c.integration_id, learnt_actions.c.name, learnt_actions.c.last_run_at)
            .where(
                learnt_actions.c.team == team,
                learnt_actions.c.flashduty_channel == flashduty_channel,
                is_kept(learnt_actions, now),
            )
            .order_by(learnt_actions.c.last_run_at.desc(), learnt_actions.c.integration_id)
            .limit(ACTIONS_OF_CHANNEL)
        )
        return tuple(StoredAction(**row) for row in (await connection.execute(wanted)).mappings())


async def _keep_newest(connection: AsyncConnection, of_owner: ColumnElement[bool], count: int) -> None:
    """Delete all of an owner's actions but the `count` that were run last."""
    key = learnt_actions.primary_key.columns
    newest_first = (learnt_actions.c.last_run_at.desc(), learnt_actions.c.integration_id)
    older = select(*key).where(of_owner).order_by(*newest_first).offset(count)
    await connection.execute(delete(learnt_actions).where(of_owner, tuple_(*key).in_(older)))
