"""Requests that changed something, by key: what a retry, a replay or another replica must not do again."""

from collections.abc import Iterable
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
    async def add(self, connection: AsyncConnection, keys: Iterable[str], kept_until: datetime) -> bool:
        """Store all keys of a request before it is carried out; False when one was stored before, by any replica."""
        new = [
            await insert_new(connection, seen_requests, {"request_key": one, "kept_until": kept_until})
            # In one order everywhere, so that two replicas do not wait for each other.
            for one in sorted({key_fingerprint(key) for key in keys})
        ]
        return all(new)
