"""Rules about controls and the objects they are made of."""

from rules import (
    ELEMENTS,
    OBJECTS,
    Rule,
    actions,
    at_most,
    button,
    confirm,
    field,
    marked,
    message,
    modal,
    not_taken,
    option,
    options,
    plain,
    section,
    select,
    without,
    writing,
)

TRIGGER = "https://slack.com/shortcuts/Ft0HARBOR/0a1b2c"


def workflow(**trigger):
    return actions({"type": "workflow_button", "text": plain(), "workflow": {"trigger": trigger}})


def grouped(count, label=1, inside=1):
    groups = [{"label": plain(size=label), "options": options(inside)}] * count
    return {"type": "static_select", "action_id": "a", "option_groups": groups}


def ticks(kind, count):
    return actions({"type": kind, "action_id": "a", "options": options(count)})


def feedback(**more):
    good = {"text": plain(), "value": "v", **more}
    asked = {"type": "feedback_buttons", "action_id": "a", "positive_button": good, "negative_button": good}
    return {"type": "context_actions", "elements": [asked]}


def bin_for(count):
    shown = [str(one) for one in range(count)]
    icon = {"type": "icon_button", "icon": "trash", "text": plain(), "action_id": "a", "visible_to_user_ids": shown}
    return {"type": "context_actions", "elements": [icon]}


def link(url):
    words = {"type": "rich_text_section", "elements": [{"type": "link", "url": url}]}
    return {"type": "rich_text", "elements": [words]}


def bordered(width):
    words = [{"type": "text", "text": "x"}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": words, "border": width}]}


def overflow(*entries):
    return actions({"type": "overflow", "action_id": "a", "options": list(entries)})


def numbers(**more):
    return field({"type": "number_input", "action_id": "a", "is_decimal_allowed": True, **more})


FEEDBACK, ICON = f"{ELEMENTS}/feedback-buttons-element", f"{ELEMENTS}/icon-button-element"
RICH_TEXT = "docs.slack.dev/reference/block-kit/blocks/rich-text-block"
LIMITS = [
    at_most(4000, "agent_prompt", f"{ELEMENTS}/button-element", lambda n: [actions(button(agent_prompt="x" * n))]),
    at_most(75, "text of a feedback button", FEEDBACK, lambda n: [feedback(text=plain(size=n))]),
    at_most(2000, "value of a feedback button", FEEDBACK, lambda n: [feedback(value="x" * n)]),
    at_most(75, "label of a feedback button", FEEDBACK, lambda n: [feedback(accessibility_label="x" * n)]),
    at_most(10, "people who see an icon button", ICON, lambda n: [bin_for(n)]),
    at_most(3000, "address of a link", RICH_TEXT, lambda n: [link("https://a.example/".ljust(n, "x"))]),
    at_most(1, "border of a quote", RICH_TEXT, lambda n: [bordered(n)]),
    at_most(
        3000,
        "address of an overflow option",
        f"{OBJECTS}/option-object",
        lambda n: [
            actions({"type": "overflow", "action_id": "a", "options": [option(url="https://a.example/".ljust(n, "x"))]})
        ],
    ),
    at_most(
        75,
        "text of an overflow option",
        f"{OBJECTS}/option-object",
        lambda n: [overflow({**option(), "text": plain(size=n)})],
    ),
    at_most(
        150,
        "value of an overflow option",
        f"{OBJECTS}/option-object",
        lambda n: [overflow({**option(), "value": "x" * n})],
    ),
    at_most(255, "action_id", f"{ELEMENTS}/button-element", lambda n: [actions(button("x" * n))]),
    at_most(75, "text of a button", f"{ELEMENTS}/button-element", lambda n: [actions(button(text=plain(size=n)))]),
    at_most(2000, "value of a button", f"{ELEMENTS}/button-element", lambda n: [actions(button(value="x" * n))]),
    at_most(
        3000,
        "address of a button",
        f"{ELEMENTS}/button-element",
        lambda n: [actions(button(url="https://a.example/".ljust(n, "x")))],
    ),
    at_most(
        75,
        "accessibility_label",
        f"{ELEMENTS}/button-element",
        lambda n: [actions(button(accessibility_label="x" * n))],
    ),
    at_most(
        100,
        "title of a confirmation",
        f"{OBJECTS}/confirmation-dialog-object",
        lambda n: [actions(button(confirm=confirm(title=plain(size=n))))],
    ),
    at_most(
        300,
        "text of a confirmation",
        f"{OBJECTS}/confirmation-dialog-object",
        lambda n: [actions(button(confirm=confirm(text=plain(size=n))))],
    ),
    at_most(
        30,
        "button that confirms",
        f"{OBJECTS}/confirmation-dialog-object",
        lambda n: [actions(button(confirm=confirm(confirm=plain(size=n))))],
    ),
    at_most(
        30,
        "button that denies",
        f"{OBJECTS}/confirmation-dialog-object",
        lambda n: [actions(button(confirm=confirm(deny=plain(size=n))))],
    ),
    at_most(100, "options of a menu", f"{ELEMENTS}/select-menu-element", lambda n: [actions(select(n))]),
    at_most(100, "groups of a menu", f"{ELEMENTS}/select-menu-element", lambda n: [actions(grouped(n))]),
    at_most(100, "options of a group", f"{OBJECTS}/option-group-object", lambda n: [actions(grouped(1, inside=n))]),
    at_most(75, "label of a group", f"{OBJECTS}/option-group-object", lambda n: [actions(grouped(1, label=n))]),
    at_most(
        75, "text of an option", f"{OBJECTS}/option-object", lambda n: [actions(select(options=[option("x" * n)]))]
    ),
    at_most(
        150,
        "value of an option",
        f"{OBJECTS}/option-object",
        lambda n: [actions(select(options=[option(value="v" * n)]))],
    ),
    at_most(
        75,
        "description of an option",
        f"{OBJECTS}/option-object",
        lambda n: [actions(select(options=[option(description=plain(size=n))]))],
    ),
    at_most(
        150, "placeholder", f"{ELEMENTS}/select-menu-element", lambda n: [actions(select(placeholder=plain(size=n)))]
    ),
    at_most(5, "options of an overflow menu", f"{ELEMENTS}/overflow-menu-element", lambda n: [ticks("overflow", n)]),
    at_most(10, "checkboxes", f"{ELEMENTS}/checkboxes-element", lambda n: [ticks("checkboxes", n)]),
    at_most(10, "radio buttons", f"{ELEMENTS}/radio-button-group-element", lambda n: [ticks("radio_buttons", n)]),
    at_most(3000, "max_length", f"{ELEMENTS}/plain-text-input-element", lambda n: [field(writing(max_length=n))]),
    at_most(3000, "min_length", f"{ELEMENTS}/plain-text-input-element", lambda n: [field(writing(min_length=n))]),
    at_most(
        9_999_999_999,
        "a moment has ten digits",
        f"{ELEMENTS}/datetime-picker-element",
        lambda n: [actions({"type": "datetimepicker", "action_id": "a", "initial_date_time": n})],
    ),
    Rule(
        "files of an input: at most 10",
        f"{ELEMENTS}/file-input-element",
        (modal(field({"type": "file_input", "action_id": "a", "max_files": 11})),),
        (modal(field({"type": "file_input", "action_id": "a", "max_files": 10})),),
        "invalid_arguments",
    ),
]

SHAPES = [
    Rule(
        "an action_id stands once",
        f"{ELEMENTS}/button-element",
        (message(actions(button(), button())), message(actions(button()), section(accessory=button()))),
        (message(actions(button(), button("b"))),),
    ),
    not_taken(
        "the text of a button is plain and says something",
        f"{ELEMENTS}/button-element",
        actions(button(text=marked())),
        actions(button(text=plain(" "))),
        actions(button(text="x")),
        actions(without("text", button())),
    ),
    not_taken(
        "a button's style is primary or danger",
        f"{ELEMENTS}/button-element",
        actions(button(style="default")),
        taken=(actions(button(style="danger")),),
    ),
    not_taken(
        "a button's value says something",
        f"{ELEMENTS}/button-element",
        actions(button(value="")),
        actions(button(value=5)),
    ),
    not_taken("a button's address is a whole one", f"{ELEMENTS}/button-element", actions(button(url="/incident/1"))),
    not_taken(
        "a confirmation has its four plain texts",
        f"{OBJECTS}/confirmation-dialog-object",
        *(actions(button(confirm=without(name, confirm()))) for name in confirm()),
        actions(button(confirm=confirm(text=marked()))),
        taken=(actions(button(confirm=confirm(style="danger"))),),
    ),
    not_taken(
        "a menu has options or groups, and one at least",
        f"{ELEMENTS}/select-menu-element",
        actions(select(0)),
        actions(select(option_groups=grouped(1)["option_groups"])),
        actions(without("options", select())),
        actions(grouped(1, inside=0) | {}),
    ),
    not_taken(
        "what is chosen at first is offered",
        f"{ELEMENTS}/select-menu-element",
        actions(select(initial_option=option("y", "w"))),
        taken=(actions(select(initial_option=options(1)[0])),),
    ),
    not_taken(
        "options of menus are plain, those to tick may have markup",
        f"{OBJECTS}/option-object",
        actions(select(options=[{"text": marked(), "value": "v"}])),
        actions(select(placeholder=marked())),
        taken=(actions({"type": "checkboxes", "action_id": "a", "options": [{"text": marked(), "value": "v"}]}),),
    ),
    not_taken(
        "dates and times have their form",
        f"{ELEMENTS}/date-picker-element",
        actions({"type": "datepicker", "action_id": "a", "initial_date": "24.11.2026"}),
        actions({"type": "timepicker", "action_id": "a", "initial_time": "24:00"}),
        taken=(actions({"type": "datepicker", "action_id": "a", "initial_date": "2026-11-24"}),),
    ),
    not_taken(
        "min_length is not above max_length",
        f"{ELEMENTS}/plain-text-input-element",
        field(writing(min_length=5, max_length=4)),
    ),
    not_taken(
        "the label of an input is plain", "docs.slack.dev/reference/block-kit/blocks/input-block", field(label=marked())
    ),
    Rule(
        "numbers are written as text, and the least is not above the most",
        f"{ELEMENTS}/number-input-element",
        (modal(numbers(min_value="5", max_value="4")), modal(numbers(min_value="five")), modal(numbers(max_value=5))),
        (modal(numbers(min_value="-1.5", max_value="4")),),
        "invalid_arguments",
    ),
    not_taken(
        "a workflow's button carries a link trigger",
        f"{ELEMENTS}/workflow-button-element",
        workflow(url="https://a.example/"),
        workflow(),
        actions({"type": "workflow_button", "text": plain(), "workflow": {}}),
        workflow(url=TRIGGER, color="red"),
        taken=(
            workflow(url=TRIGGER),
            workflow(url=TRIGGER, customizable_input_parameters=[{"name": "a", "value": "b"}]),
        ),
    ),
    not_taken(
        "a text has one to 3,000 characters",
        f"{OBJECTS}/text-object",
        section(text=marked("")),
        section(text=marked("  \n")),
        section(text=plain("\t")),
    ),
    not_taken(
        "emoji is for plain texts, verbatim for markup",
        f"{OBJECTS}/text-object",
        section(text={**marked(), "emoji": True}),
        section(text={**plain(), "verbatim": True}),
        taken=(section(text={**plain(), "emoji": True}), section(text={**marked(), "verbatim": True})),
    ),
    not_taken(
        "&, < and > stand for themselves only as entities",
        "docs.slack.dev/messaging/formatting-message-text",
        section(text=marked("a < b")),
        section(text=marked("R&D")),
        section(text=marked("<@alice>")),
        {"type": "section", "fields": [marked("<b>")]},
        taken=(
            section(text=marked("a &lt; b, R&amp;D, <@U0ALICE>, <https://a.example/|x>")),
            section(text=plain("a < b & c")),
        ),
    ),
]
