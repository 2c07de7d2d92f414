"""Causes of failures of which the operators were alerted, until they are over."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import MAX_BOUND_VALUES, insert_new, is_kept
from bot.storage.tables import operator_alerts
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class StoredAlert:
    """A cause, and what suffered from it first; `alert_key` is the same for all that have the cause in common."""

    alert_key: str
    code: str
    team: str
    kind: str
    channel: str | None
    person_id: int | None
    person_name: str
    alerted_at: datetime


class OperatorAlertTable:
    """The alerts of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def is_alerted(self, connection: AsyncConnection, alert_key: str, now: datetime) -> bool:
        """Tell whether the operators were alerted of a cause."""
        this = select(operator_alerts.c.alert_key).where(
            operator_alerts.c.alert_key == alert_key, is_kept(operator_alerts, now)
        )
        return (await connection.execute(this)).first() is not None

    @one_transaction
    async def add(
        self, connection: AsyncConnection, alert: StoredAlert, *, now: datetime, kept_until: datetime
    ) -> None:
        """Store that the operators were alerted; the first to store it counts."""
        over = delete(operator_alerts).where(
            operator_alerts.c.alert_key == alert.alert_key, operator_alerts.c.kept_until <= now
        )
        await connection.execute(over)
        await insert_new(connection, operator_alerts, {**asdict(alert), "kept_until": kept_until})

    @one_transaction
    async def list_open(self, connection: AsyncConnection, now: datetime) -> list[StoredAlert]:
        """List the causes that are not over."""
        wanted = select(operator_alerts).where(is_kept(operator_alerts, now)).limit(MAX_BOUND_VALUES)
        return [
            StoredAlert(
                alert_key=row.alert_key,
                code=row.code,
                team=row.team,
                kind=row.kind,
                channel=row.channel,
                person_id=row.person_id,
                person_name=row.person_name,
                alerted_at=row.alerted_at,
            )
            for row in await connection.execute(wanted)
        ]

    @one_transaction
    async def close(self, connection: AsyncConnection, alert_key: str) -> None:
        """Delete a cause that is over."""
        await connection.execute(delete(operator_alerts).where(operator_alerts.c.alert_key == alert_key))
