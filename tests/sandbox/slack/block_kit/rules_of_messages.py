"""Rules about messages as wholes, views as wholes, and what comes along with them."""

from rules import METHODS, PAYMENTS, Rule, field, marked, modal, plain, section

BLOCKS = [section()]
LONG = [section(text=marked(size=3000)), section(text=marked(size=3000)), section(text=marked(size=3000))]
TOO_LONG = "github.com/slackapi/bolt-js/issues/2867 and 2509"


def post(**given):
    return "chat.postMessage", {"channel": PAYMENTS, **given}


def whisper(**given):
    return "chat.postEphemeral", {"channel": PAYMENTS, "user": "U0ALICE", **given}


def of_length(characters):
    """Blocks that hold so many characters together."""
    return [*LONG, section(text=plain(size=characters - 9000))]


def bullets(count):
    """One rich text of so many characters."""
    return [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x" * count}]}],
        }
    ]


def noted(**metadata):
    return post(text="x", metadata=metadata)


MESSAGES = [
    Rule(
        "a message says something",
        f"{METHODS}/chat.postMessage",
        (post(), post(text=""), post(text=" \n"), whisper(text=" ")),
        (post(text="x"), post(blocks=BLOCKS)),
        "no_text",
    ),
    Rule(
        "text has at most 40,000 characters",
        f"{METHODS}/chat.postMessage",
        (post(text="x" * 40_001), whisper(text="x" * 40_001)),
        (post(text="x" * 40_000),),
        "msg_too_long",
    ),
    Rule(
        "text is a string, with whole markup",
        f"{METHODS}/chat.postMessage",
        (post(text=5), post(text="<!chan>"), post(text="R&D")),
        (post(text="R&amp;D"),),
        "invalid_arguments",
    ),
    Rule(
        "markdown stands alone",
        f"{METHODS}/chat.postMessage",
        (post(markdown_text="x", text="x"), post(markdown_text="x", blocks=BLOCKS)),
        (post(markdown_text="x" * 12_000),),
        "markdown_text_conflict",
    ),
    Rule(
        "markdown has at most 12,000 characters",
        f"{METHODS}/chat.postMessage",
        (post(markdown_text="x" * 12_001),),
        (),
        "msg_too_long",
    ),
    Rule(
        "blocks are a list",
        f"{METHODS}/chat.postMessage",
        (post(text="x", blocks="[{"), post(text="x", blocks={}), post(text="x", blocks="{}")),
        (post(text="x", blocks='[{"type": "divider"}]'),),
        "invalid_blocks_format",
    ),
    Rule(
        "the text of all blocks together is limited",
        TOO_LONG,
        (
            post(text="x", blocks=of_length(10_001)),
            whisper(text="x", blocks=of_length(10_001)),
            post(text="x", blocks=bullets(10_001)),
            post(text="x", attachments=[{"blocks": of_length(10_001)}]),
            post(text="x", blocks=[*LONG, section(text=marked("&amp;" * 201))]),
        ),
        (
            post(text="x", blocks=of_length(10_000)),
            whisper(text="x", blocks=of_length(10_000)),
            post(text="x", blocks=bullets(10_000)),
            post(text="x", blocks=[*LONG, section(text=marked("&amp;" * 200))]),
        ),
        "msg_blocks_too_long",
    ),
    Rule(
        "a character beyond the basic plane counts twice",
        TOO_LONG,
        (post(text="x", blocks=[section(text=plain("🔥" * 1500))] * 4),),
        (post(text="x", blocks=[section(text=plain("🔥" * 1500))] * 3),),
        "msg_blocks_too_long",
    ),
    Rule(
        "every block takes room beside its text",
        TOO_LONG,
        (post(text="x", blocks=[*of_length(9_900), *[{"type": "divider"}] * 21]),),
        (post(text="x", blocks=[*of_length(9_900), *[{"type": "divider"}] * 20]),),
        "msg_blocks_too_long",
    ),
    Rule(
        "attachments: at most 100",
        f"{METHODS}/chat.postMessage",
        (post(attachments=[{"text": "x"}] * 101),),
        (post(attachments=[{"text": "x"}] * 100),),
        "too_many_attachments",
    ),
    Rule(
        "an attachment takes a colour and a fallback beside its blocks, and nothing else",
        "github.com/slackapi/bolt-js/issues/717",
        (
            post(attachments=[{"blocks": [section()], "text": "x"}]),
            post(attachments=[{"blocks": [section()], "callback_id": "x"}]),
            post(attachments=[{"blocks": [section()], "fields": [{"title": "x", "value": "y"}]}]),
        ),
        (post(attachments=[{"blocks": [section()], "color": "#ff0000", "fallback": "x"}]),),
        "invalid_attachments",
    ),
    Rule(
        "an attachment shows something, in fields Slack knows",
        "docs.slack.dev/reference/messaging/attachments",
        (
            post(attachments=[{}]),
            post(attachments=[{"color": "#ff0000"}]),
            post(attachments=["x"]),
            post(attachments=[{"text": " "}]),
            post(attachments=[{"text": "x", "colour": "red"}]),
            post(attachments=[{"fields": "x"}]),
            post(attachments=[{"text": "x", "footer": "x" * 301}]),
            post(attachments=[{"blocks": [{"type": "nothing"}]}]),
            post(attachments=[{"blocks": []}]),
            post(attachments=[{"text": "x", "color": "red"}]),
            post(attachments=[{"text": "x", "color": "#ff00"}]),
        ),
        (
            post(
                attachments=[
                    {
                        "text": "x",
                        "color": "#ff0000",
                        "fields": [{"title": "x", "value": "y", "short": True}],
                        "footer": "x" * 300,
                    }
                ]
            ),
            post(attachments=[{"blocks": BLOCKS}]),
        ),
        "invalid_attachments",
    ),
    Rule(
        "metadata is a name and an object",
        f"{METHODS}/chat.postMessage",
        (
            noted(),
            noted(event_type="x"),
            noted(event_type=5, event_payload={}),
            noted(event_type=" ", event_payload={}),
            noted(event_type="x", event_payload="y"),
            noted(event_type="x", event_payload=[]),
            noted(event_type="x", event_payload={}, more=1),
        ),
        (noted(event_type="x", event_payload={"a": 1}),),
        "invalid_metadata_format",
    ),
    Rule(
        "metadata has a size",
        f"{METHODS}/chat.postMessage",
        (noted(event_type="x", event_payload={"a": "x" * 16_000}),),
        (),
        "metadata_too_large",
    ),
    Rule(
        "only a thread's root has a thread",
        f"{METHODS}/chat.postEphemeral",
        (("chat.postEphemeral", {"channel": PAYMENTS, "user": "U0ALICE", "text": "x", "thread_ts": "1.2"}),),
        (),
        "thread_not_found",
    ),
    Rule(
        "a time stamp is one",
        f"{METHODS}/chat.postMessage",
        (post(text="x", thread_ts="now"),),
        (),
        "invalid_arguments",
    ),
]

VIEWS = [
    Rule(
        "title, submit and close have at most 24 characters",
        "docs.slack.dev/reference/views/modal-views",
        tuple(modal(**{name: plain(size=25)}) for name in ("title", "submit", "close")),
        tuple(modal(**{name: plain(size=24)}) for name in ("title", "submit", "close")),
        "invalid_arguments",
    ),
    Rule(
        "private_metadata has at most 3,000 characters",
        "docs.slack.dev/reference/views/modal-views",
        (modal(private_metadata="x" * 3001),),
        (modal(private_metadata="x" * 3000),),
        "invalid_arguments",
    ),
    Rule(
        "callback_id and external_id have at most 255 characters",
        "docs.slack.dev/reference/views/modal-views",
        (modal(callback_id="x" * 256), modal(external_id="x" * 256)),
        (modal(callback_id="x" * 255), modal(external_id="x" * 255)),
        "invalid_arguments",
    ),
    Rule(
        "a view has at most 100 blocks, and one",
        "docs.slack.dev/reference/block-kit/blocks",
        (modal(*[section()] * 101), modal(blocks=[])),
        (modal(*[section()] * 100),),
        "invalid_arguments",
    ),
    Rule(
        "a view has at most 250 kB",
        f"{METHODS}/views.open",
        (modal(*[section(text=marked(size=2900))] * 90),),
        (modal(*[section(text=marked(size=2900))] * 84),),
        "view_too_large",
    ),
    Rule(
        "a modal with inputs can be submitted",
        "docs.slack.dev/surfaces/modals",
        (modal(field(), submit=None),),
        (modal(field()),),
        "invalid_arguments",
    ),
    Rule(
        "one element has the focus",
        "docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element",
        (modal(*(field({"type": "plain_text_input", "action_id": name, "focus_on_load": True}) for name in "ab")),),
        (
            modal(
                *(field({"type": "plain_text_input", "action_id": name, "focus_on_load": name == "a"}) for name in "ab")
            ),
        ),
        "invalid_arguments",
    ),
    Rule(
        "a view has the fields of its kind",
        "docs.slack.dev/reference/views",
        (
            modal(color="red"),
            modal(title=marked()),
            modal(type="window"),
            modal(type="home"),
            ("views.publish", {"user_id": "U0ALICE", "view": {"type": "home", "title": plain(), "blocks": BLOCKS}}),
        ),
        (modal(), ("views.publish", {"user_id": "U0ALICE", "view": {"type": "home", "blocks": BLOCKS}})),
        "invalid_arguments",
    ),
]

__all__ = ["MESSAGES", "TOO_LONG", "VIEWS", "of_length"]
