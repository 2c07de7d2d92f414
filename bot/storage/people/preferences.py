"""What people chose for themselves: the language in which the bot speaks to them."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import replace
from bot.storage.tables import preferences
from bot.storage.transactions import Database, one_transaction


class PreferenceTable:
    """The choices of all people; every method is one transaction, and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def language_of(self, connection: AsyncConnection, user_id: str) -> str | None:
        """Return the code of the language that a person chose; None without a choice."""
        wanted = select(preferences.c.language).where(preferences.c.slack_user_id == user_id)
        return (await connection.execute(wanted)).scalar_one_or_none()

    @one_transaction
    async def choose_language(self, connection: AsyncConnection, user_id: str, language: str) -> None:
        """Store the choice of a person, in place of an earlier one."""
        await replace(connection, preferences, {"slack_user_id": user_id, "language": language})

    @one_transaction
    async def forget_language(self, connection: AsyncConnection, user_id: str) -> None:
        """Delete the choice of a person."""
        await connection.execute(delete(preferences).where(preferences.c.slack_user_id == user_id))
