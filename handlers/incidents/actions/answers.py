"""The forms that an account demands: opened after a refusal; the same action is tried again with the answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import structlog

from bot.flashduty import Code, FlashdutyError, Incident, Progress
from bot.incidents.actions.account_form import AnswerForm, FormDemandedError
from bot.incidents.actions.close import Close
from bot.incidents.messages.account_forms.fields import (
    SUMMARY_FIELD,
    AnswerField,
    answer_fields,
    answers_of,
    fields_as_drawn,
    kind_of,
)
from bot.incidents.messages.account_forms.form import (
    ANSWER_ACKNOWLEDGE_FORM,
    ANSWER_ACKNOWLEDGE_TITLE,
    ANSWER_CLOSE_FORM,
    ANSWER_CLOSE_TITLE,
    NOTE_LIMITS,
    AnswerContents,
    NoFields,
    answer_form,
    console_as_drawn,
    wrong_answers,
)
from bot.incidents.messages.account_forms.refusal import answer_value, form_demanded
from bot.incidents.messages.acknowledgement import already, closed
from bot.incidents.messages.actions.close_form import CLOSE_FORM
from bot.incidents.messages.actions.more import form_elsewhere
from bot.incidents.messages.actions.outcome import action_unchanged
from bot.incidents.messages.actions.values import AcknowledgeValue, CloseValue, FormValue, SnoozeValue
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import ACKNOWLEDGE, CLOSE, SNOOZE, decode
from bot.messages.changes import actions
from bot.messages.forms import Form, outdated_form
from bot.messages.text import web_address
from handlers.dispatch.answers import WRONG_STATE, FieldErrors, OpenForm, Refusal, Reply
from handlers.dispatch.attached import OpenView
from handlers.dispatch.context import Request
from handlers.dispatch.requests import FormSubmission
from handlers.dispatch.route import Answer, FormRoute
from handlers.incidents.acknowledge import run_acknowledgement, tell_acknowledgement
from handlers.incidents.actions.close import CLOSING
from handlers.incidents.actions.drafts import forget_texts, kept_texts
from handlers.incidents.actions.form import ActionFormSpec, Texts
from handlers.incidents.actions.snooze import snooze_incident

log = structlog.get_logger(__name__)


class AnswersForm(ActionFormSpec):
    """A form whose fields are those of the account."""

    async def open(self, request: Request, value: FormValue, incident: Incident) -> OpenForm | Refusal:
        """Draw the form with the account's custom fields, and with what was typed last, here or in another form."""
        to = request.to_person
        refusal = self.refuses(to, value, incident)
        if refusal is not None:
            return Refusal(refusal, refused=WRONG_STATE)
        fields, without = await _custom_fields(request)
        typed = await kept_texts(request, self.draft_key(value))
        if request.origin.view is not None:
            typed |= _filled_in(request.origin.view)
        drawn = answer_form(
            to,
            value,
            AnswerContents(
                incident=incident,
                fields=fields,
                without=without,
                typed=_without_present_notes(incident, typed),
                address=web_address(incident.detail_url),
            ),
        )
        return OpenForm(drawn, form_elsewhere(to, incident), outcome=f"form {self.callback_id} shown")

    def texts_of(self, submission: FormSubmission) -> Texts:
        """Return what was filled in, choices included."""
        return _filled_in(submission.view)

    def draw_again(self, to: Audience, submission: FormSubmission) -> Form:
        """Draw the form as it was filled in, with the fields it had."""
        subject, blocks = decode(FormValue, submission.view.metadata), submission.origin.blocks
        if subject is None:
            return outdated_form(to)
        contents = AnswerContents(
            fields=fields_as_drawn(blocks), typed=self.texts_of(submission), address=console_as_drawn(blocks)
        )
        return answer_form(to, subject, contents)


async def _custom_fields(request: Request) -> tuple[tuple[AnswerField, ...], NoFields | None]:
    """Read the account's custom fields; without them the form has the summary alone, and says why."""
    try:
        found = answer_fields(await request.flashduty_for_names().custom_fields())
    except FlashdutyError as error:
        log.warning("account_form.fields.not_read", code=error.raw_code or str(error), request_id=error.request_id)
        return (), "denied" if error.code is Code.ACCESS_DENIED else "no_answer"
    return found, None if found else "none"


def _filled_in(view: OpenView) -> dict[str, str]:
    names = (SUMMARY_FIELD, *NOTE_LIMITS)
    return {
        name: "\n".join(value for value, _ in held.several) or held.value
        for name, held in view.fields.items()
        if name in names or kind_of(name) is not None
    }


def _without_present_notes(incident: Incident, typed: Mapping[str, str]) -> dict[str, str]:
    """Leave out the texts that Flashduty has already, as Close with notes shows them."""
    return {name: text for name, text in typed.items() if name not in NOTE_LIMITS or text != getattr(incident, name)}


async def _submit_acknowledge(request: Request, subject: FormValue, typed: Texts) -> Reply:
    answers = answers_of(typed)
    if subject.minutes:
        snooze = SnoozeValue(**subject.place(), minutes=subject.minutes, acknowledges=True)
        await request.will_send(SNOOZE, snooze)
        return await snooze_incident(replace(request, value=snooze), snooze, answers)
    value = AcknowledgeValue(**subject.place())
    await request.will_send(ACKNOWLEDGE, value)
    outcome = await run_acknowledgement(request, value.incident_id, answers)
    reply = await tell_acknowledgement(replace(request, value=value), outcome)
    private = reply.private or reply.fallback
    return replace(reply, private=private, fallback=None, control_text=None, is_made=outcome.change is not None)


async def _submit_close(request: Request, subject: FormValue, typed: Texts) -> Reply:
    value = CloseValue(**subject.place())
    notes = {name: typed[name] for name in NOTE_LIMITS if typed.get(name, "").strip()}
    await request.will_send(CLOSE, value)
    reply = await CLOSING.perform(request, value, command=Close.with_notes(notes, answers_of(typed)))
    if reply.is_made:
        await forget_texts(request, f"{CLOSE_FORM} {subject.incident_id}")
    return reply


def _refuses_acknowledge(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    if incident.progress is Progress.CLOSED:
        return closed(to, incident, value.team)
    is_taken = incident.progress is Progress.PROCESSING
    return already(to, incident, {}, team=value.team, clicked_by=None) if is_taken else None


def _refuses_close(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    is_over = incident.progress is Progress.CLOSED
    return action_unchanged(to, CLOSING.words, incident, team=value.team) if is_over else None


def _draw_nothing(to: Audience, subject: FormValue, incident: Incident | None, typed: Texts) -> Form:
    del subject, incident, typed
    return outdated_form(to)


ANSWER_SPECS: Final[Mapping[AnswerForm, AnswersForm]] = {
    "answer_acknowledge": AnswersForm(
        callback_id=ANSWER_ACKNOWLEDGE_FORM,
        title=ANSWER_ACKNOWLEDGE_TITLE,
        fields=(SUMMARY_FIELD,),
        changing=actions.acknowledging,
        draw=_draw_nothing,
        refuses=_refuses_acknowledge,
        check=wrong_answers,
        submit=_submit_acknowledge,
    ),
    "answer_close": AnswersForm(
        callback_id=ANSWER_CLOSE_FORM,
        title=ANSWER_CLOSE_TITLE,
        fields=(SUMMARY_FIELD,),
        changing=actions.closing,
        draw=_draw_nothing,
        refuses=_refuses_close,
        check=wrong_answers,
        submit=_submit_close,
    ),
}


def with_answers(route: FormRoute) -> FormRoute:
    """Return the row of a form that becomes the form of the account where that is demanded."""

    async def handle(request: Request, submission: FormSubmission) -> Answer | FieldErrors:
        try:
            return await route.handle(request, submission)
        except FormDemandedError as demanded:
            if demanded.is_answered:
                raise
            return await _open_instead(request, submission, demanded)

    return replace(route, handle=handle)


async def _open_instead(request: Request, submission: FormSubmission, demanded: FormDemandedError) -> Answer:
    subject = decode(FormValue, submission.view.metadata)
    place = subject.place() if subject is not None else {}
    kept = {name: place[name] for name in ("view", "channel", "thread") if name in place}
    value = answer_value(demanded, request.team.name, **kept)
    # What Flashduty said stands above the form.
    opened = await ANSWER_SPECS[demanded.form].open(request, replace(value, says=""), demanded.incident)
    problem = form_demanded(request.to_person, demanded, value)
    if not isinstance(opened, OpenForm):
        return opened
    return OpenForm(opened.form.with_problem(problem), problem, outcome="form demanded")
