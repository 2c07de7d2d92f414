"""Where a person is mentioned when Flashduty assigns an incident to them: their own choice, made in the Home tab."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Final, Literal

import structlog

from bot.messages.views import MentionCode
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.people.preferences import PreferenceTable

log = structlog.get_logger(__name__)

MentionChoice = Literal["thread", "dm", "off"]
"""In the thread of the card, in a direct message, or nowhere; without a choice it is as the team has set it."""

_CHOICES: Final[Mapping[str, MentionChoice]] = {"thread": "thread", "dm": "dm", "off": "off"}
# The person waits for the tab meanwhile.
MENTION_CHOICE_TIMEOUT: Final = 0.5


class MentionChoices:
    """The choices of people."""

    def __init__(self, table: PreferenceTable) -> None:
        self._table = table

    async def of(self, user_ids: Collection[str]) -> Mapping[str, MentionChoice]:
        """Return the choices of those of these people, by their ids in Slack, who made one.

        Raises DatabaseUnavailable.
        """
        stored = await self._table.mentions_of(user_ids)
        return {user: _CHOICES[code] for user, code in stored.items() if code in _CHOICES}

    async def code_of(self, user_id: str) -> MentionCode:
        """Return the choice of a person, `auto` without one; empty where it cannot be read. Never raises."""
        try:
            async with asyncio.timeout(MENTION_CHOICE_TIMEOUT):
                return (await self.of([user_id])).get(user_id, "auto")
        except (DatabaseUnavailable, TimeoutError) as error:
            log.warning("mention.choice_unread", why=str(error) or type(error).__name__)
            return ""

    async def choose(self, user_id: str, code: MentionCode) -> None:
        """Store the choice of a person, `auto` to follow the team's setting again; raises DatabaseUnavailable."""
        await self._table.choose_mention(user_id, _CHOICES.get(code))
