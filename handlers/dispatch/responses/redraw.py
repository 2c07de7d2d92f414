"""Draws the message that was pressed once more, around what is true now; it costs nobody their answer."""

import asyncio
from dataclasses import replace

import structlog

from bot.flashduty import Flashduty, FlashdutyError
from bot.incidents.messages.row import AcknowledgeValue
from bot.messages import Message
from bot.messages.changes.under_way import in_place_of
from bot.slack.api import SlackError
from bot.storage.database_errors import DatabaseUnavailable
from bot.teams.team import Team
from handlers.dispatch.context import Incoming, Reply, Request
from handlers.dispatch.responses.responder import ReplySender
from handlers.dispatch.responses.shown import ShownMessages
from handlers.dispatch.route import Drawer
from handlers.dispatch.serving import ServedRequest
from handlers.dispatch.time_limits import TimeLimits

log = structlog.get_logger(__name__)


class Redrawer:
    """Draws a message again around what has changed."""

    def __init__(self, draw: Drawer, shown: ShownMessages, limits: TimeLimits) -> None:
        self._draw = draw
        self._shown = shown
        self._limits = limits

    async def after(self, served: ServedRequest, reply: Reply, delivery: ReplySender, covered: Message | None) -> None:
        """Draw the message that was pressed around what is true now; it costs nobody their answer."""
        if reply.redraw is not None:
            return
        marked = self._marked(served.incoming, reply)
        is_marked = covered is not None and marked is not None and await delivery.redraw(marked, attempts=1)
        drawn = await self._drawn(served.request, reply) if served.request and reply.again else None
        # What only says that something is under way must not stay.
        instead = drawn or (None if is_marked else marked or covered)
        is_shown = await delivery.redraw(instead) if instead is not None else False
        if reply.otherwise is not None and not (drawn and is_shown):
            await delivery.privately(reply.otherwise)

    def _marked(self, incoming: Incoming, reply: Reply) -> Message | None:
        if incoming.origin.is_public or incoming.pressed is None or reply.mark is None:
            return None
        action_id, value = incoming.pressed
        shown = self._shown.with_control(incoming.origin, action_id, value)
        return in_place_of(shown, action_id, value, said=reply.mark, settles=True) if shown is not None else None

    async def _drawn(self, request: Request, reply: Reply) -> Message | None:
        view = request.value.view if isinstance(request.value, AcknowledgeValue) else None
        if view is None:
            return None
        seconds = self._limits.redraw
        flashduty = self._fresh_flashduty(request.team, seconds)
        try:
            async with asyncio.timeout(seconds):
                drawn = await self._draw(replace(request, fresh=reply.again, flashduty=flashduty), view)
        except (FlashdutyError, SlackError, DatabaseUnavailable, TimeoutError) as error:
            log.warning("view.redraw_failed", why=str(error) or type(error).__name__)
            return None
        return drawn if isinstance(drawn, Message) else None

    def _fresh_flashduty(self, team: Team, seconds: float) -> Flashduty:
        return team.flashduty.until(asyncio.get_running_loop().time() + seconds, each=self._limits.call)
