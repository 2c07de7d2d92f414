"""Decoded values of controls: compares the messages of two versions by what their controls mean."""

from datetime import UTC, datetime

from bot.messages.buttons import decode
from bot.messages.menus import pressed_value
from handlers.earlier_values import read_earlier
from handlers.lookup import read_command
from handlers.routes import BUTTONS

NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


def carried(action_id, value):
    """Read the value of a control, of this version or of the one before; None when it cannot be read."""
    route, value = pressed_value(action_id, value)
    if not route:
        return None
    return decode(BUTTONS[route].reads, value) or read_earlier(route, value, NOW, read_command=read_command)


def meaning(held):
    """Return a payload with each control's value decoded."""
    if isinstance(held, list):
        return [meaning(one) for one in held]
    if not isinstance(held, dict):
        return held
    if "options" in held:
        options = [{**one, "value": carried(held["action_id"], one["value"])} for one in held["options"]]
        return {**held, "options": options}
    if "action_id" in held and "value" in held:
        return {**held, "value": carried(held["action_id"], held["value"])}
    return {name: meaning(one) for name, one in held.items()}
