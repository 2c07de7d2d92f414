"""Whom a message is for, as far as that decides which of its controls can be pressed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Reader:
    """One person who sees a message alone, by whether they may act and who they are in Flashduty."""

    may_act: bool
    person_ids: frozenset[int] = frozenset()

    def may_take(self, newcomers: Iterable[int]) -> bool:
        """Tell whether they may say that they have a shift: whoever may act, and whoever it belongs to."""
        return self.may_act or not self.person_ids.isdisjoint(newcomers)


# In a channel everybody sees every control, and the press decides.
EVERYBODY: Final = Reader(may_act=True)
