"""Schedules: each call beside its operation and the type of its response."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.flashduty.calls import ApiCaller
from bot.flashduty.envelope import Envelope
from bot.flashduty.models.schedules import Schedule, SchedulePage, Schedules
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.paging import Page, read_pages
from bot.flashduty.responses import Expected

SCHEDULES_PER_PAGE: Final = 100
MAX_SCHEDULE_SPAN: Final = timedelta(days=45)

SCHEDULE_LIST: Final = Operation("/schedule/list", Kind.READ, "/en/api-reference/on-call/schedules/schedule-list")

SCHEDULE_PAGE: Final = Expected(Envelope[SchedulePage], SchedulePage.empty)


class ScheduleApi(ApiCaller):
    """The calls about schedules."""

    async def schedules(
        self, start: datetime, end: datetime, *, team_ids: Sequence[int] = (), text: str | None = None
    ) -> Schedules:
        """Read all schedules, once each, with their shifts between two aware times less than 45 days apart.

        Limited to Flashduty teams, and to names with `text` in them. Reads pages of 100, one call each. Raises
        ValueError for a longer span. Source: /en/api-reference/on-call/schedules/schedule-list.
        """
        if not timedelta(0) < end - start < MAX_SCHEDULE_SPAN:
            raise ValueError(f"a span of {end - start}, Flashduty takes less than {MAX_SCHEDULE_SPAN.days} days")
        body: dict[str, Any] = {"start": int(start.timestamp()), "end": int(end.timestamp())}
        body |= {name: value for name, value in {"team_ids": list(team_ids), "query": text}.items() if value}
        found: dict[int, Schedule] = {}

        async def read_page(number: int) -> Page[int, Schedule, int]:
            page = await self._call(SCHEDULE_LIST, body | {"p": number, "limit": SCHEDULES_PER_PAGE}, SCHEDULE_PAGE)
            new = {one.id for one in page.items} - found.keys()
            return Page(
                [(one.id, one) for one in page.items],
                has_more=len(found) + len(new) < page.total,
                # Numbered pages after an empty one are empty, whatever `total` is.
                following=number + 1 if page.items else None,
            )

        is_complete = await read_pages(read_page, 1, found)
        if not found and not is_complete:
            raise self._unusable(SCHEDULE_LIST)
        return Schedules(found.values(), is_complete=is_complete)
