"""Forms: Slack's modal views, their fields, and the messages shown in one.

Limits: docs.slack.dev/reference/views/modal-views and docs.slack.dev/reference/block-kit/blocks/input-block
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
    TableBlock,
)

from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.message import Message
from bot.messages.text import NO_LABEL, Label, Mrkdwn, clipped, inert, lines, mrkdwn, one_line, verbatim

_NAME: Final = verbatim("Flashduty")
# The version of the format of `private_metadata`.
_VERSION: Final = 1
_TITLE_LIMIT: Final = 24
_METADATA_LIMIT: Final = 3000
_LABEL_LIMIT: Final = 2000
_HINT_LIMIT: Final = 2000
_PLACEHOLDER_LIMIT: Final = 150
_OPTION_LIMIT: Final = 75
_MAX_BLOCKS: Final = 100
MAX_OPTIONS: Final = 100
_SHOWN_BEFORE: Final = 20
# A field is identified by its block id; an action id must be unique in a view, so a second field takes another one.
FIELD_ACTION: Final = "field"
CHOICE_ACTION: Final = "choice"


@dataclass(frozen=True)
class Form:
    """A modal view. Without `submit` it cannot be submitted.

    `team` and `metadata` come back with every interaction in the form.
    """

    title: Label
    blocks: tuple[Block, ...]
    callback_id: str = ""
    submit: Label = NO_LABEL
    close: Label = NO_LABEL
    """Where it is missing, Slack names the control itself."""

    team: str = ""
    metadata: str = ""

    @property
    def payload(self) -> dict[str, Any]:
        """The view for Slack's methods; raises ValueError for more than 100 blocks or 3,000 characters of metadata."""
        metadata = json.dumps({"v": _VERSION, "team": self.team, "held": self.metadata}, ensure_ascii=False)
        if len(self.blocks) > _MAX_BLOCKS or len(metadata) > _METADATA_LIMIT:
            raise ValueError(f"{len(self.blocks)} blocks and {len(metadata)} characters kept in one view")
        view: dict[str, Any] = {
            "type": "modal",
            "title": _plain(self.title, _TITLE_LIMIT).to_dict(),
            **self._control("close", self.close),
            "blocks": [block.to_dict() for block in self.blocks],
            "private_metadata": metadata,
            "callback_id": self.callback_id,
        }
        return view | self._control("submit", self.submit)

    @staticmethod
    def _control(name: str, label: Label) -> dict[str, Any]:
        return {name: _plain(label, _TITLE_LIMIT).to_dict()} if label else {}

    @property
    def home_payload(self) -> dict[str, Any]:
        """The same as a Home tab, which has neither a title nor buttons of its own."""
        return {"type": "home", "blocks": [block.to_dict() for block in self.blocks[:_MAX_BLOCKS]]}

    def with_problem(self, problem: Message) -> "Form":
        """Show a problem above the fields; submitting the form again is the retry."""
        shown = tuple(block for block in problem.blocks if not isinstance(block, ActionsBlock))
        return replace(self, blocks=(*shown, *self.blocks))


@dataclass(frozen=True)
class FormMetadata:
    """The metadata of a form: its team, and the feature's own metadata."""

    team: str = ""
    metadata: str = ""

    @classmethod
    def read(cls, private_metadata: str) -> "FormMetadata":
        """Parse what `Form.payload` wrote; empty for anything else, such as the format of another version."""
        try:
            held = json.loads(private_metadata)
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(held, dict) or held.get("v") != _VERSION:
            return cls()
        team, metadata = held.get("team"), held.get("held")
        return cls(team, metadata) if isinstance(team, str) and isinstance(metadata, str) else cls()


@dataclass(frozen=True)
class Choice:
    """An entry of a menu: the label, cut to 75 characters, and the value, at most 150."""

    label: Label
    value: str

    @property
    def option(self) -> Option:
        """The entry as a Block Kit option."""
        return Option(text=_plain(self.label, _OPTION_LIMIT), value=self.value)


def choices_of(blocks: Iterable[Mapping[str, Any]], name: str) -> tuple[Choice, ...]:
    """Return the entries of a menu in a view as Slack sends it back, untrusted: what is no entry is left out."""
    element = next((one.get("element") for one in blocks if one.get("block_id") == name), None)
    options = element.get("options") if isinstance(element, dict) else None
    found = (_choice_of(one) for one in options if isinstance(one, dict)) if isinstance(options, list) else ()
    return tuple(one for one in found if one is not None)[:MAX_OPTIONS]


def _choice_of(option: Mapping[str, Any]) -> Choice | None:
    text, value = option.get("text"), option.get("value")
    label = text.get("text") if isinstance(text, dict) else None
    return Choice(verbatim(unescape(label)), value) if isinstance(label, str) and isinstance(value, str) else None


def options_payload(choices: Iterable[Choice]) -> list[dict[str, Any]]:
    """Return the first 100 entries for the answer to an options query."""
    return [choice.option.to_dict() for choice in list(choices)[:MAX_OPTIONS]]


def loading(to: Audience, title: Label, number: str = "") -> Form:
    """Draw the form that is shown until the real one is ready, with the number of its incident where it has one."""
    words = to.say("Loading #{number} …", number=number) if number else to.say("Loading …")
    return Form(title, (section(words),), close=to.label("Cancel"))


def working(to: Audience, title: Label, under_way: Mrkdwn | None = None) -> Form:
    """Draw the form that is shown while a submission is processed."""
    return Form(title, (section(under_way or to.say("Working …")),), close=to.label("Hide"))


def message_form(to: Audience, title: Label, message: Message, *, metadata: str = "") -> Form:
    """Draw a message as a form; views accept no table, so the text of the message replaces it."""
    blocks = (
        (section(message.text),) if any(isinstance(one, TableBlock) for one in message.blocks) else message.all_blocks
    )
    return Form(title, tuple(blocks), close=to.label("Done"), metadata=metadata)


def outdated_form(to: Audience, title: Label = _NAME) -> Form:
    """Say that a form is from an earlier version of the bot."""
    text = to.say("*This form is from an earlier version of the bot.* Nothing was done: close it and open it again.")
    return Form(title, (section(text),), close=to.label("Done"))


def text_field(
    name: str,
    label: Label,
    *,
    initial: str = "",
    max_length: int | None = None,
    is_multiline: bool = False,
    is_optional: bool = False,
    hint: Label = NO_LABEL,
    placeholder: Label = NO_LABEL,
    action_id: str = FIELD_ACTION,
) -> InputBlock:
    """Draw a text field. Slack refuses more than `max_length` UTF-16 units itself, without calling the bot."""
    element = PlainTextInputElement(
        action_id=action_id,
        initial_value=initial or None,
        multiline=is_multiline,
        max_length=max_length,
        placeholder=_plain(placeholder, _PLACEHOLDER_LIMIT) if placeholder else None,
    )
    return input_field(name, label, element, is_optional=is_optional, hint=hint)


def menu_field(
    name: str,
    label: Label,
    choices: Sequence[Choice],
    *,
    initial: Choice | None = None,
    is_optional: bool = False,
    placeholder: Label = NO_LABEL,
    hint: Label = NO_LABEL,
    action_id: str = CHOICE_ACTION,
) -> InputBlock:
    """Draw a menu of at most 100 entries."""
    element = StaticSelectElement(
        action_id=action_id,
        options=[choice.option for choice in choices[:MAX_OPTIONS]],
        initial_option=initial.option if initial else None,
        placeholder=_plain(placeholder, _PLACEHOLDER_LIMIT) if placeholder else None,
    )
    return input_field(name, label, element, is_optional=is_optional, hint=hint)


def search_field(
    name: str,
    label: Label,
    route: str,
    *,
    initial: Choice | None = None,
    min_query_length: int = 0,
    placeholder: Label = NO_LABEL,
    hint: Label = NO_LABEL,
) -> InputBlock:
    """Draw a menu whose entries the options route finds while the person types."""
    element = ExternalDataSelectElement(
        action_id=route,
        initial_option=initial.option if initial else None,
        min_query_length=min_query_length,
        placeholder=_plain(placeholder, _PLACEHOLDER_LIMIT) if placeholder else None,
    )
    return input_field(name, label, element, hint=hint)


def several_field(
    name: str,
    label: Label,
    route: str,
    *,
    initial: Sequence[Choice] = (),
    most: int = MAX_OPTIONS,
    min_query_length: int = 0,
    placeholder: Label = NO_LABEL,
) -> InputBlock:
    """Draw a menu of which several entries can be chosen, which the options route finds while the person types."""
    element = ExternalDataMultiSelectElement(
        action_id=route,
        initial_options=[choice.option for choice in initial[:most]] or None,
        max_selected_items=most,
        min_query_length=min_query_length,
        placeholder=_plain(placeholder, _PLACEHOLDER_LIMIT) if placeholder else None,
    )
    return input_field(name, label, element)


def field_errors(errors: Mapping[str, str]) -> dict[str, str]:
    """Convert sentences to Slack's field errors: plain text, by block id."""
    return {name: clipped(one_line(sentence), _LABEL_LIMIT) for name, sentence in errors.items()}


def unstorable(to: Audience, text: str, at: int) -> Label:
    """Say beside a field which of its characters cannot be stored; it is not seen there, so its place is named."""
    before = one_line(text[:at])[-_SHOWN_BEFORE:]
    if not before:
        return to.label("Its first character cannot be stored. Delete it, and send the form again.")
    return to.label(
        "The character behind “{before}” cannot be stored. Delete it, and send the form again.", before=before
    )


def field_problems(errors: Mapping[str, str]) -> Message:
    """Draw field errors as a message, for a submission that is already acknowledged: Slack shows none then."""
    return Message.of(section(lines(*(mrkdwn("*{sentence}*", sentence=one) for one in errors.values()))))


def input_field(
    name: str, label: Label, element: InputInteractiveElement, *, is_optional: bool = False, hint: Label = NO_LABEL
) -> InputBlock:
    """Draw a field around an element, whose action id must be unique in the view."""
    return InputBlock(
        block_id=name,
        label=_plain(label, _LABEL_LIMIT),
        element=element,
        optional=is_optional,
        hint=_plain(hint, _HINT_LIMIT) if hint else None,
    )


def _plain(text: str, limit: int) -> PlainTextObject:
    """Build a plain text; Slack refuses an empty one, which remains when all characters are invisible."""
    return PlainTextObject(text=clipped(inert(one_line(text)), limit) or "–", emoji=True)
