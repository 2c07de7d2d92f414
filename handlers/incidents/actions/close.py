"""Close, with notes or without, and Reopen."""

from typing import Final

from bot.flashduty import Incident, Progress
from bot.incidents.actions.account_form import FormDemandedError
from bot.incidents.actions.close import Close, Reopen
from bot.incidents.actions.command import IncidentCommand
from bot.incidents.messages.actions.close import CloseWords, ReopenWords
from bot.incidents.messages.actions.close_form import (
    CLOSE_FORM,
    CLOSE_TITLE,
    REASON_FIELD,
    REOPEN_FORM,
    REOPEN_TITLE,
    TEXT_FIELDS,
    changed_notes,
    close_form,
    reopen_form,
    wrong_notes,
    wrong_reason,
)
from bot.incidents.messages.actions.outcome import Made, action_unchanged
from bot.incidents.messages.actions.values import CloseValue, FormValue, ReopenValue
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import CLOSE, REOPEN
from bot.messages.changes import actions
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.incidents.actions.action import Action
from handlers.incidents.actions.drafts import answer_draft_key, keep_texts
from handlers.incidents.actions.form import ActionFormSpec, Texts


def _close(_: Request, value: CloseValue) -> Close:
    del value
    return Close()


def _reopen(_: Request, value: ReopenValue) -> Reopen:
    return Reopen(closed_at=value.closed_at or None)


class _Closing(Action[CloseValue]):
    """Close; the texts that were to go along are kept where the account demands a form first."""

    async def carry_out(
        self,
        request: Request,
        value: CloseValue,
        *,
        command: IncidentCommand | None = None,
        just_read: Incident | None = None,
    ) -> Made[CloseValue] | Incident:
        """Close the incident; raises as `Action.carry_out` does."""
        try:
            return await super().carry_out(request, value, command=command, just_read=just_read)
        except FormDemandedError as demanded:
            notes = command.notes() if isinstance(command, Close) else {}
            if notes and not demanded.is_answered:
                key = answer_draft_key(demanded.form, value.incident_id)
                await keep_texts(request.services, request.person.id, key=key, typed=notes, now=request.now)
            raise


CLOSING: Final = _Closing(route=CLOSE, reads=CloseValue, changing=actions.closing, words=CloseWords(), command=_close)
REOPENING: Final = Action(
    route=REOPEN, reads=ReopenValue, changing=actions.reopening, words=ReopenWords(), command=_reopen
)


async def _submit_close(request: Request, subject: FormValue, typed: Texts) -> Reply:
    value = CloseValue(**subject.place())
    await request.will_send(CLOSE, value)
    return await CLOSING.perform(request, value, command=Close.with_notes(changed_notes(subject, typed)))


async def _submit_reopen(request: Request, subject: FormValue, typed: Texts) -> Reply:
    value = ReopenValue(**subject.place())
    await request.will_send(REOPEN, value)
    return await REOPENING.perform(request, value, command=Reopen(reason=typed[REASON_FIELD].strip()))


def _refuses_close(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    is_over = incident.progress is Progress.CLOSED
    return action_unchanged(to, CLOSING.words, incident, team=value.team) if is_over else None


def _refuses_reopen(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    return action_unchanged(to, REOPENING.words, incident, team=value.team) if incident.is_open else None


CLOSE_SPEC: Final = ActionFormSpec(
    callback_id=CLOSE_FORM,
    title=CLOSE_TITLE,
    fields=TEXT_FIELDS,
    changing=actions.closing,
    draw=close_form,
    refuses=_refuses_close,
    check=wrong_notes,
    submit=_submit_close,
    is_written=True,
)
REOPEN_SPEC: Final = ActionFormSpec(
    callback_id=REOPEN_FORM,
    title=REOPEN_TITLE,
    fields=(REASON_FIELD,),
    changing=actions.reopening,
    draw=reopen_form,
    refuses=_refuses_reopen,
    check=wrong_reason,
    submit=_submit_reopen,
    is_written=True,
)
