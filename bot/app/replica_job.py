"""The lease of this replica, its share of the rate limits of each account, and the jobs that go with them."""

from collections.abc import Iterable
from typing import Final

from bot.app.card_services import CardServices
from bot.app.jobs import Job, Stage
from bot.app.shared_services import Foundation, SharedServices
from bot.flashduty import Account
from bot.storage.replicas import RENEWAL_INTERVAL, Replicas
from handlers.recovery.job import RecoveryJob

# With the renewal of the lease, as files of keys are read again about as often.
KEYS_INTERVAL: Final = RENEWAL_INTERVAL


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


def replica_jobs(
    base: Foundation, shared: SharedServices, *, recovery: RecoveryJob, cards: CardServices
) -> tuple[Job, ...]:
    """List the jobs that look after this replica, and after what others have left."""
    replicas = ReplicaJob(shared.replicas, (team.flashduty.account for team in shared.teams))
    return (
        Job(name="replicas", run=replicas.tick, interval=RENEWAL_INTERVAL, stage=Stage.BEFORE),
        Job(name="keys", run=base.keys.reread, interval=KEYS_INTERVAL),
        Job(name="card postings", run=cards.publisher.catch_up, stage=Stage.BEFORE),
        Job(name="recovery", run=recovery.tick, interval=RENEWAL_INTERVAL),
    )
