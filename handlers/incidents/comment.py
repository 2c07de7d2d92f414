"""Add comment: the command, the button on a card and the message shortcut, until the form is open."""

import re
from dataclasses import replace
from typing import Final

import structlog

from bot.flashduty import Incident
from bot.incidents.actions.command import UnknownOutcomeError
from bot.incidents.commenting.add_comment import AddComment
from bot.incidents.commenting.comments import CommentDraft, MessageReference, fingerprint
from bot.incidents.messages import comment as messages
from bot.incidents.messages.comment_form import (
    SHORTCUT_TITLE,
    TITLE,
    CommentSubject,
    Typed,
    about_message,
    chosen_message,
    comment_form,
    team_choice,
)
from bot.incidents.open_list import typed_number
from bot.incidents.queries import find_incidents
from bot.incidents.scope import read_incident
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.changes import actions
from bot.messages.changes.actions import ChangeWords
from bot.messages.input.markup import without_markup
from bot.messages.input.typed import normalised
from bot.messages.language import Marked
from bot.messages.views import IncidentComment, ViewValue
from bot.runtime.request_trail import note_text_kept
from bot.slack.api import SlackError
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.people.form_drafts import FormDraft
from handlers.dispatch.answers import INVALID_INPUT, NO_SUCH_INCIDENT, OpenForm, Refusal, Reply
from handlers.dispatch.attached import SharedMessage
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.requests import Shortcut
from handlers.dispatch.services import Services
from handlers.incidents.card_threads import incident_of_thread, is_mention_in_thread
from handlers.incidents.comment_types import read_comment_types
from handlers.recovery.sent_comments import SENT_COMMENT, SentComment

log = structlog.get_logger(__name__)

MENTION_LIMIT: Final = 5
_ANY_INCIDENT_KEY: Final = "comment"
MESSAGE_KEY: Final = "message "
_MENTIONED: Final = re.compile(r"<@([A-Z0-9]{1,20})>")
_NUMBER_SEPARATOR: Final = re.compile(r"[\s:：,，、。]+")


def read_comment(words: str) -> IncidentComment:
    """Parse the words behind `comment`: the incident's number, if that comes first, and the comment."""
    number, rest = number_and_words(words)
    return IncidentComment(asked=number, words=rest)


async def draw_comment(request: Request, view: IncidentComment) -> Message | Refusal | Reply | OpenForm:
    """Add the comment typed behind the number, or open the form for what is missing."""
    message = _message(request)
    if message is not None:
        return await _form_for_shared_message(request, message)
    number, words = number_and_words(request.typed) if request.typed else (view.asked, view.words)
    if of_thread := await incident_of_thread(request):
        return await _draw_in_thread(request, of_thread, number=number, words=words)
    if not number:
        return await _form(request, CommentSubject(writer=request.person.name), key=_ANY_INCIDENT_KEY, words=words)
    return await _draw_with_number(request, number, words)


async def _draw_with_number(request: Request, number: str, words: str) -> Message | Refusal | Reply | OpenForm:
    found = await _find(request, number, words)
    if not found:
        none = messages.no_incident_for_comment(request.audience, number, request.team.name)
        return Refusal(none, refused=NO_SUCH_INCIDENT)
    if len(found) > 1:
        return messages.which_of_several(request.audience, number, len(found))
    if not words:
        return await _form_for_incident(request, found[0])
    return await _add(request, found[0], words)


async def _draw_in_thread(request: Request, incident_id: str, *, number: str, words: str) -> Message | Refusal | Reply:
    """Add what was typed in the thread of a card to its incident, unless it begins with another one's number."""
    found = await find_incidents(request.flashduty, request.team, number, now=request.now) if number else ()
    if len(found) > 1:
        return messages.which_of_several(request.audience, number, len(found))
    typed = words if found or not number else request.typed.strip() or f"{number} {words}".strip()
    if not typed:
        return messages.comment_usage_in_thread(request.audience)
    incident = found[0] if found else await read_incident(request.flashduty, request.team, incident_id)
    return await _add(request, incident, typed)


async def _find(request: Request, number: str, words: str) -> list[Incident]:
    """Find the incidents of a number; unless there is exactly one, store the typed text as a draft."""
    found: list[Incident] = []
    try:
        found = list(await find_incidents(request.flashduty, request.team, number, now=request.now))
    finally:
        if words and len(found) != 1:
            await keep_draft(request, _ANY_INCIDENT_KEY, request.typed.strip() or f"{number} {words}")
    return found


def number_and_words(typed: str) -> tuple[str, str]:
    """Split the text behind the command into the incident's number, if that comes first, and the comment."""
    words = typed.strip()
    first, *rest = _NUMBER_SEPARATOR.split(words, maxsplit=1)
    number = typed_number(normalised(first))
    return (number, "".join(rest)) if number else ("", words)


def opens(incoming: Incoming) -> Marked | None:
    """Return the form's title; None when the whole comment was typed.

    None as well in a thread: the incident of a card needs no number.
    """
    if is_mention_in_thread(incoming.origin):
        return None
    if isinstance(incoming, Shortcut):
        return SHORTCUT_TITLE
    view = _view(incoming)
    return None if view.asked and view.words else TITLE


def change(to: Audience, incoming: Incoming) -> ChangeWords:
    """Return the words for adding the requested comment."""
    return actions.commenting(to, _view(incoming).asked)


def _view(incoming: Incoming) -> IncidentComment:
    view = incoming.value.view if isinstance(incoming.value, ViewValue) else None
    return view if isinstance(view, IncidentComment) else IncidentComment()


def _message(request: Request) -> MessageReference | None:
    """Return the message that a comment is about: of the shortcut, or of the form in which the team was chosen."""
    if request.shared is not None:
        return _reference(request.shared)
    return chosen_message(request.origin.view.metadata) if request.origin.view is not None else None


async def _add(request: Request, incident: Incident, words: str) -> Message | Refusal | Reply:
    draft = CommentDraft(words=words, writer=request.person.name)
    key = incident_key(incident.id)
    await keep_draft(request, key, words)
    if draft.is_too_long:
        too_long = messages.comment_too_long(request.audience, draft, incident, team=request.team.name)
        return Refusal(too_long, refused=INVALID_INPUT)
    await add_comment(request, incident.id, draft, key=key)
    return Reply(
        private=messages.comment_added(request.audience, incident, words, team=request.team.name),
        outcome="comment added",
    )


async def add_comment(
    request: Request, incident_id: str, draft: CommentDraft, *, key: str, chosen: str = "", type_id: str = ""
) -> Incident:
    """Write a comment and delete the draft; when the outcome is not known, mark the draft so."""
    sent = SentComment(
        team=request.team.name,
        incident_id=incident_id,
        text=fingerprint(draft.text),
        words=fingerprint(draft.words),
        draft_key=key,
    )
    await request.will_send(SENT_COMMENT, sent)
    await request.services.own_comments.note(request.team.name, incident_id, draft.text)
    try:
        command = AddComment(text=draft.text, type_id=type_id)
        (outcome,) = await request.services.commands.run(command, [incident_id], request.actor)
    except UnknownOutcomeError:
        await keep_draft(request, key, draft.words, is_in_doubt=True, incident=chosen)
        raise
    try:
        await request.services.drafts.forget(request.person.id, key)
    except DatabaseUnavailable as error:
        log.warning("form.draft.not_forgotten", why=str(error))
    return outcome.known


async def keep_draft(request: Request, key: str, words: str, *, is_in_doubt: bool = False, incident: str = "") -> None:
    """Store typed text as a draft for an hour; a failure does not stop the comment."""
    draft = FormDraft(words=words, typed_at=request.now, is_in_doubt=is_in_doubt, incident=incident)
    await store_draft(request.services, request.person.id, key=key, draft=draft)


async def store_draft(services: Services, person_id: str, *, key: str, draft: FormDraft) -> None:
    """Store a draft if the database is available, and note for error messages that the text is kept."""
    try:
        await services.drafts.keep(person_id, key, draft)
    except DatabaseUnavailable as error:
        log.warning("form.draft.not_kept", why=str(error))
    else:
        note_text_kept()


def incident_key(incident_id: str) -> str:
    """Return the draft key of an incident's form."""
    return f"comment {incident_id}"


async def _form_for_incident(request: Request, incident: Incident) -> OpenForm:
    subject = CommentSubject.of_incident(request.audience, incident, request.person.name)
    return await _form(request, subject, key=incident_key(incident.id))


async def _form_for_shared_message(request: Request, message: MessageReference) -> OpenForm:
    """Open the form for a message, or the choice of team where the person has several."""
    if len(request.teams) == 1:
        return await _form_for_message(request, message)
    choice = team_choice(request.audience, message, [team.name for team in request.teams])
    return OpenForm(choice, messages.comment_usage(request.audience), outcome="which team")


async def _form_for_message(request: Request, message: MessageReference) -> OpenForm:
    """Open the form for a message: its author, its text as Slack shows it, and a link to it."""
    words = await _with_names(request, without_markup(message.words))
    subject = CommentSubject(
        writer=request.person.name,
        author=await _name(request, message.author_id) or message.app_name or request.audience.label("an app"),
        permalink=await request.services.workspace.permalink(message.channel, message.ts),
        fingerprint=fingerprint(words),
    )
    subject, words = about_message(subject, words)
    if message.length:
        subject = replace(subject, message_length=message.length)
    return await _form(request, subject, key=f"{MESSAGE_KEY}{message.channel} {message.ts}", words=words)


async def _form(request: Request, subject: CommentSubject, *, key: str, words: str = "") -> OpenForm:
    """Open the form with the draft, or else with these words.

    Words behind the command are newer than a draft, which stays for the next form.
    """
    kept = await _draft(request, key)
    typed = Typed(words=words)
    is_newer = key == _ANY_INCIDENT_KEY and bool(words)
    if kept is not None and (not is_newer or kept.words == words):
        typed = Typed(words=kept.words, at=kept.typed_at, is_in_doubt=kept.is_in_doubt, meant_for=kept.incident)
    subject, types = replace(subject, draft_key=key), await read_comment_types(request)
    return OpenForm(
        comment_form(request.audience, subject, request.team.name, typed=typed, types=types),
        messages.comment_usage(request.audience),
    )


async def _draft(request: Request, key: str) -> FormDraft | None:
    try:
        return await request.services.drafts.of(request.person.id, key, request.now)
    except DatabaseUnavailable as error:
        log.warning("form.draft.not_read", why=str(error))
        return None


async def _with_names(request: Request, text: str) -> str:
    """Replace the first mentions of a message by names; an id stays where Slack returns no name."""
    for user_id in list(dict.fromkeys(_MENTIONED.findall(text)))[:MENTION_LIMIT]:
        if name := await _name(request, user_id):
            text = text.replace(f"<@{user_id}>", f"@{name}")
    return text


async def _name(request: Request, user_id: str) -> str:
    if not user_id:
        return ""
    try:
        return (await request.services.workspace.person(user_id)).name
    except SlackError:
        return ""


def _reference(shared: SharedMessage) -> MessageReference:
    return MessageReference(
        channel=shared.channel, ts=shared.ts, author_id=shared.author, app_name=shared.app_name, words=shared.text
    )
