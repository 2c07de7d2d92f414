"""The forms of Reassign, Escalate and Add responder."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.assigning.gather import gather_assignees, gather_steps
from bot.assigning.messages.forms import (
    ADD_FORM,
    ADD_TITLE,
    ESCALATE_FORM,
    ESCALATE_TITLE,
    NOTIFY_CHANNELS,
    NOTIFY_FIELD,
    PERSON_FIELD,
    REASSIGN_FORM,
    REASSIGN_TITLE,
    FormContents,
    add_form,
    escalate_form,
    noted_assignment,
    reassign_form,
    wrong_person,
)
from bot.assigning.messages.off_shift import off_shift
from bot.assigning.model import Assignees, on_call_ids, on_call_now
from bot.flashduty import Incident
from bot.incidents.messages.actions.more import form_elsewhere
from bot.incidents.messages.actions.outcome import action_unchanged
from bot.incidents.messages.actions.values import AddResponderValue, AssignValue, FormValue
from bot.incidents.scope import read_incident
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import ADD_RESPONDER, REASSIGN
from bot.messages.changes import actions
from bot.messages.forms import Form, message_form, outdated_form
from handlers.assigning.actions import ADDING, ESCALATING, REASSIGNING
from handlers.assigning.chosen_people import as_chosen, people_in_form, people_of_form
from handlers.dispatch.answers import OUTDATED_FORM, WRONG_STATE, FieldErrors, OpenForm, Refusal, Refused, Reply
from handlers.dispatch.context import Request
from handlers.dispatch.requests import FormSubmission
from handlers.incidents.actions.drafts import kept_texts
from handlers.incidents.actions.form import ActionFormSpec, Texts


@dataclass(frozen=True, kw_only=True)
class AssigningForm(ActionFormSpec):
    """A form that names whom it pages, which is read when it opens."""

    gather: Callable[[Request, Incident], Awaitable[Assignees]]
    draw_contents: Callable[[Audience, FormValue, FormContents], Form]

    async def open(self, request: Request, value: FormValue, incident: Incident) -> OpenForm | Refusal:
        """Draw the form for an incident that was just read, with what the person chose or typed last."""
        to = request.to_person
        refusal = self.refuses(to, value, incident)
        if refusal is not None:
            return Refusal(refusal, refused=WRONG_STATE)
        found = await self.gather(request, incident)
        known = (await request.services.attributions.of(request.team.name, [incident]))[incident.id]
        typed = await as_chosen(request, await kept_texts(request, self.draft_key(value)), found)
        drawn = self.draw_contents(to, value, FormContents(incident=incident, typed=typed, found=found, known=known))
        return OpenForm(drawn, form_elsewhere(to, incident), outcome=f"form {self.callback_id} shown")

    async def keep_words(self, request: Request, value: FormValue, words: str) -> None:
        """Keep words that were typed elsewhere, where there is a field for them."""
        if self.fields:
            await super().keep_words(request, value, words)

    def texts_of(self, submission: FormSubmission) -> Texts:
        """Return what was chosen, with the labels of the people."""
        return {**super().texts_of(submission), **people_in_form(submission)}


async def _gather(request: Request, incident: Incident) -> Assignees:
    return await gather_assignees(
        request.flashduty_for_wording(), request.team, incident, schedules=request.services.schedules, now=request.now
    )


async def _gather_steps(request: Request, incident: Incident) -> Assignees:
    return await gather_steps(
        request.flashduty_for_wording(), request.team, incident, schedules=request.services.schedules, now=request.now
    )


def _refuses_assigning(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    return None if incident.is_open else action_unchanged(to, REASSIGNING.words, incident, team=value.team)


def _refuses_adding(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    return None if incident.is_open else action_unchanged(to, ADDING.words, incident, team=value.team)


def _check_person(to: Audience, _: FormValue, typed: Texts) -> Mapping[str, str]:
    return wrong_person(to, typed.get(PERSON_FIELD, ""))


def _draw_reassign(to: Audience, subject: FormValue, incident: Incident | None, typed: Texts) -> Form:
    return reassign_form(to, subject, FormContents(incident=incident, typed=typed))


def _draw_add(to: Audience, subject: FormValue, incident: Incident | None, typed: Texts) -> Form:
    return add_form(to, subject, FormContents(incident=incident, typed=typed))


def _draw_levels(to: Audience, subject: FormValue, incident: Incident | None, typed: Texts) -> Form:
    del subject, incident, typed
    return outdated_form(to)


async def _submit_reassign(request: Request, subject: FormValue, typed: Texts) -> Reply | FieldErrors:
    people = await people_of_form(request, typed)
    if isinstance(people, FieldErrors):
        return people
    value = AssignValue(**subject.place(), person_ids=tuple(people), assigned_at=noted_assignment(subject))
    await request.will_send(REASSIGN, value)
    return await REASSIGNING.perform(request, value)


async def _submit_add(request: Request, subject: FormValue, typed: Texts) -> Reply | FieldErrors:
    people = await people_of_form(request, typed)
    if isinstance(people, FieldErrors):
        return people
    channels = NOTIFY_CHANNELS.get(typed.get(NOTIFY_FIELD, ""), ())
    value = AddResponderValue(**subject.place(), person_ids=tuple(people), channels=channels)
    current = await request.services.schedules.get_recent(request.team)
    on_call = on_call_ids(on_call_now(current.schedules, request.now)) if current is not None else ()
    if people.keys() <= set(on_call):
        await request.will_send(ADD_RESPONDER, value)
        return await ADDING.perform(request, value)
    off = [name for number, name in people.items() if number not in on_call]
    others = [name for number, name in people.items() if number in on_call]
    return await _warn(request, value, off, others=others, is_known=current is not None)


async def _warn(
    request: Request, value: AddResponderValue, off: Sequence[str], *, others: Sequence[str], is_known: bool
) -> Reply:
    """Ask before people are paged who are off shift."""
    to = request.to_person
    incident = await read_incident(request.flashduty, request.team, value.incident_id)
    if not incident.is_open:
        message = action_unchanged(to, ADDING.words, incident, team=value.team)
        return Reply(private=message, outcome="add_responder: closed", refused=(Refused(reason=WRONG_STATE),))
    message = off_shift(to, incident, value, off=off, others=others, is_known=is_known)
    return Reply(
        form=message_form(to, to.translated_label(ADD_TITLE), message), private=message, outcome="off shift, asks"
    )


async def _submit_nothing(request: Request, subject: FormValue, typed: Texts) -> Reply:
    """Answer a submission of the levels, which have no button for it."""
    del subject, typed
    return Reply(form=outdated_form(request.to_person), refused=(Refused(reason=OUTDATED_FORM),))


REASSIGN_SPEC: Final = AssigningForm(
    callback_id=REASSIGN_FORM,
    title=REASSIGN_TITLE,
    fields=(PERSON_FIELD,),
    changing=actions.reassigning,
    draw=_draw_reassign,
    refuses=_refuses_assigning,
    check=_check_person,
    submit=_submit_reassign,
    gather=_gather,
    draw_contents=reassign_form,
)
ESCALATE_SPEC: Final = AssigningForm(
    callback_id=ESCALATE_FORM,
    title=ESCALATE_TITLE,
    fields=(),
    changing=ESCALATING.changing,
    draw=_draw_levels,
    refuses=_refuses_assigning,
    check=lambda *_: {},
    submit=_submit_nothing,
    gather=_gather_steps,
    draw_contents=escalate_form,
)
ADD_SPEC: Final = AssigningForm(
    callback_id=ADD_FORM,
    title=ADD_TITLE,
    fields=(PERSON_FIELD, NOTIFY_FIELD),
    changing=actions.adding_responder,
    draw=_draw_add,
    refuses=_refuses_adding,
    check=_check_person,
    submit=_submit_add,
    gather=_gather,
    draw_contents=add_form,
)
