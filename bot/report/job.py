"""Post each team's weekly report, on its day or on demand, with the chart in its thread; each exactly once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from bot.config.plans import DigestPlan
from bot.delivery.due import Due, within_reach
from bot.delivery.ledger import ScheduledPost
from bot.delivery.publisher import DeliveryFailure, NotYetError, Publisher
from bot.delivery.targets import ChannelMessage, ThreadImage
from bot.flashduty import Flashduty, FlashdutyError
from bot.messages import PostedMessage
from bot.report.chart import NotDrawnError, draw_chart
from bot.report.gather import chart_data, gather_report
from bot.report.messages import alt_text, chart_title, report
from bot.report.model import WeeklyReport
from bot.runtime.tasks import BackgroundTasks
from bot.slack.workspace import Picture, Workspace
from bot.storage import rate_limits
from bot.storage.notes import Notes
from bot.storage.postings import DatabaseUnavailable, PostingKey
from bot.storage.rate_limits import SharedRateLimiter
from bot.teams.access import SlackPerson, Team, Teams

log = structlog.get_logger(__name__)

REPORT: Final = "report"
REPORT_ON_DEMAND: Final = "report by hand"
REPORT_ASKED_FOR: Final = "report asked for"
REPORT_ON_DEMAND_WINDOW: Final = timedelta(hours=1)
REPORT_TIMEOUT: Final = 60.0
# On-demand reports whose chart is not posted yet; after this nobody needs it any more.
CHARTS: Final = "charts to post"
CHART_WINDOW: Final = timedelta(hours=3)


class ReportJob:
    """The reports of all teams; a report is cached until its chart is posted, so that it is read once."""

    def __init__(
        self,
        *,
        teams: Teams,
        publisher: Publisher,
        workspace: Workspace,
        rate_limiter: SharedRateLimiter,
        tasks: BackgroundTasks,
        notes: Notes,
        now: Callable[[], datetime],
    ) -> None:
        self._teams = teams
        self._publisher = publisher
        self._workspace = workspace
        self._target = ChannelMessage(workspace)
        self._rate_limiter = rate_limiter
        self._tasks = tasks
        self._notes = notes
        self._now = now
        self._cached: dict[PostingKey, WeeklyReport] = {}

    async def tick(self) -> None:
        """Post the reports that are due, not posted yet and not too late, and the missing charts."""
        now = self._now()
        plans = [(team, team.settings.report) for team in self._teams if team.settings.report]
        due = [(team, plan, due) for team, plan in plans for due in within_reach(plan, now)]
        await asyncio.gather(*(self._deliver(*each) for each in due), self._post_missing_charts())

    async def _deliver(self, team: Team, plan: DigestPlan, due: Due) -> None:
        post = ScheduledPost(team.name, REPORT, due.on, due.at + plan.catch_up)

        async def compose() -> PostedMessage:
            return PostedMessage(report(await self._gather(post.key, team), due.on))

        await self._publisher.deliver(post, plan.channel, compose, way=self._target)
        try:
            address = await self._publisher.address(post.key)
            if address is not None:
                await self._add_chart(team, post, replace(post, kind=f"{REPORT} chart"), address=address)
        except DatabaseUnavailable as error:
            log.error("report.address_unknown", team=team.name, why=str(error))  # noqa: TRY400 - the driver's words

    async def post_on_demand(
        self, team: Team, flashduty: Flashduty, *, person: SlackPerson, channel: str, minute: datetime
    ) -> tuple[str, str] | DeliveryFailure | None:
        """Post the last seven days now, marked with the person's name; return the address, or why it may not be posted.

        The chart is posted in the background. Requests within one minute post once, retries included. Raises
        FlashdutyError and DatabaseUnavailable.
        """
        on = minute.astimezone(team.timezone).date()
        found = await gather_report(flashduty, team, on)

        async def compose() -> PostedMessage:
            return PostedMessage(report(found, on, asked_by=person.name))

        kind = f"{REPORT_ON_DEMAND} {channel} {minute:%H:%M}"
        post = ScheduledPost(team.name, kind, on, minute + REPORT_ON_DEMAND_WINDOW)
        # Stored before the report is posted, so that the chart follows also after a crash in between.
        await self._notes.write(team.name, CHARTS, post.kind, on.isoformat(), minute + CHART_WINDOW)
        outcome = await self._publisher.by_hand(post, channel, compose, way=self._target)
        if isinstance(outcome, tuple):
            self._cached[post.key] = found
            self._tasks.start(self._post_missing_chart(team, post, minute + CHART_WINDOW), name="chart")
        return outcome

    async def _post_missing_charts(self) -> None:
        """Add the charts that on-demand reports lack."""
        teams = {team.name: team for team in self._teams}
        try:
            missing = await self._notes.all_of(CHARTS, self._now())
        except DatabaseUnavailable as error:
            log.warning("report.charts_postponed", why=str(error))
            return
        for name, kind, on in missing:
            if (team := teams.get(name)) is not None:
                post = ScheduledPost(name, kind, date.fromisoformat(on), self._now() + CHART_WINDOW)
                await self._post_missing_chart(team, post, post.window_ends)

    async def _post_missing_chart(self, team: Team, post: ScheduledPost, until: datetime) -> None:
        """Add the chart to an on-demand report that was posted, and drop the note about it."""
        # Nobody waits for the chart: it is retried, and its failures are reported, like those of a scheduled post.
        kind = f"{post.kind.replace(REPORT_ON_DEMAND, REPORT_ASKED_FOR)} chart"
        chart = replace(post, kind=kind, window_ends=until)
        try:
            address = await self._publisher.address(post.key)
            if address is not None and await self._add_chart(team, post, chart, address=address):
                await self._notes.drop(team.name, CHARTS, post.kind)
        except DatabaseUnavailable as error:
            log.warning("report.chart_postponed", team=team.name, why=str(error))

    async def _add_chart(
        self, team: Team, post: ScheduledPost, chart: ScheduledPost, *, address: tuple[str, str]
    ) -> bool:
        """Post the chart into a report's thread; return whether it is there. Raises DatabaseUnavailable."""
        channel, thread = address
        filename = f"week-until-{post.on}.png"

        async def compose() -> Picture:
            return await self._picture(post.key, team, filename)

        await self._publisher.deliver(chart, channel, compose, way=ThreadImage(self._workspace, thread, filename))
        is_there = await self._publisher.address(chart.key) is not None
        if is_there:
            self._cached.pop(post.key, None)
        return is_there

    async def _picture(self, key: PostingKey, team: Team, filename: str) -> Picture:
        """Draw the chart; raises NotYetError."""
        found = await self._gather(key, team)
        if not found.days:
            self._cached.pop(key, None)
            raise NotYetError("chart: no days")
        try:
            content = await draw_chart(chart_data(found))
        except NotDrawnError as why:
            raise NotYetError(f"chart: {why}") from None
        return Picture(filename, content, title=chart_title(found), alt_text=alt_text(found))

    async def _gather(self, key: PostingKey, team: Team) -> WeeklyReport:
        """Read the week once for numbers and chart; raises NotYetError."""
        if key not in self._cached:
            limit = rate_limits.flashduty(team.account)
            deadline = asyncio.get_running_loop().time() + REPORT_TIMEOUT
            flashduty = team.flashduty.until(deadline).in_turn(lambda: self._rate_limiter.wait(limit))
            try:
                self._cached[key] = await gather_report(flashduty, team, key.local_date)
            except FlashdutyError as error:
                raise NotYetError(f"{error.operation.path}: {error.raw_code or type(error).__name__}") from None
        return self._cached[key]
