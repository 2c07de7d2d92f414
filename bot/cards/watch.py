"""Watch the incidents of all teams that have cards, beside the periodic jobs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

import structlog

from bot.cards.channels import CardChannels
from bot.cards.lease import RENEWAL_SECONDS
from bot.cards.team_watch import TeamWatch
from bot.delivery.live import LiveEdits
from bot.incidents.actions.command import Change
from bot.runtime.defects import ErrorBoundary
from bot.storage.cards.incident_hints import IncidentHintTable
from bot.storage.database_errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

# A hint of another replica is seen after this at the latest.
HINTS_EVERY: Final = 1.0
CHANNELS_EVERY: Final = 60.0
# For a round and for edits that have begun.
STOP_TIMEOUT: Final = 2.0
LEASE_RELEASE_TIMEOUT: Final = 0.5


class CardWatch:
    """Runs the watch of each team, renews its lease, and looks for hints of other replicas."""

    def __init__(
        self,
        teams: Sequence[TeamWatch],
        *,
        hints: IncidentHintTable,
        edits: LiveEdits,
        channels: CardChannels,
    ) -> None:
        self._teams = {one.team.name: one for one in teams}
        self._hints = hints
        self._edits = edits
        self._channels = channels
        self._tasks: list[asyncio.Task[None]] = []
        self._rounds: list[asyncio.Task[None]] = []

    @property
    def in_progress(self) -> int:
        """The number of edits that wait or run."""
        return self._edits.waiting

    def age(self) -> int | None:
        """Return how many seconds ago the team that was read longest ago was read; None where none is led."""
        return max((age for one in self._teams.values() if (age := one.age) is not None), default=None)

    def foresee(self, team: str, changes: Iterable[Change]) -> None:
        """Show on the cards of a team what changes in this process have made of its incidents."""
        if team in self._teams:
            self._teams[team].foresee(changes)

    def wake(self, team: str) -> None:
        """Look at the hints of a team now."""
        if team in self._teams:
            self._teams[team].wake()

    def start(self) -> None:
        """Begin to watch; without a team that has cards there is nothing to do."""
        if not self._teams:
            return
        loop = asyncio.get_running_loop()
        self._rounds = [loop.create_task(one.run(), name=f"cards of {name}") for name, one in self._teams.items()]
        self._tasks = [
            loop.create_task(_again_and_again(self._renew, RENEWAL_SECONDS), name="leases of cards"),
            loop.create_task(_again_and_again(self._look_for_hints, HINTS_EVERY), name="hints of incidents"),
            loop.create_task(_again_and_again(self.look_at_channels, CHANNELS_EVERY), name="channels of cards"),
        ]

    async def stop(self) -> None:
        """Stop watching and posting: a round and edits that run may end, and are cancelled after a moment."""
        for task in self._tasks:
            task.cancel()
        for one in self._teams.values():
            one.stop()
        if self._rounds:
            _, late = await asyncio.wait(self._rounds, timeout=STOP_TIMEOUT)
            for task in late:
                log.warning("cards.round_cancelled", task=task.get_name())
                task.cancel()
        await self._edits.close(STOP_TIMEOUT)
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self._release()

    async def _release(self) -> None:
        """Let another replica lead at once."""
        try:
            async with asyncio.timeout(LEASE_RELEASE_TIMEOUT):
                await asyncio.gather(*(one.lease.release() for one in self._teams.values()))
        except (DatabaseUnavailable, TimeoutError) as error:
            log.warning("cards.lease_not_released", why=str(error) or type(error).__name__)

    async def look(self) -> None:
        """Renew every lease and read the incidents of every team that is led, now; for tests and the first look."""
        await self._renew()
        await asyncio.gather(*(one.round(is_poll=True) for one in self._teams.values() if one.lease.is_held))

    async def look_at_channels(self) -> None:
        """Find out which channels take cards again."""
        await self._channels.look()

    @property
    def tasks(self) -> tuple[asyncio.Task[None], ...]:
        """Everything that runs until it is stopped."""
        return (*self._tasks, *self._rounds)

    async def _renew(self) -> None:
        await asyncio.gather(*(self._renew_one(one) for one in self._teams.values()))

    async def _renew_one(self, one: TeamWatch) -> None:
        was_held = one.lease.is_held
        try:
            is_held = await one.lease.renew()
        except DatabaseUnavailable as error:
            log.warning("cards.lease_not_renewed", team=one.team.name, why=str(error))
            return
        if is_held and not was_held:
            log.info("cards.leading", team=one.team.name)
            one.wake()

    async def _look_for_hints(self) -> None:
        """Wake the watches of teams with hints of other replicas."""
        led = [one for one in self._teams.values() if one.lease.is_held]
        if not led:
            return
        try:
            hinted = await self._hints.hinted_teams()
        except DatabaseUnavailable:
            return
        for one in led:
            if one.team.name in hinted:
                one.wake()


async def _again_and_again(do: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        with ErrorBoundary("cards.task_failed"):
            await do()
        await asyncio.sleep(seconds)
