import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import actions, button, confirm, field, marked, modal, option, options, plain, section, select, writing

from sandbox.slack.block_kit import problems


def in_message(*blocks):
    return problems({"text": "fallback", "blocks": list(blocks)}, "message")


def test_problems__name_the_place_as_a_json_pointer():
    assert in_message(section(), actions(button("a"), {**button("b"), "text": marked()})) == [
        "/blocks/1/elements/1/text/type: must be plain_text"
    ]


@pytest.mark.parametrize("message", [{}, {"text": ""}, {"text": "x", "blocks": {}}, {"text": "x", "attachments": {}}])
def test_problems__of_a_message_that_says_nothing_right__are_told(message):
    assert problems(message, "message")


def test_problems__of_a_home_where_a_modal_must_stand__are_told():
    home = {"type": "home", "blocks": [section()]}
    assert problems(home, "home") == []
    assert problems(home, "modal")


RICH = [
    {"type": "text", "text": "a < b", "style": {"bold": True}},
    {"type": "link", "url": "https://a.example/", "text": "x"},
    {"type": "user", "user_id": "U0ALICE"},
    {"type": "emoji", "name": "fire"},
    {"type": "date", "timestamp": 1795505400, "format": "{time}", "fallback": "07:30"},
]
GOOD = [
    {"type": "divider"},
    {"type": "header", "text": {**plain("🔥 用户"), "emoji": True}, "block_id": "top"},
    section(text={**marked("*x* <https://a.example|y>"), "verbatim": True}, accessory=button("more", style="danger")),
    {"type": "context", "elements": [marked(), {"type": "image", "alt_text": "x", "image_url": "https://a.example/"}]},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": RICH}]},
    actions(
        button("b", value="v", url="https://a.example/", confirm=confirm(style="danger")),
        select(3, action_id="menu", initial_option=option(value="1")),
        {"type": "users_select", "action_id": "who", "initial_user": "U0ALICE"},
        {"type": "multi_static_select", "action_id": "many", "options": options(2), "max_selected_items": 2},
        {"type": "checkboxes", "action_id": "ticks", "options": [{"text": marked(), "value": "v"}]},
        {"type": "datetimepicker", "action_id": "when", "initial_date_time": 1795505400},
    ),
]


def test_problems__of_a_full_message__are_none():
    assert in_message(*GOOD) == []


def test_problems__of_a_full_view__are_none():
    _, opened = modal(*GOOD, field(writing(action_id="f"), optional=True, dispatch_action=True))
    assert problems(opened["view"], "view") == []


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=5)
        | st.sampled_from(["section", "mrkdwn", "button"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "text", "blocks", "elements", "options", "option_groups", "initial_options", "rows"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_problems__of_any_json__never_fail(value):
    for kind in ("section", "actions", "table", "input", "rich_text", "context"):
        assert isinstance(
            in_message({"type": kind, "elements": value, "text": value, "rows": value, "element": value}), list
        )
    for element in ("static_select", "plain_text_input", "checkboxes"):
        wrapped = {"type": element, "options": value, "option_groups": value, "initial_options": value}
        assert isinstance(in_message(actions(wrapped)), list)
    assert isinstance(problems({"type": "modal", "title": value, "blocks": value}, "view"), list)
    assert json.dumps(value) is not None
