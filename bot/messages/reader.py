"""The reader of a message: which of its controls they may press."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Reader:
    """A person who sees a message alone: whether they may act for the team, and their ids in Flashduty."""

    may_act: bool
    person_ids: frozenset[int] = frozenset()

    def may_take(self, newcomers: Iterable[int]) -> bool:
        """Return whether they may say that they have a shift: they may act for the team, or the shift is theirs."""
        return self.may_act or not self.person_ids.isdisjoint(newcomers)


# A message in a channel shows every control to everybody; permission is judged when one is pressed.
EVERYBODY: Final = Reader(may_act=True)
