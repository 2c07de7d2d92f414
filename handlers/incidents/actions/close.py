"""Close, with notes or without, and Reopen."""

from typing import Final

from bot.flashduty import Incident, Progress
from bot.incidents.actions.close import Close, Reopen
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
from bot.incidents.messages.actions.outcome import action_unchanged
from bot.incidents.messages.actions.values import CloseValue, FormValue, ReopenValue
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import CLOSE, REOPEN
from bot.messages.changes import actions
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.incidents.actions.action import Action
from handlers.incidents.actions.form import ActionFormSpec, Texts


def _close(_: Request, value: CloseValue) -> Close:
    del value
    return Close()


def _reopen(_: Request, value: ReopenValue) -> Reopen:
    return Reopen(closed_at=value.closed_at or None)


CLOSING: Final = Action(route=CLOSE, reads=CloseValue, changing=actions.closing, words=CloseWords(), command=_close)
REOPENING: Final = Action(
    route=REOPEN, reads=ReopenValue, changing=actions.reopening, words=ReopenWords(), command=_reopen
)


async def _submit_close(request: Request, subject: FormValue, typed: Texts) -> Reply:
    value = CloseValue(**subject.place())
    await request.will_send(CLOSE, value)
    return await CLOSING.perform(request, value, command=Close(**changed_notes(subject, typed)))


async def _submit_reopen(request: Request, subject: FormValue, typed: Texts) -> Reply:
    value = ReopenValue(**subject.place())
    await request.will_send(REOPEN, value)
    return await REOPENING.perform(request, value, command=Reopen(reason=typed[REASON_FIELD].strip()))


def _refuses_close(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    is_over = incident.progress is Progress.CLOSED
    return action_unchanged(to, CLOSING.words, incident, value.team) if is_over else None


def _refuses_reopen(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    return action_unchanged(to, REOPENING.words, incident, value.team) if incident.is_open else None


CLOSE_SPEC: Final = ActionFormSpec(
    callback_id=CLOSE_FORM,
    title=CLOSE_TITLE,
    fields=TEXT_FIELDS,
    changing=actions.closing,
    draw=close_form,
    refuses=_refuses_close,
    check=wrong_notes,
    submit=_submit_close,
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
)
