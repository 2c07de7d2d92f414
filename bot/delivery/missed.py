"""Detects due posts that were not started, because the database or the bot was down for the whole window."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

import structlog

from bot.config.plans import DigestPlan
from bot.delivery.due import due_after
from bot.delivery.ledger import REPORT_AFTER, Ledger
from bot.delivery.model import ScheduledPost
from bot.delivery.operator_alerts import OperatorAlerts
from bot.storage.alerts.watched_plans import WatchedPlan, WatchedPlanTable
from bot.storage.postings import PostingKey, PostingKind
from bot.teams.access import Teams

log = structlog.get_logger(__name__)

MISSED_LOOK_BACK: Final = timedelta(days=1)
# Longer than a date can be checked again.
REPORTED_RETENTION: Final = timedelta(days=4)

# A team, and the kind of post of one of its plans.
PlanKey = tuple[str, PostingKind]


class MissedPosts:
    """Checks the last day, on start and every minute, and alerts once of each digest and report that was not started.

    The time at which a plan is first seen is stored. Posts due before it are not missed: the team is new, has moved its
    digest, or the database is empty.
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
        self._reported: set[PostingKey] = set()
        self._late: set[PostingKey] | None = None

    async def tick(self) -> None:
        """Alert of missed posts; raises DatabaseUnavailable."""
        now, plans = self._now(), dict(self._plans())
        since = await self._since(plans, now)
        late = [
            post
            for plan_key, plan in plans.items()
            for post in _ended_posts(plan_key, plan, now)
            if since[plan_key] <= post.window_ends - plan.catch_up and post.key not in self._reported
        ]
        # A clock may be wrong for a moment, so a post must be late in two ticks; the first tick has no predecessor.
        confirmed = [one for one in late if self._late is None or one.key in self._late]
        self._late = {one.key for one in late}
        missed = [one.key for one in confirmed if await self._ledger.was_missed(one)]
        self._reported |= {one.key for one in confirmed}
        self._reported = {key for key in self._reported if key.local_date > now.date() - REPORTED_RETENTION}
        for key in missed:
            log.error("posting.missed", team=key.team, kind=key.kind.value, on=key.local_date.isoformat())
        await self._alerts.missed(missed)

    def _plans(self) -> Iterator[tuple[PlanKey, DigestPlan]]:
        for team in self._teams:
            for kind, plan in ((PostingKind.DIGEST, team.settings.digest), (PostingKind.REPORT, team.settings.report)):
                if plan is not None:
                    yield (team.name, kind), plan

    async def _since(self, plans: Mapping[PlanKey, DigestPlan], now: datetime) -> dict[PlanKey, datetime]:
        """Return since when each plan is unchanged; store new plans and delete removed ones."""
        stored = {(one.team, one.kind): one for one in await self._table.list()}
        current: dict[PlanKey, WatchedPlan] = {}
        for (team, kind), plan in plans.items():
            description = f"{plan.at} {plan.timezone.key} {sorted(plan.days)}"
            known = stored.get((team, kind))
            if known is None or known.plan != description:
                known = WatchedPlan(team=team, kind=kind, plan=description, since=now)
            current[team, kind] = known
        new = [one for key, one in current.items() if stored.get(key) != one]
        gone = [one for key, one in stored.items() if key not in current]
        if new or gone:
            await self._table.change(put=new, drop=gone)
        return {key: one.since for key, one in current.items()}


def _ended_posts(plan_key: PlanKey, plan: DigestPlan, now: datetime) -> Iterator[ScheduledPost]:
    """Yield the posts of one day whose window and grace period have just ended."""
    overdue_by = plan.catch_up + REPORT_AFTER
    for due in takewhile(lambda due: due.at <= now - overdue_by, due_after(plan, now - overdue_by - MISSED_LOOK_BACK)):
        team, kind = plan_key
        yield ScheduledPost(team=team, kind=kind, local_date=due.on, window_ends=due.at + plan.catch_up)
