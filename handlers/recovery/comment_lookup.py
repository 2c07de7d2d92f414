"""Look up after a crash whether a comment was added, in the incident's timeline, the only place that shows it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.flashduty import Incident
from bot.incidents.changes import CLOCK_TOLERANCE
from bot.incidents.commenting.comments import CommentSearch, fingerprint, search_comments
from bot.incidents.messages import comment as says
from bot.incidents.scope import read_incident
from bot.messages.changes import actions, after_a_restart
from bot.messages.errors import Retry
from bot.people.directory import address_of, normalised_email
from bot.storage.people.form_drafts import FormDraft
from bot.storage.requests.pending_actions import PendingAction
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.incidents.comment import MESSAGE_KEY, incident_key
from handlers.recovery.sent_comments import SentComment

# A request that was cut off may still be carried out for this long.
WRITE_SETTLING: Final = timedelta(seconds=20)


class TooEarlyError(Exception):
    """Raised while a request that was cut off may still be carried out."""


async def look_up_comment(request: Request, action: PendingAction, retry: Retry | None) -> Reply | None:
    """Report whether a comment is on the timeline, and offer the typed words again if it is not.

    None where the timeline cannot show it; the draft is marked as possibly sent meanwhile. Raises FlashdutyError,
    AccessDenied, DatabaseUnavailable and TooEarlyError.
    """
    del retry
    sent = request.value_as(SentComment)
    draft = await _draft(request, sent)
    if draft is not None and not draft.is_in_doubt:
        await _keep(request, sent.draft_key, replace(draft, is_in_doubt=True))
    incident = await read_incident(request.flashduty, request.team, sent.incident_id)
    page = await request.flashduty.newest_comments(incident.id)
    search = search_comments(page, sent.text, action.noted_at - CLOCK_TOLERANCE)
    is_ours = await _is_the_key_owners(request, search)
    if is_ours:
        if draft is not None:
            await request.services.drafts.forget(request.person.id, sent.draft_key)
        words = draft.words if draft else ""
        return Reply(
            private=says.comment_added(request.audience, incident, words, team=request.team.name),
            outcome="comment added",
        )
    if is_ours is None or not search.is_complete:
        return None
    if request.now - action.noted_at < WRITE_SETTLING:
        raise TooEarlyError("the comment may still be on its way")
    return await _not_added(request, incident, sent, draft=draft)


async def _is_the_key_owners(request: Request, search: CommentSearch) -> bool | None:
    """Return whether the owner of the key wrote it; None where the writer of one cannot be identified."""
    if not search.writers:
        return False
    address = normalised_email((await request.flashduty.key_owner()).email)
    people = await request.flashduty.persons(search.writers)
    addresses = {address_of(people[number]) if number in people else "" for number in search.writers}
    if address and address in addresses:
        return True
    return None if not address or "" in addresses else False


async def _not_added(request: Request, incident: Incident, sent: SentComment, *, draft: FormDraft | None) -> Reply:
    """Say that it was not added, and offer the words in the form that they belong in."""
    is_about_message = sent.draft_key.startswith(MESSAGE_KEY)
    if draft is not None:
        key = sent.draft_key if is_about_message else incident_key(incident.id)
        await _keep(request, key, replace(draft, is_in_doubt=False))
        if key != sent.draft_key:
            await request.services.drafts.forget(request.person.id, sent.draft_key)
    message = says.comment_lost(
        request.audience,
        incident,
        request.team.name,
        why=after_a_restart.lost(request.audience, actions.commenting(request.audience, incident.id).not_done),
        words=draft.words if draft is not None else "",
        is_about_message=is_about_message,
    )
    return Reply(private=message, outcome="comment not added")


async def _draft(request: Request, sent: SentComment) -> FormDraft | None:
    """Return what was typed, unless it was forgotten or something newer was typed since."""
    draft = await request.services.drafts.of(request.person.id, sent.draft_key, request.now)
    return draft if draft is not None and fingerprint(draft.words) == sent.words else None


async def _keep(request: Request, key: str, draft: FormDraft) -> None:
    await request.services.drafts.keep(request.person.id, key, draft)
