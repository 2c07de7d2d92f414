"""The language of a person: their own choice, else that of their Slack, else English."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from bot.messages.language import ENGLISH, Language, language_of
from bot.slack.users import SlackPerson
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.people.preferences import PreferenceTable

log = structlog.get_logger(__name__)

# A choice that was made on another replica is noticed within this.
CHOICE_TTL: Final = 60.0
# The person waits for the answer meanwhile.
CHOICE_TIMEOUT: Final = 0.5
# While the database fails, nobody waits for it again before this.
CHOICE_RETRY_PAUSE: Final = 15.0
REMEMBERED_PEOPLE: Final = 5_000


class PersonLanguages:
    """The languages of people; while the database does not answer, the last choice that was read, or Slack's locale."""

    def __init__(self, table: PreferenceTable, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._table = table
        self._monotonic = monotonic
        self._choices: dict[str, tuple[float, Language | None]] = {}
        self._last: dict[str, Language] = {}
        self._not_before = float("-inf")

    async def of_person(self, person: SlackPerson) -> Language:
        """Return the language of a person. Never raises, and waits half a second at most."""
        spoken = await self.choice_of(person.id) or language_of(person.locale or "") or ENGLISH
        self._last[person.id] = spoken
        return spoken

    def last_of(self, user_id: str) -> Language:
        """Return the language that a person was spoken to last, without waiting: English for a person not seen yet."""
        return self._last.get(user_id, ENGLISH)

    async def choice_of(self, user_id: str) -> Language | None:
        """Return the language that a person chose; None without a choice, and where it cannot be read."""
        read_at, known = self._choices.get(user_id, (float("-inf"), None))
        now = self._monotonic()
        if now - read_at < CHOICE_TTL or now < self._not_before:
            return known
        try:
            async with asyncio.timeout(CHOICE_TIMEOUT):
                code = await self._table.language_of(user_id)
        except (DatabaseUnavailable, TimeoutError) as error:
            self._not_before = now + CHOICE_RETRY_PAUSE
            log.warning("language.choice_unread", why=str(error) or type(error).__name__)
            return known
        chosen = language_of(code) if code else None
        self._keep(user_id, chosen)
        return chosen

    async def choose(self, user_id: str, language: Language | None) -> None:
        """Store the choice of a person, None to follow Slack again; raises DatabaseUnavailable."""
        if language is None:
            await self._table.forget_language(user_id)
        else:
            await self._table.choose_language(user_id, language.code)
        self._keep(user_id, language)

    def _keep(self, user_id: str, chosen: Language | None) -> None:
        if len(self._choices) >= REMEMBERED_PEOPLE:
            self._choices.clear()
            self._last.clear()
        self._choices[user_id] = (self._monotonic(), chosen)
