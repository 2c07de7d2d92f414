"""Gather the summary of one incident for one person: what happened so far, and what comes next."""

import asyncio
from datetime import datetime

import structlog

from bot.cards.model import CardContents, NextPage, next_page
from bot.cards.timeline.gather import gather_cast
from bot.cards.timeline.story import is_told, told_entries
from bot.cards.timeline.told import Summary
from bot.flashduty import Flashduty, FlashdutyError, Incident, Progress
from bot.flashduty.models.timeline import Timeline
from bot.flashduty.models.timeline_details import Commented, Notified
from bot.incidents.commenting.attribution_words import is_attribution
from bot.incidents.commenting.comments import is_blank
from bot.incidents.holders import Attribution

log = structlog.get_logger(__name__)


async def gather_summary(flashduty: Flashduty, incident: Incident, known: Attribution, *, now: datetime) -> Summary:
    """Read the timeline, the names it needs, and whom the escalation rule pages next: three calls at most."""
    timeline, coming = await asyncio.gather(_timeline(flashduty, incident), _next_page(flashduty, incident, now))
    entries = timeline.entries if timeline is not None else ()
    told = told_entries(entries, incident, known)
    comments = tuple(
        one for one in told if isinstance(one.entry.detail, Commented) and _says_something(one.entry.detail)
    )
    news = [one for one in told if is_told(one.entry) and not isinstance(one.entry.detail, Commented)]
    pages = tuple(one for one in news if isinstance(one.entry.detail, Notified))
    steps = tuple(one for one in news if not isinstance(one.entry.detail, Notified))
    cast = await gather_cast(
        flashduty, incident, (*news, *comments), also=coming.person_ids if coming is not None else ()
    )
    return Summary(
        contents=CardContents(incident=incident, people=cast.people, known=known, next_page=coming),
        cast=cast,
        steps=steps,
        comments=comments,
        failed_pages=pages,
        is_timeline_read=timeline is not None,
        is_complete=timeline is None or timeline.is_complete,
    )


def _says_something(comment: Commented) -> bool:
    """Whether it is more than the name of whoever did what the steps tell."""
    return not (is_blank(comment.comment) or is_attribution(comment.comment))


async def _timeline(flashduty: Flashduty, incident: Incident) -> Timeline | None:
    try:
        return await flashduty.timeline(incident.id)
    except FlashdutyError as error:
        log.warning("summary.timeline_unread", incident=incident.id, code=error.raw_code or str(error))
        return None


async def _next_page(flashduty: Flashduty, incident: Incident, now: datetime) -> NextPage | None:
    if incident.progress is not Progress.TRIGGERED or not incident.escalation_rule_id or not incident.channel_id:
        return None
    try:
        rules = await flashduty.escalation_rules(incident.channel_id)
    except FlashdutyError as error:
        log.info("summary.rules_unread", incident=incident.id, code=error.raw_code or str(error))
        return None
    return next_page(incident, rules, None, now=now)
