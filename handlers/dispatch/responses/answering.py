"""Answer requests: run one, tell how it goes, draw again what it was opened from, whatever becomes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

from bot.incidents.messages.all_teams import with_way_back
from bot.messages import Message, errors
from bot.messages.audience import Audience
from bot.messages.views import HomeTab
from bot.people.audiences import Audiences
from bot.runtime.request_trail import request_trail
from bot.runtime.tasks import BackgroundTasks
from bot.slack.views import Views
from bot.slack.workspace import Workspace
from bot.teams.access import Permission
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.execution import Execution
from handlers.dispatch.refusals import RefusedAttempts
from handlers.dispatch.requests import (
    FormSubmission,
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
from handlers.dispatch.responses.under_way import ProgressNotice
from handlers.dispatch.route import Answer, Drawer, FormRoute, Route
from handlers.dispatch.serving import ServedRequest, reply_for_view
from handlers.dispatch.time_limits import TimeLimits
from handlers.recovery.deduplicator import Deduplicator
from handlers.recovery.pending_actions import PendingActions

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Answering:
    """Serves each request that was admitted to its end."""

    def __init__(
        self,
        *,
        execution: Execution,
        refused: RefusedAttempts,
        workspace: Workspace,
        views: Views,
        tasks: BackgroundTasks,
        deduplicator: Deduplicator,
        pending: PendingActions,
        now: Callable[[], datetime],
        draw: Drawer,
        audiences: Audiences,
        limits: TimeLimits,
    ) -> None:
        self.unconfirmed_lines = UnconfirmedLines()
        self._execution = execution
        self._refused = refused
        self._workspace = workspace
        self._views = views
        self._tasks = tasks
        self._deduplicator = deduplicator
        self._pending = pending
        self._shown = execution.shown
        self._now = now
        self._draw = draw
        self._audiences = audiences
        self._limits = limits
        self._opened = OpenedViews()
        self._loading = LoadingViews(views, self._opened, limits)
        self._redrawer = Redrawer(draw, execution.shown, limits)
        self._under_way: set[tuple[str, ...]] = set()

    def reader_of(self, incoming: Incoming) -> Audience:
        """Return the person as a reader before they are looked up: in the language they were spoken to last."""
        return replace(self._audiences.last_of(incoming.origin.user), is_direct=incoming.origin.is_direct)

    async def show(self, incoming: Incoming, reply: Reply) -> None:
        """Answer a request that is not served, with what is known at once."""
        await self._sender(incoming).show(reply)

    async def serve(self, incoming: Incoming, route: Route, *, form: FormRoute | None = None) -> None:
        """Run a request and answer it; one that another process serves already has no effect.

        `form` is the route of a submitted form. A cancellation ends with a final notice to the person.
        """
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
            await self.serve(
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
        await self._tasks.throttle()
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
            now=self._now,
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
