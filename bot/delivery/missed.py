"""Finds out what was due and nobody began: the database was away, or the bot was not running, for a whole window."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

import structlog

from bot.config.plans import DigestPlan
from bot.delivery.due import upcoming
from bot.delivery.ledger import REPORT_AFTER, Ledger, ScheduledPost
from bot.delivery.operator_alerts import OperatorAlerts
from bot.digest import job as morning
from bot.report import job as weekly
from bot.storage.notes import Notes
from bot.storage.postings import PostingKey
from bot.teams.access import Teams

log = structlog.get_logger(__name__)

WATCHED: Final = "watched plan"
LOOK_BACK: Final = timedelta(days=1)

# A team, and the kind of what it wants.
Wanted = tuple[str, str]


@dataclass
class MissedPosts:
    """Looks a day back, on start and every minute, and tells once of each digest and report that nobody began.

    Since when a team wants what it wants is noted when it is first seen: what was due before was asked of nobody, as
    for a team that is new, one that has moved its digest, or a database that is empty.
    """

    teams: Teams
    ledger: Ledger
    notes: Notes
    admins: OperatorAlerts
    now: Callable[[], datetime]
    _settled: set[PostingKey] = field(default_factory=set, init=False, repr=False)
    _late: set[PostingKey] | None = field(default=None, init=False, repr=False)

    async def tick(self) -> None:
        """Tell of what was missed; raises DatabaseUnavailable."""
        now, plans = self.now(), dict(self._plans())
        since = await self._since(plans, now)
        late = [
            occasion
            for wanted, plan in plans.items()
            for occasion in _over(wanted, plan, now)
            if since[wanted] <= occasion.window_ends - plan.catch_up and occasion.key not in self._settled
        ]
        # Right after a start there is nothing to compare with; later on a clock may be wrong for a moment.
        sure = [one for one in late if self._late is None or one.key in self._late]
        self._late = {one.key for one in late}
        missed = [one.key for one in sure if await self.ledger.was_missed(one)]
        self._settled |= {one.key for one in sure}
        self._settled = {key for key in self._settled if key.local_date > now.date() - 4 * LOOK_BACK}
        for key in missed:
            log.error("not posted, never begun", team=key.team, kind=key.kind, on=key.local_date.isoformat())
        await self.admins.missed(missed)

    def _plans(self) -> Iterator[tuple[Wanted, DigestPlan]]:
        for team in self.teams:
            for kind, plan in ((morning.DIGEST, team.settings.digest), (weekly.REPORT, team.settings.report)):
                if plan is not None:
                    yield (team.name, kind), plan

    async def _since(self, plans: dict[Wanted, DigestPlan], now: datetime) -> dict[Wanted, datetime]:
        """Tell since when each plan is as it is, and note those that are new or gone."""
        held = {(team, kind): body for team, kind, body in await self.notes.all_of(WATCHED, now)}
        for team, kind in held.keys() - plans.keys():
            await self.notes.drop(team, WATCHED, kind)
        since = {}
        for (team, kind), plan in plans.items():
            words = f"{plan.at} {plan.timezone.key} {sorted(plan.days)}"
            noted, _, same = held.get((team, kind), "").partition(" ")
            if same != words:
                noted = now.isoformat()
                await self.notes.write(team, WATCHED, kind, f"{noted} {words}")
            since[team, kind] = datetime.fromisoformat(noted)
        return since


def _over(wanted: Wanted, plan: DigestPlan, now: datetime) -> Iterator[ScheduledPost]:
    """List what was due in a day whose last chance has just passed."""
    behind = plan.catch_up + REPORT_AFTER
    for due in takewhile(lambda due: due.at <= now - behind, upcoming(plan, now - behind - LOOK_BACK)):
        team, kind = wanted
        yield ScheduledPost(team, kind, due.on, due.at + plan.catch_up)
