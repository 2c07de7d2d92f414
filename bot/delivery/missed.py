"""Finds out what was due and nobody began: the database was away, or the bot was not running, for a whole window."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

import structlog

from bot.config.plans import DigestPlan
from bot.delivery.due import upcoming
from bot.delivery.ledger import REPORT_AFTER, Ledger
from bot.delivery.model import ScheduledPost
from bot.delivery.operator_alerts import OperatorAlerts
from bot.storage.alerts.watched_plans import WatchedPlan, WatchedPlanTable
from bot.storage.postings import PostingKey, PostingKind
from bot.teams.access import Teams

log = structlog.get_logger(__name__)

MISSED_LOOK_BACK: Final = timedelta(days=1)
# So long a date that was looked at is remembered: longer than it can be looked at again.
SETTLED_FOR: Final = timedelta(days=4)

# A team, and the kind of what it has a plan for.
PlanKey = tuple[str, PostingKind]


class MissedPosts:
    """Looks a day back, on start and every minute, and alerts once of each digest and report that nobody began.

    Since when a team has a plan is stored when it is first seen: what was due before was due to nobody, as for a team
    that is new, one that has moved its digest, or a database that is empty.
    """

    def __init__(
        self,
        teams: Teams,
        ledger: Ledger,
        *,
        table: WatchedPlanTable,
        alerts: OperatorAlerts,
        now: Callable[[], datetime],
    ) -> None:
        self._teams = teams
        self._ledger = ledger
        self._table = table
        self._alerts = alerts
        self._now = now
        self._settled: set[PostingKey] = set()
        self._late: set[PostingKey] | None = None

    async def tick(self) -> None:
        """Alert of what was missed; raises DatabaseUnavailable."""
        now, plans = self._now(), dict(self._plans())
        since = await self._since(plans, now)
        late = [
            post
            for wanted, plan in plans.items()
            for post in _over(wanted, plan, now)
            if since[wanted] <= post.window_ends - plan.catch_up and post.key not in self._settled
        ]
        # Right after a start there is nothing to compare with; later on a clock may be wrong for a moment.
        sure = [one for one in late if self._late is None or one.key in self._late]
        self._late = {one.key for one in late}
        missed = [one.key for one in sure if await self._ledger.was_missed(one)]
        self._settled |= {one.key for one in sure}
        self._settled = {key for key in self._settled if key.local_date > now.date() - SETTLED_FOR}
        for key in missed:
            log.error("posting.missed", team=key.team, kind=key.kind.value, on=key.local_date.isoformat())
        await self._alerts.missed(missed)

    def _plans(self) -> Iterator[tuple[PlanKey, DigestPlan]]:
        for team in self._teams:
            for kind, plan in ((PostingKind.DIGEST, team.settings.digest), (PostingKind.REPORT, team.settings.report)):
                if plan is not None:
                    yield (team.name, kind), plan

    async def _since(self, plans: Mapping[PlanKey, DigestPlan], now: datetime) -> dict[PlanKey, datetime]:
        """Return since when each plan is as it is, and store those that are new or gone."""
        stored = {(one.team, one.kind): one for one in await self._table.list()}
        current: dict[PlanKey, WatchedPlan] = {}
        for (team, kind), plan in plans.items():
            words = f"{plan.at} {plan.timezone.key} {sorted(plan.days)}"
            known = stored.get((team, kind))
            if known is None or known.plan != words:
                known = WatchedPlan(team=team, kind=kind, plan=words, since=now)
            current[team, kind] = known
        new = [one for key, one in current.items() if stored.get(key) != one]
        gone = [one for key, one in stored.items() if key not in current]
        if new or gone:
            await self._table.change(put=new, drop=gone)
        return {key: one.since for key, one in current.items()}


def _over(wanted: PlanKey, plan: DigestPlan, now: datetime) -> Iterator[ScheduledPost]:
    """List what was due in a day whose last chance has just passed."""
    behind = plan.catch_up + REPORT_AFTER
    for due in takewhile(lambda due: due.at <= now - behind, upcoming(plan, now - behind - MISSED_LOOK_BACK)):
        team, kind = wanted
        yield ScheduledPost(team=team, kind=kind, local_date=due.on, window_ends=due.at + plan.catch_up)
