"""The Block Kit blocks and elements of the messages, cut to Slack's limits (docs.slack.dev/reference/block-kit)."""

from collections.abc import Sequence
from typing import Final, Literal

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
    TableBlock,
)
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.messages.text import Label, Mrkdwn, clipped, inert, one_line, shortened

SECTION_LIMIT: Final = 3000
HEADER_LIMIT: Final = 150
LABEL_LIMIT: Final = 75
CONTEXT_LIMIT: Final = 2000
CONFIRM_TITLE_LIMIT: Final = 100
CONFIRM_TEXT_LIMIT: Final = 300
CONFIRM_BUTTON_LIMIT: Final = 30
# docs.slack.dev/reference/block-kit/blocks/section-block
MAX_FIELDS: Final = 10
FIELD_LIMIT: Final = 2000
# docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element
OVERFLOW_OPTIONS: Final = 5
ALT_TEXT_LIMIT: Final = 2000
TABLE_ROWS: Final = 100
TABLE_CHARACTERS: Final = 10_000


def _markdown(text: Mrkdwn, limit: int) -> MarkdownTextObject:
    # Without `verbatim` Slack links bare addresses and channel names in untrusted titles.
    return MarkdownTextObject(text=shortened(text, limit), verbatim=True)


def _plain(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=clipped(inert(one_line(text)), limit), emoji=True)


def section(text: Mrkdwn, accessory: InteractiveElement | None = None, *, block_id: str | None = None) -> SectionBlock:
    """Draw a paragraph, with at most one control beside it."""
    return SectionBlock(text=_markdown(text, SECTION_LIMIT), accessory=accessory, block_id=block_id)


def fields(texts: Sequence[Mrkdwn]) -> SectionBlock:
    """Draw facts in two columns, which a phone puts below each other: the first 10."""
    return SectionBlock(fields=[_markdown(text, FIELD_LIMIT) for text in texts[:MAX_FIELDS]])


def context(text: Mrkdwn, *, block_id: str | None = None) -> ContextBlock:
    """Draw a line in small print."""
    return ContextBlock(elements=[_markdown(text, CONTEXT_LIMIT)], block_id=block_id)


def header(text: Label) -> HeaderBlock:
    """Draw a headline; it takes no markup."""
    return HeaderBlock(text=_plain(text, HEADER_LIMIT))


def image(file_id: str, alt_text: str) -> ImageBlock:
    """Draw a picture that was uploaded to Slack by the bot itself; PNG, JPEG or GIF.

    Source: docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
    """
    return ImageBlock(slack_file=SlackFile(id=file_id), alt_text=clipped(one_line(alt_text), ALT_TEXT_LIMIT))


def divider() -> DividerBlock:
    """Draw a horizontal line."""
    return DividerBlock()


def table_block(rows: Sequence[Sequence[str]]) -> TableBlock:
    """Draw plain texts in rows and columns, the first row as the heading; one table a message, 10,000 characters.

    A cell takes no markup, so nothing in it needs escaping. Source:
    docs.slack.dev/reference/block-kit/blocks/table-block
    """
    cells = [[{"type": "raw_text", "text": inert(one_line(cell)) or "–"} for cell in row] for row in rows]
    return TableBlock(rows=cells, column_settings=[{"is_wrapped": column > 0} for column in range(len(cells[0]))])


def actions(*elements: InteractiveElement | None, block_id: str | None = None) -> ActionsBlock:
    """Draw controls in a row; None is left out."""
    return ActionsBlock(elements=[element for element in elements if element is not None], block_id=block_id)


def button(
    label: Label,
    action_id: str,
    value: str,
    *,
    style: Literal["primary", "danger"] | None = None,
    spoken: Label | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """Draw a button; a screen reader says `spoken` where the label alone is ambiguous."""
    return ButtonElement(
        text=_plain(label, LABEL_LIMIT),
        action_id=action_id,
        value=value,
        style=style,
        accessibility_label=clipped(one_line(spoken), LABEL_LIMIT) if spoken else None,
        confirm=confirm,
    )


def dangerous(*, title: Label, text: Label, confirm: Label, deny: Label) -> ConfirmObject:
    """Ask before something that is not undone by a second press.

    Limits: docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
    """
    return ConfirmObject(
        title=_plain(title, CONFIRM_TITLE_LIMIT),
        text=_plain(text, CONFIRM_TEXT_LIMIT),
        confirm=_plain(confirm, CONFIRM_BUTTON_LIMIT),
        deny=_plain(deny, CONFIRM_BUTTON_LIMIT),
        style="danger",
    )


def link_button(label: str, action_id: str, url: str) -> ButtonElement:
    """Draw a button that opens an address; Slack reports the press as well, without a value.

    Source: docs.slack.dev/reference/block-kit/block-elements/button-element
    """
    return ButtonElement(text=_plain(label, LABEL_LIMIT), action_id=action_id, url=url)


def select(placeholder: Label, action_id: str, options: Sequence[tuple[Label, str]]) -> StaticSelectElement:
    """Draw a menu of (label, value) pairs."""
    return StaticSelectElement(
        placeholder=_plain(placeholder, 150),
        action_id=action_id,
        options=[Option(text=_plain(label, LABEL_LIMIT), value=value) for label, value in options],
    )


def overflow(action_id: str, options: Sequence[tuple[str, str, str | None]]) -> OverflowMenuElement:
    """Draw a menu of at most five (label, value, address) entries; one with an address opens it."""
    return OverflowMenuElement(
        action_id=action_id,
        options=[
            Option(text=_plain(label, LABEL_LIMIT), value=value, url=url)
            for label, value, url in options[:OVERFLOW_OPTIONS]
        ],
    )


__all__ = [
    "Block",
    "actions",
    "button",
    "context",
    "divider",
    "fields",
    "header",
    "image",
    "link_button",
    "overflow",
    "section",
    "select",
    "table_block",
]
