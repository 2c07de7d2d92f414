"""Whom a message is for."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who sees a message, what the bot is called there, and which controls can be pressed.

    In a channel everybody sees every control, and the press decides: `may_act` and `person_ids` are about the one
    person who sees a message alone.
    """

    command: str
    """The name of the slash command, as people type it."""

    is_public: bool = False
    is_direct: bool = False
    """Whether it is the person's own conversation with the bot, where nobody else is."""

    may_act: bool = True
    person_ids: frozenset[int] = frozenset()
    """Who the person is in Flashduty."""

    @property
    def may_share(self) -> bool:
        """Whether there is a channel to show the message in, and it is not shown there yet."""
        return not (self.is_public or self.is_direct)

    def may_take(self, newcomers: Iterable[int]) -> bool:
        """Return whether they may say that they have a shift: they may act for the team, or the shift is theirs."""
        return self.may_act or not self.person_ids.isdisjoint(newcomers)
