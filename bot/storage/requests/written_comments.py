"""Comments that the bot wrote to Flashduty, among the requests that changed something: by team, incident and text."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.fingerprints import key_fingerprint
from bot.storage.statements import batched, insert_new
from bot.storage.tables import seen_requests
from bot.storage.transactions import Database, one_transaction


class WrittenComments:
    """The comments of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def add(
        self, connection: AsyncConnection, team: str, incident_id: str, text: str, *, kept_until: datetime
    ) -> None:
        """Store that a comment is about to be written; `text` is its fingerprint."""
        row = {"request_key": _key(team, incident_id, text), "kept_until": kept_until}
        await insert_new(connection, seen_requests, row)

    @one_transaction
    async def among(
        self, connection: AsyncConnection, team: str, incident_id: str, texts: Collection[str]
    ) -> frozenset[str]:
        """Return those of the fingerprints that were stored for an incident."""
        keys = {_key(team, incident_id, text): text for text in texts}
        found: set[str] = set()
        for some in batched(keys):
            wanted = select(seen_requests.c.request_key).where(seen_requests.c.request_key.in_(some))
            found |= {keys[key] for key in (await connection.execute(wanted)).scalars()}
        return frozenset(found)


def _key(team: str, incident_id: str, text: str) -> str:
    return key_fingerprint(f"comment {team} {incident_id} {text}")
