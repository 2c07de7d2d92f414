"""Explain errors to people: one table gives each error type its message and its outcome for the log."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from bot.cards.messages.card import LivingCard
from bot.flashduty import FlashdutyError
from bot.incidents.actions.account_form import FormDemandedError
from bot.incidents.actions.command import UnknownOutcomeError
from bot.incidents.messages.account_forms.refusal import answer_value, form_demanded
from bot.incidents.messages.actions.values import ActionValue, FormValue
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
class FailureContext:
    """The failed request, and what its explanation is made from."""

    served: ServedRequest
    teams: Teams
    limits: TimeLimits


@dataclass(frozen=True)
class Explanation:
    """The message for the person, and the outcome for the log."""

    message: Message
    outcome: str
    refused: str = ""
    """Why the person may not do it, for the audit trail; empty for any other error."""


Explain = Callable[[Any, FailureContext], Awaitable[Explanation]]


async def explanation_of(error: Exception, context: FailureContext) -> Explanation:
    """Explain an error of one of the types in `EXPLAINED_ERRORS`."""
    kind = next(kind for kind in type(error).__mro__ if kind in _EXPLANATIONS)
    return await _EXPLANATIONS[kind](error, context)


async def _denied(why: AccessDenied, context: FailureContext) -> Explanation:
    served = context.served
    retries = {team: retry for team in why.teams if (retry := served.retry_for(team)) is not None}
    message = errors.access_denied(served.reader, why, served.not_done, retries=retries)
    return Explanation(message, f"refused: {why.reason.name}", refused=why.reason.name.lower())


async def _outcome_unknown(unknown: UnknownOutcomeError, context: FailureContext) -> Explanation:
    failure = _failed_call(unknown.error, context)
    return Explanation(
        errors.write_not_known(context.served.reader, failure, unknown.in_doubt, incident=unknown.incident_id),
        "not known",
    )


async def _flashduty_failed(error: FlashdutyError, context: FailureContext) -> Explanation:
    context.served.trail.add_request_id(error.request_id, is_write=True)
    failure = _failed_call(error, context)
    if failure.needs_owner:
        failure = replace(failure, key_owner=await _key_owner(error.team, context))
    return Explanation(errors.explain(context.served.reader, failure), f"failed: {error.raw_code or error}")


async def _form_demanded(demanded: FormDemandedError, context: FailureContext) -> Explanation:
    served = context.served
    served.trail.add_request_id(demanded.request_id, is_write=True)
    outcome = "answers refused" if demanded.is_answered else "form demanded"
    value = _value_of_form(demanded, served.incoming)
    return Explanation(form_demanded(served.reader, demanded, value), outcome)


def _value_of_form(demanded: FormDemandedError, incoming: Incoming) -> FormValue:
    """Return the value of the button that opens the form.

    In a view the message behind it is drawn again afterwards; elsewhere the card of the incident replaces the refusal.
    """
    carried = incoming.value
    if not isinstance(carried, ActionValue):
        return answer_value(demanded, demanded.team, view=IncidentCard(asked=demanded.incident.id))
    stays = incoming.origin.view is not None or isinstance(carried.view, LivingCard)
    view = carried.view if stays else IncidentCard(asked=demanded.incident.id)
    return answer_value(demanded, demanded.team, view=view, channel=carried.channel, thread=carried.thread)


async def _slack_failed(refusal: SlackError, context: FailureContext) -> Explanation:
    served = context.served
    if refusal.is_passing:
        return Explanation(errors.slack_silent(served.reader, served.retry, served.not_done), f"failed: {refusal}")
    return Explanation(errors.slack_refused(served.reader, refusal.code, served.not_done), f"failed: {refusal}")


async def _database_failed(error: DatabaseUnavailable, context: FailureContext) -> Explanation:
    log.error("database.unavailable", why=str(error))
    message = errors.database_unavailable(context.served.reader, context.served.retry, context.served.in_doubt)
    return Explanation(message, "failed: database")


async def _too_slow(_: TimeoutError, context: FailureContext) -> Explanation:
    served, slow = context.served, context.served.trail.slow
    message = errors.too_slow(served.reader, slow, served.retry, not_done=served.not_done)
    return Explanation(message, f"too slow: {slow.value if slow else 'the bot'}")


_EXPLANATIONS: Final[Mapping[type[Exception], Explain]] = {
    AccessDenied: _denied,
    UnknownOutcomeError: _outcome_unknown,
    FormDemandedError: _form_demanded,
    FlashdutyError: _flashduty_failed,
    SlackError: _slack_failed,
    DatabaseUnavailable: _database_failed,
    TimeoutError: _too_slow,
}
EXPLAINED_ERRORS: Final = tuple(_EXPLANATIONS)


def _failed_call(error: FlashdutyError, context: FailureContext) -> errors.FailedCall:
    team, incoming = context.teams.named(error.team), context.served.incoming
    return errors.FailedCall(
        error,
        team.name,
        team.key_setting,
        looked_for=_looked_for(incoming),
        retry=context.served.retry_for(team.name),
        not_done=context.served.not_done,
    )


def _looked_for(incoming: Incoming) -> str | None:
    """Return the incident as it was typed, or its number where only a control carries it."""
    view = incoming.value.view if isinstance(incoming.value, ViewValue) else None
    if isinstance(view, IncidentCard) and (incoming.route is None or not incoming.incident):
        return view.asked or None
    number = number_of(incoming.incident)
    return f"#{number}" if number else None


async def _key_owner(team: str, context: FailureContext) -> str | None:
    until = asyncio.get_running_loop().time() + context.limits.key_owner
    try:
        return (await context.teams.named(team).flashduty.until(until).key_owner()).name
    except FlashdutyError:
        return None
