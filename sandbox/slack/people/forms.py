"""Filling in modals: the validation by Slack before the app is called."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.block_kit.limits import TYPED
from sandbox.slack.conversation.controls import chosen, controls, find_control, is_empty, state_of
from sandbox.slack.conversation.views import View

_REQUIRED: Final = "Please complete this required field."
_TOO_SHORT: Final = "Please type at least {} characters."
_TOO_LONG: Final = "Please type at most {} characters."


class Incomplete(ValueError):  # noqa: N818 - what the form is
    """A modal that Slack does not submit; `errors` holds the messages by block_id."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(f"not filled in: {', '.join(errors)}")
        self.errors = dict(errors)


def fill_in(view: View, values: Mapping[str, Mapping[str, Any]], offered: Mapping[str, list[Any]]) -> None:
    """Put values into a view's state; values are in Slack's format, or plain choices or texts.

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
    """Return the initial options of an external select."""
    one = element.get("initial_option")
    return [*element.get("initial_options", ()), *([one] if one else [])]


def _wrong_with(block: Mapping[str, Any], element: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    """Return the error of a field, or None; texts have the length of the field, 3,000 at most.

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
