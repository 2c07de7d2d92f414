"""The ways of a request: answered later, as the entries of a select, or as a form."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog

from bot.messages import Message, errors
from bot.messages.forms import loading
from bot.runtime.request_trail import on_a_trail
from bot.runtime.tasks import BackgroundTasks
from bot.slack.api import SlackError
from bot.slack.views import Views
from bot.slack.workspace import Workspace
from bot.teams.access import Teams
from handlers.dispatch import form_submissions
from handlers.dispatch.answers import FieldErrors, Options
from handlers.dispatch.attached import OpenView
from handlers.dispatch.context import OCCASION_FORMAT, Incoming, Reply, Services
from handlers.dispatch.execution import Execution
from handlers.dispatch.failures import Explanation
from handlers.dispatch.requests import FormSubmission, OptionsQuery
from handlers.dispatch.responses.redraw import Redrawer
from handlers.dispatch.responses.responder import ReplySender, UnconfirmedLines
from handlers.dispatch.responses.shown import ShownMessages
from handlers.dispatch.responses.under_way import ProgressNotice
from handlers.dispatch.route import Drawer, FormRoute, OptionsRoute, Route
from handlers.dispatch.serving import ServedRequest, reply_with
from handlers.dispatch.time_limits import TimeLimits
from handlers.recovery.deduplicator import Deduplicator
from handlers.recovery.pending_actions import PendingActions

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Dispatcher:
    """Everything a request needs, and the order in which things happen to it."""

    def __init__(
        self,
        *,
        teams: Teams,
        workspace: Workspace,
        views: Views,
        work: BackgroundTasks,
        deduplicator: Deduplicator,
        pending: PendingActions,
        services: Services,
        now: Callable[[], datetime],
        draw: Drawer,
        command: str,
        limits: TimeLimits | None = None,
    ) -> None:
        self.work = work
        self.command = command
        self.unconfirmed_lines = UnconfirmedLines()
        self._workspace = workspace
        self._views = views
        self._deduplicator = deduplicator
        self._pending = pending
        self.now = now
        self._limits = limits or TimeLimits()
        self._shown = ShownMessages()
        self._under_way: set[tuple[str, ...]] = set()
        self._redrawer = Redrawer(draw, self._shown, self._limits)
        self._execution = Execution(
            teams=teams,
            workspace=workspace,
            work=work,
            services=services,
            now=now,
            limits=self._limits,
            command=command,
            pending=pending,
        )

    async def take(self, incoming: Incoming, route: Route) -> None:
        """Start the work on a request that was acknowledged to Slack; a second delivery of it does nothing."""
        if not self._deduplicator.is_new(incoming):
            log.info("request.repeated", once=incoming.once)
            return
        if self.work.is_full and self.work.is_accepting:
            self._refuse(incoming)
            return
        if not self.work.start(self._serve(self._dated(incoming), route), name=incoming.once):
            await self._responder(incoming).show(reply_with(errors.restarting(), incoming))

    async def submit(self, submission: FormSubmission, route: FormRoute) -> dict[str, Any]:
        """Judge a form by what stands in it and start the work; give what Slack is to show until it is done.

        A form that is delivered twice is answered twice, and its work done once.
        """
        submission = replace(submission, occasion=self._minute(), team=route.team(submission.view) or None)
        as_route = form_submissions.as_route(route, submission)
        with on_a_trail() as trail:
            served = ServedRequest(
                incoming=submission, route=as_route, began=asyncio.get_running_loop().time(), trail=trail, change=None
            )
            wrong = await self._execution.attempt(served, _checked(submission, route))
        if isinstance(wrong, Explanation):
            return form_submissions.with_problem(route, submission, wrong.message)
        if wrong.errors:
            return form_submissions.kept_open(wrong)
        if not self.work.is_accepting:
            return form_submissions.with_problem(route, submission, errors.restarting())
        if self.work.is_full:
            self.work.refuse("presses")
            return form_submissions.with_problem(route, submission, errors.too_many())
        if self._deduplicator.is_new(submission):
            self.work.start(self._serve(submission, as_route, form=route), name=submission.once)
        return form_submissions.under_way(route, submission)

    async def offer(self, query: OptionsQuery, route: OptionsRoute) -> Options:
        """Find the entries of a select while Slack waits; whatever goes wrong, there are entries in time."""
        if self.work.is_full or not self.work.is_accepting:
            return route.otherwise(query)
        began = asyncio.get_running_loop().time()
        ends = began + self._limits.options
        query = replace(query, team=route.team(query.view) or None)
        origin = query.origin
        with structlog.contextvars.bound_contextvars(user=origin.user), on_a_trail() as trail:
            as_route = Route(handle=_nothing, permission=route.permission, name=f"options {query.route}")
            served = ServedRequest(incoming=query, route=as_route, began=began, trail=trail, change=None)
            found = await self._execution.attempt(served, self._offered(served, route, query, ends=ends))
            served.outcome = found.outcome if isinstance(found, Explanation) else f"{len(found.choices)} offered"
            served.log()
        return route.otherwise(query) if isinstance(found, Explanation) else found

    async def _offered(
        self, served: ServedRequest, route: OptionsRoute, query: OptionsQuery, *, ends: float
    ) -> Options:
        async with asyncio.timeout_at(ends):
            served.request = await self._execution.admitted(served, ends - self._limits.call_margin)
            return await route.handle(served.request, query)

    def reject(self, incoming: Incoming, message: Message) -> None:
        """Answer with a message what cannot be read, once for each delivery."""
        if self._deduplicator.is_new(incoming):
            self.work.start(self._responder(incoming).show(reply_with(message, incoming)), name=incoming.once)

    def _refuse(self, incoming: Incoming) -> None:
        """Send somebody away in words; there is room for that, or it would not have been acknowledged."""
        self.work.refuse("messages" if incoming.route is None else "presses")
        self.work.start(self._responder(incoming).show(reply_with(errors.too_many(), incoming)), name=incoming.once)

    def _dated(self, incoming: Incoming) -> Incoming:
        return replace(incoming, occasion=incoming.occasion or self._minute())

    def _minute(self) -> str:
        return f"{self.now().astimezone(UTC):{OCCASION_FORMAT}}"

    async def _serve(self, incoming: Incoming, route: Route, *, form: FormRoute | None = None) -> None:
        began = asyncio.get_running_loop().time()
        incoming, not_opened = await self._with_a_view(incoming, route)
        origin, responder = incoming.origin, self._responder(incoming)
        with structlog.contextvars.bound_contextvars(user=origin.user, channel=origin.channel), on_a_trail() as trail:
            served = ServedRequest(
                incoming=incoming,
                route=route,
                began=began,
                trail=trail,
                change=route.change(incoming) if route.change else None,
            )
            served.not_opened = not_opened
            if form is not None and isinstance(incoming, FormSubmission):
                submission = incoming
                served.filled_in = lambda: form.draw(submission)
            if route.change is not None and not await self._is_first(served, responder):
                log.info("request.repeated", once=incoming.once)
                return
            try:
                ends = await self._served(served, responder)
            finally:
                # Wherever it was cut off: whoever has not been told is told by a process that lives.
                served.log()
                self._pending.leave(incoming.once)
        for error in ends:
            if isinstance(error, Exception):
                log.error("request.failed", request=incoming.once, exc_info=error)

    async def _with_a_view(self, incoming: Incoming, route: Route) -> tuple[Incoming, SlackError | None]:
        """Open the form of a request at once, while Slack still opens one; the answer is shown in it."""
        title = route.opens(incoming) if route.opens is not None else None
        if title is None or incoming.trigger_id is None:
            return incoming, None
        try:
            async with asyncio.timeout(self._limits.opening):
                view_id = await self._views.open(incoming.trigger_id, loading(title).payload)
        except TimeoutError:
            return incoming, SlackError("views.open", "TimeoutError", may_be_done=True)
        except SlackError as refusal:
            return incoming, refusal
        view = OpenView(view_id, title)
        return replace(incoming, origin=replace(incoming.origin, view=view, is_public=False)), None

    async def _served(self, served: ServedRequest, responder: ReplySender) -> tuple[BaseException | None, ...]:
        incoming, limits = served.incoming, self._limits
        if incoming.origin.view is not None:
            reply = await self._outcome(served, responder)
            if served.filled_in is not None:
                await asyncio.sleep(served.began + limits.after_ack - asyncio.get_running_loop().time())
            return await asyncio.gather(self._answer(served, _in_a_view(reply), responder), return_exceptions=True)
        async with ProgressNotice(
            responder, incoming, served.change, seconds=limits.notice, under_way=self._under_way
        ) as notice:
            reply = await self._outcome(served, responder)
        return await asyncio.gather(
            self._answer(served, reply, responder),
            self._redrawer.after(served, reply, responder, covered=notice.covered),
            return_exceptions=True,
        )

    async def _answer(self, served: ServedRequest, reply: Reply, responder: ReplySender) -> None:
        await self.work.turn()
        await responder.show(reply)
        if not responder.is_undelivered:
            await self._pending.settle(served.incoming.once)
        served.log()

    def _responder(self, incoming: Incoming) -> ReplySender:
        return ReplySender(
            workspace=self._workspace,
            views=self._views,
            origin=incoming.origin,
            once=incoming.once,
            shown=self._shown,
            limits=self._limits,
            now=self.now,
            is_retry=incoming.is_retry and not incoming.origin.is_public,
            unconfirmed_lines=self.unconfirmed_lines,
        )

    async def _is_first(self, served: ServedRequest, responder: ReplySender) -> bool:
        return await self._or_final_notice(served, responder, self._deduplicator.is_first(served.incoming))

    async def _outcome(self, served: ServedRequest, responder: ReplySender) -> Reply:
        reply = await self._or_final_notice(served, responder, self._execution.outcome(served))
        served.outcome = reply.outcome
        return reply

    async def _or_final_notice(self, served: ServedRequest, responder: ReplySender, work: Awaitable[T]) -> T:
        """Await work; what is cut off because the bot ends leaves a last word."""
        try:
            return await work
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.shutdown_notice):
                    await responder.show(served.failed(errors.restarting(served.in_doubt)))
            raise


async def _checked(submission: FormSubmission, route: FormRoute) -> FieldErrors:
    return FieldErrors(route.check(submission))


async def _nothing(_: object) -> Reply:
    return Reply()


def _in_a_view(reply: Reply) -> Reply:
    """Drop what is meant for a message that was pressed: in a view there is none."""
    return replace(reply, again=None, mark=None, private=reply.private or reply.otherwise)
