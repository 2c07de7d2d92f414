"""Post each team's weekly report, on its day or on demand, with the chart in it or in its thread; each exactly once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.config.plans import DigestPlan
from bot.delivery.due import Due, due_now
from bot.delivery.model import DeliveryOutcome, NotYetError, PostedAt, ScheduledPost
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ThreadImage
from bot.flashduty import Flashduty, FlashdutyError
from bot.people.audiences import Audiences
from bot.report.chart import NotDrawnError, draw_chart
from bot.report.gather import chart_data, gather_report
from bot.report.messages import alt_text, chart_title, report
from bot.report.model import WeeklyReport
from bot.report.target import DrawnReport, ReportMessage
from bot.runtime.tasks import BackgroundTasks
from bot.slack.api import SlackError
from bot.slack.workspace import Picture, Workspace
from bot.storage import rate_limits
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.outbox import OutboxTable
from bot.storage.postings import PostingKey, PostingKind
from bot.storage.rate_limits import SharedRateLimiter
from bot.teams.access import SlackPerson, Team, Teams

log = structlog.get_logger(__name__)

REPORT_ON_DEMAND_WINDOW: Final = timedelta(hours=1)
REPORT_TIMEOUT: Final = 60.0
# On-demand reports whose chart is not posted yet; after this it is not posted any more.
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
        outbox: OutboxTable,
        audiences: Audiences,
        now: Callable[[], datetime],
    ) -> None:
        self._teams = teams
        self._publisher = publisher
        self._workspace = workspace
        self._target = ReportMessage(workspace)
        self._rate_limiter = rate_limiter
        self._tasks = tasks
        self._outbox = outbox
        self._audiences = audiences
        self._now = now
        self._cached: dict[PostingKey, WeeklyReport] = {}
        self._pictures: dict[PostingKey, Picture] = {}
        self._uploaded: dict[PostingKey, str] = {}

    async def tick(self) -> None:
        """Post the reports that are due, not posted yet and not too late, and the missing charts."""
        now = self._now()
        plans = [(team, team.settings.report) for team in self._teams if team.settings.report]
        due = [(team, plan, due) for team, plan in plans for due in due_now(plan, now)]
        await asyncio.gather(*(self._deliver(*each) for each in due), self._post_missing_charts())

    async def _deliver(self, team: Team, plan: DigestPlan, due: Due) -> None:
        post = ScheduledPost(
            team=team.name, kind=PostingKind.REPORT, local_date=due.on, window_ends=due.at + plan.catch_up
        )

        async def compose() -> DrawnReport:
            return await self._drawn(team, post.key, await self._gather(post.key, team))

        await self._publisher.deliver(post, plan.channel, compose, target=self._target)
        try:
            address = await self._publisher.address(post.key)
            if address is not None:
                await self._add_chart(team, post.key, replace(post, kind=PostingKind.CHART), under=address)
        except DatabaseUnavailable as error:
            log.error("report.address_unknown", team=team.name, why=str(error))  # noqa: TRY400 - the driver's words

    async def post_on_demand(
        self, team: Team, flashduty: Flashduty, *, person: SlackPerson, channel: str, minute: datetime
    ) -> DeliveryOutcome:
        """Post the last seven days now, marked with the person's name; return the address, or why it may not be posted.

        The chart is posted in the background. Requests within one minute post once, retries included. Raises
        FlashdutyError and DatabaseUnavailable.
        """
        on = minute.astimezone(team.timezone).date()
        found = await gather_report(flashduty, team, on)

        async def compose() -> DrawnReport:
            return await self._drawn(team, post.key, found, asked_by=person.name)

        post = ScheduledPost(
            team=team.name,
            kind=PostingKind.REPORT_ON_DEMAND,
            subject=f"{channel} {minute:%H:%M}",
            local_date=on,
            window_ends=minute + REPORT_ON_DEMAND_WINDOW,
        )
        # Stored before the report is posted, so that the chart follows also after a crash in between.
        until = minute + CHART_WINDOW
        await self._outbox.put_chart(post.key, created_at=self._now(), kept_until=until)
        outcome = await self._publisher.deliver_on_demand(post, channel, compose, target=self._target)
        if isinstance(outcome, PostedAt):
            self._cached[post.key] = found
            self._tasks.start(self._post_missing_chart(team, post.key, until), name="chart")
        return outcome

    async def _post_missing_charts(self) -> None:
        """Add the charts that on-demand reports lack."""
        teams = {team.name: team for team in self._teams}
        try:
            missing = await self._outbox.charts(self._now())
        except DatabaseUnavailable as error:
            log.warning("report.charts_postponed", why=str(error))
            return
        for key in missing:
            if (team := teams.get(key.team)) is not None:
                await self._post_missing_chart(team, key, self._now() + CHART_WINDOW)

    async def _post_missing_chart(self, team: Team, key: PostingKey, until: datetime) -> None:
        """Add the chart to an on-demand report that was posted, and drop it from the outbox."""
        # Nobody waits for the chart: it is retried, and its failures are reported, like those of a scheduled post.
        chart = ScheduledPost(
            team=key.team,
            kind=PostingKind.CHART_ON_DEMAND,
            subject=key.subject,
            local_date=key.local_date,
            window_ends=until,
        )
        try:
            address = await self._publisher.address(key)
            if address is not None and await self._add_chart(team, key, chart, under=address):
                await self._outbox.drop_chart(key)
        except DatabaseUnavailable as error:
            log.warning("report.chart_postponed", team=team.name, why=str(error))

    async def _add_chart(self, team: Team, key: PostingKey, chart: ScheduledPost, *, under: PostedAt) -> bool:
        """Post the chart into a report's thread; return whether it is there. Raises DatabaseUnavailable."""
        filename = _filename(key)

        async def compose() -> Picture | None:
            return None if await self._target.shows_chart(under) else await self._picture(key, team)

        target = ThreadImage(self._workspace, thread=under.ts, filename=filename)
        await self._publisher.deliver(chart, under.channel, compose, target=target)
        is_there = await self._publisher.address(chart.key) is not None
        if is_there:
            self._cached.pop(key, None)
            self._pictures.pop(key, None)
            self._uploaded.pop(key, None)
        return is_there

    async def _drawn(
        self, team: Team, key: PostingKey, found: WeeklyReport, *, asked_by: str | None = None
    ) -> DrawnReport:
        """Draw a report, with its chart where that can be drawn and uploaded now."""
        to = await self._audiences.of_channel(team)
        plain = report(to, found, key.local_date, asked_by=asked_by)
        picture = await self._upload(team, key, found)
        if picture is None:
            return DrawnReport(plain, None)
        return DrawnReport(plain, report(to, found, key.local_date, asked_by=asked_by, picture=picture))

    async def _upload(self, team: Team, key: PostingKey, found: WeeklyReport) -> str | None:
        """Upload the chart for the report itself, once; None where the chart has to follow in the thread."""
        if key not in self._uploaded and found.days:
            try:
                picture = await self._picture_of(team, key, found)
                self._uploaded[key] = await self._workspace.upload(None, picture)
            except (NotYetError, SlackError) as why:
                log.warning("report.chart_follows", team=team.name, why=str(why))
        return self._uploaded.get(key)

    async def _picture(self, key: PostingKey, team: Team) -> Picture:
        """Draw the chart; raises NotYetError."""
        found = await self._gather(key, team)
        if not found.days:
            self._cached.pop(key, None)
            raise NotYetError("chart: no days")
        return await self._picture_of(team, key, found)

    async def _picture_of(self, team: Team, key: PostingKey, found: WeeklyReport) -> Picture:
        """Draw the chart once for message and thread; raises NotYetError."""
        if key in self._pictures:
            return self._pictures[key]
        to = await self._audiences.of_channel(team)
        try:
            content = await draw_chart(chart_data(found))
        except NotDrawnError as why:
            raise NotYetError(f"chart: {why}") from None
        self._pictures[key] = Picture(
            _filename(key), content, title=chart_title(to, found), alt_text=alt_text(to, found)
        )
        return self._pictures[key]

    async def _gather(self, key: PostingKey, team: Team) -> WeeklyReport:
        """Read the week once for numbers and chart; raises NotYetError."""
        if key not in self._cached:
            limit = rate_limits.flashduty(team.account)
            deadline = asyncio.get_running_loop().time() + REPORT_TIMEOUT
            to = await self._audiences.of_channel(team)
            flashduty = team.flashduty.speaking(to.language.code).until(deadline)
            flashduty = flashduty.with_shared_limit(lambda: self._rate_limiter.wait(limit))
            try:
                self._cached[key] = await gather_report(flashduty, team, key.local_date)
            except FlashdutyError as error:
                raise NotYetError(f"{error.operation.path}: {error.raw_code or type(error).__name__}") from None
        return self._cached[key]


def _filename(key: PostingKey) -> str:
    return f"week-until-{key.local_date}.png"
