"""The controls in messages and views: lookup, state, and the action that Slack reports.

docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.slack.block_kit.elements import offered_options

Element = Mapping[str, Any]
Values = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class _Held:
    """How an element reports a choice: its field in the state, and the field of the initial value."""

    field: str
    initial: str
    empty: Any = None


_OPTIONS: Final = ("static_select", "external_select", "radio_buttons", "overflow")
_HELD: Final = {
    **{kind: _Held("selected_option", "initial_option") for kind in _OPTIONS},
    **{
        kind: _Held("selected_options", "initial_options", ())
        for kind in ("multi_static_select", "multi_external_select", "checkboxes")
    },
    "users_select": _Held("selected_user", "initial_user"),
    "multi_users_select": _Held("selected_users", "initial_users", ()),
    "channels_select": _Held("selected_channel", "initial_channel"),
    "multi_channels_select": _Held("selected_channels", "initial_channels", ()),
    "conversations_select": _Held("selected_conversation", "initial_conversation"),
    "multi_conversations_select": _Held("selected_conversations", "initial_conversations", ()),
    "datepicker": _Held("selected_date", "initial_date"),
    "timepicker": _Held("selected_time", "initial_time"),
    "datetimepicker": _Held("selected_date_time", "initial_date_time"),
    "plain_text_input": _Held("value", "initial_value"),
    "email_text_input": _Held("value", "initial_value"),
    "url_text_input": _Held("value", "initial_value"),
    "number_input": _Held("value", "initial_value"),
    "rich_text_input": _Held("rich_text_value", "initial_value"),
    "file_input": _Held("files", "files", ()),
}
_WITHOUT_STATE: Final = frozenset({"overflow"})


def controls(blocks: object) -> Iterator[tuple[Mapping[str, Any], Element]]:
    """Iterate over all interactive elements, each with its block."""
    for block in blocks if isinstance(blocks, list) else []:
        for name in ("elements", "accessory", "element", "actions"):
            held = block.get(name)
            for element in held if isinstance(held, list) else [held]:
                if isinstance(element, dict) and "action_id" in element:
                    yield block, element
        yield from controls(block.get("child_blocks"))
        if block.get("type") == "carousel":
            yield from controls(block["elements"])


def find_control(blocks: object, action_id: str, block_id: str | None = None) -> tuple[Mapping[str, Any], Element]:
    """Find a control; raises LookupError when there is none."""
    for block, element in controls(blocks):
        if element["action_id"] == action_id and block_id in {None, block.get("block_id")}:
            return block, element
    there = ", ".join(element["action_id"] for _, element in controls(blocks)) or "none"
    raise LookupError(f"there is no control {action_id!r} here; there are: {there}")


def used(block: Mapping[str, Any], element: Element, *, value: str | None, selected: Any, ts: str) -> dict[str, Any]:  # noqa: ANN401 - an id, an option or a list of them
    """Build the action for the use of a control; raises LookupError for a choice that is not offered.

    Values set by the app are returned with `&`, `<` and `>` as entities (github.com/slackapi/bolt-python/issues/513).
    """
    kind = element["type"]
    action: dict[str, Any] = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block.get("block_id"),
        "action_ts": ts,
    }
    for name in ("text", "style", "placeholder"):
        if name in element:
            action[name] = _with_entities(element[name])
    if kind in _HELD:
        held = chosen(element, value if selected is None else selected)
        return action | (_with_entities(held) if "options" in element or "option_groups" in element else held)
    if value is not None and value != element.get("value"):
        raise LookupError(f"the button {element['action_id']!r} carries another value")
    return action | ({"value": _with_entities(element["value"])} if "value" in element else {})


def _with_entities(held: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(held, dict):
        return {name: _with_entities(value) for name, value in held.items()}
    if isinstance(held, list):
        return [_with_entities(one) for one in held]
    return html.escape(held, quote=False) if isinstance(held, str) else held


def chosen(element: Element, selected: Any) -> dict[str, Any]:  # noqa: ANN401 - an id, an option or a list of them
    """Return the state of an element with a choice; raises LookupError for a choice that is not offered."""
    held = _HELD[element["type"]]
    if isinstance(selected, dict) and "type" in selected and held.field in selected:
        selected = selected[held.field]
    if held.empty == ():
        many = selected if isinstance(selected, list | tuple) else [selected]
        value: Any = [_offered(element, held, one) for one in many if one is not None]
        if len(value) > element.get("max_selected_items", len(value)):
            raise LookupError(f"{element['action_id']!r} takes no {len(value)} entries")
    else:
        value = None if selected is None else _offered(element, held, selected)
    return {held.field: value}


def _offered(element: Element, held: _Held, selected: Any) -> Any:  # noqa: ANN401 - an id or an option
    # The options of an external select are known only after a query.
    is_open = element["type"].endswith("external_select") and "options" not in element
    if not held.field.startswith("selected_option") or is_open:
        return selected
    for option in offered_options(element):
        if selected in (option, option["value"]):
            return option
    raise LookupError(f"{element['action_id']!r} does not offer {selected!r}")


def state_of(blocks: object, selections: Values) -> dict[str, Any]:
    """Return the state of all controls: choices, or initial values."""
    values: Values = {}
    for block, element in controls(blocks):
        kind = element["type"]
        if kind not in _HELD or kind in _WITHOUT_STATE:
            continue
        held = _HELD[kind]
        empty: list[Any] | None = [] if held.empty == () else None
        first = {"type": kind, held.field: element.get(held.initial, empty)}
        block_id = str(block.get("block_id"))
        known = selections.get(block_id, {}).get(element["action_id"], first)
        values.setdefault(block_id, {})[element["action_id"]] = known
    return {"values": values}


def answer_places(view: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the conversations chosen in a modal that get a response URL, each with its control.

    docs.slack.dev/surfaces/modals: `response_url_enabled` on a conversations or channels select in an input block.
    """
    places = []
    for block, element in controls(view["blocks"]):
        held = view["state"]["values"].get(block.get("block_id"), {}).get(element["action_id"], {})
        channel = held.get("selected_conversation") or held.get("selected_channel")
        if block["type"] == "input" and element.get("response_url_enabled") and channel:
            places.append(
                {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": str(channel)}
            )
    return places


def is_empty(state: Mapping[str, Any]) -> bool:
    """Return whether a state is empty."""
    return all(value in (None, "", []) for name, value in state.items() if name != "type")
