"""`/flashduty digest` and `/flashduty digest week`."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.delivery.publisher import DeliveryFailure
from bot.digest.gather import gather_digest
from bot.digest.messages.digest import digest
from bot.digest.messages.on_demand import (
    no_place_for_digests,
    not_confirmed_by_hand,
    not_posted_by_hand,
    not_understood,
    posted_by_hand,
)
from bot.digest.model import Digest, OnCallPart
from bot.messages import Message
from bot.messages.buttons import ButtonValue
from bot.messages.reader import Reader
from bot.people.directory import is_same_person
from bot.report.gather import gather_report
from bot.report.messages import report
from bot.teams.team import SlackPerson
from handlers.dispatch.context import MINUTE, Reply, Request

LONG_OVER: Final = timedelta(days=14)
AN_HOUR: Final = timedelta(hours=1)

# What a control carries: the date of a digest, and who asked for it.
_CARRIED = re.compile(r"on:(\d{4}-\d{2}-\d{2})(?: by:(.{1,80}))?")


async def today(request: Request) -> Message:
    """Draw today's digest; a digest that is drawn again keeps the date it was posted for."""
    if request.words and not _CARRIED.fullmatch(request.words.strip()):
        return not_understood(request.words, request.team.name)
    deps = replace(request.services.digest_dependencies, notifies=False)
    found, may_act = await asyncio.gather(
        gather_digest(request.flashduty, request.team, request.now, on=_date(request), deps=deps),
        request.shows_acting(),
    )
    failure = found.passing_error if request.place.is_public else found.failure
    if failure is not None:
        # The presser is told; a digest that was posted whole is not overwritten by one with holes.
        raise failure
    reader = None if request.place.is_public else Reader(may_act, _own_ids(found, request.person))
    return digest(found, has_thread=request.place.has_replies, reader=reader, asked_by=_asked_by(request))


def _own_ids(found: Digest, person: SlackPerson) -> frozenset[int]:
    """Find who somebody is among the people of a digest."""
    people = found.on_call.people if isinstance(found.on_call, OnCallPart) else {}
    return frozenset(number for number, one in people.items() if is_same_person(one, person))


async def post(request: Request) -> Message | Reply:
    """Post today's digest for everybody: in the team's channel, or here where the team has none of its own."""
    if request.words.strip():
        return not_understood(f"post {request.words.strip()}", request.team.name)
    channel = _channel(request)
    if channel is None:
        return no_place_for_digests(request.team.name)
    digests = request.services.digests
    ended = await digests.post_on_demand(
        request.team, request.flashduty, person=request.person, channel=channel, minute=_minute(request)
    )
    return _told(request, channel, ended)


def _told(
    request: Request, channel: str, ended: tuple[str, str] | DeliveryFailure | None, *, is_week: bool = False
) -> Reply:
    """Say where it is, or why it may not be there; to try again is to ask for the same one."""
    if isinstance(ended, tuple):
        return Reply(private=posted_by_hand(channel, is_week=is_week), outcome="posted")
    words = "digest week post" if is_week else "digest post"
    carried = ButtonValue(request.team.name, words, occasion=f"{_minute(request):{MINUTE}}")
    if ended is None or ended.may_be_posted:
        return Reply(private=not_confirmed_by_hand(channel, carried, is_week=is_week), outcome="not confirmed")
    return Reply(private=not_posted_by_hand(channel, carried, ended.code, is_week=is_week), outcome=ended.why)


def _minute(request: Request) -> datetime:
    """Read when it was first asked for; what is longer ago than an hour is asked for anew."""
    now = request.now.astimezone(UTC).replace(second=0, microsecond=0)
    try:
        first = datetime.strptime(request.occasion, MINUTE).replace(tzinfo=UTC)
    except ValueError:
        return now
    return first if now - AN_HOUR < first <= now else now


def _channel(request: Request) -> str | None:
    return request.team.announcement_channel or (None if request.place.is_direct else request.place.channel)


async def week(request: Request) -> Message:
    """Draw the week's numbers; the chart needs a thread, and comes with the report that is posted."""
    on = _date(request) or request.now.astimezone(request.team.timezone).date()
    found, may_act = await asyncio.gather(gather_report(request.flashduty, request.team, on), request.shows_acting())
    may_post = may_act and not request.place.is_public
    return report(found, on, asked_by=_asked_by(request), may_post=may_post)


async def post_week(request: Request) -> Message | Reply:
    """Post the week's numbers for everybody; the chart follows in the thread."""
    channel = _channel(request)
    if channel is None:
        return no_place_for_digests(request.team.name)
    reports = request.services.reports
    ended = await reports.post_on_demand(
        request.team, request.flashduty, person=request.person, channel=channel, minute=_minute(request)
    )
    return _told(request, channel, ended, is_week=True)


def _asked_by(request: Request) -> str | None:
    """Read who asked for what is drawn again where everybody sees it."""
    found = _CARRIED.search(request.words)
    return found[2] if found and request.place.is_public else None


def _date(request: Request) -> date | None:
    """Read the date of a digest that is drawn again; one that is long over is drawn for today."""
    found = _CARRIED.search(request.words)
    try:
        on = date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    today = request.now.astimezone(request.team.timezone).date()
    return on if on is not None and today - LONG_OVER < on <= today else None
