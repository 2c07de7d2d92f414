"""Post each team's weekly report on its day, and the chart in the thread under the numbers; each exactly once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot import turns
from bot.chart import NotDrawnError, draw
from bot.digest_times import DigestPlan, Due, within_reach
from bot.flashduty import Flashduty, FlashdutyError
from bot.ledger import Occasion
from bot.messages import Posting
from bot.messages.report import alt_text, chart_title, report
from bot.poster import NotYetError, Poster, Trouble
from bot.report import Report, gather_report, plotted
from bot.store import Key, StoreUnavailable
from bot.teams import SlackPerson, Team, Teams
from bot.turns import Turns
from bot.ways import AsMessage, AsPictureInThread
from bot.work import Work
from bot.workspace import Picture, Workspace

log = structlog.get_logger(__name__)

REPORT: Final = "report"
BY_HAND: Final = "report by hand"
BY_HAND_WINDOW: Final = timedelta(hours=1)
PATIENCE: Final = 60.0


@dataclass(frozen=True)
class WeeklyReports:
    """The reports of all teams; `held` saves a second reading for the chart."""

    teams: Teams
    poster: Poster
    workspace: Workspace
    turns: Turns
    work: Work
    now: Callable[[], datetime]
    held: dict[Key, Report] = field(default_factory=dict, repr=False)

    async def tick(self) -> None:
        """Post what is due, not there and not too late."""
        now = self.now()
        plans = [(team, team.report) for team in self.teams if team.report]
        due = [(team, plan, due) for team, plan in plans for due in within_reach(plan, now)]
        await asyncio.gather(*(self._deliver(*each) for each in due))

    async def _deliver(self, team: Team, plan: DigestPlan, due: Due) -> None:
        occasion = Occasion(team.name, REPORT, due.on, due.at + plan.catch_up)

        async def compose() -> Posting:
            return Posting(report(await self._gathered(occasion.key, team), due.on))

        await self.poster.deliver(occasion, plan.channel, compose, AsMessage(self.workspace))
        try:
            posted = await self.poster.address(occasion.key)
        except StoreUnavailable as error:
            log.error("report not looked up", team=team.name, why=str(error))  # noqa: TRY400 - the driver's words
            return
        if posted is not None:
            await self._add_chart(team, occasion, *posted)

    async def by_hand(
        self, team: Team, flashduty: Flashduty, person: SlackPerson, channel: str, minute: datetime
    ) -> tuple[str, str] | Trouble | None:
        """Post the week until yesterday now, with the name of whoever asked; give where it is, or why it may not be.

        The chart follows by itself. Asked for twice within a minute it comes once, also when it is tried again later
        on. Raises FlashdutyError and StoreUnavailable.
        """
        on = minute.astimezone(team.timezone).date()
        found = await gather_report(flashduty, team, on)

        async def compose() -> Posting:
            return Posting(report(found, on, asked_by=person.name))

        occasion = Occasion(team.name, f"{BY_HAND} {channel} {minute:%H:%M}", on, minute + BY_HAND_WINDOW)
        ended = await self.poster.by_hand(occasion, channel, compose, AsMessage(self.workspace))
        if isinstance(ended, tuple):
            self.held[occasion.key] = found
            self.work.start(self._add_chart(team, occasion, *ended), name="chart")
        return ended

    async def _add_chart(self, team: Team, told: Occasion, channel: str, thread: str) -> None:
        filename = f"week-until-{told.on}.png"

        async def compose() -> Picture:
            found = await self._gathered(told.key, team)
            try:
                content = await draw(plotted(found))
            except NotDrawnError as why:
                raise NotYetError(f"chart: {why}") from None
            return Picture(filename, content, chart_title(found), alt_text(found))

        occasion = Occasion(team.name, f"{told.kind} chart", told.on, told.window_ends)
        way = AsPictureInThread(self.workspace, thread, filename)
        await self.poster.deliver(occasion, channel, compose, way)
        if await self.poster.address(occasion.key) is not None:
            self.held.pop(told.key, None)

    async def _gathered(self, key: Key, team: Team) -> Report:
        """Read the week, once for numbers and chart; raises NotYetError."""
        if key not in self.held:
            queue = turns.flashduty(team.account)
            deadline = asyncio.get_running_loop().time() + PATIENCE
            flashduty = team.flashduty.until(deadline).in_turn(lambda: self.turns.wait(queue))
            try:
                self.held[key] = await gather_report(flashduty, team, key.nominal)
            except FlashdutyError as error:
                raise NotYetError(f"{error.operation.path}: {error.raw_code or type(error).__name__}") from None
        return self.held[key]
