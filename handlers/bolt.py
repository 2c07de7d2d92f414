"""Connect Bolt to the dispatcher. Bolt fills parameters by name; no exception may leave a listener."""

import re
from dataclasses import replace
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest

from bot.messages import errors
from bot.messages.audience import Audience
from bot.messages.errors import ANOTHER_COMMAND, RESTARTING, TOO_MANY
from bot.messages.forms import options_payload, outdated_form
from handlers.dispatch import payloads
from handlers.dispatch.context import Incoming
from handlers.dispatch.dispatcher import Dispatcher
from handlers.dispatch.form_submissions import replaced
from handlers.lookup import UnreadableValueError, has_route, read_request, route_for
from handlers.routes import FORMS, OPTIONS

log = structlog.get_logger(__name__)

_ANY: Final = re.compile(".*", re.DOTALL)
Body = dict[str, Any]


def register(app: AsyncApp, dispatcher: Dispatcher) -> None:
    """Register a listener for each kind of payload."""
    _register_deferred(app, dispatcher)
    _register_immediate(app, dispatcher)


def _register_deferred(app: AsyncApp, dispatcher: Dispatcher) -> None:
    command = dispatcher.command

    async def on_command(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        if not dispatcher.tasks.is_accepting:
            await ack(_reader(dispatcher, body).translated(RESTARTING))
            return
        if dispatcher.tasks.is_full:
            dispatcher.tasks.count_refusal("commands")
            await ack(_reader(dispatcher, body).translated(TOO_MANY))
            return
        await ack()
        await _dispatch(dispatcher, payloads.command(body), request)

    async def on_press(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        await ack()
        await _dispatch(dispatcher, payloads.press(body), request)

    async def on_shortcut(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        await ack()
        await _dispatch(dispatcher, payloads.shortcut(body), request)

    async def on_another_command(ack: AsyncAck, body: Body) -> None:
        log.warning("command.other_name", command=body["command"], expected=command)
        reader = _reader(dispatcher, body)
        await ack(reader.translated(ANOTHER_COMMAND, typed=body["command"], ours=command))

    async def on_message(body: Body, request: AsyncBoltRequest) -> None:
        await _dispatch(dispatcher, payloads.message_to_bot(body), request)

    async def on_home(body: Body, request: AsyncBoltRequest) -> None:
        await _dispatch(dispatcher, payloads.home_opened(body), request)

    app.command(command)(on_command)
    app.command(_ANY)(on_another_command)
    app.action(_ANY)(on_press)
    app.shortcut(_ANY)(on_shortcut)
    app.event("app_mention")(on_message)
    app.event("message")(on_message)
    app.event("app_home_opened")(on_home)


def _reader(dispatcher: Dispatcher, body: Body) -> Audience:
    """Return who typed a command, before they are looked up."""
    return dispatcher.reader_of(payloads.command(body))


async def _dispatch(dispatcher: Dispatcher, incoming: Incoming | None, request: AsyncBoltRequest) -> None:
    if incoming is None:
        # A link button opens its page in Slack; its press asks for nothing (docs.slack.dev, button-element).
        log.debug("link.pressed")
        return
    if not has_route(incoming):
        log.info("request.no_route")
        return
    try:
        incoming = read_request(incoming, dispatcher.now())
    except UnreadableValueError:
        log.warning("press.unreadable_value", route=incoming.route)
        dispatcher.reject(incoming, errors.outdated(dispatcher.reader_of(incoming), incoming.team or ""))
        return
    await dispatcher.dispatch(replace(incoming, signature=_signature(request)), route_for(incoming))


def _signature(request: AsyncBoltRequest) -> str:
    """Return the signature of an HTTP request; empty in Socket Mode, which has none."""
    return next(iter(request.headers.get("x-slack-signature", [])), "")


def _register_immediate(app: AsyncApp, dispatcher: Dispatcher) -> None:
    async def on_submission(ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        submission = replace(payloads.submission(body), signature=_signature(request))
        route = FORMS.get(submission.route or "")
        if route is None:
            log.info("request.no_route", form=submission.route)
            await ack(**replaced(outdated_form(dispatcher.reader_of(submission))))
            return
        await ack(**await dispatcher.submit(submission, route))

    async def on_query(ack: AsyncAck, body: Body) -> None:
        query = payloads.options_query(body)
        route = OPTIONS.get(query.route or "")
        if route is None:
            log.info("request.no_route", options=query.route)
            await ack(options=[])
            return
        offered = await dispatcher.find_options(query, route)
        await ack(options=options_payload(offered.choices))

    app.view(_ANY)(on_submission)
    app.options(_ANY)(on_query)
