"""Everything a person can do, on one screen, as data."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

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
from bot.messages.help import HelpLine
from bot.teams.access import Permission
from handlers import acknowledge, digest, handoff, help, home, incidents, oncall, reminder, usergroups  # noqa: A004 - a module
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.requests import Shortcut
from handlers.dispatch.retries import press_again, press_on_the_card
from handlers.dispatch.route import Answer, FormRoute, OptionsRoute, Route, Visibility

SLASH_COMMAND: Final = "/flashduty"
VIEW, RESPOND = Permission.VIEW, Permission.RESPOND
IN_PLACE, IN_CHANNEL = Visibility.IN_PLACE, Visibility.IN_CHANNEL


async def show_menu(request: Request) -> Message:
    """Show the menu."""
    return help.show(request, help_lines())


async def draw(request: Request) -> Answer:
    """Answer a typed command, or draw the message of one again."""
    route, rest = subcommand(request.words)
    return await route.handle(replace(request, words=rest))


async def details(request: Request) -> Answer:
    """Show the card of the incident a control carries."""
    return await incidents.show(replace(request, words=request.incident))


async def not_a_command(request: Request) -> Message:
    """Offer the nearest command."""
    return help.unknown(request, help_lines(), [line.usage.partition(" ")[0] for line in usages()])


def _deciding(asked: Incoming) -> actions.ChangeWords:
    return actions.deciding(usergroups.handle_of(asked.words))


COMMANDS: Final[dict[str, Route]] = {
    "": Route(handle=show_menu, permission=VIEW),
    "incidents": Route(
        handle=incidents.list_incidents,
        permission=VIEW,
        aliases=("list",),
        help=(
            HelpLine(
                "incidents",
                "open incidents; add `critical`, `triggered`, `closed`, `since:7d` or words to search for",
            ),
        ),
    ),
    "incident": Route(
        handle=incidents.show,
        permission=VIEW,
        help=(HelpLine("incident 0E83EE", "everything about one incident"),),
    ),
    "oncall": Route(
        handle=oncall.who,
        permission=VIEW,
        aliases=("on-call", "on_call"),
        help=(
            HelpLine("oncall", "who is on call now and next; add a part of a schedule's name, or `at:tomorrow 18:00`"),
            HelpLine("oncall week", "the next seven days as a table"),
        ),
    ),
    "me": Route(
        handle=home.show,
        permission=VIEW,
        help=(HelpLine("me", "am I on call, my next shifts, my open incidents"),),
    ),
    "digest": Route(
        handle=digest.today,
        permission=VIEW,
        help=(
            HelpLine(
                "digest",
                "today's digest, only for you; `digest post` sends it to the channel,"
                " `digest week` shows the week behind you",
            ),
        ),
    ),
    "digest post": Route(handle=digest.post, permission=RESPOND, change=lambda _: actions.posting_digest()),
    "digest week": Route(handle=digest.week, permission=VIEW),
    "digest week post": Route(handle=digest.post_week, permission=RESPOND, change=lambda _: actions.posting_report()),
    "digest post week": Route(handle=digest.post_week, permission=RESPOND, change=lambda _: actions.posting_report()),
    "help": Route(handle=show_menu, permission=VIEW, aliases=("menu", "?"), help=(HelpLine("help"),)),
    "reminder": Route(handle=reminder.again, permission=VIEW),
}
UNKNOWN: Final = Route(handle=not_a_command, permission=VIEW, name="unknown")
TYPED: Final = Route(handle=draw, permission=VIEW)

BUTTONS: Final[dict[str, Route]] = {
    ACKNOWLEDGE: Route(
        handle=acknowledge.acknowledge,
        permission=RESPOND,
        visibility=IN_PLACE,
        retry=press_on_the_card,
        change=lambda asked: actions.acknowledging(asked.incident),
    ),
    UNDO: Route(
        handle=acknowledge.undo,
        permission=RESPOND,
        visibility=IN_PLACE,
        retry=press_again,
        change=lambda asked: actions.undoing(asked.incident),
    ),
    ANNOUNCE: Route(
        handle=acknowledge.tell,
        permission=RESPOND,
        visibility=IN_PLACE,
        retry=press_again,
        change=lambda asked: actions.telling(asked.incident),
    ),
    REFRESH: Route(handle=draw, permission=VIEW, visibility=IN_PLACE),
    SHOW_PRIVATELY: Route(handle=draw, permission=VIEW),
    DETAILS: Route(handle=details, permission=VIEW),
    SHARE: Route(handle=draw, permission=VIEW, visibility=IN_CHANNEL, retry=press_again),
    TAKE_OVER: Route(
        handle=handoff.take,
        permission=VIEW,
        retry=press_again,
        change=lambda asked: actions.covering(handoff.schedule_of(asked.words)),
    ),
    APPROVE_SYNC: Route(
        handle=usergroups.follow, permission=RESPOND, visibility=IN_PLACE, retry=press_again, change=_deciding
    ),
    DECLINE_SYNC: Route(
        handle=usergroups.leave, permission=RESPOND, visibility=IN_PLACE, retry=press_again, change=_deciding
    ),
}


FORMS: Final[dict[str, FormRoute]] = {}
OPTIONS: Final[dict[str, OptionsRoute]] = {}


def help_lines() -> tuple[HelpLine, ...]:
    """List what the menu says, in the order of the table."""
    return tuple(line for route in COMMANDS.values() for line in route.help)


def usages() -> Iterator[HelpLine]:
    """Give the first line of each command that people are told of."""
    return (route.help[0] for route in COMMANDS.values() if route.help)


def usage_hint() -> str:
    """Give what Slack shows behind the name of the command while somebody types it."""
    return f"[{' | '.join(line.usage for line in usages())}]"


def subcommand(words: str) -> tuple[Route, str]:
    """Find the named route of a typed command, the longest that fits, and the words that are left for it."""
    said = words.split()
    first = said[0].lower() if said else ""
    full_names = {alias: name for name, route in COMMANDS.items() for alias in route.aliases}
    longest = max(len(name.split()) for name in COMMANDS)
    known = [full_names.get(first, first), *(word.lower() for word in said[1:longest])]
    for count in range(len(known), 0, -1):
        name = " ".join(known[:count])
        if name in COMMANDS:
            return replace(COMMANDS[name], name=name or "menu"), " ".join(said[count:])
    return UNKNOWN, words.strip()


def route_for(asked: Incoming) -> Route | None:
    """Choose the route of what arrived; one that draws a command needs what the command needs as well."""
    if isinstance(asked, Shortcut):
        chosen = COMMANDS.get(asked.route or "")
        return replace(chosen, name=f"shortcut {asked.route}") if chosen is not None else None
    route = TYPED if asked.route is None else BUTTONS.get(asked.route)
    if route is None or route.handle is not draw:
        return replace(route, name=asked.route or "") if route else None
    drawn, rest = subcommand(asked.words)
    permission = RESPOND if RESPOND in {route.permission, drawn.permission} else VIEW
    title = drawn.opens(replace(asked, words=rest)) if drawn.opens is not None else None
    return replace(
        route,
        permission=permission,
        change=drawn.change,
        opens=lambda _: title,
        name=f"{asked.route or ''} {drawn.name}".strip(),
    )
