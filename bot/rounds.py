"""Everything the bot looks after once a minute by itself; one thing's trouble touches no other."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.group_followers import GroupFollowers
from bot.morning import MorningDigests
from bot.notes import Notes
from bot.poster import Poster
from bot.rotas import Rotas
from bot.shift_notices import ShiftNotices
from bot.store import StoreUnavailable
from bot.teams import Team, Teams
from bot.threads import Threads
from bot.topic_keeper import TopicKeeper
from bot.weekly import WeeklyReports

log = structlog.get_logger(__name__)

CLEAR_OUT_EVERY: Final = 3600.0
# Long enough for whatever looks back: a digest's schedules, who took a shift over, what the ledger did.
LEDGER_KEPT: Final = timedelta(days=60)


@dataclass
class Rounds:
    """What is done on start and every minute."""

    teams: Teams
    poster: Poster
    threads: Threads
    mornings: MorningDigests
    reports: WeeklyReports
    rotas: Rotas
    shifts: ShiftNotices
    followers: GroupFollowers
    topics: TopicKeeper
    notes: Notes
    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    _cleared: float = field(default=float("-inf"), init=False, repr=False)

    async def tick(self) -> None:
        """Do everything that is due; raises what went wrong in a group, after all the rest was done."""
        await self.poster.catch_up()
        following = [self._follow(team) for team in self.teams if team.follows_shifts]
        ended = await asyncio.gather(
            self.mornings.tick(),
            self.reports.tick(),
            self._finish_threads(),
            self._clear_out(),
            *following,
            return_exceptions=True,
        )
        _raise_together(ended)

    async def _follow(self, team: Team) -> None:
        rota = await self.rotas.of(team)
        if rota is None:
            return
        # Groups may wait for minutes for their turns, which nothing else has to.
        ended = await asyncio.gather(
            self.shifts.tick(team, rota),
            self.followers.tick(team, rota),
            self.topics.tick(team, rota),
            return_exceptions=True,
        )
        _raise_together(ended)

    async def _finish_threads(self) -> None:
        try:
            await self.threads.catch_up(self.poster.address)
        except StoreUnavailable as error:
            log.warning("threads not looked after", why=str(error))

    async def _clear_out(self) -> None:
        if self.monotonic() - self._cleared < CLEAR_OUT_EVERY:
            return
        self._cleared = self.monotonic()
        now = self.now()
        try:
            count = await self.notes.clear_out(now, now - LEDGER_KEPT)
        except StoreUnavailable as error:
            log.warning("nothing cleared out", why=str(error))
            return
        if count:
            log.info("cleared out", rows=count)


def _raise_together(ended: Iterable[BaseException | None]) -> None:
    wrong = [outcome for outcome in ended if isinstance(outcome, Exception)]
    if wrong:
        raise ExceptionGroup("not all of the round was done", wrong)
