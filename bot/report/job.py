"""Post each team's weekly report on its day, and the chart in the thread under the numbers; each exactly once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from bot.delivery.due import DigestPlan, Due, within_reach
from bot.delivery.ledger import ScheduledPost
from bot.delivery.publisher import DeliveryFailure, NotYetError, Publisher
from bot.delivery.targets import ChannelMessage, ThreadImage
from bot.flashduty import Flashduty, FlashdutyError
from bot.messages import PostedMessage
from bot.report.chart import NotDrawnError, draw_chart
from bot.report.gather import chart_data, gather_report
from bot.report.messages import alt_text, chart_title, report
from bot.report.model import Report
from bot.runtime.tasks import BackgroundTasks
from bot.slack.workspace import Picture, Workspace
from bot.storage import rate_limits as turns
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
# Reports that were asked for and may still lack their chart, until nobody wants it any more.
CHARTS: Final = "charts to post"
CHART_WINDOW: Final = timedelta(hours=3)


@dataclass(frozen=True)
class ReportJob:
    """The reports of all teams; `held` saves a second reading for the chart."""

    teams: Teams
    publisher: Publisher
    workspace: Workspace
    turns: SharedRateLimiter
    work: BackgroundTasks
    notes: Notes
    now: Callable[[], datetime]
    held: dict[PostingKey, Report] = field(default_factory=dict, repr=False)

    async def tick(self) -> None:
        """Post what is due, not there and not too late."""
        now = self.now()
        plans = [(team, team.report) for team in self.teams if team.report]
        due = [(team, plan, due) for team, plan in plans for due in within_reach(plan, now)]
        await asyncio.gather(*(self._deliver(*each) for each in due), self._complete())

    async def _deliver(self, team: Team, plan: DigestPlan, due: Due) -> None:
        occasion = ScheduledPost(team.name, REPORT, due.on, due.at + plan.catch_up)

        async def compose() -> PostedMessage:
            return PostedMessage(report(await self._gathered(occasion.key, team), due.on))

        await self.publisher.deliver(occasion, plan.channel, compose, ChannelMessage(self.workspace))
        try:
            posted = await self.publisher.address(occasion.key)
            if posted is not None:
                await self._add_chart(team, occasion, replace(occasion, kind=f"{REPORT} chart"), *posted)
        except DatabaseUnavailable as error:
            log.error("report not looked up", team=team.name, why=str(error))  # noqa: TRY400 - the driver's words

    async def by_hand(
        self, team: Team, flashduty: Flashduty, person: SlackPerson, channel: str, minute: datetime
    ) -> tuple[str, str] | DeliveryFailure | None:
        """Post the week until yesterday now, with the name of whoever asked; give where it is, or why it may not be.

        The chart follows by itself. Asked for twice within a minute it comes once, also when it is tried again later
        on. Raises FlashdutyError and StoreUnavailable.
        """
        on = minute.astimezone(team.timezone).date()
        found = await gather_report(flashduty, team, on)

        async def compose() -> PostedMessage:
            return PostedMessage(report(found, on, asked_by=person.name))

        occasion = ScheduledPost(
            team.name, f"{REPORT_ON_DEMAND} {channel} {minute:%H:%M}", on, minute + REPORT_ON_DEMAND_WINDOW
        )
        # Kept before the report is posted, so that an end of the process in between loses no chart.
        await self.notes.write(team.name, CHARTS, occasion.kind, on.isoformat(), minute + CHART_WINDOW)
        ended = await self.publisher.by_hand(occasion, channel, compose, ChannelMessage(self.workspace))
        if isinstance(ended, tuple):
            self.held[occasion.key] = found
            self.work.start(self._complete_one(team, occasion, minute + CHART_WINDOW), name="chart")
        return ended

    async def _complete(self) -> None:
        """Add the charts that reports by hand still lack."""
        teams = {team.name: team for team in self.teams}
        try:
            lacking = await self.notes.all_of(CHARTS, self.now())
        except DatabaseUnavailable as error:
            log.warning("charts left for later", why=str(error))
            return
        for name, kind, on in lacking:
            if (team := teams.get(name)) is not None:
                told = ScheduledPost(name, kind, date.fromisoformat(on), self.now() + CHART_WINDOW)
                await self._complete_one(team, told, told.window_ends)

    async def _complete_one(self, team: Team, told: ScheduledPost, until: datetime) -> None:
        """Add the chart to a report by hand that is there, and forget it when it has one."""
        # Nobody waits for the chart, so it is tried again and told like what comes by itself.
        chart = replace(told, kind=f"{told.kind.replace(REPORT_ON_DEMAND, REPORT_ASKED_FOR)} chart", window_ends=until)
        try:
            posted = await self.publisher.address(told.key)
            if posted is not None and await self._add_chart(team, told, chart, *posted):
                await self.notes.drop(team.name, CHARTS, told.kind)
        except DatabaseUnavailable as error:
            log.warning("chart left for later", team=team.name, why=str(error))

    async def _add_chart(
        self, team: Team, told: ScheduledPost, chart: ScheduledPost, channel: str, thread: str
    ) -> bool:
        """Put the chart under a report; tell whether it is there. Raises DatabaseUnavailable."""
        filename = f"week-until-{told.on}.png"

        async def compose() -> Picture:
            found = await self._gathered(told.key, team)
            if not found.days:
                self.held.pop(told.key, None)
                raise NotYetError("chart: no days")
            try:
                content = await draw_chart(chart_data(found))
            except NotDrawnError as why:
                raise NotYetError(f"chart: {why}") from None
            return Picture(filename, content, chart_title(found), alt_text(found))

        await self.publisher.deliver(chart, channel, compose, ThreadImage(self.workspace, thread, filename))
        is_there = await self.publisher.address(chart.key) is not None
        if is_there:
            self.held.pop(told.key, None)
        return is_there

    async def _gathered(self, key: PostingKey, team: Team) -> Report:
        """Read the week, once for numbers and chart; raises NotYetError."""
        if key not in self.held:
            queue = turns.flashduty(team.account)
            deadline = asyncio.get_running_loop().time() + REPORT_TIMEOUT
            flashduty = team.flashduty.until(deadline).in_turn(lambda: self.turns.wait(queue))
            try:
                self.held[key] = await gather_report(flashduty, team, key.local_date)
            except FlashdutyError as error:
                raise NotYetError(f"{error.operation.path}: {error.raw_code or type(error).__name__}") from None
        return self.held[key]
