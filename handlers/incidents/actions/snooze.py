"""Snooze, Acknowledge and snooze, Wake."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.flashduty import FlashdutyError, Incident, Progress
from bot.flashduty.models.form_answers import NO_ANSWERS, FormAnswers
from bot.incidents.actions.account_form import FormDemandedError
from bot.incidents.actions.command import UnknownOutcomeError
from bot.incidents.actions.snooze import Snooze, Wake
from bot.incidents.actions.snooze_times import SnoozeProblem, SnoozeTime, read_snooze_time
from bot.incidents.messages.actions.outcome import action_unchanged
from bot.incidents.messages.actions.snooze import (
    AcknowledgeAndSnoozeWords,
    SnoozeWords,
    WakeWords,
    acknowledged_not_snoozed,
    not_snoozed_as_well,
    snooze_problem,
)
from bot.incidents.messages.actions.snooze_form import SNOOZE_FIELD, SNOOZE_FORM, SNOOZE_TITLE, snooze_form
from bot.incidents.messages.actions.values import FormValue, SnoozeValue, WakeValue
from bot.messages import Message, errors
from bot.messages.audience import Audience
from bot.messages.buttons import SNOOZE, WAKE
from bot.messages.changes import actions
from bot.messages.text import Mrkdwn
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.incidents.acknowledge import run_acknowledgement, tell_acknowledgement
from handlers.incidents.actions.action import Action
from handlers.incidents.actions.form import ActionFormSpec, Texts


def _snooze(request: Request, value: SnoozeValue) -> Snooze:
    if value.until:
        return Snooze.until_time(datetime.fromtimestamp(value.until, UTC), request.now)
    return Snooze(minutes=value.minutes, now=request.now)


def _wake(request: Request, value: WakeValue) -> Wake:
    return Wake(now=request.now, snoozed_until=value.snoozed_until or None)


class _Snoozing(Action[SnoozeValue]):
    """Snooze; an incident that nobody has acknowledged is acknowledged first, where that was asked for."""

    async def press(self, request: Request) -> Reply:
        """Carry out the action of a pressed control."""
        return await snooze_incident(request, request.value_as(SnoozeValue))


SNOOZING: Final = _Snoozing(
    route=SNOOZE, reads=SnoozeValue, changing=actions.snoozing, words=SnoozeWords(), command=_snooze
)
ACKNOWLEDGING_AND_SNOOZING: Final = _Snoozing(
    route=SNOOZE, reads=SnoozeValue, changing=actions.snoozing, words=AcknowledgeAndSnoozeWords(), command=_snooze
)
WAKING: Final = Action(route=WAKE, reads=WakeValue, changing=actions.waking, words=WakeWords(), command=_wake)


async def snooze_incident(request: Request, value: SnoozeValue, answers: FormAnswers = NO_ANSWERS) -> Reply:
    """Snooze, or acknowledge and snooze: two calls, of which each is told as what it came to.

    `answers` are those to the form that the account demands before an incident is acknowledged.
    """
    if not value.acknowledges:
        return await SNOOZING.perform(request, value)
    try:
        outcome = await run_acknowledgement(request, value.incident_id, answers)
    except FormDemandedError as demanded:
        raise demanded.before_snoozing(value.minutes) from demanded
    acknowledged = await tell_acknowledgement(request, outcome)
    if outcome.change is None or outcome.first is not None:
        said = (acknowledged.private or acknowledged.fallback or Message.of()).text
        message = not_snoozed_as_well(request.to_person, outcome.known, said, team=value.team)
        return replace(acknowledged, private=message, fallback=None)
    try:
        return await ACKNOWLEDGING_AND_SNOOZING.perform(request, value, just_read=outcome.after)
    except (FlashdutyError, UnknownOutcomeError) as error:
        message = acknowledged_not_snoozed(request.to_person, outcome.known, _why(request, error), team=value.team)
        return replace(acknowledged, private=message)


def _why(request: Request, error: FlashdutyError | UnknownOutcomeError) -> Mrkdwn:
    if isinstance(error, UnknownOutcomeError):
        return error.in_doubt
    to, team = request.to_person, request.team
    return errors.sentence(to, errors.FailedCall(error, team.name, team.key_setting))


def _refuses(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    is_possible = incident.progress in {Progress.TRIGGERED, Progress.PROCESSING}
    return None if is_possible else action_unchanged(to, SNOOZING.words, incident, team=value.team)


def _check(to: Audience, _: FormValue, typed: Texts) -> Mapping[str, str]:
    words = typed[SNOOZE_FIELD]
    read = read_snooze_time(words, to.now, to.zone)
    return {SNOOZE_FIELD: snooze_problem(to, read, words)} if isinstance(read, SnoozeProblem) else {}


async def _submit(request: Request, subject: FormValue, typed: Texts) -> Reply:
    read = read_snooze_time(typed[SNOOZE_FIELD], request.now, request.to_person.zone)
    minutes = read.minutes if isinstance(read, SnoozeTime) else 0
    acknowledges = subject.form == "acknowledge_and_snooze"
    value = SnoozeValue(**subject.place(), minutes=minutes, acknowledges=acknowledges)
    await request.will_send(SNOOZE, value)
    return await snooze_incident(request, value)


SNOOZE_SPEC: Final = ActionFormSpec(
    callback_id=SNOOZE_FORM,
    title=SNOOZE_TITLE,
    fields=(SNOOZE_FIELD,),
    changing=actions.snoozing,
    draw=snooze_form,
    refuses=_refuses,
    check=_check,
    submit=_submit,
)
