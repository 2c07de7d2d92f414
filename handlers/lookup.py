"""Find the route of an incoming request, and decode its value."""

from dataclasses import replace
from datetime import datetime

from bot.incidents.messages.actions.values import ActionValue
from bot.messages.buttons import ButtonValue, decode
from bot.messages.menus import pressed_value, view_of_block
from bot.messages.views import HomeTab, View, ViewValue
from handlers import command_line
from handlers.dispatch.context import Incoming
from handlers.dispatch.requests import ButtonPress, HomeOpened, Shortcut
from handlers.dispatch.route import Route
from handlers.earlier_values import read_earlier
from handlers.routes import BUTTONS, COMMANDS, RESPOND, TYPED, VIEW, VIEWS


def read_command(words: str) -> View:
    """Parse typed words into the view they ask for."""
    return command_line.parse_command_line(words, COMMANDS)


class UnreadableValueError(Exception):
    """Raised for a control of this bot whose value no supported version has written."""


def has_route(incoming: Incoming) -> bool:
    """Return whether the request is typed, or a shortcut or a control of the routing tables."""
    if isinstance(incoming, HomeOpened):
        return True
    return incoming.route is None or incoming.route in (COMMANDS if isinstance(incoming, Shortcut) else BUTTONS)


def read_request(incoming: Incoming, now: datetime) -> Incoming:
    """Decode the typed words or the value of the pressed control; raises UnreadableValueError."""
    if isinstance(incoming, HomeOpened):
        return replace(incoming, value=ViewValue(team="", view=HomeTab()))
    if incoming.pressed is None or incoming.route is None:
        view = _view_of_shortcut(incoming) if isinstance(incoming, Shortcut) else read_command(incoming.words)
        return replace(
            incoming,
            value=ViewValue(team=incoming.team or "", view=view),
            typed=command_line.split_command(incoming.typed, COMMANDS)[1].strip(),
        )
    _, written = pressed_value(*incoming.pressed)
    value = decode(BUTTONS[incoming.route].reads, written) or read_earlier(
        incoming.route, written, now, read_command=read_command
    )
    if value is None:
        raise UnreadableValueError
    return incoming.with_value(_with_view_of_block(incoming, value))


def _view_of_shortcut(shortcut: Shortcut) -> View:
    from_anywhere = COMMANDS[shortcut.route or ""].global_shortcut
    return from_anywhere.view if from_anywhere and shortcut.shared is None else read_command(shortcut.route or "")


def _with_view_of_block(incoming: Incoming, value: ButtonValue) -> ButtonValue:
    """Add the view that is drawn again afterwards, which the entry of a menu has no room for."""
    if isinstance(incoming, ButtonPress) and isinstance(value, ActionValue) and value.view is None:
        return replace(value, view=view_of_block(incoming.block_id))
    return value


def route_for(incoming: Incoming) -> Route:
    """Return the route of a decoded request; one that draws a view has the view's permission as well."""
    route = BUTTONS[incoming.route] if incoming.route is not None and incoming.pressed is not None else TYPED
    if not isinstance(incoming.value, ViewValue):
        return replace(route, name=incoming.route or "")
    drawn = VIEWS[type(incoming.value.view)]
    permission = RESPOND if RESPOND in {route.permission, drawn.permission} else VIEW
    route_name, view_name = incoming.route or "", drawn.name or incoming.value.view.NAME
    name = f"shortcut {route_name}" if isinstance(incoming, Shortcut) else f"{route_name} {view_name}".strip()
    # A form changes nothing before it is submitted.
    only_opens = drawn.opens is not None and (incoming.origin.view is not None or drawn.opens(incoming) is not None)
    return replace(
        route,
        permission=permission,
        change=None if only_opens else drawn.change,
        opens=drawn.opens,
        is_personal=drawn.is_personal,
        opens_for=drawn.change if only_opens else None,
        name=name,
    )
