"""Filling in a modal: what Slack itself asks of a person before it tells the app."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.block_kit.limits import TYPED
from sandbox.slack.conversation.controls import chosen, controls, find_control, is_empty, state_of
from sandbox.slack.conversation.views import View

_REQUIRED: Final = "Please complete this required field."
_TOO_SHORT: Final = "Please type at least {} characters."
_TOO_LONG: Final = "Please type at most {} characters."


class Incomplete(ValueError):  # noqa: N818 - what the form is
    """Slack keeps a modal whose required inputs are empty; `errors` says which, by block_id."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(f"not filled in: {', '.join(errors)}")
        self.errors = dict(errors)


def fill_in(view: View, values: Mapping[str, Mapping[str, Any]], offered: Mapping[str, list[Any]]) -> None:
    """Put values into a view's state; values are what Slack would hold, or the plain choice or text.

    `offered` are the options of external selects, by action.
    """
    if view["type"] != "modal" or view["submit"] is None:
        raise LookupError("this view cannot be submitted")
    selections: dict[str, dict[str, Any]] = dict(view["state"]["values"])
    for block_id, given in values.items():
        for action_id, value in given.items():
            _, element = find_control(view["blocks"], action_id, block_id)
            if str(element["type"]).endswith("external_select"):
                element = {**element, "options": [*offered.get(action_id, ()), *_first_options(element)]}
            state = {"type": element["type"], **chosen(element, value)}
            selections.setdefault(block_id, {})[action_id] = state
    state = state_of(view["blocks"], selections)
    wrong = {
        str(block["block_id"]): _wrong_with(block, element, state["values"][block["block_id"]][element["action_id"]])
        for block, element in controls(view["blocks"])
        if block["type"] == "input"
    }
    if any(wrong.values()):
        raise Incomplete({name: sentence for name, sentence in wrong.items() if sentence})
    view["state"] = state


def _first_options(element: Mapping[str, Any]) -> list[Any]:
    """List what an external select begins with."""
    one = element.get("initial_option")
    return [*element.get("initial_options", ()), *([one] if one else [])]


def _wrong_with(block: Mapping[str, Any], element: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    """Say what keeps Slack from sending a field; a text has as many characters as the field takes, 3,000 at most.

    docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
    """
    if is_empty(state):
        return "" if block.get("optional") else _REQUIRED
    if element["type"] != "plain_text_input":
        return ""
    typed, most = len(state["value"]), element.get("max_length", TYPED)
    if typed > most:
        return _TOO_LONG.format(most)
    least = element.get("min_length", 0)
    return _TOO_SHORT.format(least) if typed < least else ""
