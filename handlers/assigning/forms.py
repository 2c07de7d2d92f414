"""The forms of Reassign, Escalate and Add responder."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.assigning.gather import find_members, gather_assignees, gather_steps, names_of
from bot.assigning.messages.choices import chosen_person, fits_name, on_call_choice, person_choice
from bot.assigning.messages.forms import (
    ADD_FORM,
    ADD_TITLE,
    ESCALATE_FORM,
    ESCALATE_TITLE,
    LABEL_OF,
    NOTIFY_CHANNELS,
    NOTIFY_FIELD,
    PERSON_FIELD,
    REASSIGN_FORM,
    REASSIGN_TITLE,
    FormContents,
    add_form,
    escalate_form,
    no_member,
    noted_assignment,
    off_shift,
    reassign_form,
    wrong_person,
)
from bot.assigning.model import Assignees, on_call_ids, on_call_now
from bot.flashduty import FlashdutyError, Incident
from bot.incidents.messages.actions.more import form_elsewhere
from bot.incidents.messages.actions.outcome import action_unchanged
from bot.incidents.messages.actions.values import AddResponderValue, AssignValue, FormValue
from bot.incidents.scope import read_incident
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import ADD_RESPONDER, REASSIGN
from bot.messages.changes import actions
from bot.messages.forms import Choice, Form, message_form, outdated_form
from bot.people.directory import PartialPeople, display_name
from handlers.assigning.actions import ADDING, ESCALATING, REASSIGNING
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
        typed = await _as_chosen(request, await kept_texts(request, self.draft_key(value)), found)
        drawn = self.draw_contents(to, value, FormContents(incident=incident, typed=typed, found=found, known=known))
        return OpenForm(drawn, form_elsewhere(to, incident), outcome=f"form {self.callback_id} shown")

    async def keep_words(self, request: Request, value: FormValue, words: str) -> None:
        """Keep words that were typed elsewhere, where there is a field for them."""
        if self.fields:
            await super().keep_words(request, value, words)

    def texts_of(self, submission: FormSubmission) -> Texts:
        """Return what was chosen, with the label of the person."""
        label = submission.view.label(PERSON_FIELD)
        return {**super().texts_of(submission), **({LABEL_OF + PERSON_FIELD: label} if label else {})}


async def _as_chosen(request: Request, typed: Texts, found: Assignees) -> Texts:
    """Replace a name that was typed behind a command by the one person who has it."""
    words = typed.get(PERSON_FIELD, "").strip().lstrip("@")
    if not words or chosen_person(words) is not None:
        return typed
    choice = await _one_person(request, words, found)
    return {**typed, PERSON_FIELD: choice.value, LABEL_OF + PERSON_FIELD: choice.label} if choice else typed


async def _one_person(request: Request, words: str, found: Assignees) -> Choice | None:
    to, people = request.to_person, found.people
    on_call = {
        number: on_call_choice(to, people[number], one.schedule)
        for one in found.on_call or ()
        for number in one.person_ids
        if number in people and fits_name(people[number], words)
    }
    if len(on_call) == 1:
        return next(iter(on_call.values()))
    try:
        members = await find_members(request.flashduty_for_wording(), words)
    except FlashdutyError:
        return None
    return person_choice(members[0]) if len(members) == 1 else None


async def _gather(request: Request, incident: Incident) -> Assignees:
    return await gather_assignees(
        request.flashduty_for_wording(), request.team, incident, schedules=request.services.schedules, now=request.now
    )


async def _gather_steps(request: Request, incident: Incident) -> Assignees:
    return await gather_steps(
        request.flashduty_for_wording(), request.team, incident, schedules=request.services.schedules, now=request.now
    )


def _refuses_assigning(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    return None if incident.is_open else action_unchanged(to, REASSIGNING.words, incident, value.team)


def _refuses_adding(to: Audience, value: FormValue, incident: Incident) -> Message | None:
    return None if incident.is_open else action_unchanged(to, ADDING.words, incident, value.team)


def _check_person(to: Audience, _: FormValue, typed: Texts) -> Mapping[str, str]:
    return wrong_person(to, typed.get(PERSON_FIELD, ""))


def _draw_reassign(to: Audience, subject: FormValue, incident: Incident | None, typed: Texts) -> Form:
    return reassign_form(to, subject, FormContents(incident=incident, typed=typed))


def _draw_add(to: Audience, subject: FormValue, incident: Incident | None, typed: Texts) -> Form:
    return add_form(to, subject, FormContents(incident=incident, typed=typed))


def _draw_levels(to: Audience, subject: FormValue, incident: Incident | None, typed: Texts) -> Form:
    del subject, incident, typed
    return outdated_form(to)


async def _person_of(request: Request, typed: Texts) -> tuple[int, str] | FieldErrors:
    """Return the chosen person and their name; a field error for somebody who is not in the account."""
    number = chosen_person(typed.get(PERSON_FIELD, "")) or 0
    people = await names_of(request.flashduty_for_names(), [number])
    if number in people and people[number].status != "deleted":
        return number, display_name(people[number])
    if isinstance(people, PartialPeople):
        return number, typed.get(LABEL_OF + PERSON_FIELD, "") or str(number)
    return FieldErrors({PERSON_FIELD: no_member(request.to_person)})


async def _submit_reassign(request: Request, subject: FormValue, typed: Texts) -> Reply | FieldErrors:
    person = await _person_of(request, typed)
    if isinstance(person, FieldErrors):
        return person
    value = AssignValue(**subject.place(), person_ids=(person[0],), assigned_at=noted_assignment(subject))
    await request.will_send(REASSIGN, value)
    return await REASSIGNING.perform(request, value)


async def _submit_add(request: Request, subject: FormValue, typed: Texts) -> Reply | FieldErrors:
    person = await _person_of(request, typed)
    if isinstance(person, FieldErrors):
        return person
    channels = NOTIFY_CHANNELS.get(typed.get(NOTIFY_FIELD, ""), ())
    value = AddResponderValue(**subject.place(), person_ids=(person[0],), channels=channels)
    current = await request.services.schedules.get_recent(request.team)
    on_call = on_call_ids(on_call_now(current.schedules, request.now)) if current is not None else ()
    if person[0] in on_call:
        await request.will_send(ADD_RESPONDER, value)
        return await ADDING.perform(request, value)
    return await _warn(request, value, person[1], is_known=current is not None)


async def _warn(request: Request, value: AddResponderValue, name: str, *, is_known: bool) -> Reply:
    """Ask before somebody is paged who is off shift."""
    to = request.to_person
    incident = await read_incident(request.flashduty, request.team, value.incident_id)
    if not incident.is_open:
        message = action_unchanged(to, ADDING.words, incident, value.team)
        return Reply(private=message, outcome="add_responder: closed", refused=(Refused(reason=WRONG_STATE),))
    message = off_shift(to, incident, value, name=name, is_known=is_known)
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
