"""Dispatch requests: commands and presses, submitted forms, and queries of searching selects."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.audit.refusals import Refusals
from bot.messages import Message, errors
from bot.messages.audience import Audience
from bot.people.audiences import Audiences
from bot.runtime.request_trail import request_trail
from bot.runtime.tasks import BackgroundTasks
from bot.slack.views import Views
from bot.slack.workspace import Workspace
from bot.teams.access import Teams
from handlers.dispatch import form_submissions
from handlers.dispatch.answers import OUTDATED_CONTROL, FieldErrors, Options, Refused
from handlers.dispatch.context import OCCASION_FORMAT, Incoming
from handlers.dispatch.execution import Execution
from handlers.dispatch.failures import Explanation
from handlers.dispatch.refusals import RefusedAttempts
from handlers.dispatch.requests import (
    FormSubmission,
    OptionsQuery,
)
from handlers.dispatch.responses.answering import Answering
from handlers.dispatch.responses.responder import UnconfirmedLines
from handlers.dispatch.route import Drawer, FormRoute, OptionsRoute, Route
from handlers.dispatch.services import Services
from handlers.dispatch.serving import ServedRequest, empty_reply, reply_with
from handlers.dispatch.time_limits import TimeLimits
from handlers.recovery.deduplicator import Deduplicator
from handlers.recovery.pending_actions import PendingActions

log = structlog.get_logger(__name__)


class Dispatcher:
    """Takes each request once, while there is room for it, and starts what serves it."""

    def __init__(
        self,
        *,
        teams: Teams,
        workspace: Workspace,
        views: Views,
        tasks: BackgroundTasks,
        deduplicator: Deduplicator,
        pending: PendingActions,
        services: Services,
        now: Callable[[], datetime],
        draw: Drawer,
        audiences: Audiences,
        limits: TimeLimits,
    ) -> None:
        self.tasks = tasks
        self.command = audiences.command
        self.now = now
        self._deduplicator = deduplicator
        self._limits = limits
        self._refused = RefusedAttempts(Refusals(services.audit, now), workspace=workspace, teams=teams, tasks=tasks)
        self._execution = Execution(
            teams=teams,
            workspace=workspace,
            tasks=tasks,
            services=services,
            now=now,
            limits=limits,
            audiences=audiences,
            pending=pending,
        )
        self._answering = Answering(
            execution=self._execution,
            refused=self._refused,
            workspace=workspace,
            views=views,
            tasks=tasks,
            deduplicator=deduplicator,
            pending=pending,
            now=now,
            draw=draw,
            audiences=audiences,
            limits=limits,
        )

    @property
    def unconfirmed_lines(self) -> UnconfirmedLines:
        """The channel's lines of which nobody knows whether they were posted."""
        return self._answering.unconfirmed_lines

    async def dispatch(self, incoming: Incoming, route: Route) -> None:
        """Start the task of a request that Slack has an acknowledgement of; a second delivery has no effect."""
        if not self._deduplicator.is_new(incoming):
            log.info("request.repeated", once=incoming.once)
            return
        if self.tasks.is_full and self.tasks.is_accepting:
            self._reject_overload(incoming)
            return
        if not self.tasks.start(self._answering.serve(self._with_occasion(incoming), route), name=incoming.once):
            restarting = errors.restarting(self.reader_of(incoming))
            await self._answering.show(incoming, reply_with(restarting, incoming))

    async def submit(self, submission: FormSubmission, route: FormRoute) -> dict[str, Any]:
        """Check the fields of a form and start its task; return the acknowledgement, which Slack shows meanwhile.

        A form that is delivered twice is acknowledged twice, and its task runs once.
        """
        submission = replace(submission, occasion=self._minute(), team=route.team(submission.view) or None)
        as_route = form_submissions.as_route(route, submission)
        to = self.reader_of(submission)
        with request_trail() as trail:
            served = ServedRequest(
                incoming=submission,
                route=replace(as_route, change=None),
                started_at=asyncio.get_running_loop().time(),
                trail=trail,
                reader=to,
            )
            wrong = await self._execution.attempt(served, form_submissions.checked(to, submission, route))
        refusal = form_submissions.refused(to, route, submission, wrong=wrong, tasks=self.tasks)
        if refusal is not None:
            await self._execution.keep(submission, route)
            self._refused.note(submission, wrong.refused if isinstance(wrong, FieldErrors) else ())
            return refusal
        if self._deduplicator.is_new(submission):
            self.tasks.start(self._answering.serve(submission, as_route, form=route), name=submission.once)
        return form_submissions.under_way(to, route, submission)

    async def find_options(self, query: OptionsQuery, route: OptionsRoute) -> Options:
        """Find the entries of a select while Slack waits; any error and any delay give the fallback entries."""
        to = self.reader_of(query)
        if self.tasks.is_full or not self.tasks.is_accepting:
            return route.fallback(to, query)
        started_at = asyncio.get_running_loop().time()
        ends = started_at + self._limits.options
        query = replace(query, team=route.team(query.view) or None)
        origin = query.origin
        with structlog.contextvars.bound_contextvars(user=origin.user), request_trail() as trail:
            as_route = Route(handle=empty_reply, permission=route.permission, name=f"options {query.route}")
            served = ServedRequest(incoming=query, route=as_route, started_at=started_at, trail=trail, reader=to)
            found = await self._execution.attempt(served, self._find_options(served, route, query, ends=ends))
            served.outcome = found.outcome if isinstance(found, Explanation) else f"{len(found.choices)} offered"
            served.log()
        return route.fallback(served.reader, query) if isinstance(found, Explanation) else found

    async def _find_options(
        self, served: ServedRequest, route: OptionsRoute, query: OptionsQuery, *, ends: float
    ) -> Options:
        async with asyncio.timeout_at(ends):
            served.request = await self._execution.admit(served, ends - self._limits.call_margin)
            return await route.handle(served.request, query)

    def reject(self, incoming: Incoming, message: Message) -> None:
        """Answer a request that cannot be read with a message, once for all deliveries."""
        if self._deduplicator.is_new(incoming):
            self.tasks.start(self._answering.show(incoming, reply_with(message, incoming)), name=incoming.once)
            self._refused.note(incoming, (Refused(reason=OUTDATED_CONTROL),))

    def _reject_overload(self, incoming: Incoming) -> None:
        """Answer that too much is under way; the tasks keep room for that answer."""
        self.tasks.count_refusal("messages" if incoming.route is None else "presses")
        too_many = errors.too_many(self.reader_of(incoming))
        self.tasks.start(self._answering.show(incoming, reply_with(too_many, incoming)), name=incoming.once)

    def reader_of(self, incoming: Incoming) -> Audience:
        """Return the person as a reader before they are looked up: in the language they were spoken to last."""
        return self._answering.reader_of(incoming)

    def _with_occasion(self, incoming: Incoming) -> Incoming:
        return replace(incoming, occasion=incoming.occasion or self._minute())

    def _minute(self) -> str:
        return f"{self.now().astimezone(UTC):{OCCASION_FORMAT}}"
