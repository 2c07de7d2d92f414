"""Block elements (docs.slack.dev/reference/block-kit/block-elements): their fields, and the blocks that allow them.

What works with which block on which surface: the table of api.slack.com/reference/block-kit/block-elements.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.rich_text import RICH_TEXT
from sandbox.slack.block_kit.shapes import (
    UNLIMITED,
    Check,
    Fields,
    Findings,
    boolean,
    listed,
    one_of,
    shape,
    string,
    url,
    whole,
)
from sandbox.slack.block_kit.texts import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    IMAGE,
    MENU_OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    STYLE,
    TICK_OPTION,
    plain,
)

_LABEL: Final = plain(limits.BUTTON_LABEL)
_CONFIRMED: Final[Fields] = {"confirm": CONFIRM}
_FOCUSED: Final[Fields] = {"focus_on_load": boolean}
_HINTED: Final[Fields] = {"placeholder": plain(limits.PLACEHOLDER)}
_MENU: Final[Fields] = {**_CONFIRMED, **_FOCUSED, **_HINTED}
_MANY: Final[Fields] = {**_MENU, "max_selected_items": whole(1, limits.OPTIONS)}
_TYPED: Final[Fields] = {**_FOCUSED, **_HINTED, "dispatch_action_config": DISPATCH_CONFIG}


def _pattern(expression: str, example: str) -> Check:
    compiled = re.compile(expression)

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, str) or not compiled.fullmatch(value):
            findings.add(path, f"must look like {example}")

    return check


_DATE: Final = _pattern(r"\d{4}-\d{2}-\d{2}", "2026-11-24")
_TIME: Final = _pattern(r"([01]\d|2[0-3]):[0-5]\d", "09:00")


def _control(required: Fields, optional: Fields, rule: Check | None = None) -> Check:
    """Require an interactive element whose action_id is unique in the payload."""

    def whole_element(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        action_id = value.get("action_id")
        if isinstance(action_id, str):
            if action_id in findings.action_ids:
                findings.add(f"{path}/action_id", f"{action_id!r} stands twice")
            findings.action_ids.add(action_id)
        if value.get("focus_on_load") is True:
            findings.count("focus_on_load")
        if rule is not None:
            rule(value, path, findings)

    return shape(required, {"action_id": string(limits.IDENTIFIER), **optional}, whole_element)


def _menu_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    if ("options" in value) == ("option_groups" in value):
        findings.add(path, "needs either options or option_groups")
    _initial_rule(value, path, findings)


def _initial_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    """Require initial options from the offered ones, and no empty list."""
    offered = offered_options(value)
    chosen = value.get("initial_options", [value["initial_option"]] if "initial_option" in value else None)
    if isinstance(chosen, list) and (not chosen or any(one not in offered for one in chosen)):
        findings.add(path, "the initial option must be one of the options")


def offered_options(element: Mapping[str, Any]) -> list[Any]:
    """List the options of a menu, those in groups included."""
    groups = element.get("option_groups")
    if not isinstance(groups, list):
        options = element.get("options")
        return options if isinstance(options, list) else []
    listed_options = [group.get("options") for group in groups if isinstance(group, dict)]
    return [one for options in listed_options if isinstance(options, list) for one in options]


def _length_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    least, most = value.get("min_length", 0), value.get("max_length", limits.TYPED)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        findings.add(path, "min_length is above max_length")


def _range_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    """Require bounds and initial value as numeric text, the lower bound not above the upper."""
    numbers = {}
    for name in ("min_value", "max_value", "initial_value"):
        written = value.get(name)
        if isinstance(written, str) and not re.fullmatch(r"-?\d+(\.\d+)?", written):
            findings.add(f"{path}/{name}", "must be a number, as a string")
        elif isinstance(written, str):
            numbers[name] = float(written)
    if numbers.get("min_value", float("-inf")) > numbers.get("max_value", float("inf")):
        findings.add(path, "min_value is above max_value")


def _menus(*, many: bool, answers: bool = False) -> dict[str, Check]:
    """Return the menus; `response_url_enabled` exists only in inputs of a modal."""
    prefix, plural, common = ("multi_", "s", _MANY) if many else ("", "", _MENU)
    options = {
        "options": listed(MENU_OPTION, 1, limits.OPTIONS),
        "option_groups": listed(OPTION_GROUP, 1, limits.OPTIONS),
    }
    chosen = listed(MENU_OPTION, 1, limits.OPTIONS) if many else MENU_OPTION
    name: Check = listed(string(), 1, limits.OPTIONS) if many else string()
    external = {**common, f"initial_option{plural}": chosen, "min_query_length": whole(0, UNLIMITED)}
    reply = {"response_url_enabled": boolean} if answers and not many else {}
    conversations = {"filter": CONVERSATION_FILTER, "default_to_current_conversation": boolean, **reply}
    return {
        f"{prefix}static_select": _control({}, {**common, **options, f"initial_option{plural}": chosen}, _menu_rule),
        f"{prefix}external_select": _control({}, external),
        f"{prefix}users_select": _control({}, {**common, f"initial_user{plural}": name}),
        f"{prefix}channels_select": _control({}, {**common, f"initial_channel{plural}": name, **reply}),
        f"{prefix}conversations_select": _control(
            {}, {**common, f"initial_conversation{plural}": name, **conversations}
        ),
    }


_BUTTON: Final = _control(
    {"text": _LABEL},
    {
        **_CONFIRMED,
        "value": string(limits.BUTTON_VALUE),
        "url": url(limits.URL),
        "style": STYLE,
        "accessibility_label": string(limits.BUTTON_LABEL),
        "agent_prompt": string(limits.AGENT_PROMPT),
    },
)
_TICKS: Final = {**_CONFIRMED, **_FOCUSED}
_FEEDBACK: Final = shape(
    {"text": _LABEL, "value": string(limits.BUTTON_VALUE)}, {"accessibility_label": string(limits.BUTTON_LABEL)}
)


def _link_trigger(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
    url(limits.URL, "https")(value, path, findings)
    if isinstance(value, str) and not value.startswith("https://slack.com/shortcuts/"):
        findings.add(path, "must be the address of a link trigger")


_TRIGGER: Final = shape(
    {"url": _link_trigger},
    {"customizable_input_parameters": listed(shape({"name": string(), "value": string(shortest=0)}), 0, 100)},
)
_WORKFLOW_BUTTON: Final = _control(
    {"text": _LABEL, "workflow": shape({"trigger": _TRIGGER})},
    {"style": STYLE, "accessibility_label": string(limits.BUTTON_LABEL)},
)

BUTTONS: Final[dict[str, Check]] = {
    "button": _BUTTON,
    "overflow": _control({"options": listed(OVERFLOW_OPTION, 1, limits.OVERFLOW_OPTIONS)}, _CONFIRMED),
}
BUTTONS_IN_MESSAGES: Final[dict[str, Check]] = {**BUTTONS, "workflow_button": _WORKFLOW_BUTTON}
CHOICES: Final[dict[str, Check]] = {
    **_menus(many=False),
    **_menus(many=True),
    "checkboxes": _control(
        {"options": listed(TICK_OPTION, 1, limits.TICK_OPTIONS)},
        {**_TICKS, "initial_options": listed(TICK_OPTION, 1, limits.TICK_OPTIONS)},
        _initial_rule,
    ),
    "radio_buttons": _control(
        {"options": listed(TICK_OPTION, 1, limits.TICK_OPTIONS)},
        {**_TICKS, "initial_option": TICK_OPTION},
        _initial_rule,
    ),
    "datepicker": _control({}, {**_MENU, "initial_date": _DATE}),
    "timepicker": _control({}, {**_MENU, "initial_time": _TIME, "timezone": string()}),
}
# In actions and inputs of messages and modals; not as an accessory, and not in a Home tab.
MOMENT: Final[dict[str, Check]] = {
    "datetimepicker": _control({}, {**_TICKS, "initial_date_time": whole(1_000_000_000, 9_999_999_999)})
}
_WRITING: Final[dict[str, Check]] = {
    "plain_text_input": _control(
        {},
        {
            **_TYPED,
            "initial_value": string(limits.TYPED, shortest=0),
            "multiline": boolean,
            "min_length": whole(0, limits.TYPED),
            "max_length": whole(1, limits.TYPED),
        },
        _length_rule,
    ),
}
_COMPOSING: Final[dict[str, Check]] = {
    "rich_text_input": _control(
        {}, {**_TYPED, "initial_value": RICH_TEXT, "min_lines": whole(1, 100), "max_lines": whole(1, 100)}
    ),
}
_IN_MODALS_ALONE: Final[dict[str, Check]] = {
    "email_text_input": _control({}, {**_TYPED, "initial_value": string(limits.TYPED)}),
    "url_text_input": _control({}, {**_TYPED, "initial_value": string(limits.TYPED)}),
    "number_input": _control(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": string(), "min_value": string(), "max_value": string()},
        _range_rule,
    ),
    "file_input": _control({}, {"filetypes": listed(string(), 1, 100), "max_files": whole(1, limits.FILES)}),
}
INPUTS_IN_MESSAGES: Final = {**CHOICES, **MOMENT, **_WRITING}
INPUTS_IN_HOME: Final = {**CHOICES, **_WRITING, **_COMPOSING}
INPUTS_IN_MODALS: Final = {
    **CHOICES,
    **_menus(many=False, answers=True),
    **MOMENT,
    **_WRITING,
    **_COMPOSING,
    **_IN_MODALS_ALONE,
}
CONTEXT_CONTROLS: Final[dict[str, Check]] = {
    "feedback_buttons": _control({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {}),
    "icon_button": _control(
        {"icon": one_of("trash"), "text": _LABEL},
        {
            **_CONFIRMED,
            "accessibility_label": string(limits.BUTTON_LABEL),
            "value": string(limits.BUTTON_VALUE),
            "visible_to_user_ids": listed(string(), 1, limits.ICON_VIEWERS),
        },
    ),
}
PICTURE: Final[dict[str, Check]] = {"image": IMAGE}
