"""The lease of this replica, and its share of the rate limits of each account."""

from collections.abc import Iterable

from bot.flashduty import Account
from bot.storage.replicas import Replicas


class ReplicaJob:
    """Renews the lease, counts the replicas that are alive, and divides the limits of every account among them."""

    def __init__(self, replicas: Replicas, accounts: Iterable[Account]) -> None:
        self._replicas = replicas
        self._accounts = tuple(accounts)

    async def tick(self) -> None:
        """Renew and count; raises DatabaseUnavailable, which leaves the shares as they are."""
        await self._replicas.renew()
        for account in self._accounts:
            account.share_among(self._replicas.count)
