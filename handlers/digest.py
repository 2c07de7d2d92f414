"""`/flashduty digest` and `/flashduty digest week`."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.audit.model import AuditAction, AuditResult
from bot.delivery.model import DeliveryOutcome
from bot.digest.gather import gather_digest
from bot.digest.messages.digest import digest
from bot.digest.messages.on_demand import (
    no_digest_channel,
    not_confirmed_on_demand,
    not_posted_on_demand,
    posted_on_demand,
    unknown_digest_words,
)
from bot.digest.model import OnCallPart
from bot.digest.model import TeamDigest as FoundDigest
from bot.messages import Message
from bot.messages.views import Digest, DigestWeek, PostedDigest, UnknownDigest, ViewValue
from bot.people.directory import is_same_person
from bot.report.gather import gather_report
from bot.report.messages import report
from bot.teams.team import SlackPerson
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import OCCASION_FORMAT, Request

REDRAW_PERIOD: Final = timedelta(days=14)
RETRY_WINDOW: Final = timedelta(hours=1)


def read_digest(words: str) -> Digest | UnknownDigest:
    """Parse the words behind `digest`, which takes none."""
    return UnknownDigest(words=words) if words else Digest()


def read_post(words: str) -> PostedDigest | UnknownDigest:
    """Parse the words behind `digest post`, which takes none."""
    return UnknownDigest(words=f"post {words}") if words else PostedDigest()


async def draw_unknown_digest(request: Request, view: UnknownDigest) -> Message:
    """List the words that `digest` takes."""
    return unknown_digest_words(request.audience, view.words, request.team.name)


async def draw_digest(request: Request, view: Digest) -> Message:
    """Draw today's digest; a redrawn digest keeps its date."""
    deps = replace(request.services.digest_dependencies, notifies=False)
    found, audience = await asyncio.gather(
        gather_digest(request.flashduty, request.team, request.now, on=_date(request, view.on), deps=deps),
        request.audience_by_permission(),
    )
    failure = found.passing_error if request.origin.is_public else found.failure
    if failure is not None:
        # The presser gets the error; a complete digest is not replaced by an incomplete one.
        raise failure
    audience = replace(audience, person_ids=_own_ids(found, request.person))
    asked_by = _asked_by(request, view.asked_by)
    return digest(audience, found, has_thread=request.origin.has_replies, asked_by=asked_by)


def _own_ids(found: FoundDigest, person: SlackPerson) -> frozenset[int]:
    """Return the ids of a person among the people of a digest."""
    people = found.on_call.people if isinstance(found.on_call, OnCallPart) else {}
    return frozenset(number for number, one in people.items() if is_same_person(one, person))


async def post_digest(request: Request, view: PostedDigest) -> Message | Reply:
    """Post it publicly: in the team's channel, or in this channel where the team has none.

    The chart of a week's report follows in the thread.
    """
    channel = _channel(request)
    if channel is None:
        return no_digest_channel(request.audience, request.team.name)
    posts = request.services.reports if view.is_week else request.services.digests
    action = AuditAction.POST_REPORT if view.is_week else AuditAction.POST_DIGEST
    async with request.services.audit.attempting(request.attempt(action, subject=channel)) as ending:
        outcome = await posts.post_on_demand(
            request.team, request.flashduty, person=request.person, channel=channel, minute=_minute(request)
        )
        ending.result, ending.reason = _posted(outcome)
    return _delivery_reply(request, channel, outcome, view=view)


def _posted(outcome: DeliveryOutcome) -> tuple[AuditResult, str]:
    """Return what the audit trail is to say of a post."""
    if isinstance(outcome, tuple):
        return AuditResult.DONE, ""
    if outcome is None or outcome.may_be_posted:
        return AuditResult.NOT_KNOWN, outcome.code if outcome is not None else ""
    return AuditResult.NOT_DONE, outcome.code


def _delivery_reply(request: Request, channel: str, outcome: DeliveryOutcome, view: PostedDigest) -> Reply:
    """Report where it is posted, or why it may not be; the retry control posts the same one."""
    is_week = view.is_week
    if isinstance(outcome, tuple):
        return Reply(private=posted_on_demand(request.audience, channel, is_week=is_week), outcome="posted")
    again = ViewValue(team=request.team.name, view=view, occasion=f"{_minute(request):{OCCASION_FORMAT}}")
    if outcome is None or outcome.may_be_posted:
        return Reply(
            private=not_confirmed_on_demand(request.audience, channel, again, is_week=is_week), outcome="not confirmed"
        )
    return Reply(
        private=not_posted_on_demand(request.audience, channel, again, code=outcome.code, is_week=is_week),
        outcome=outcome.why,
    )


def _minute(request: Request) -> datetime:
    """Return the minute of the first request; one older than an hour counts as a new request."""
    now = request.now.astimezone(UTC).replace(second=0, microsecond=0)
    try:
        first = datetime.strptime(request.occasion, OCCASION_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return now
    return first if now - RETRY_WINDOW < first <= now else now


def _channel(request: Request) -> str | None:
    return request.team.announcement_channel or (None if request.origin.is_direct else request.origin.channel)


async def draw_digest_week(request: Request, view: DigestWeek) -> Message:
    """Draw the week's numbers; the chart needs a thread, and comes with the posted report only."""
    on = _date(request, view.on) or request.now.astimezone(request.team.timezone).date()
    found, may_act = await asyncio.gather(
        gather_report(request.flashduty, request.team, on), request.shows_action_controls()
    )
    may_post = may_act and not request.origin.is_public
    return report(request.audience, found, on, asked_by=_asked_by(request, view.asked_by), may_post=may_post)


def _asked_by(request: Request, name: str) -> str | None:
    """Return who requested it, for public messages only."""
    return name if name and request.origin.is_public else None


def _date(request: Request, on: date | None) -> date | None:
    """Return the date of a redrawn digest; None, which means today, for one too old to redraw."""
    today = request.now.astimezone(request.team.timezone).date()
    return on if on is not None and today - REDRAW_PERIOD < on <= today else None
