"""Errors made for people: one table gives each type its sentence and its word for the log."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from bot.flashduty import FlashdutyError
from bot.incidents.commands import UnknownOutcomeError
from bot.messages import Message, errors
from bot.messages.changes.actions import number_of
from bot.messages.views import IncidentCard, ViewValue
from bot.slack.api import SlackError
from bot.storage.database_errors import DatabaseUnavailable
from bot.teams.access import AccessDenied, Teams
from handlers.dispatch.context import Incoming
from handlers.dispatch.serving import ServedRequest
from handlers.dispatch.time_limits import TimeLimits

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Circumstances:
    """The request that failed, and what it takes to say why."""

    served: ServedRequest
    teams: Teams
    limits: TimeLimits


@dataclass(frozen=True)
class Explanation:
    """What the person is told, and the outcome for the log."""

    message: Message
    outcome: str


Explain = Callable[[Any, Circumstances], Awaitable[Explanation]]


async def explanation_of(error: Exception, around: Circumstances) -> Explanation:
    """Explain an error of one of the types in `FOR_PEOPLE`."""
    kind = next(kind for kind in type(error).__mro__ if kind in _SENTENCES)
    return await _SENTENCES[kind](error, around)


async def _denied(why: AccessDenied, around: Circumstances) -> Explanation:
    return Explanation(errors.access_denied(why, around.served.not_done), f"refused: {why.reason.name}")


async def _outcome_unknown(unknown: UnknownOutcomeError, around: Circumstances) -> Explanation:
    failure = _failed_call(unknown.error, around)
    return Explanation(errors.write_not_known(failure, unknown.in_doubt, unknown.incident_id), "not known")


async def _from_flashduty(error: FlashdutyError, around: Circumstances) -> Explanation:
    around.served.trail.heard(error.request_id, is_write=True)
    failure = _failed_call(error, around)
    if failure.needs_owner:
        failure = replace(failure, key_owner=await _key_owner(error.team, around))
    return Explanation(errors.explain(failure), f"failed: {error.raw_code or error}")


async def _from_slack(refusal: SlackError, around: Circumstances) -> Explanation:
    served = around.served
    if refusal.is_passing:
        return Explanation(errors.slack_silent(served.retry, served.not_done), f"failed: {refusal}")
    return Explanation(errors.slack_refused(refusal.code, served.not_done), f"failed: {refusal}")


async def _from_the_database(error: DatabaseUnavailable, around: Circumstances) -> Explanation:
    log.error("database.unavailable", why=str(error))
    told = errors.database_unavailable(around.served.retry, around.served.in_doubt)
    return Explanation(told, "failed: database")


async def _too_slow(_: TimeoutError, around: Circumstances) -> Explanation:
    served, slow = around.served, around.served.trail.slow
    told = errors.too_slow(slow, served.retry, served.not_done)
    return Explanation(told, f"too slow: {slow.value if slow else 'the bot'}")


_SENTENCES: Final[Mapping[type[Exception], Explain]] = {
    AccessDenied: _denied,
    UnknownOutcomeError: _outcome_unknown,
    FlashdutyError: _from_flashduty,
    SlackError: _from_slack,
    DatabaseUnavailable: _from_the_database,
    TimeoutError: _too_slow,
}
FOR_PEOPLE: Final = tuple(_SENTENCES)


def _failed_call(error: FlashdutyError, around: Circumstances) -> errors.FailedCall:
    team, asked = around.teams.named(error.team), around.served.asked
    return errors.FailedCall(
        error,
        team.name,
        team.key_setting,
        looked_for=_looked_for(asked),
        retry=around.served.retry_for(team.name),
        not_done=around.served.not_done,
    )


def _looked_for(asked: Incoming) -> str | None:
    """Name the incident as it was asked for, or by its number where only a control names it."""
    view = asked.value.view if isinstance(asked.value, ViewValue) else None
    if isinstance(view, IncidentCard) and (asked.route is None or not asked.incident):
        return view.asked or None
    number = number_of(asked.incident)
    return f"#{number}" if number else None


async def _key_owner(team: str, around: Circumstances) -> str | None:
    until = asyncio.get_running_loop().time() + around.limits.key_owner
    try:
        return (await around.teams.named(team).flashduty.until(until).key_owner()).name
    except FlashdutyError:
        return None
