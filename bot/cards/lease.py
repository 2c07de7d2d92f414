"""Which replica leads the cards of a team: only that one polls, posts and edits."""

from collections.abc import Callable
from typing import Final

from bot.storage.leases import Leases

CARDS_LEASE: Final = 15.0
# Two renewals may be late or lost.
RENEWAL_SECONDS: Final = 5.0


class CardsLease:
    """The lease of one team's cards, as this process may rely on it.

    It is counted from before the request to the database, by the monotonic clock: another replica takes it no earlier.
    """

    def __init__(self, leases: Leases, team: str, *, monotonic: Callable[[], float]) -> None:
        self._leases = leases
        self._name = f"cards {team}"
        self._monotonic = monotonic
        self._until = float("-inf")
        self.term = 0
        """A number that grows whenever this process begins to lead."""

    @property
    def is_held(self) -> bool:
        """Whether this process leads."""
        return self.covers(0.0)

    def covers(self, seconds: float) -> bool:
        """Whether this process leads for so long at least, whoever else is there."""
        return self._until - self._monotonic() > seconds

    async def renew(self) -> bool:
        """Take or renew the lease, and return whether this process leads; raises DatabaseUnavailable."""
        was_held, began_at = self.is_held, self._monotonic()
        is_held = await self._leases.hold(self._name, length=CARDS_LEASE)
        self._until = began_at + CARDS_LEASE if is_held else float("-inf")
        if is_held and not was_held:
            self.term += 1
        return is_held

    async def release(self) -> None:
        """Stop leading, so that another replica begins at once; raises DatabaseUnavailable."""
        was_held, self._until = self.is_held, float("-inf")
        if was_held:
            await self._leases.release(self._name)


class LeaseTerm:
    """The lease for as long as this process leads without a break.

    What it read before a break is old: another replica may have led, and told people what it found.
    """

    def __init__(self, lease: CardsLease) -> None:
        self._lease = lease
        self._term = lease.term

    @property
    def is_held(self) -> bool:
        """Whether this process leads, without a break."""
        return self.covers(0.0)

    def covers(self, seconds: float) -> bool:
        """Whether this process leads for so long at least, without a break."""
        return self._lease.term == self._term and self._lease.covers(seconds)
