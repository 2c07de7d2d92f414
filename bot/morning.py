"""Post each team's digest when it is due; one team's trouble touches no other."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.digest import Surroundings, gather
from bot.digest_times import DigestPlan, Due, within_reach
from bot.ledger import Occasion
from bot.memory import KeptSchedules
from bot.messages import Posting, errors
from bot.messages.digest import failed, posting
from bot.people import Acquaintances
from bot.poster import Poster
from bot.teams import Team, Teams

log = structlog.get_logger(__name__)

KIND: Final = "digest"
# Nobody waits for a digest in front of the screen: slow answers are worth waiting for.
PATIENCE: Final = 60.0
# The timer comes once a minute; whoever gets a digest later than this is told when it was meant to come.
LATE_AFTER: Final = timedelta(minutes=2)


class MorningDigests:
    """The digests of all teams; the poster sees to it that each nominal local date has one."""

    def __init__(
        self,
        teams: Teams,
        poster: Poster,
        now: Callable[[], datetime],
        kept: KeptSchedules | None = None,
        acquaintances: Acquaintances | None = None,
    ) -> None:
        self._teams = teams
        self._kept = kept
        self._acquaintances = acquaintances
        self._poster = poster
        self._now = now
        self._turns = {team.name: asyncio.Lock() for team in teams}

    async def tick(self) -> None:
        """Post what is due, not there and not too late."""
        now = self._now()
        await self._poster.catch_up()
        plans = [(team, team.digest) for team in self._teams if team.digest]
        due = [(team, plan, due) for team, plan in plans for due in within_reach(plan, now)]
        await asyncio.gather(*(self._deliver(*each) for each in due))

    async def _deliver(self, team: Team, plan: DigestPlan, due: Due) -> None:
        occasion = Occasion(team.name, KIND, due.on, due.at + plan.catch_up)
        # A tick that comes while the last one is at it finds the message there.
        async with self._turns[team.name]:
            await self._poster.deliver(occasion, plan.channel, lambda: self._message(team, due))

    async def _message(self, team: Team, due: Due) -> Posting:
        now = self._now()
        planned_for = due.at.astimezone(team.timezone) if now - due.at > LATE_AFTER else None
        deadline = asyncio.get_running_loop().time() + PATIENCE
        mentions = team.digest is not None and team.digest.mentions
        around = Surroundings(self._kept, self._acquaintances, notifies=mentions)
        found = await gather(team.flashduty.until(deadline), team, now, due.on, around)
        if found.failure is not None:
            log.error(
                "digest not made",
                team=team.name,
                code=found.failure.raw_code,
                request_id=found.failure.request_id,
            )
            return Posting(failed(team.name, errors.Failure(found.failure, team.name, team.key_setting)))
        if self._kept is not None and found.snapshot is not None:
            await self._kept.keep(team.name, due.on, found.snapshot)
        return posting(found, planned_for)
