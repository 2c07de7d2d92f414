"""Which attempt a request is, for the audit trail, and the attempts that were refused before anything was sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.audit.model import AuditAction, AuditActor, AuditResult
from bot.audit.refusals import Refusals
from bot.incidents.messages.actions.typed import TypedAction, TypedVerb
from bot.incidents.messages.actions.values import ActionForm, FormValue
from bot.incidents.messages.comment_form import COMMENT_FORM, CommentSubject
from bot.messages.buttons import APPROVE_SYNC, DECLINE_SYNC, PROPOSE_SYNC, STOP_SYNC, TAKE_OVER, UNDO, decode
from bot.messages.views import IncidentAcknowledgement, IncidentComment, PostedDigest, View, ViewValue
from bot.runtime.tasks import BackgroundTasks
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.teams.access import MemberStatus, SlackPerson, Teams
from handlers.dispatch.answers import Refused
from handlers.dispatch.context import Incoming
from handlers.dispatch.requests import FormSubmission

_ID: Final = re.compile(r"[0-9a-f]{24}")
_ROUTES: Final[Mapping[str, AuditAction]] = {
    **{one.value: one for one in AuditAction},
    UNDO: AuditAction.UNACKNOWLEDGE,
    TAKE_OVER: AuditAction.COVER_SHIFT,
    APPROVE_SYNC: AuditAction.APPROVE_GROUP_SYNC,
    DECLINE_SYNC: AuditAction.DECLINE_GROUP_SYNC,
    STOP_SYNC: AuditAction.STOP_GROUP_SYNC,
    PROPOSE_SYNC: AuditAction.PROPOSE_GROUP_SYNC,
    COMMENT_FORM: AuditAction.COMMENT,
}
_FORMS: Final[Mapping[ActionForm, AuditAction]] = {
    "snooze": AuditAction.SNOOZE,
    "acknowledge_and_snooze": AuditAction.SNOOZE,
    "close": AuditAction.CLOSE,
    "reopen": AuditAction.REOPEN,
    "reassign": AuditAction.REASSIGN,
    "escalate": AuditAction.ESCALATE,
    "add_responder": AuditAction.ADD_RESPONDER,
}
_VERBS: Final[Mapping[TypedVerb, AuditAction]] = {
    "snooze": AuditAction.SNOOZE,
    "wake": AuditAction.WAKE,
    "close": AuditAction.CLOSE,
    "reopen": AuditAction.REOPEN,
    "unack": AuditAction.UNACKNOWLEDGE,
    "assign": AuditAction.REASSIGN,
    "escalate": AuditAction.ESCALATE,
    "add": AuditAction.ADD_RESPONDER,
}


@dataclass(frozen=True, kw_only=True)
class Attempted:
    """What a request attempts, and on which incident: an id, or a number as it was typed; empty where none is named."""

    action: AuditAction
    about: str = ""


def attempted(incoming: Incoming) -> Attempted | None:
    """Return what a request attempts to change; None for one that changes nothing."""
    value = incoming.value
    if isinstance(incoming, FormSubmission):
        return _submitted(incoming)
    if isinstance(value, FormValue):
        form = _FORMS.get(value.form)
        return Attempted(action=form, about=value.incident_id) if form is not None else None
    if isinstance(value, ViewValue):
        return _of_view(value.view)
    action = _ROUTES.get(incoming.route or "") if incoming.pressed is not None else None
    return Attempted(action=action, about=value.incident or _pressed_incident(incoming)) if action else None


def _submitted(form: FormSubmission) -> Attempted | None:
    subject = decode(FormValue, form.view.metadata)
    if subject is not None:
        action = _FORMS.get(subject.form)
        return Attempted(action=action, about=subject.incident_id) if action is not None else None
    action = _ROUTES.get(form.route or "")
    if action is AuditAction.COMMENT:
        return Attempted(action=action, about=CommentSubject.unpacked(form.view.metadata).incident)
    return None


def _of_view(view: View) -> Attempted | None:
    if isinstance(view, TypedAction):
        return Attempted(action=_VERBS[view.verb], about=view.about)
    if isinstance(view, IncidentAcknowledgement):
        return Attempted(action=AuditAction.ACKNOWLEDGE, about=view.asked[0] if len(view.asked) == 1 else "")
    if isinstance(view, IncidentComment):
        return Attempted(action=AuditAction.COMMENT, about=view.asked)
    if isinstance(view, PostedDigest):
        return Attempted(action=AuditAction.POST_REPORT if view.is_week else AuditAction.POST_DIGEST)
    return None


def _pressed_incident(incoming: Incoming) -> str:
    """Return the incident in the name of a control whose value cannot be read."""
    found = _ID.search(incoming.pressed[0]) if incoming.pressed is not None else None
    return found[0] if found is not None else ""


class RefusedAttempts:
    """Notes in the audit trail what was refused; the person does not wait for it."""

    def __init__(self, refusals: Refusals, *, workspace: Workspace, teams: Teams, tasks: BackgroundTasks) -> None:
        self._refusals = refusals
        self._workspace = workspace
        self._teams = teams
        self._tasks = tasks

    def note(
        self, incoming: Incoming, refused: Sequence[Refused], *, team: str = "", person: SlackPerson | None = None
    ) -> None:
        """Write each refusal in the background; nothing for a request that changes nothing."""
        attempt = attempted(incoming) if refused else None
        if attempt is not None:
            noting = self._note(incoming, attempt, refused, team=team, person=person)
            self._tasks.start(noting, name=f"{incoming.once} refused")

    async def _note(
        self,
        incoming: Incoming,
        attempt: Attempted,
        refused: Sequence[Refused],
        *,
        team: str,
        person: SlackPerson | None,
    ) -> None:
        origin = incoming.origin
        by = AuditActor(
            team=team or self._teams.team_of(incoming.team, origin.channel),
            person=person or await self._person(origin.user),
            workspace=origin.workspace,
            once=incoming.once,
        )
        for one in refused:
            about = one.about or attempt.about
            is_id = _ID.fullmatch(about) is not None
            await self._refusals.note(
                by,
                attempt.action,
                one.reason,
                incident_id=about if is_id else "",
                asked="" if is_id or not about else f"#{about.upper()}",
                result=AuditResult.NOT_DONE if one.is_failure else AuditResult.REFUSED,
            )

    async def _person(self, user_id: str) -> SlackPerson:
        try:
            return await self._workspace.person(user_id)
        except SlackError:
            return SlackPerson(user_id, user_id, MemberStatus.MEMBER)
