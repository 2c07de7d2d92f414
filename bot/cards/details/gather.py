"""Read everything about one incident, each part by itself: none waits for another, and none fails for another."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

import structlog

from bot.cards.details.model import DetailsContents, SimilarIncidents, ToldTimeline
from bot.cards.timeline.gather import gather_cast
from bot.cards.timeline.summary import SummarySources, told_with_presses
from bot.flashduty import AlertPage, Flashduty, FlashdutyError, Incident
from bot.flashduty.models.timeline_details import Notified
from bot.incidents.attribution import Attributions
from bot.incidents.holders import Attribution
from bot.incidents.queries import people_of
from bot.teams.team import Team

log = structlog.get_logger(__name__)

READ_ALERTS: Final = 30
READ_PAST_INCIDENTS: Final = 5

T = TypeVar("T")
Show = Callable[[DetailsContents], Awaitable[None]]


async def gather_details(
    flashduty: Flashduty,
    start: DetailsContents,
    *,
    team: Team,
    sources: SummarySources,
    attributions: Attributions,
    show: Show,
    step: float,
) -> DetailsContents:
    """Read the parts at once: five calls at most for a timeline of a hundred entries; what failed is its own part.

    While some are not read, `show` gets what there is after `step` seconds, and again whenever more has come.
    """
    incident, known = start.incident, start.known
    reads: Mapping[str, Coroutine[Any, Any, object]] = {
        "people": people_of(flashduty, [incident], remembered_will_do=True),
        "timeline": _or_error(incident, read_told_timeline(flashduty, incident, known, team=team, sources=sources)),
        "alerts": _or_error(incident, _alerts(flashduty, incident)),
        "similar": _or_error(incident, _similar(flashduty, incident, attributions, team=team)),
    }
    tasks = {asyncio.create_task(read, name=f"{name} of {incident.id}"): name for name, read in reads.items()}
    pending, contents, is_shown = set(tasks), start, False
    try:
        while pending:
            done, pending = await asyncio.wait(pending, timeout=step)
            contents = replace(contents, **{tasks[one]: one.result() for one in done})  # type: ignore[arg-type]
            if pending and (done or not is_shown):
                await show(contents)
                is_shown = True
    finally:
        for one in pending:
            one.cancel()
    return contents


async def read_told_timeline(
    flashduty: Flashduty, incident: Incident, known: Attribution, *, team: Team, sources: SummarySources
) -> ToldTimeline:
    """Read a timeline and the people whom it names, those who were notified as well. Raises FlashdutyError."""
    timeline = await flashduty.timeline(incident.id)
    told = await told_with_presses(timeline.entries, incident, known, team=team, sources=sources)
    notices = (one.entry.detail for one in told if isinstance(one.entry.detail, Notified))
    notified = {receiver.person_id for notice in notices for receiver in notice.receivers if receiver.person_id > 0}
    cast = await gather_cast(flashduty, incident, told, also=notified)
    return ToldTimeline(told=told, cast=cast, is_complete=timeline.is_complete)


async def _alerts(flashduty: Flashduty, incident: Incident) -> AlertPage:
    return await flashduty.alerts_of(incident.id, READ_ALERTS)


async def _similar(
    flashduty: Flashduty, incident: Incident, attributions: Attributions, *, team: Team
) -> SimilarIncidents:
    found = await flashduty.past_incidents(incident.id, limit=READ_PAST_INCIDENTS)
    return SimilarIncidents(found=found, known=await attributions.of(team.name, found))


async def _or_error(incident: Incident, read: Awaitable[T]) -> T | FlashdutyError:
    try:
        return await read
    except FlashdutyError as error:
        log.warning("details.part_unread", incident=incident.id, code=error.raw_code or str(error))
        return error
