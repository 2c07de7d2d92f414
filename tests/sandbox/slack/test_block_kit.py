import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.block_kit import problems


def plain(text="x", size=None):
    return {"type": "plain_text", "text": "x" * size if size else text}


def marked(text="x", size=None):
    return {"type": "mrkdwn", "text": "x" * size if size else text}


def button(action_id="a", **more):
    return {"type": "button", "text": plain(), "action_id": action_id, **more}


def option(text="x", value="v", **more):
    return {"text": plain(text), "value": value, **more}


def options(count):
    return [option(value=str(number)) for number in range(count)]


def select(count=1, **more):
    return {"type": "static_select", "action_id": "a", "options": options(count), **more}


def section(**more):
    return {"type": "section", "text": marked(), **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def field(element=None, **more):
    element = element or {"type": "plain_text_input", "action_id": "a"}
    return {"type": "input", "label": plain(), "element": element, **more}


def modal(*blocks, **more):
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks) or [section()], **more}


def rows(count, width=1, text="x"):
    return [[{"type": "raw_text", "text": text}] * width] * count


def in_message(*blocks):
    return problems({"text": "fallback", "blocks": list(blocks)}, "message")


# Each limit, at it and over it.
AT_MOST = {
    "blocks in a message": lambda n: [section()] * n,
    "text of a section": lambda n: [section(text=marked(size=n))],
    "plain text of a section": lambda n: [section(text=plain(size=n))],
    "fields": lambda n: [{"type": "section", "fields": [marked()] * n}],
    "a field": lambda n: [{"type": "section", "fields": [marked(size=n)]}],
    "block_id": lambda n: [section(block_id="x" * n)],
    "action_id": lambda n: [actions(button("x" * n))],
    "header": lambda n: [{"type": "header", "text": plain(size=n)}],
    "context elements": lambda n: [{"type": "context", "elements": [marked()] * n}],
    "actions": lambda n: [actions(*(button(str(number)) for number in range(n)))],
    "button label": lambda n: [actions({"type": "button", "text": plain(size=n), "action_id": "a"})],
    "button value": lambda n: [actions(button(value="x" * n))],
    "button url": lambda n: [actions(button(url="https://a.example/" + "x" * (n - 18)))],
    "accessibility_label": lambda n: [actions(button(accessibility_label="x" * n))],
    "confirm title": lambda n: [actions(button(confirm={"title": plain(size=n), "text": plain()}))],
    "confirm text": lambda n: [actions(button(confirm={"text": marked(size=n)}))],
    "confirm button": lambda n: [actions(button(confirm={"text": plain(), "confirm": plain(size=n)}))],
    "deny button": lambda n: [actions(button(confirm={"text": plain(), "deny": plain(size=n)}))],
    "options": lambda n: [actions(select(n))],
    "option text": lambda n: [actions(select(options=[{"text": plain(size=n), "value": "v"}]))],
    "option value": lambda n: [actions(select(options=[option(value="v" * n)]))],
    "option description": lambda n: [actions(select(options=[option(description=plain(size=n))]))],
    "placeholder": lambda n: [actions(select(placeholder=plain(size=n)))],
    "group label": lambda n: [
        actions(
            {
                "type": "static_select",
                "action_id": "a",
                "option_groups": [{"label": plain(size=n), "options": options(1)}],
            }
        )
    ],
    "overflow options": lambda n: [section(accessory={"type": "overflow", "action_id": "a", "options": options(n)})],
    "checkboxes": lambda n: [actions({"type": "checkboxes", "action_id": "a", "options": options(n)})],
    "radio buttons": lambda n: [actions({"type": "radio_buttons", "action_id": "a", "options": options(n)})],
    "label of an input": lambda n: [field(label=plain(size=n))],
    "hint of an input": lambda n: [field(hint=plain(size=n))],
    "max_length": lambda n: [field({"type": "plain_text_input", "action_id": "a", "max_length": n})],
    "image url": lambda n: [{"type": "image", "alt_text": "x", "image_url": "https://a.example/" + "x" * (n - 18)}],
    "alt_text": lambda n: [{"type": "image", "alt_text": "x" * n, "image_url": "https://a.example/"}],
    "image title": lambda n: [
        {"type": "image", "alt_text": "x", "image_url": "https://a.example/", "title": plain(size=n)}
    ],
    "table rows": lambda n: [{"type": "table", "rows": rows(n)}],
    "table cells": lambda n: [{"type": "table", "rows": rows(1, width=n)}],
    "table characters": lambda n: [{"type": "table", "rows": rows(1, text="x" * n)}],
    "tables": lambda n: [{"type": "table", "rows": rows(1)}] * n,
    "markdown in all": lambda n: [{"type": "markdown", "text": "x" * (n // 2)}] * 2,
    "alert": lambda n: [{"type": "alert", "text": plain(size=n)}],
    "card title": lambda n: [{"type": "card", "title": marked(size=n)}],
    "card body": lambda n: [{"type": "card", "body": marked(size=n)}],
    "cards": lambda n: [{"type": "carousel", "elements": [{"type": "card", "title": marked()}] * n}],
    "container blocks": lambda n: [{"type": "container", "child_blocks": [section()] * n}],
    "tasks": lambda n: [
        {
            "type": "plan",
            "title": "x",
            "tasks": [{"type": "task_card", "task_id": "x", "title": "x", "status": "error"}] * n,
        }
    ],
    "list indent": lambda n: [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "indent": n,
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
                }
            ],
        }
    ],
}
NUMBERS = {
    "blocks in a message": 50,
    "text of a section": 3000,
    "plain text of a section": 3000,
    "fields": 10,
    "a field": 2000,
    "block_id": 255,
    "action_id": 255,
    "header": 150,
    "context elements": 10,
    "actions": 25,
    "button label": 75,
    "button value": 2000,
    "button url": 3000,
    "accessibility_label": 75,
    "confirm title": 100,
    "confirm text": 300,
    "confirm button": 30,
    "deny button": 30,
    "options": 100,
    "option text": 75,
    "option value": 150,
    "option description": 75,
    "placeholder": 150,
    "group label": 75,
    "overflow options": 5,
    "checkboxes": 10,
    "radio buttons": 10,
    "label of an input": 2000,
    "hint of an input": 2000,
    "max_length": 3000,
    "image url": 3000,
    "alt_text": 2000,
    "image title": 2000,
    "table rows": 100,
    "table cells": 20,
    "table characters": 10_000,
    "tables": 1,
    "markdown in all": 12_000,
    "alert": 200,
    "card title": 150,
    "card body": 200,
    "cards": 10,
    "container blocks": 10,
    "tasks": 50,
    "list indent": 8,
}
STEP = {"markdown in all": 2}


@pytest.mark.parametrize("limit", AT_MOST)
def test_problems__at_a_limit__are_none_and_over_it_there_are_some(limit):
    build, number = AT_MOST[limit], NUMBERS[limit]
    assert in_message(*build(number)) == []
    assert in_message(*build(number + STEP.get(limit, 1)))


AT_MOST_IN_VIEWS = {
    "title": (24, lambda n: modal(title=plain(size=n))),
    "submit": (24, lambda n: modal(submit=plain(size=n))),
    "close": (24, lambda n: modal(close=plain(size=n))),
    "private_metadata": (3000, lambda n: modal(private_metadata="x" * n)),
    "callback_id": (255, lambda n: modal(callback_id="x" * n)),
    "external_id": (255, lambda n: modal(external_id="x" * n)),
    "blocks": (100, lambda n: modal(*[section()] * n)),
    "focus_on_load": (
        1,
        lambda n: modal(
            *(field({"type": "plain_text_input", "action_id": str(i), "focus_on_load": True}) for i in range(n))
        ),
    ),
}


@pytest.mark.parametrize("limit", AT_MOST_IN_VIEWS)
def test_problems__at_a_limit_of_views__are_none_and_over_it_there_are_some(limit):
    number, build = AT_MOST_IN_VIEWS[limit]
    assert problems(build(number), "modal") == []
    assert problems(build(number + 1), "modal")


def test_problems__of_a_view_that_is_too_large__say_so():
    large = modal(*[section(text=marked(size=2900))] * 90)
    assert any("view_too_large" in problem for problem in problems(large, "view"))


WRONG = {
    "unknown block": [{"type": "headline", "text": plain()}],
    "block without a type": [{"text": plain()}],
    "unknown field": [section(color="red")],
    "unknown field of a text": [section(text={"type": "mrkdwn", "text": "x", "emoji": True})],
    "empty text": [section(text=marked(""))],
    "blank text": [section(text=marked("  \n"))],
    "section without text": [{"type": "section"}],
    "mrkdwn in a header": [{"type": "header", "text": marked()}],
    "mrkdwn on a button": [actions({"type": "button", "text": marked(), "action_id": "a"})],
    "mrkdwn in a menu": [actions(select(options=[{"text": marked(), "value": "v"}]))],
    "mrkdwn placeholder": [actions(select(placeholder=marked()))],
    "mrkdwn label": [field(label=marked())],
    "string for a text": [section(text="x")],
    "duplicate block_id": [section(block_id="b"), section(block_id="b")],
    "duplicate action_id": [actions(button("a"), button("a"))],
    "duplicate action_id across blocks": [actions(button("a")), section(accessory=button("a"))],
    "no actions": [actions()],
    "no context": [{"type": "context", "elements": []}],
    "button in context": [{"type": "context", "elements": [button()]}],
    "text in actions": [actions(marked())],
    "input among actions": [actions({"type": "plain_text_input", "action_id": "a"})],
    "button as an input": [field(button())],
    "style": [actions(button(style="default"))],
    "relative url": [actions(button(url="/incident/1"))],
    "button with an empty value": [actions(button(value=""))],
    "no options": [actions(select(0))],
    "options and groups": [actions(select(option_groups=[{"label": plain(), "options": options(1)}]))],
    "neither options nor groups": [actions({"type": "static_select", "action_id": "a"})],
    "initial option not offered": [actions(select(initial_option=option("y", "other")))],
    "url in a menu's option": [actions(select(options=[option(url="https://a.example/")]))],
    "confirm without text": [actions(button(confirm={"title": plain()}))],
    "image without alt_text": [{"type": "image", "image_url": "https://a.example/"}],
    "image without a source": [{"type": "image", "alt_text": "x"}],
    "image with two sources": [
        {"type": "image", "alt_text": "x", "image_url": "https://a.example/", "slack_file": {"id": "F1"}}
    ],
    "ragged table": [{"type": "table", "rows": [*rows(1), *rows(1, width=2)]}],
    "date": [actions({"type": "datepicker", "action_id": "a", "initial_date": "24.11.2026"})],
    "time": [actions({"type": "timepicker", "action_id": "a", "initial_time": "24:00"})],
    "min over max": [field({"type": "plain_text_input", "action_id": "a", "min_length": 5, "max_length": 4})],
    "number without decimals said": [field({"type": "number_input", "action_id": "a"})],
    "stray <": [section(text=marked("a < b"))],
    "unescaped mention": [section(text=marked("<@alice>"))],
    "mrkdwn in a field": [{"type": "section", "fields": [marked("<b>")]}],
    "empty card": [{"type": "card", "icon": {"type": "image", "alt_text": "x", "image_url": "https://a.example/"}}],
    "container in a container": [{"type": "container", "child_blocks": [{"type": "container", "child_blocks": []}]}],
    "text as blocks": ["section"],
}


@pytest.mark.parametrize("name", WRONG)
def test_problems__of_a_wrong_message__are_told_with_their_place(name):
    found = in_message(*WRONG[name])
    assert found
    assert all(problem.startswith("/") for problem in found)


def test_problems__name_the_place_as_a_json_pointer():
    assert in_message(section(), actions(button("a"), {**button("b"), "text": marked()})) == [
        "/blocks/1/elements/1/text/type: must be plain_text"
    ]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": ""},
        {"text": "a & b"},
        {"text": "x" * 40_001},
        {"text": 5},
        {"text": "x", "blocks": {}},
        {"text": "x", "attachments": [{}] * 101},
        {"text": "x", "attachments": [{"blocks": [{"type": "nothing"}]}]},
    ],
)
def test_problems__of_a_message_that_says_nothing_right__are_told(message):
    assert problems(message, "message")


WRONG_VIEWS = {
    "modal without submit": {"type": "modal", "title": plain(), "blocks": [field()]},
    "modal without title": {"type": "modal", "blocks": [section()]},
    "modal without blocks": {"type": "modal", "title": plain(), "blocks": []},
    "mrkdwn title": modal(title=marked()),
    "home with a title": {"type": "home", "title": plain(), "blocks": [section()]},
    "message block in a view": modal({"type": "table", "rows": rows(1)}),
    "unknown type": {"type": "window", "blocks": [section()]},
    "unknown field": modal(color="red"),
}


@pytest.mark.parametrize("name", WRONG_VIEWS)
def test_problems__of_a_wrong_view__are_told(name):
    assert problems(WRONG_VIEWS[name], "view")


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
        button("b", value="v", url="https://a.example/", confirm={"text": marked(), "style": "danger"}),
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
    assert problems(modal(*GOOD, field(optional=True, dispatch_action=True)), "view") == []


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
