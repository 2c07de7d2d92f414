"""Dispatch requests: commands and presses, submitted forms, and queries of searching selects."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import structlog

from bot.audit.refusals import Refusals
from bot.incidents.messages.all_teams import with_way_back
from bot.messages import Message, errors
from bot.messages.audience import Audience
from bot.messages.views import HomeTab
from bot.people.audiences import Audiences
from bot.runtime.request_trail import request_trail
from bot.runtime.tasks import BackgroundTasks
from bot.slack.views import Views
from bot.slack.workspace import Workspace
from bot.teams.access import Permission, Teams
from handlers.dispatch import form_submissions
from handlers.dispatch.answers import OUTDATED_CONTROL, FieldErrors, Options, Refused, Reply
from handlers.dispatch.context import OCCASION_FORMAT, Incoming, Request
from handlers.dispatch.execution import Execution
from handlers.dispatch.failures import Explanation
from handlers.dispatch.refusals import RefusedAttempts
from handlers.dispatch.requests import (
    FormSubmission,
    OptionsQuery,
    began_in_home,
    draws_all_incidents,
    draws_home_tab,
    home_after,
    is_in_home,
    is_in_list,
)
from handlers.dispatch.responses.loading import LoadingViews
from handlers.dispatch.responses.opened import OpenedViews
from handlers.dispatch.responses.redraw import Redrawer
from handlers.dispatch.responses.responder import ReplySender, UnconfirmedLines
from handlers.dispatch.responses.shown import ShownMessages
from handlers.dispatch.responses.under_way import ProgressNotice
from handlers.dispatch.route import Answer, Drawer, FormRoute, OptionsRoute, Route
from handlers.dispatch.services import Services
from handlers.dispatch.serving import ServedRequest, empty_reply, reply_for_view, reply_with
from handlers.dispatch.time_limits import TimeLimits
from handlers.recovery.deduplicator import Deduplicator
from handlers.recovery.pending_actions import PendingActions

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Dispatcher:
    """Deduplicates, admits, runs, answers and logs each request."""

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
        limits: TimeLimits | None = None,
    ) -> None:
        self.tasks = tasks
        self.command = audiences.command
        self.unconfirmed_lines = UnconfirmedLines()
        self._workspace = workspace
        self._views = views
        self._opened = OpenedViews()
        self._loading = LoadingViews(views, self._opened, limits or TimeLimits())
        self._deduplicator = deduplicator
        self._pending = pending
        self._audiences = audiences
        self.now = now
        self._limits = limits or TimeLimits()
        self._shown = ShownMessages()
        self._under_way: set[tuple[str, ...]] = set()
        self._draw = draw
        self._refused = RefusedAttempts(Refusals(services.audit, now), workspace=workspace, teams=teams, tasks=tasks)
        self._redrawer = Redrawer(draw, self._shown, self._limits)
        self._execution = Execution(
            teams=teams,
            workspace=workspace,
            tasks=tasks,
            services=services,
            now=now,
            limits=self._limits,
            audiences=audiences,
            pending=pending,
            shown=self._shown,
        )

    async def dispatch(self, incoming: Incoming, route: Route) -> None:
        """Start the task of a request that Slack has an acknowledgement of; a second delivery has no effect."""
        if not self._deduplicator.is_new(incoming):
            log.info("request.repeated", once=incoming.once)
            return
        if self.tasks.is_full and self.tasks.is_accepting:
            self._reject_overload(incoming)
            return
        if not self.tasks.start(self._serve(self._with_occasion(incoming), route), name=incoming.once):
            restarting = errors.restarting(self.reader_of(incoming))
            await self._sender(incoming).show(reply_with(restarting, incoming))

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
            self.tasks.start(self._serve(submission, as_route, form=route), name=submission.once)
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
            self.tasks.start(self._sender(incoming).show(reply_with(message, incoming)), name=incoming.once)
            self._refused.note(incoming, (Refused(reason=OUTDATED_CONTROL),))

    def _reject_overload(self, incoming: Incoming) -> None:
        """Answer that too much is under way; the tasks keep room for that answer."""
        self.tasks.count_refusal("messages" if incoming.route is None else "presses")
        too_many = errors.too_many(self.reader_of(incoming))
        self.tasks.start(self._sender(incoming).show(reply_with(too_many, incoming)), name=incoming.once)

    def reader_of(self, incoming: Incoming) -> Audience:
        """Return the person as a reader before they are looked up: in the language they were spoken to last."""
        return replace(self._audiences.last_of(incoming.origin.user), is_direct=incoming.origin.is_direct)

    def _with_occasion(self, incoming: Incoming) -> Incoming:
        return replace(incoming, occasion=incoming.occasion or self._minute())

    def _minute(self) -> str:
        return f"{self.now().astimezone(UTC):{OCCASION_FORMAT}}"

    async def _serve(self, incoming: Incoming, route: Route, *, form: FormRoute | None = None) -> None:
        started_at = asyncio.get_running_loop().time()
        was_in_home = self._was_in_home(incoming)
        incoming, open_error = await self._loading.show(incoming, route, self.reader_of(incoming))
        origin = incoming.origin
        bound = structlog.contextvars.bound_contextvars(user=origin.user, channel=origin.channel)
        with bound, request_trail() as trail:
            served = ServedRequest(
                incoming=incoming,
                route=route,
                started_at=started_at,
                trail=trail,
                reader=self.reader_of(incoming),
            )
            sender = self._sender(incoming, lambda: served.reader)
            served.open_error, served.show_in_view = open_error, sender.show_in_view
            if form is not None and isinstance(incoming, FormSubmission):
                submission = incoming
                served.draw_submission = lambda to: form.draw(to, submission)
            if route.change is not None and not await self._is_first(served, sender):
                log.info("request.repeated", once=incoming.once)
                return
            try:
                ends = await self._respond_to(served, sender)
            finally:
                # After a cancellation the pending action stays in the table, and another process reports its outcome.
                served.log()
                self._pending.leave(incoming.once)
        for error in ends:
            if isinstance(error, Exception):
                log.error("request.failed", request=incoming.once, exc_info=error)
        if was_in_home and route.change is not None:
            await self._serve(
                home_after(incoming), Route(handle=self._draw_home, permission=Permission.VIEW, name="home")
            )

    def _was_in_home(self, incoming: Incoming) -> bool:
        """Return whether somebody acts in the Home tab, or in what was opened from it."""
        behind = self._opened.behind(incoming.origin)
        is_from_home = behind is not None and behind.view is not None and behind.view.is_home
        return not draws_home_tab(incoming) and (is_in_home(incoming) or began_in_home(incoming) or is_from_home)

    async def _draw_home(self, request: Request) -> Answer:
        return await self._draw(request, HomeTab())

    async def _respond_to(self, served: ServedRequest, sender: ReplySender) -> tuple[BaseException | None, ...]:
        incoming, limits = served.incoming, self._limits
        async with ProgressNotice(sender, served, seconds=limits.notice, under_way=self._under_way) as notice:
            reply = await self._outcome(served, sender)
        if incoming.origin.view is not None:
            if served.draw_submission is not None:
                await asyncio.sleep(served.started_at + limits.after_ack - asyncio.get_running_loop().time())
            answered = self._answer(served, reply_for_view(reply), sender)
            return await asyncio.gather(answered, self._redraw_behind(served, reply), return_exceptions=True)
        return await asyncio.gather(
            self._answer(served, reply, sender),
            self._redrawer.after(served, reply, sender, replaced=notice.replaced),
            return_exceptions=True,
        )

    async def _redraw_behind(self, served: ServedRequest, reply: Reply) -> None:
        """Draw again the message from which the view of a request was opened."""
        behind = self._opened.behind(served.incoming.origin)
        if behind is not None and behind.response_url is not None:
            sender = self._sender(replace(served.incoming, origin=behind), lambda: served.reader)
            await self._redrawer.behind(served, reply, sender)

    async def _answer(self, served: ServedRequest, reply: Reply, sender: ReplySender) -> None:
        await self.tasks.throttle()
        await sender.show(reply)
        if not sender.is_undelivered:
            await self._pending.settle(served.incoming.once)
        served.log()

    def _sender(self, incoming: Incoming, reader: Callable[[], Audience] | None = None) -> ReplySender:
        return ReplySender(
            workspace=self._workspace,
            views=self._views,
            origin=incoming.origin,
            reader=reader or partial(self.reader_of, incoming),
            once=incoming.once,
            shown=self._shown,
            limits=self._limits,
            now=self.now,
            is_retry=incoming.is_retry and not incoming.origin.is_public,
            unconfirmed_lines=self.unconfirmed_lines,
            way_back=partial(self._with_way_back, incoming) if is_in_list(incoming) else None,
        )

    def _with_way_back(self, incoming: Incoming, message: Message) -> Message:
        return message if draws_all_incidents(incoming) else with_way_back(self.reader_of(incoming), message)

    async def _is_first(self, served: ServedRequest, sender: ReplySender) -> bool:
        return await self._or_final_notice(served, sender, self._deduplicator.is_first(served.incoming))

    async def _outcome(self, served: ServedRequest, sender: ReplySender) -> Reply:
        reply = await self._or_final_notice(served, sender, self._execution.outcome(served))
        served.outcome = reply.outcome
        self._refused.note(served.incoming, reply.refused, team=served.team, person=served.person)
        return reply

    async def _or_final_notice(self, served: ServedRequest, sender: ReplySender, work: Awaitable[T]) -> T:
        """Await work; after a cancellation at shutdown, send a final notice."""
        try:
            return await work
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.shutdown_notice):
                    await sender.show(served.error_reply(errors.restarting(served.reader, served.in_doubt)))
            raise
