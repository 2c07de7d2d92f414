"""Everything a person can do, on one screen; and the listeners that bring it here."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.messages import Message
from bot.messages.buttons import (
    ACKNOWLEDGE,
    ANNOUNCE,
    APPROVE_SYNC,
    DECLINE_SYNC,
    DETAILS,
    REFRESH,
    SHARE,
    SHOW_PRIVATELY,
    TAKE_OVER,
    UNDO,
)
from bot.messages.changes import actions
from bot.messages.errors import ANOTHER_COMMAND, RESTARTING, TOO_MANY
from bot.teams.access import Permission
from handlers import acknowledge, digest, handoff, home, incidents, oncall, reminder, usergroups
from handlers import help as menu
from handlers.dispatch import payloads
from handlers.dispatch.context import Incoming, Reply, Request, Route, Visibility
from handlers.dispatch.dispatcher import Dispatcher

log = structlog.get_logger(__name__)

COMMAND: Final = "/flashduty"

SUBCOMMANDS: Final[Mapping[str, Route]] = {
    "": Route(menu.show, Permission.VIEW),
    "help": Route(menu.show, Permission.VIEW),
    "incidents": Route(incidents.list_incidents, Permission.VIEW),
    "incident": Route(incidents.show, Permission.VIEW),
    "oncall": Route(oncall.who, Permission.VIEW),
    "me": Route(home.show, Permission.VIEW),
    "digest": Route(digest.today, Permission.VIEW),
    "digest post": Route(digest.post, Permission.RESPOND, deed=lambda _: actions.posting_digest()),
    "digest week": Route(digest.week, Permission.VIEW),
    "digest week post": Route(digest.post_week, Permission.RESPOND, deed=lambda _: actions.posting_report()),
    "digest post week": Route(digest.post_week, Permission.RESPOND, deed=lambda _: actions.posting_report()),
    "reminder": Route(reminder.again, Permission.VIEW),
}
ALIASES: Final[Mapping[str, str]] = {
    "on-call": "oncall",
    "on_call": "oncall",
    "list": "incidents",
    "menu": "help",
    "?": "help",
}
LONGEST: Final = max(len(name.split()) for name in SUBCOMMANDS)
UNKNOWN: Final = Route(menu.unknown, Permission.VIEW, name="unknown")


def subcommand(words: str) -> tuple[Route, str]:
    """Find the named route of a typed command, the longest that fits, and the words that are left for it."""
    said = words.split()
    first = said[0].lower() if said else ""
    known = [ALIASES.get(first, first), *(word.lower() for word in said[1:LONGEST])]
    for count in range(len(known), 0, -1):
        name = " ".join(known[:count])
        if name in SUBCOMMANDS:
            return replace(SUBCOMMANDS[name], name=name or "menu"), " ".join(said[count:])
    return UNKNOWN, words.strip()


async def draw(request: Request) -> Message | Reply:
    """Answer a typed command, or draw the message of one again."""
    route, rest = subcommand(request.words)
    return await route.handle(replace(request, words=rest))


async def details(request: Request) -> Message | Reply:
    """Show the card of the incident a control carries."""
    return await incidents.show(replace(request, words=request.incident))


def _deciding(asked: Incoming) -> actions.ChangeWords:
    return actions.deciding(usergroups.handle_of(asked.words))


ACTIONS: Final[Mapping[str, Route]] = {
    ACKNOWLEDGE: Route(
        acknowledge.acknowledge,
        Permission.RESPOND,
        Visibility.IN_PLACE,
        deed=lambda asked: actions.acknowledging(asked.incident),
    ),
    UNDO: Route(
        acknowledge.undo, Permission.RESPOND, Visibility.IN_PLACE, deed=lambda asked: actions.undoing(asked.incident)
    ),
    ANNOUNCE: Route(
        acknowledge.tell, Permission.RESPOND, Visibility.IN_PLACE, deed=lambda asked: actions.telling(asked.incident)
    ),
    REFRESH: Route(draw, Permission.VIEW, Visibility.IN_PLACE),
    SHOW_PRIVATELY: Route(draw, Permission.VIEW, Visibility.PRIVATELY),
    DETAILS: Route(details, Permission.VIEW, Visibility.PRIVATELY),
    SHARE: Route(draw, Permission.VIEW, Visibility.IN_CHANNEL),
    TAKE_OVER: Route(
        handoff.take, Permission.VIEW, deed=lambda asked: actions.covering(handoff.schedule_of(asked.words))
    ),
    APPROVE_SYNC: Route(usergroups.follow, Permission.RESPOND, Visibility.IN_PLACE, deed=_deciding),
    DECLINE_SYNC: Route(usergroups.leave, Permission.RESPOND, Visibility.IN_PLACE, deed=_deciding),
}
TYPED: Final = Route(draw, Permission.VIEW)


def route_for(asked: Incoming) -> Route | None:
    """Choose the route of what arrived; one that draws a command needs what the command needs as well."""
    route = TYPED if asked.route is None else ACTIONS.get(asked.route)
    if route is None or route.handle is not draw:
        return replace(route, name=asked.route or "") if route else None
    drawn = subcommand(asked.words)[0]
    needs = Permission.RESPOND if Permission.RESPOND in {route.needs, drawn.needs} else Permission.VIEW
    return replace(route, needs=needs, deed=drawn.deed, name=f"{asked.route or ''} {drawn.name}".strip())


def register(app: AsyncApp, desk: Dispatcher) -> None:
    """Connect Bolt to the desk. Bolt fills parameters by name; no exception may leave a listener."""

    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        if not desk.work.is_accepting:
            await ack(RESTARTING)
            return
        if desk.work.is_full:
            desk.work.refuse("commands")
            await ack(TOO_MANY)
            return
        await ack()
        await take(payloads.command(body))

    async def on_press(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await take(payloads.press(body))

    async def on_another_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        log.warning("a command of another name", command=body["command"], expected=COMMAND)
        await ack(ANOTHER_COMMAND.format(typed=body["command"], ours=COMMAND))

    async def on_message(body: dict[str, Any]) -> None:
        await take(payloads.mention(body))

    async def take(asked: Incoming | None) -> None:
        route = route_for(asked) if asked is not None else None
        if asked is None or route is None:
            log.info("nothing to do")
            return
        await desk.take(asked, route)

    app.command(COMMAND)(on_command)
    app.command(re.compile(".*", re.DOTALL))(on_another_command)
    app.action(re.compile(".*", re.DOTALL))(on_press)
    app.event("app_mention")(on_message)
    app.event("message")(on_message)
