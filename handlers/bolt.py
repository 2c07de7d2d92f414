"""Connect Bolt to the dispatcher. Bolt fills parameters by name; no exception may leave a listener."""

import re
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.messages.errors import ANOTHER_COMMAND, RESTARTING, TOO_MANY
from bot.messages.forms import options_payload, outdated
from handlers.dispatch import payloads
from handlers.dispatch.context import Incoming
from handlers.dispatch.dispatcher import Dispatcher
from handlers.dispatch.form_submissions import replaced
from handlers.routes import FORMS, OPTIONS, SLASH_COMMAND, route_for

log = structlog.get_logger(__name__)

_ANY: Final = re.compile(".*", re.DOTALL)
Body = dict[str, Any]


def register(app: AsyncApp, dispatcher: Dispatcher) -> None:
    """Add a listener for each kind of payload."""
    _answered_later(app, dispatcher)
    _answered_at_once(app, dispatcher)


def _answered_later(app: AsyncApp, dispatcher: Dispatcher) -> None:
    async def on_command(ack: AsyncAck, body: Body) -> None:
        if not dispatcher.work.is_accepting:
            await ack(RESTARTING)
            return
        if dispatcher.work.is_full:
            dispatcher.work.refuse("commands")
            await ack(TOO_MANY)
            return
        await ack()
        await dispatch(payloads.command(body))

    async def on_press(ack: AsyncAck, body: Body) -> None:
        await ack()
        await dispatch(payloads.press(body))

    async def on_shortcut(ack: AsyncAck, body: Body) -> None:
        await ack()
        await dispatch(payloads.shortcut(body))

    async def on_another_command(ack: AsyncAck, body: Body) -> None:
        log.warning("command.other_name", command=body["command"], expected=SLASH_COMMAND)
        await ack(ANOTHER_COMMAND.format(typed=body["command"], ours=SLASH_COMMAND))

    async def on_message(body: Body) -> None:
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
    app.shortcut(_ANY)(on_shortcut)
    app.event("app_mention")(on_message)
    app.event("message")(on_message)


def _answered_at_once(app: AsyncApp, dispatcher: Dispatcher) -> None:
    async def on_submission(ack: AsyncAck, body: Body) -> None:
        asked = payloads.submission(body)
        route = FORMS.get(asked.route or "")
        if route is None:
            log.info("request.no_route", form=asked.route)
            await ack(**replaced(outdated()))
            return
        await ack(**await dispatcher.submit(asked, route))

    async def on_query(ack: AsyncAck, body: Body) -> None:
        asked = payloads.options_query(body)
        route = OPTIONS.get(asked.route or "")
        if route is None:
            log.info("request.no_route", options=asked.route)
            await ack(options=[])
            return
        offered = await dispatcher.offer(asked, route)
        await ack(options=options_payload(offered.choices))

    app.view(_ANY)(on_submission)
    app.options(_ANY)(on_query)
