"""Where a person is mentioned when Flashduty assigns an incident to them: their own choice, made in the Home tab."""

from collections.abc import Collection, Mapping
from typing import Final, Literal, cast

from bot.storage.people.preferences import PreferenceTable

MentionChoice = Literal["thread", "dm", "off"]
"""In the thread of the card, in a direct message, or nowhere; without a choice it is as the team has set it."""

_CHOICES: Final = frozenset({"thread", "dm", "off"})


class MentionChoices:
    """The choices of people; every method raises DatabaseUnavailable."""

    def __init__(self, table: PreferenceTable) -> None:
        self._table = table

    async def of(self, user_ids: Collection[str]) -> Mapping[str, MentionChoice]:
        """Return the choices of those of these people, by their ids in Slack, who made one."""
        stored = await self._table.mentions_of(user_ids)
        return {user: cast("MentionChoice", code) for user, code in stored.items() if code in _CHOICES}

    async def choose(self, user_id: str, choice: MentionChoice | None) -> None:
        """Store the choice of a person, None to follow the team's setting again."""
        await self._table.choose_mention(user_id, choice)
