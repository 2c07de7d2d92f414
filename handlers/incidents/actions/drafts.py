"""What people type into the forms of actions: kept for an hour, until the action is made."""

import json
from collections.abc import Mapping
from datetime import datetime

import structlog

from bot.incidents.actions.account_form import AnswerForm
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.people.form_drafts import FormDraft
from handlers.dispatch.context import Request
from handlers.dispatch.services import Services
from handlers.incidents.comment import store_draft

log = structlog.get_logger(__name__)


def answer_draft_key(form: AnswerForm, incident_id: str) -> str:
    """Return the name under which what was typed for the account's form is kept."""
    return f"{form} {incident_id}"


async def keep_texts(services: Services, person: str, *, key: str, typed: Mapping[str, str], now: datetime) -> None:
    """Keep what was typed, unless it is blank."""
    if any(text.strip() for text in typed.values()):
        written = json.dumps(dict(typed), ensure_ascii=False)
        await store_draft(services, person, key=key, draft=FormDraft(words=written, typed_at=now))


async def kept_texts(request: Request, key: str) -> dict[str, str]:
    """Return what a person typed last; empty where there is nothing, or the database does not answer."""
    try:
        draft = await request.services.drafts.of(request.person.id, key, request.now)
        held = json.loads(draft.words) if draft is not None else {}
    except (DatabaseUnavailable, ValueError) as error:
        log.warning("form.draft.not_read", why=str(error))
        return {}
    return {name: text for name, text in held.items() if isinstance(text, str)} if isinstance(held, dict) else {}


async def forget_texts(request: Request, key: str) -> None:
    """Forget what was typed, now that it is where it belongs."""
    try:
        await request.services.drafts.forget(request.person.id, key)
    except DatabaseUnavailable as error:
        log.warning("form.draft.not_forgotten", why=str(error))
