"""Requests that changed something, by key: what a retry, a replay or another replica must not do again."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.fingerprints import key_fingerprint
from bot.storage.statements import insert_new
from bot.storage.tables import seen_requests
from bot.storage.transactions import Database, one_transaction


class SeenRequests:
    """The requests of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def add(self, connection: AsyncConnection, key: str, kept_until: datetime) -> bool:
        """Note a request before it is carried out; False when it was noted before, by any replica."""
        return await insert_new(
            connection, seen_requests, {"request_key": key_fingerprint(key), "kept_until": kept_until}
        )
