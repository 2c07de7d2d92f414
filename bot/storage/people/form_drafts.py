"""Drafts: text that a person submitted with a form, offered again in the form until it is known to be processed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.fingerprints import key_fingerprint
from bot.storage.statements import replace
from bot.storage.tables import form_drafts
from bot.storage.transactions import Database, one_transaction

DRAFT_RETENTION: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class FormDraft:
    """The text, when it was typed, and whether it may have been processed.

    `incident` is the entry that was chosen in the form, as it was shown; empty when none was.
    """

    words: str
    typed_at: datetime
    is_in_doubt: bool = False
    incident: str = ""


class FormDrafts:
    """The drafts of all people, one for a person and form; every method is one transaction, raises DatabaseUnavailable.

    A form's name is a key of any length, such as that of the incident it is about.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def keep(self, connection: AsyncConnection, user_id: str, form: str, draft: FormDraft) -> None:
        """Store a draft for an hour, in place of an earlier one."""
        kept = {
            "words": draft.words,
            "typed_at": draft.typed_at,
            "is_in_doubt": draft.is_in_doubt,
            "incident": draft.incident,
            "kept_until": draft.typed_at + DRAFT_RETENTION,
        }
        await replace(connection, form_drafts, {"slack_user_id": user_id, "form": key_fingerprint(form), **kept})

    @one_transaction
    async def of(self, connection: AsyncConnection, user_id: str, form: str, now: datetime) -> FormDraft | None:
        """Return the draft of the last hour, if there is one."""
        wanted = select(form_drafts).where(_is(user_id, form), form_drafts.c.kept_until > now)
        row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return None
        return FormDraft(
            words=row.words, typed_at=row.typed_at, is_in_doubt=row.is_in_doubt, incident=row.incident or ""
        )

    @one_transaction
    async def forget(self, connection: AsyncConnection, user_id: str, form: str) -> None:
        """Delete a draft that was processed."""
        await connection.execute(delete(form_drafts).where(_is(user_id, form)))


def _is(user_id: str, form: str) -> ColumnElement[bool]:
    return and_(form_drafts.c.slack_user_id == user_id, form_drafts.c.form == key_fingerprint(form))
