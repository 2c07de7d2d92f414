"""Problems of syncs: for each subject every code since its last success, and which were announced."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import is_kept, replace
from bot.storage.tables import problems
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class StoredProblem:
    """A code of Slack's or ours: since when, and whether the channel was notified of it."""

    code: str
    episode: str
    """Distinguishes this occurrence from an earlier one with the same code."""
    since: datetime
    is_announced: bool


class ProblemTable:
    """The problems of all teams' subjects; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def of_subject(
        self, connection: AsyncConnection, team: str, subject: str, now: datetime
    ) -> list[StoredProblem]:
        """List the codes of a subject since its last success, the oldest first."""
        these = select(problems).where(problems.c.team == team, problems.c.subject == subject, is_kept(problems, now))
        rows = await connection.execute(these.order_by(problems.c.since, problems.c.code))
        return [
            StoredProblem(code=row.code, episode=row.episode, since=row.since, is_announced=row.is_announced)
            for row in rows
        ]

    @one_transaction
    async def put(
        self, connection: AsyncConnection, team: str, subject: str, problem: StoredProblem, *, kept_until: datetime
    ) -> None:
        """Store a code of a subject."""
        row = {"team": team, "subject": subject, "kept_until": kept_until, **asdict(problem)}
        await replace(connection, problems, row)

    @one_transaction
    async def clear(self, connection: AsyncConnection, team: str, subject: str) -> None:
        """Delete the codes of a subject after a success."""
        await connection.execute(delete(problems).where(problems.c.team == team, problems.c.subject == subject))
