"""Add comment: the submitted form, and the select that searches incidents."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.incidents.commenting.comments import is_blank
from bot.incidents.messages.comment import comment_added, not_one_incident
from bot.incidents.messages.comment_form import (
    INCIDENT_FIELD,
    TYPE_FIELD,
    WORDS_FIELD,
    CommentSubject,
    Typed,
    comment_form,
    wrong_fields,
)
from bot.incidents.messages.incident_choices import (
    NO_INCIDENT,
    incident_choice,
    list_unread,
    number_choice,
    unchecked_number_choice,
)
from bot.incidents.open_list import matching, typed_number
from bot.incidents.queries import find_incidents
from bot.messages.audience import Audience
from bot.messages.buttons import INCIDENT_ID_LENGTH
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords
from bot.messages.forms import MAX_OPTIONS, Choice, Form
from bot.messages.text import verbatim
from bot.storage.people.form_drafts import FormDraft
from handlers.dispatch.answers import FieldErrors, Options, Reply
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.requests import FormSubmission, OptionsQuery
from handlers.dispatch.services import Services
from handlers.incidents.comment import add_comment, keep_draft, store_draft
from handlers.incidents.comment_types import offered_comment_types


def check_comment_form(to: Audience, submission: FormSubmission) -> Mapping[str, str]:
    """Return a message for each invalid field."""
    view = submission.view
    return wrong_fields(to, _subject(submission), words=view.text(WORDS_FIELD), incident=view.text(INCIDENT_FIELD))


def draw_comment_form(to: Audience, submission: FormSubmission) -> Form:
    """Draw the form as it was filled in."""
    view = submission.view
    value = view.text(INCIDENT_FIELD)
    chosen = Choice(verbatim(view.label(INCIDENT_FIELD) or value), value) if value else None
    typed = Typed(words=view.text(WORDS_FIELD), type_id=view.text(TYPE_FIELD), incident=chosen)
    return comment_form(to, _subject(submission), view.team, typed=typed, types=offered_comment_types(submission))


def change_of_form(to: Audience, incoming: Incoming) -> ChangeWords:
    """Return the words for adding the submitted comment."""
    if not isinstance(incoming, FormSubmission):
        return actions.commenting(to, "")
    return actions.commenting(to, _subject(incoming).incident or incoming.view.text(INCIDENT_FIELD))


async def submit_comment(request: Request, submission: FormSubmission) -> Reply | FieldErrors:
    """Write the comment; the draft is stored until the write is confirmed."""
    to = request.audience
    subject, words, chosen = _subject(submission), submission.view.text(WORDS_FIELD), _chosen(submission)
    await keep_draft(request, subject.draft_key, words, incident=chosen)
    draft = replace(subject, writer=request.person.name).draft(words)
    incident_id = subject.incident or submission.view.text(INCIDENT_FIELD)
    if len(incident_id) != INCIDENT_ID_LENGTH:
        found = await find_incidents(request.flashduty, request.team, incident_id, now=request.now)
        if len(found) != 1:
            return FieldErrors({INCIDENT_FIELD: not_one_incident(to, incident_id, len(found), team=request.team.name)})
        incident_id = found[0].id
    type_id = submission.view.text(TYPE_FIELD)
    incident = await add_comment(request, incident_id, draft, key=subject.draft_key, chosen=chosen, type_id=type_id)
    shown = words or (to.label("message of {author}", author=subject.author) if subject.author else "")
    return Reply(private=comment_added(to, incident, shown, team=request.team.name), outcome="comment added")


async def keep_comment(services: Services, submission: FormSubmission, now: datetime) -> None:
    """Store the text of a rejected form as a draft, unless it is blank."""
    words = submission.view.text(WORDS_FIELD)
    if not is_blank(words):
        draft = FormDraft(words=words, typed_at=now, incident=_chosen(submission))
        await store_draft(services, submission.origin.user, key=_subject(submission).draft_key, draft=draft)


async def find_incident_options(request: Request, query: OptionsQuery) -> Options:
    """List the open incidents that match the typed text, and a typed number that is none of them."""
    listed = await request.services.open_incidents.get(request.team)
    if listed is None:
        return fallback_options(request.to_person, query)
    found = matching(listed, query.typed)
    number = typed_number(query.typed)
    beside = (number_choice(request.to_person, number),) if number and not found else ()
    return Options((*(incident_choice(request.to_person, one) for one in found[:MAX_OPTIONS]), *beside)[:MAX_OPTIONS])


def fallback_options(to: Audience, query: OptionsQuery) -> Options:
    """Return the typed number, or an entry that asks for one, when the list cannot be read."""
    number = typed_number(query.typed)
    return Options((unchecked_number_choice(to, number) if number else list_unread(to),))


def _subject(submission: FormSubmission) -> CommentSubject:
    return CommentSubject.unpacked(submission.view.metadata)


def _chosen(submission: FormSubmission) -> str:
    """Name the incident that was chosen in the form; empty for none."""
    value = submission.view.text(INCIDENT_FIELD)
    if value in {"", NO_INCIDENT}:
        return ""
    return submission.view.label(INCIDENT_FIELD) if len(value) == INCIDENT_ID_LENGTH else f"#{value}"
