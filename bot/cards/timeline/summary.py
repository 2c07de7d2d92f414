"""Gather the summary of one incident for one person: what happened so far, and what comes next."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.cards.contents import ContentsReader
from bot.cards.model import CardContents
from bot.cards.timeline.gather import gather_cast
from bot.cards.timeline.presses import ActionPresses, key_owner_id
from bot.cards.timeline.story import is_told, told_entries
from bot.cards.timeline.told import Summary, Told
from bot.flashduty import Flashduty, FlashdutyError, Incident
from bot.flashduty.models.timeline import Timeline, TimelineEntry
from bot.flashduty.models.timeline_details import Commented, Notified
from bot.incidents.commenting.attribution_words import is_attribution
from bot.incidents.commenting.comments import is_blank
from bot.incidents.commenting.own_comments import OwnComments
from bot.incidents.holders import Attribution
from bot.storage.database_errors import DatabaseUnavailable
from bot.teams.learnt_actions import LearntActions
from bot.teams.team import Team

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class SummarySources:
    """What a summary is gathered from besides the timeline."""

    contents: ContentsReader
    own_comments: OwnComments
    learnt_actions: LearntActions
    presses: ActionPresses


async def gather_summary(
    flashduty: Flashduty, incident: Incident, known: Attribution, *, team: Team, sources: SummarySources
) -> Summary:
    """Read the timeline, the names it needs, and as for a card whom Flashduty pages next: three calls at most.

    Schedules that nobody has read for five minutes cost calls of their own, for a second at most.
    """
    timeline, pages = await asyncio.gather(
        _timeline(flashduty, incident), sources.contents.next_pages(team, flashduty, [incident])
    )
    coming = pages.get(incident.id)
    entries = timeline.entries if timeline is not None else ()
    told = await told_with_presses(entries, incident, known, team=team, sources=sources)
    comments = tuple(
        one for one in told if isinstance(one.entry.detail, Commented) and _says_something(one, one.entry.detail)
    )
    news = [one for one in told if is_told(one.entry) and not isinstance(one.entry.detail, Commented)]
    failed = tuple(one for one in news if isinstance(one.entry.detail, Notified))
    steps = tuple(one for one in news if not isinstance(one.entry.detail, Notified))
    cast = await gather_cast(
        flashduty, incident, (*news, *comments), also=coming.person_ids if coming is not None else ()
    )
    return Summary(
        contents=CardContents(incident=incident, people=cast.people, known=known, next_page=coming),
        cast=cast,
        steps=steps,
        comments=comments,
        failed_pages=failed,
        is_timeline_read=timeline is not None,
        is_complete=timeline is None or timeline.is_complete,
    )


async def told_with_presses(
    entries: Sequence[TimelineEntry], incident: Incident, known: Attribution, *, team: Team, sources: SummarySources
) -> tuple[Told, ...]:
    """Return entries with who pressed for them in Slack, and which comments were written here; no call is made."""
    await sources.learnt_actions.learn(team.name, incident.channel_id, entries)
    own = await _own(sources.own_comments, team, incident, entries=entries)
    presses = await sources.presses.of(team.name, incident.id, entries, owner=key_owner_id(team))
    return told_entries(entries, incident, known, own=own, presses=presses)


def _says_something(told: Told, comment: Commented) -> bool:
    """Whether it is more than the bot's own comment about who did what the steps tell."""
    return not (is_blank(comment.comment) or (told.is_written_here and is_attribution(comment.comment)))


async def _timeline(flashduty: Flashduty, incident: Incident) -> Timeline | None:
    try:
        return await flashduty.timeline(incident.id)
    except FlashdutyError as error:
        log.warning("summary.timeline_unread", incident=incident.id, code=error.raw_code or str(error))
        return None


async def _own(
    own_comments: OwnComments, team: Team, incident: Incident, *, entries: Sequence[TimelineEntry]
) -> frozenset[str]:
    """Return which comments were written here; none where the database does not say: they are quoted as they are."""
    try:
        return await own_comments.among(team.name, incident.id, entries)
    except DatabaseUnavailable as error:
        log.warning("summary.own_comments_unread", incident=incident.id, why=str(error))
        return frozenset()
