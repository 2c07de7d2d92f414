"""Slack profiles by e-mail address. Addresses are hashed: they are never read from the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.fingerprints import key_fingerprint
from bot.storage.statements import batched, is_kept, replace
from bot.storage.tables import slack_profiles
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class StoredProfile:
    """A full member of the workspace."""

    slack_user_id: str
    slack_user_name: str


class SlackProfileTable:
    """The profiles all replicas have looked up; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def read(
        self, connection: AsyncConnection, emails: Collection[str], now: datetime
    ) -> dict[str, StoredProfile | None]:
        """Return the profiles of addresses: None for an address without one, left out when it is not stored."""
        by_hash = {key_fingerprint(email): email for email in emails}
        found: dict[str, StoredProfile | None] = {}
        for some in batched(by_hash):
            wanted = select(slack_profiles).where(slack_profiles.c.email_hash.in_(some), is_kept(slack_profiles, now))
            for row in await connection.execute(wanted):
                found[by_hash[row.email_hash]] = (
                    StoredProfile(slack_user_id=row.slack_user_id, slack_user_name=row.slack_user_name)
                    if row.slack_user_id is not None
                    else None
                )
        return found

    @one_transaction
    async def put(
        self, connection: AsyncConnection, email: str, profile: StoredProfile | None, *, kept_until: datetime
    ) -> None:
        """Store the profile of an address, or None for an address without one."""
        row = {
            "email_hash": key_fingerprint(email),
            "slack_user_id": profile.slack_user_id if profile else None,
            "slack_user_name": profile.slack_user_name if profile else None,
            "kept_until": kept_until,
        }
        await replace(connection, slack_profiles, row)

    @one_transaction
    async def forget(self, connection: AsyncConnection, emails: Collection[str]) -> None:
        """Delete the stored profiles of addresses."""
        for some in batched([key_fingerprint(email) for email in emails]):
            await connection.execute(delete(slack_profiles).where(slack_profiles.c.email_hash.in_(some)))
