"""Post a team's weekly report: the numbers, and the chart in the thread under them."""

from dataclasses import dataclass
from datetime import date

import structlog

from bot.chart import NotDrawnError, draw
from bot.flashduty import Flashduty
from bot.messages.report import alt_text, chart_title, report
from bot.report import Report, gather_report, plotted
from bot.teams import Team
from bot.workspace import Picture, SlackUnwilling, Workspace

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WeeklyReports:
    """What it takes to post a report; when one is due, and whether it was posted, is decided elsewhere."""

    workspace: Workspace

    async def post(self, flashduty: Flashduty, team: Team, on: date, *, channel: str, once: str) -> str:
        """Post the seven days before a local date and return the message's address.

        Without the chart the numbers are still there, so its failure is only logged. Raises FlashdutyError when the
        numbers cannot be read and SlackUnwilling when they cannot be posted.
        """
        found = await gather_report(flashduty, team, on)
        at = await self.workspace.post(channel, report(found, on), once=once)
        await self.add_chart(found, channel, at)
        return at

    async def add_chart(self, found: Report, channel: str, thread: str) -> None:
        """Draw the chart and put it under the numbers; what stands in the way is logged."""
        try:
            content = await draw(plotted(found))
            picture = Picture(f"week-{found.days[-1].on}.png", content, chart_title(found), alt_text(found))
            await self.workspace.upload(channel, picture, thread=thread)
        except NotDrawnError as why:
            log.warning("chart not drawn", team=found.team, why=str(why))
        except SlackUnwilling as refusal:
            log.warning("chart not uploaded", team=found.team, method=refusal.method, code=refusal.code)
