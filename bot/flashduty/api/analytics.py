"""Analytics: each call beside its operation and the type of its response."""

from typing import Final

from bot.flashduty.calls import ApiCaller
from bot.flashduty.envelope import Envelope
from bot.flashduty.models.analytics import Figures, FiguresTable, InsightQuery, NoisyCheck, NoisyChecks
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.responses import Expected

_ANALYTICS: Final = "/en/api-reference/on-call/analytics"

INSIGHT_TEAM: Final = Operation(
    "/insight/team", Kind.READ, f"{_ANALYTICS}/insight-by-team", permission="Analytics Read"
)
INSIGHT_ACCOUNT: Final = Operation(
    "/insight/account", Kind.READ, f"{_ANALYTICS}/insight-by-account", permission="Analytics Read"
)
NOISIEST_CHECKS: Final = Operation(
    "/insight/alert/topk-by-label", Kind.READ, f"{_ANALYTICS}/insight-topk-alerts-by-label", permission="Analytics Read"
)

FIGURES: Final = Expected(Envelope[FiguresTable], FiguresTable.empty)
NOISY_CHECKS: Final = Expected(Envelope[NoisyChecks], NoisyChecks.empty)


class AnalyticsApi(ApiCaller):
    """The calls about figures."""

    async def figures(self, query: InsightQuery) -> tuple[Figures, ...]:
        """Read the analytics of the query's teams, or of the whole account.

        Needs the permission Analytics Read, and a licence. Source: /en/api-reference/on-call/analytics/insight-by-team
        and insight-by-account.
        """
        operation = INSIGHT_TEAM if query.team_ids else INSIGHT_ACCOUNT
        return (await self._call(operation, query.body(), FIGURES)).items

    async def noisiest_checks(self, query: InsightQuery, count: int) -> tuple[NoisyCheck, ...]:
        """Read the 1 to 100 checks that raised the most alerts.

        Needs the permission Analytics Read. Source: /en/api-reference/on-call/analytics/insight-topk-alerts-by-label.
        """
        body = query.body() | {"label": "check", "k": count, "orderby": "total_alert_cnt"}
        return (await self._call(NOISIEST_CHECKS, body, NOISY_CHECKS)).items
