"""What the timeline of an incident says about who did something in Slack: Flashduty names the owner of the APP Key."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from bot.audit.model import AuditAction
from bot.incidents.commenting.markdown import escaped_name
from bot.messages.language import ENGLISH, N_, Language, Marked, chinese

# One line for each action that changes an incident. A comment says itself who wrote it.
ATTRIBUTIONS: Final[Mapping[AuditAction, Marked]] = {
    AuditAction.ACKNOWLEDGE: N_("Acknowledged from Slack by {who}"),
    AuditAction.UNACKNOWLEDGE: N_("Unacknowledged from Slack by {who}"),
    AuditAction.SNOOZE: N_("Snoozed from Slack by {who}"),
    AuditAction.WAKE: N_("Snooze ended from Slack by {who}"),
    AuditAction.CLOSE: N_("Closed from Slack by {who}"),
    AuditAction.REOPEN: N_("Reopened from Slack by {who}"),
    AuditAction.REASSIGN: N_("Reassigned from Slack by {who}"),
    AuditAction.ESCALATE: N_("Escalated from Slack by {who}"),
    AuditAction.ADD_RESPONDER: N_("Responders added from Slack by {who}"),
    AuditAction.CUSTOM_ACTION: N_("Custom action run from Slack by {who}"),
}
# An escaped name has no more characters.
_NAME: Final = r"[^\n]{1,160}"


def attribution_comment(language: Language, action: AuditAction, name: str) -> str:
    """Return the comment, as Markdown in which the name has no effect; empty for an action without one."""
    sentence = ATTRIBUTIONS.get(action)
    return language.translated_label(sentence, who=escaped_name(name)) if sentence is not None else ""


def is_attribution(comment: str) -> bool:
    """Whether a comment of a timeline has the form of those above, in either language; anybody can write one."""
    return _form().fullmatch(comment.strip()) is not None


@cache
def _form() -> re.Pattern[str]:
    return re.compile("|".join(dict.fromkeys(_forms())))


def _forms() -> Iterator[str]:
    for language in (ENGLISH, chinese()):
        for sentence in ATTRIBUTIONS.values():
            before, _, after = language.catalogue.gettext(sentence).partition("{who}")
            yield f"{re.escape(before)}{_NAME}{re.escape(after)}"
