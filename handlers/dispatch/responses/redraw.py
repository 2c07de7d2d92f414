"""Redraw the pressed message with the current state; a failure does not affect the answer."""

import asyncio
from dataclasses import replace

import structlog

from bot.flashduty import Flashduty, FlashdutyError, Incident
from bot.incidents.messages.actions.values import ActionValue
from bot.messages import Message
from bot.messages.changes.under_way import replace_control
from bot.messages.views import View
from bot.slack.api import SlackError
from bot.storage.database_errors import DatabaseUnavailable
from bot.teams.team import Team
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.responses.responder import ReplySender
from handlers.dispatch.responses.shown import ShownMessages
from handlers.dispatch.route import Drawer
from handlers.dispatch.serving import ServedRequest
from handlers.dispatch.time_limits import TimeLimits

log = structlog.get_logger(__name__)


class Redrawer:
    """Redraws the pressed message after a change."""

    def __init__(self, draw: Drawer, shown: ShownMessages, limits: TimeLimits) -> None:
        self._draw = draw
        self._shown = shown
        self._limits = limits

    async def after(self, served: ServedRequest, reply: Reply, sender: ReplySender, replaced: Message | None) -> None:
        """Redraw the pressed message with the current state; `replaced` is the message under a progress notice."""
        if reply.redraw is not None:
            return
        marked = self._with_status(served.incoming, reply)
        is_marked = replaced is not None and marked is not None and await sender.redraw(marked, attempts=1)
        drawn = await self._redrawn_view(served.request, reply) if served.request and reply.redraw_incident else None
        # A progress notice must not stay.
        instead = drawn or (None if is_marked else marked or replaced)
        is_shown = await sender.redraw(instead) if instead is not None else False
        if reply.fallback is not None and not (drawn and is_shown):
            await sender.privately(reply.fallback)

    async def behind(self, served: ServedRequest, reply: Reply, sender: ReplySender) -> None:
        """Redraw the message from which a form was opened, after a change in the form; `sender` answers there."""
        if served.request is None or reply.redraw_incident is None or reply.redraw_view is None:
            return
        request = replace(served.request, origin=sender.origin)
        drawn = await self._drawn(request, reply.redraw_incident, reply.redraw_view)
        if drawn is not None:
            await sender.redraw(drawn)

    def _with_status(self, incoming: Incoming, reply: Reply) -> Message | None:
        if incoming.origin.is_public or incoming.pressed is None or reply.control_text is None:
            return None
        action_id, value = incoming.pressed
        shown = self._shown.with_control(incoming.origin, action_id, value)
        return (
            replace_control(shown, action_id, value, notice=reply.control_text, settles=True)
            if shown is not None
            else None
        )

    async def _redrawn_view(self, request: Request, reply: Reply) -> Message | None:
        view = request.value.view if isinstance(request.value, ActionValue) else None
        incident = reply.redraw_incident
        return await self._drawn(request, incident, view) if view is not None and incident is not None else None

    async def _drawn(self, request: Request, incident: Incident, view: View) -> Message | None:
        seconds = self._limits.redraw
        flashduty = self._fresh_flashduty(request.team, seconds)
        try:
            async with asyncio.timeout(seconds):
                drawn = await self._draw(replace(request, fresh=incident, flashduty=flashduty), view)
        except (FlashdutyError, SlackError, DatabaseUnavailable, TimeoutError) as error:
            log.warning("view.redraw_failed", why=str(error) or type(error).__name__)
            return None
        return drawn if isinstance(drawn, Message) else None

    def _fresh_flashduty(self, team: Team, seconds: float) -> Flashduty:
        return team.flashduty.until(asyncio.get_running_loop().time() + seconds, call_timeout=self._limits.call)
