"""Keeps the lease of this replica, and this replica within its share of what an account allows."""

from collections.abc import Iterable

from bot.flashduty import Account
from bot.storage.replicas import Replicas


class ReplicaJob:
    """Renews the lease, counts the replicas that are alive, and divides the limits of every account among them."""

    def __init__(self, replicas: Replicas, accounts: Iterable[Account]) -> None:
        self._replicas = replicas
        self._accounts = tuple(accounts)

    async def tick(self) -> None:
        """Renew and count; raises DatabaseUnavailable, and the shares stay as they were."""
        await self._replicas.renew()
        for account in self._accounts:
            account.share_among(self._replicas.count)
