"""Decisions on the proposals to keep a user group in sync with who is on call; the first one counts."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, false, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import insert_new, replace
from bot.storage.tables import usergroup_decisions
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class GroupPlanKey:
    """A plan for a user group; its signature changes with the plan."""

    team: str
    group_id: str
    signature: str


@dataclass(frozen=True, kw_only=True)
class StoredDecision:
    """Who agreed or declined, and when; `handle` is the group's name at that time, and old rows have no id."""

    handle: str
    follows: bool
    decided_by: str
    slack_user_id: str | None
    decided_at: datetime


class UserGroupDecisionTable:
    """The decisions of all teams; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def read(self, connection: AsyncConnection, plan: GroupPlanKey) -> StoredDecision | None:
        """Return the decision on a plan; None when there is none."""
        return await _read(connection, plan)

    @one_transaction
    async def add(self, connection: AsyncConnection, plan: GroupPlanKey, mine: StoredDecision) -> StoredDecision:
        """Store a decision unless there is one; return the one that counts."""
        row = {**asdict(plan), **asdict(mine)}
        await insert_new(connection, usergroup_decisions, row)
        return await _read(connection, plan) or mine

    @one_transaction
    async def stop(self, connection: AsyncConnection, plan: GroupPlanKey, mine: StoredDecision) -> StoredDecision:
        """Store a decision in place of an agreement, the first one to do so; return the one that counts."""
        row = {**asdict(plan), **asdict(mine)}
        await replace(connection, usergroup_decisions, row, where=usergroup_decisions.c.follows == true())
        return await _read(connection, plan) or mine

    @one_transaction
    async def withdraw_refusal(self, connection: AsyncConnection, plan: GroupPlanKey) -> StoredDecision | None:
        """Delete a refusal, so that the plan may be proposed again; return an agreement that counts instead."""
        await connection.execute(
            delete(usergroup_decisions).where(_is_of(plan), usergroup_decisions.c.follows == false())
        )
        return await _read(connection, plan)


def _is_of(plan: GroupPlanKey) -> ColumnElement[bool]:
    return and_(
        usergroup_decisions.c.team == plan.team,
        usergroup_decisions.c.group_id == plan.group_id,
        usergroup_decisions.c.signature == plan.signature,
    )


async def _read(connection: AsyncConnection, plan: GroupPlanKey) -> StoredDecision | None:
    row = (await connection.execute(select(usergroup_decisions).where(_is_of(plan)))).one_or_none()
    if row is None:
        return None
    return StoredDecision(
        handle=row.handle,
        follows=row.follows,
        decided_by=row.decided_by,
        slack_user_id=row.slack_user_id,
        decided_at=row.decided_at,
    )
