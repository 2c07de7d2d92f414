"""Rules about blocks: their limits, their shapes, and where they may stand."""

from rules import (
    BLOCKS,
    PLACES,
    UPLOADED,
    Rule,
    actions,
    at_most,
    button,
    field,
    home,
    marked,
    message,
    modal,
    not_taken,
    option,
    options,
    picture,
    plain,
    section,
    select,
    table,
    without,
    writing,
)

VIDEO = {
    "type": "video",
    "video_url": "https://v.example/embed",
    "thumbnail_url": "https://v.example/x.png",
    "alt_text": "x",
    "title": plain(),
}
CONTAINER = {"type": "container", "title": plain(), "child_blocks": [section()]}
TASK = {"type": "task_card", "task_id": "x", "title": "x", "status": "error"}
MOMENT = {"type": "datetimepicker", "action_id": "a"}
RICH_INPUT = {"type": "rich_text_input", "action_id": "a"}
IN_MODALS_ALONE = (
    {"type": "email_text_input", "action_id": "a"},
    {"type": "url_text_input", "action_id": "a"},
    {"type": "number_input", "action_id": "a", "is_decimal_allowed": False},
    {"type": "file_input", "action_id": "a"},
)


def indented(count):
    words = [{"type": "rich_text_section", "elements": [{"type": "text", "text": " "}]}]
    bullets = {"type": "rich_text_list", "style": "bullet", "indent": count, "elements": words}
    return {"type": "rich_text", "elements": [bullets]}


def cell(**more):
    return {"type": "table", "rows": [[more]]}


def cards(count):
    return {"type": "carousel", "elements": [{"type": "card", "title": marked()}] * count}


LIMITS = [
    at_most(
        200,
        "subtext of a card",
        f"{BLOCKS}/card-block",
        lambda n: [{"type": "card", "title": marked(), "subtext": marked(size=n)}],
    ),
    at_most(200, "alt_text of a video", f"{BLOCKS}/video-block", lambda n: [VIDEO | {"alt_text": "x" * n}]),
    at_most(50, "provider of a video", f"{BLOCKS}/video-block", lambda n: [VIDEO | {"provider_name": "x" * n}]),
    at_most(50, "blocks in a message", "docs.slack.dev/reference/block-kit/blocks", lambda n: [section()] * n),
    at_most(255, "block_id", f"{BLOCKS}/section-block", lambda n: [section(block_id="x" * n)]),
    at_most(3000, "text of a section", f"{BLOCKS}/section-block", lambda n: [section(text=marked(size=n))]),
    at_most(3000, "plain text of a section", f"{BLOCKS}/section-block", lambda n: [section(text=plain(size=n))]),
    at_most(10, "fields", f"{BLOCKS}/section-block", lambda n: [{"type": "section", "fields": [marked()] * n}]),
    at_most(2000, "a field", f"{BLOCKS}/section-block", lambda n: [{"type": "section", "fields": [marked(size=n)]}]),
    at_most(150, "a header", f"{BLOCKS}/header-block", lambda n: [{"type": "header", "text": plain(size=n)}]),
    at_most(
        10,
        "things in a context",
        f"{BLOCKS}/context-block",
        lambda n: [{"type": "context", "elements": [marked()] * n}],
    ),
    at_most(25, "actions", f"{BLOCKS}/actions-block", lambda n: [actions(*(button(str(one)) for one in range(n)))]),
    at_most(2000, "label of an input", f"{BLOCKS}/input-block", lambda n: [field(label=plain(size=n))]),
    at_most(2000, "hint of an input", f"{BLOCKS}/input-block", lambda n: [field(hint=plain(size=n))]),
    at_most(
        3000,
        "address of an image",
        f"{BLOCKS}/image-block",
        lambda n: [picture(image_url="https://a.example/".ljust(n, "x"))],
    ),
    at_most(2000, "alt_text of an image", f"{BLOCKS}/image-block", lambda n: [picture(alt_text="x" * n)]),
    at_most(2000, "title of an image", f"{BLOCKS}/image-block", lambda n: [picture(title=plain(size=n))]),
    at_most(100, "rows of a table", f"{BLOCKS}/table-block", lambda n: [table(n)]),
    at_most(20, "cells of a row", f"{BLOCKS}/table-block", lambda n: [table(width=n)]),
    at_most(10_000, "characters of a table", f"{BLOCKS}/table-block", lambda n: [table(text="x" * n)]),
    at_most(1, "tables in a message", f"{BLOCKS}/table-block", lambda n: [table()] * n),
    at_most(
        1,
        "settings of one column",
        f"{BLOCKS}/table-block",
        lambda n: [table(column_settings=[{"align": "right"}] * n)],
    ),
    at_most(150, "title of a card", f"{BLOCKS}/card-block", lambda n: [{"type": "card", "title": marked(size=n)}]),
    at_most(
        150,
        "subtitle of a card",
        f"{BLOCKS}/card-block",
        lambda n: [{"type": "card", "title": marked(), "subtitle": marked(size=n)}],
    ),
    at_most(200, "body of a card", f"{BLOCKS}/card-block", lambda n: [{"type": "card", "body": marked(size=n)}]),
    at_most(
        3,
        "actions of a card",
        f"{BLOCKS}/card-block",
        lambda n: [{"type": "card", "actions": [button(str(one)) for one in range(n)]}],
    ),
    at_most(10, "cards of a carousel", f"{BLOCKS}/carousel-block", lambda n: [cards(n)]),
    at_most(150, "title of a container", f"{BLOCKS}/container-block", lambda n: [CONTAINER | {"title": plain(size=n)}]),
    at_most(
        150, "subtitle of a container", f"{BLOCKS}/container-block", lambda n: [CONTAINER | {"subtitle": plain(size=n)}]
    ),
    at_most(
        10,
        "blocks in a container",
        f"{BLOCKS}/container-block",
        lambda n: [CONTAINER | {"child_blocks": [section()] * n}],
    ),
    at_most(
        50, "tasks of a plan", f"{BLOCKS}/plan-block", lambda n: [{"type": "plan", "title": "x", "tasks": [TASK] * n}]
    ),
    at_most(8, "indent of a list", f"{BLOCKS}/rich-text-block", lambda n: [indented(n)]),
    at_most(200, "title of a video", f"{BLOCKS}/video-block", lambda n: [VIDEO | {"title": plain(size=n)}]),
    at_most(200, "description of a video", f"{BLOCKS}/video-block", lambda n: [VIDEO | {"description": plain(size=n)}]),
    at_most(50, "author of a video", f"{BLOCKS}/video-block", lambda n: [VIDEO | {"author_name": "x" * n}]),
    at_most(
        5,
        "actions in a context",
        f"{BLOCKS}/context-actions-block",
        lambda n: [
            {
                "type": "context_actions",
                "elements": [
                    {"type": "icon_button", "icon": "trash", "text": plain(), "action_id": str(one)} for one in range(n)
                ],
            }
        ],
    ),
    Rule(
        "text of an alert: at most 200",
        f"{BLOCKS}/alert-block",
        (modal({"type": "alert", "text": plain(size=201)}),),
        (modal({"type": "alert", "text": plain(size=200)}),),
        "invalid_arguments",
    ),
]

SHAPES = [
    not_taken(
        "a block has a type Slack knows", BLOCKS, {"type": "headline", "text": plain()}, {"text": plain()}, "section"
    ),
    not_taken("a block has no field Slack does not know", f"{BLOCKS}/section-block", section(color="red")),
    not_taken("a section says something", f"{BLOCKS}/section-block", {"type": "section"}, section(text="x")),
    Rule(
        "a block_id stands once",
        f"{BLOCKS}/section-block",
        (message(section(block_id="b"), section(block_id="b")),),
        (message(section(block_id="b"), section(block_id="c")),),
    ),
    not_taken("a header has no markup", f"{BLOCKS}/header-block", {"type": "header", "text": marked()}),
    not_taken(
        "a context holds texts and images, at least one",
        f"{BLOCKS}/context-block",
        {"type": "context", "elements": []},
        {"type": "context", "elements": [button()]},
        taken=({"type": "context", "elements": [marked(), picture()]},),
    ),
    not_taken(
        "actions hold at least one control, and nothing else", f"{BLOCKS}/actions-block", actions(), actions(marked())
    ),
    not_taken(
        "an image has one source, and a description",
        f"{BLOCKS}/image-block",
        without("image_url", picture()),
        picture(slack_file={"id": "F1"}),
        without("alt_text", picture()),
        picture(alt_text=" "),
        taken=(picture(), {"type": "image", "alt_text": "x", "slack_file": {"id": UPLOADED}}),
    ),
    Rule(
        "a file that an image shows was uploaded and shared before",
        "github.com/slackapi/python-slack-sdk/issues/1521",
        (message({"type": "image", "alt_text": "x", "slack_file": {"id": "F0NOWHERE"}}),),
    ),
    not_taken(
        "Slack must be able to fetch an image",
        f"{BLOCKS}/image-block",
        picture(image_url="/x.png"),
        picture(image_url="http://localhost/x.png"),
        picture(image_url="ftp://a.example/x.png"),
    ),
    not_taken(
        "a video has its required fields, by https",
        f"{BLOCKS}/video-block",
        *(without(name, VIDEO) for name in VIDEO if name != "type"),
        VIDEO | {"video_url": "http://v.example/"},
        VIDEO | {"title_url": "http://v.example/"},
        VIDEO | {"title": marked()},
        taken=(VIDEO, VIDEO | {"title_url": "https://v.example/"}),
    ),
    not_taken(
        "the rows of a table are equally long",
        f"{BLOCKS}/table-block",
        {"type": "table", "rows": [*table()["rows"], *table(width=2)["rows"]]},
    ),
    not_taken(
        "a cell says something",
        f"{BLOCKS}/table-block",
        table(text=""),
        table(text=" "),
        {"type": "table", "rows": [[]]},
    ),
    not_taken(
        "a raw number is a number with its text",
        f"{BLOCKS}/data-table-block",
        cell(type="raw_number", value="5", text="5"),
        cell(type="raw_number", value=True, text="5"),
        cell(type="raw_number", value=5),
        taken=(cell(type="raw_number", value=5.5, text="5.5"),),
    ),
    not_taken("a card shows something", f"{BLOCKS}/card-block", {"type": "card", "icon": picture()}),
    not_taken(
        "a container has a title, and is collapsed only where it can be",
        f"{BLOCKS}/container-block",
        without("title", CONTAINER),
        CONTAINER | {"default_collapsed": True},
        CONTAINER | {"title": marked()},
        taken=(CONTAINER | {"default_collapsed": True, "is_collapsible": True},),
    ),
    not_taken(
        "a container holds no containers and no rich text",
        f"{BLOCKS}/container-block",
        CONTAINER | {"child_blocks": [CONTAINER]},
        CONTAINER | {"child_blocks": [indented(0)]},
        CONTAINER | {"child_blocks": []},
    ),
    not_taken(
        "a remote file cannot be put into a message",
        f"{BLOCKS}/file-block",
        {"type": "file", "external_id": "x", "source": "remote"},
    ),
    not_taken(
        "a table of data has no place in a list of simple cells", f"{BLOCKS}/table-block", cell(type="mrkdwn", text="x")
    ),
]

SURFACES = [
    Rule(
        "an alert stands in modals alone",
        f"{BLOCKS}/alert-block",
        (message({"type": "alert", "text": plain()}),),
        (modal({"type": "alert", "text": plain()}),),
    ),
    Rule(
        "tables and markdown stand in messages alone",
        f"{BLOCKS}/table-block",
        (modal(table()), modal({"type": "markdown", "text": "x"})),
        (message(table()), message({"type": "markdown", "text": "x"})),
        "invalid_arguments",
    ),
    Rule(
        "these inputs stand in modals alone",
        PLACES,
        tuple(message(field(one)) for one in (*IN_MODALS_ALONE, RICH_INPUT)),
        tuple(modal(field(one)) for one in (*IN_MODALS_ALONE, RICH_INPUT)),
    ),
    Rule(
        "these inputs do not stand on a Home tab either",
        PLACES,
        tuple(home(field(one)) for one in (*IN_MODALS_ALONE, MOMENT)),
        (home(field(RICH_INPUT)), home(field(writing()))),
        "invalid_arguments",
    ),
    Rule(
        "a moment is not chosen beside a section",
        PLACES,
        (message(section(accessory=MOMENT)), message(section(accessory=writing()))),
        (message(actions(MOMENT)), message(section(accessory={"type": "datepicker", "action_id": "a"}))),
    ),
    Rule("what is written stands in an input", PLACES, (message(actions(writing())), message(actions(RICH_INPUT)))),
    Rule(
        "buttons and overflow menus are no inputs",
        PLACES,
        (message(field(button())), message(field({"type": "overflow", "action_id": "a", "options": options(1)}))),
    ),
    Rule(
        "only menus in the inputs of a modal come with a response URL",
        "docs.slack.dev/surfaces/modals",
        (message(actions({"type": "conversations_select", "action_id": "a", "response_url_enabled": True})),),
        (modal(field({"type": "conversations_select", "action_id": "a", "response_url_enabled": True})),),
    ),
    Rule(
        "only an overflow menu's option has an address",
        "docs.slack.dev/reference/block-kit/composition-objects/option-object",
        (message(actions(select(options=[option(url="https://a.example/")]))),),
        (message(actions({"type": "overflow", "action_id": "a", "options": [option(url="https://a.example/")]})),),
    ),
]
