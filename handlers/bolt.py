"""Connect Bolt to the dispatcher. Bolt fills parameters by name; no exception may leave a listener."""

import re
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.messages.errors import ANOTHER_COMMAND, RESTARTING, TOO_MANY
from handlers.dispatch import payloads
from handlers.dispatch.context import Incoming
from handlers.dispatch.dispatcher import Dispatcher
from handlers.routes import SLASH_COMMAND, route_for

log = structlog.get_logger(__name__)

_ANY: Final = re.compile(".*", re.DOTALL)


def register(app: AsyncApp, dispatcher: Dispatcher) -> None:
    """Add a listener for each kind of payload."""

    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        if not dispatcher.work.is_accepting:
            await ack(RESTARTING)
            return
        if dispatcher.work.is_full:
            dispatcher.work.refuse("commands")
            await ack(TOO_MANY)
            return
        await ack()
        await dispatch(payloads.command(body))

    async def on_press(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await dispatch(payloads.press(body))

    async def on_another_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        log.warning("command.other_name", command=body["command"], expected=SLASH_COMMAND)
        await ack(ANOTHER_COMMAND.format(typed=body["command"], ours=SLASH_COMMAND))

    async def on_message(body: dict[str, Any]) -> None:
        await dispatch(payloads.mention(body))

    async def dispatch(asked: Incoming | None) -> None:
        route = route_for(asked) if asked is not None else None
        if asked is None or route is None:
            log.info("request.no_route")
            return
        await dispatcher.take(asked, route)

    app.command(SLASH_COMMAND)(on_command)
    app.command(_ANY)(on_another_command)
    app.action(_ANY)(on_press)
    app.event("app_mention")(on_message)
    app.event("message")(on_message)
