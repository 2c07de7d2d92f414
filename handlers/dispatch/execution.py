"""Run one request: admit the person, call the handler within its time limit, explain failures."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

from bot.flashduty import Unreachable
from bot.messages import Message, errors
from bot.messages.buttons import SHARE
from bot.messages.changes.refreshing import not_refreshed
from bot.people.audiences import Audiences
from bot.runtime.tasks import BackgroundTasks
from bot.runtime.time_zones import zone_named
from bot.slack.workspace import Workspace
from bot.teams.access import SlackPerson, Team, Teams
from handlers.dispatch.answers import Announcement, OpenForm, Refusal, Refused, Reply
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.failures import EXPLAINED_ERRORS, Explanation, FailureContext, explanation_of
from handlers.dispatch.requests import FormSubmission, Shortcut, is_for_all_teams
from handlers.dispatch.responses.shown import ShownMessages
from handlers.dispatch.retries import share_again
from handlers.dispatch.route import Answer, FormRoute, Visibility
from handlers.dispatch.services import Services
from handlers.dispatch.serving import ServedRequest
from handlers.dispatch.time_limits import TimeLimits
from handlers.recovery.pending_actions import PendingActions

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Execution:
    """Runs the handler of a request, for every kind of request."""

    def __init__(
        self,
        *,
        teams: Teams,
        workspace: Workspace,
        tasks: BackgroundTasks,
        services: Services,
        now: Callable[[], datetime],
        limits: TimeLimits,
        audiences: Audiences,
        pending: PendingActions,
    ) -> None:
        self.shown = ShownMessages()
        self._teams = teams
        self._workspace = workspace
        self._tasks = tasks
        self._services = services
        self._now = now
        self._limits = limits
        self._pending = pending
        self._audiences = audiences

    async def outcome(self, served: ServedRequest) -> Reply:
        """Return the reply of the handler, or the reply that explains its failure."""
        reply = await self.attempt(served, self._reply(served))
        if isinstance(reply, Explanation):
            return replace(
                served.error_reply(reply.message), outcome=reply.outcome, refused=_refused_attempt(served, reply)
            )
        return reply

    async def attempt(self, served: ServedRequest, work: Awaitable[T]) -> T | Explanation:
        """Await work for a request; an error becomes an explanation."""
        try:
            return await work
        except EXPLAINED_ERRORS as error:
            return await explanation_of(error, FailureContext(served, self._teams, self._limits))
        except Exception:
            reference = secrets.token_hex(4).upper()
            log.exception("request.defect", reference=reference)
            return Explanation(errors.defect(served.reader, reference, served.in_doubt), f"defect: {reference}")

    async def keep(self, submission: FormSubmission, route: FormRoute) -> None:
        """Keep what was typed into a form that is not taken; Slack waits for no more than a moment."""
        if route.keep is None:
            return
        try:
            async with asyncio.timeout(self._limits.keeping):
                await route.keep(self._services, submission, self._now())
        except TimeoutError:
            # The transaction goes on to its own end.
            log.warning("form.draft.slow", form=submission.route)

    async def _reply(self, served: ServedRequest) -> Reply:
        """Admit the person and call the handler; a request that changes nothing is cancelled at the lookup limit."""
        if served.open_error is not None:
            raise served.open_error
        deadline = served.started_at + self._limits.lookup
        if served.route.change is None:
            async with asyncio.timeout_at(deadline):
                served.request = await self.admit(served, deadline - self._limits.call_margin)
                return await self._handle(served, served.request)
        async with asyncio.timeout(self._limits.call):
            served.request = await self.admit(served, served.started_at + self._limits.change)
        words = served.route.change(served.reader, served.incoming)
        await self._pending.note(served.incoming, served.request, words.in_doubt)
        return await self._handle(served, served.request)

    async def admit(self, served: ServedRequest, deadline: float) -> Request:
        """Find the person and their team, and check the permission; `deadline` limits the calls to Flashduty."""
        incoming, route = served.incoming, served.route
        person = await self._person(served)
        # All tasks that waited for the same answer of Slack resume in the same instant.
        await self._tasks.throttle()
        workspace, permission = incoming.origin.workspace, route.permission
        if is_for_all_teams(incoming):
            teams = await self._teams.admit_to_own(person, permission, workspace=workspace)
        else:
            team = await self._teams.admit(
                person, permission, workspace=workspace, channel=incoming.origin.channel, team_name=incoming.team
            )
            teams = (team,)
        return self._request(served, teams, person, deadline=deadline)

    async def _person(self, served: ServedRequest) -> SlackPerson:
        """Look the person up, and speak to them in their language from here on."""
        person = await self._workspace.person(served.incoming.origin.user)
        served.person = person
        language = await self._audiences.people.of_person(person)
        served.reader = replace(served.reader, language=language, zone=zone_named(person.timezone or "", None))
        return person

    def _request(self, served: ServedRequest, teams: tuple[Team, ...], person: SlackPerson, deadline: float) -> Request:
        team = teams[0]
        incoming, limits = served.incoming, self._limits
        is_public = (
            incoming.origin.is_public
            or served.route.visibility is Visibility.IN_CHANNEL
            or self._is_answered_publicly(served, team)
        )
        return Request(
            team=team,
            teams=teams,
            flashduty=team.flashduty.speaking(served.reader.language.code).until(
                deadline, call_timeout=limits.call if served.route.change else None
            ),
            person=person,
            origin=replace(incoming.origin, is_public=is_public),
            now=self._now(),
            deadline=deadline,
            limits=limits,
            command=self._audiences.command,
            language=served.reader.language,
            channel_language=self._audiences.channels.known(team),
            services=self._services,
            may_act=lambda: self._teams.may_act(team, person),
            once=incoming.once,
            will_send=partial(self._pending.specify, incoming.once),
            value=incoming.value,
            typed=incoming.typed,
            occasion=incoming.occasion,
            is_retry=incoming.is_retry,
            shared=incoming.shared if isinstance(incoming, Shortcut) else None,
            show_in_view=served.show_in_view,
        )

    def _is_answered_publicly(self, served: ServedRequest, team: Team) -> bool:
        """Whether a mention is answered for everybody: in a channel of the team, whose members may see the answer."""
        origin = served.incoming.origin
        is_theirs = self._teams.announces_in(team, origin.channel) == origin.channel
        return origin.is_mention and is_theirs and not served.route.is_personal

    async def _handle(self, served: ServedRequest, request: Request) -> Reply:
        try:
            request = replace(request, standing=self._standing(served.incoming, request))
            answer = await served.route.handle(request)
        except Unreachable as silence:
            if request.standing is None or silence.reason == "too_busy":
                raise
            answer = Reply(redraw=request.standing, outcome="not refreshed")
        return self._route_announcement(request, _in_place_of_error(_as_reply(answer, served, request), request))

    def _standing(self, incoming: Incoming, request: Request) -> Message | None:
        shown = self.shown.standing(incoming)
        return not_refreshed(request.audience, shown) if shown is not None else None

    def _route_announcement(self, request: Request, reply: Reply) -> Reply:
        """Send an announcement to the team's own channel when the request came from another one.

        What was pressed in a form comes from the channel in which the form was opened.
        """
        line, here = reply.announcement, request.origin.channel
        if line is None or request.origin.is_public:
            return reply
        channel = self._teams.announces_in(request.team, here or request.value.began_in)
        if channel is None:
            return replace(reply, announcement=None)
        if channel == here:
            return reply
        thread = request.value.thread if not here and channel == request.value.began_in else ""
        return replace(reply, announcement=replace(line, team_channel=channel, thread=thread or line.thread))


def _refused_attempt(served: ServedRequest, why: Explanation) -> tuple[Refused, ...]:
    """Return what the audit trail is to have of an error, where it has nothing of the request yet."""
    if served.trail.is_audited:
        return ()
    if why.refused:
        return (Refused(reason=why.refused),)
    return (Refused(reason=why.outcome, is_failure=True),) if served.route.change is not None else ()


def _as_reply(answer: Answer, served: ServedRequest, request: Request) -> Reply:
    if isinstance(answer, Reply):
        return answer
    if isinstance(answer, Refusal):
        return _refused(answer, served)
    if isinstance(answer, OpenForm):
        form = answer.form if served.incoming.origin.view is not None else None
        return Reply(form=form, private=answer.fallback, outcome=answer.outcome)
    return _shown(answer, served, request)


def _refused(refusal: Refusal, served: ServedRequest) -> Reply:
    """Show a refusal to the person alone, in place of the message whose control they pressed."""
    is_redrawn = served.route.visibility is Visibility.IN_PLACE and not served.incoming.origin.is_public
    reply = Reply(redraw=refusal.message) if is_redrawn else Reply(private=refusal.message)
    refused = (Refused(reason=refusal.refused),) if refusal.refused else ()
    return replace(reply, outcome=refusal.outcome, refused=refused)


def _shown(message: Message, served: ServedRequest, request: Request) -> Reply:
    """Put the message of a route where its visibility says, and the answer to a mention in its thread."""
    incoming = served.incoming
    if served.route.visibility is Visibility.IN_PLACE:
        return Reply(redraw=message)
    if served.route.visibility is Visibility.IN_CHANNEL or (incoming.origin.is_mention and request.origin.is_public):
        origin, retry = incoming.origin, share_again(incoming, served.team)
        words = (SHARE, origin.user, served.team, incoming.subject, incoming.occasion, origin.announcement_thread or "")
        once = " ".join(words)
        return Reply(announcement=Announcement(message, once, retry=retry, may_be_posted=incoming.is_retry))
    return Reply(private=message)


def _in_place_of_error(reply: Reply, request: Request) -> Reply:
    """Replace a pressed error message by the answer, unless another message is redrawn or a form takes its place."""
    stands_alone = reply.redraw is None and reply.redraw_incident is None and reply.form is None
    if request.is_retry and not request.origin.is_public and stands_alone:
        return replace(reply, redraw=reply.private, private=None)
    return reply
