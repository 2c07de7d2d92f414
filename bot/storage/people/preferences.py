"""What people chose for themselves: the language in which the bot speaks to them, and where they are mentioned."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.statements import batched, insert_new, replace
from bot.storage.tables import preferences
from bot.storage.transactions import Database, one_transaction

# Of a language, which every row has.
_NO_CHOICE: Final = ""


class PreferenceTable:
    """The choices of all people; every method is one transaction, and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def language_of(self, connection: AsyncConnection, user_id: str) -> str | None:
        """Return the code of the language that a person chose; None without a choice."""
        wanted = select(preferences.c.language).where(preferences.c.slack_user_id == user_id)
        return (await connection.execute(wanted)).scalar_one_or_none() or None

    @one_transaction
    async def choose_language(self, connection: AsyncConnection, user_id: str, language: str) -> None:
        """Store the choice of a person, in place of an earlier one."""
        await replace(connection, preferences, {"slack_user_id": user_id, "language": language})

    @one_transaction
    async def forget_language(self, connection: AsyncConnection, user_id: str) -> None:
        """Delete the choice of a person."""
        own = preferences.c.slack_user_id == user_id
        await connection.execute(update(preferences).where(own).values(language=_NO_CHOICE))
        await _forget_without_choice(connection, user_id)

    @one_transaction
    async def mentions_of(self, connection: AsyncConnection, user_ids: Collection[str]) -> dict[str, str]:
        """Return the code of where each of these people chose to be mentioned, without those who made no choice."""
        found: dict[str, str] = {}
        for some in batched(user_ids):
            wanted = select(preferences.c.slack_user_id, preferences.c.mention).where(
                preferences.c.slack_user_id.in_(some), preferences.c.mention.is_not(None)
            )
            found |= {row.slack_user_id: row.mention for row in await connection.execute(wanted)}
        return found

    @one_transaction
    async def choose_mention(self, connection: AsyncConnection, user_id: str, mention: str | None) -> None:
        """Store where a person is mentioned, in place of an earlier choice; None deletes the choice."""
        await insert_new(connection, preferences, {"slack_user_id": user_id, "language": _NO_CHOICE})
        own = preferences.c.slack_user_id == user_id
        await connection.execute(update(preferences).where(own).values(mention=mention))
        await _forget_without_choice(connection, user_id)


async def _forget_without_choice(connection: AsyncConnection, user_id: str) -> None:
    nothing = (
        preferences.c.slack_user_id == user_id,
        preferences.c.language == _NO_CHOICE,
        preferences.c.mention.is_(None),
    )
    await connection.execute(delete(preferences).where(*nothing))
