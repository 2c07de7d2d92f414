"""Show at once that something is coming: a loading view while Slack's trigger is valid, or a loading Home tab."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Final, TypeVar

import structlog

from bot.messages.audience import Audience
from bot.messages.changes.actions import number_of
from bot.messages.forms import loading
from bot.messages.language import N_, Marked
from bot.slack.api import SlackError
from bot.slack.views import Views
from handlers.dispatch.attached import OpenView
from handlers.dispatch.context import Incoming
from handlers.dispatch.requests import LIST_METADATA, HomeOpened, draws_all_incidents, draws_home_tab, is_in_home
from handlers.dispatch.responses.opened import OpenedViews
from handlers.dispatch.route import Route
from handlers.dispatch.time_limits import TimeLimits

log = structlog.get_logger(__name__)

_INCIDENTS: Final[Marked] = N_("Incidents")

T = TypeVar("T")


class LoadingViews:
    """Opens the view in which a request is answered, before anybody is looked up."""

    def __init__(self, views: Views, opened: OpenedViews, limits: TimeLimits) -> None:
        self._views = views
        self._opened = opened
        self._limits = limits

    async def show(self, incoming: Incoming, route: Route, to: Audience) -> tuple[Incoming, SlackError | None]:
        """Open what the route says, and return the request with its view, or why it could not be opened."""
        if is_in_home(incoming):
            return await self._in_home(incoming, route, to)
        title = route.opens(incoming) if route.opens is not None else None
        if title is not None and incoming.origin.view is not None:
            return await self._in_view(incoming, incoming.origin.view, to=to, title=title), None
        if title is None or incoming.trigger_id is None:
            return incoming, None
        return await self._open(incoming, incoming.trigger_id, to=to, title=title)

    async def _in_home(self, incoming: Incoming, route: Route, to: Audience) -> tuple[Incoming, SlackError | None]:
        """Answer a press in the Home tab in a form above it, and a look at an empty tab with a loading one.

        Without a valid trigger a press is answered by direct message: in the tab the answer would replace the tab.
        """
        if draws_home_tab(incoming):
            if isinstance(incoming, HomeOpened) and not incoming.has_content:
                await self._publish_loading(incoming, to)
            return incoming, None
        title = (route.opens(incoming) if route.opens is not None else None) or _INCIDENTS
        opened, refusal = await self._open(incoming, incoming.trigger_id or "", to=to, title=title)
        if refusal is not None:
            return replace(incoming, origin=replace(incoming.origin, view=None)), None
        return opened, None

    async def _in_view(self, incoming: Incoming, view: OpenView, *, to: Audience, title: Marked) -> Incoming:
        """Let the open view become the form; where Slack refuses that, it does when the form is drawn."""
        shown = to.translated_label(title)
        try:
            await self._within(self._views.update(view.id, loading(to, shown, number_of(incoming.incident)).payload))
        except SlackError as refusal:
            log.warning("slack.view.not_updated", code=refusal.code)
        view = replace(view, title=shown, opened_as=title)
        return replace(incoming, origin=replace(incoming.origin, view=view))

    async def _publish_loading(self, incoming: Incoming, to: Audience) -> None:
        empty = loading(to, to.translated_label(_INCIDENTS))
        try:
            await self._within(self._views.publish(incoming.origin.user, empty.home_payload))
        except SlackError as refusal:
            log.warning("slack.home.not_published", code=refusal.code)

    async def _open(
        self, incoming: Incoming, trigger_id: str, *, to: Audience, title: Marked
    ) -> tuple[Incoming, SlackError | None]:
        shown = to.translated_label(title)
        try:
            view_id = await self._within(
                self._views.open(trigger_id, loading(to, shown, number_of(incoming.incident)).payload)
            )
        except SlackError as refusal:
            return incoming, refusal
        self._opened.remember(view_id, incoming.origin)
        metadata = LIST_METADATA if draws_all_incidents(incoming) else ""
        view = OpenView(view_id, shown, opened_as=title, metadata=metadata)
        return replace(incoming, origin=replace(incoming.origin, view=view, is_public=False)), None

    async def _within(self, call: Awaitable[T]) -> T:
        """Await one call; raises SlackError, also when it takes too long."""
        try:
            async with asyncio.timeout(self._limits.opening):
                return await call
        except TimeoutError:
            raise SlackError("views.open", "TimeoutError", may_be_done=True) from None
