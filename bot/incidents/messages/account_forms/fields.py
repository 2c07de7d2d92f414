"""The custom fields of an account as fields of a form: which can be drawn, what was filled in, and what is sent."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, Final, Literal, get_args

from bot.flashduty.limits import MAX_NOTE_LENGTH
from bot.flashduty.models.customs import CustomField, FieldKind, FieldValue
from bot.flashduty.models.form_answers import FormAnswers
from bot.messages.buttons import compact_json
from bot.messages.forms import MAX_OPTIONS
from bot.messages.input.typed import normalised

AnswerKind = Literal["text", "number", "one", "several", "flag"]
SUMMARY_FIELD: Final = "summary"
YES: Final = "yes"
NO: Final = "no"
# Code points of a text; the operations name no limit of their own.
LONGEST_ANSWER: Final = MAX_NOTE_LENGTH
MOST_FIELDS: Final = 60
# Bytes of all choices together: a view may have 250,000 (docs.slack.dev/reference/methods/views.update).
_MOST_CHOICES_SIZE: Final = 80_000
# docs.slack.dev/reference/block-kit/composition-objects/option-object, and what is around the choice.
_OPTION_VALUE_LIMIT: Final = 150
_OPTION_COST: Final = 100
_NAME: Final = r"[\w. -]{1,200}"
_BLOCK_ID: Final = re.compile(rf"answer:({'|'.join(get_args(AnswerKind))}):({_NAME})")
_NUMBER: Final = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})")
_KINDS: Final[Mapping[FieldKind, AnswerKind]] = {
    FieldKind.CHECKBOX: "flag",
    FieldKind.SINGLE_SELECT: "one",
    FieldKind.MULTI_SELECT: "several",
}

Answered = Mapping[str, str]
"""What was filled in, by the name of the field; the choices of one field are on lines of their own."""


@dataclass(frozen=True, kw_only=True)
class AnswerField:
    """A custom field that a form can hold; every text is untrusted."""

    name: str
    kind: AnswerKind
    label: str
    hint: str = ""
    choices: tuple[str, ...] = ()

    @property
    def block_id(self) -> str:
        """The name of its field in the form, which tells how a value of it is sent."""
        return f"answer:{self.kind}:{self.name}"


def answer_fields(defined: Iterable[CustomField]) -> tuple[AnswerField, ...]:
    """Return the fields that a form can hold: not those with more choices, or longer ones, than Slack takes."""
    found: list[AnswerField] = []
    size = 0
    for one in defined:
        field = _answer_field(one)
        cost = sum(len(written_choice(choice).encode()) * 2 + _OPTION_COST for choice in field.choices) if field else 0
        if field is not None and len(found) < MOST_FIELDS and size + cost <= _MOST_CHOICES_SIZE:
            size += cost
            found.append(field)
    return tuple({field.block_id: field for field in found}.values())


def _answer_field(defined: CustomField) -> AnswerField | None:
    kind = _KINDS.get(defined.kind, "number" if defined.value_type == "float" else "text")
    choices = defined.choices if kind in {"one", "several"} else ()
    if not re.fullmatch(_NAME, defined.name) or (kind in {"one", "several"} and not _fit(choices)):
        return None
    label = defined.label.strip() or defined.name
    return AnswerField(name=defined.name, kind=kind, label=label, hint=_hint(defined, label), choices=choices)


def _hint(defined: CustomField, label: str) -> str:
    """Return what it is for, and the name by which Flashduty refers to it where it is called otherwise."""
    name = defined.name if defined.name != label else ""
    return " · ".join(part for part in (defined.description.strip(), name) if part)


def _fit(choices: Sequence[str]) -> bool:
    return 0 < len(choices) <= MAX_OPTIONS and all(len(written_choice(one)) <= _OPTION_VALUE_LIMIT for one in choices)


def written_choice(choice: str) -> str:
    """Write a choice as the value of an option, without characters that Slack returns as entities."""
    return compact_json({"o": choice})


def read_choice(written: str) -> str:
    """Parse what `written_choice` wrote; empty for anything else."""
    try:
        held = json.loads(written)
    except (ValueError, RecursionError):
        return ""
    choice = held.get("o") if isinstance(held, dict) else None
    return choice if isinstance(choice, str) else ""


def chosen(text: str) -> tuple[str, ...]:
    """Return the choices of a field, each once."""
    return tuple(dict.fromkeys(choice for one in text.split("\n") if (choice := read_choice(one))))


def kind_of(block_id: str) -> AnswerKind | None:
    """Return the kind of a field by its name in the form; None for one that is no custom field."""
    found = _BLOCK_ID.fullmatch(block_id)
    return next((kind for kind in get_args(AnswerKind) if found is not None and found[1] == kind), None)


def answers_of(typed: Answered) -> FormAnswers:
    """Return what was filled in as it is sent; what is empty is left out."""
    values = {
        block_id.split(":", 2)[2]: value
        for block_id, text in typed.items()
        if (kind := kind_of(block_id)) is not None and (value := _value(kind, text)) is not None
    }
    return FormAnswers(summary=typed.get(SUMMARY_FIELD, "").strip(), fields=values)


def _value(kind: AnswerKind, text: str) -> FieldValue | None:
    if kind == "flag":
        return {YES: True, NO: False}.get(text)
    if kind == "several":
        return list(chosen(text)) or None
    if kind == "one":
        return next(iter(chosen(text)), None)
    return read_number(text) if kind == "number" else text.strip() or None


def read_number(text: str) -> float | None:
    """Parse a number as people type it; None for anything else."""
    written = normalised(text).strip()
    value = float(written) if _NUMBER.fullmatch(written) else math.nan
    return value if math.isfinite(value) else None


def fields_as_drawn(blocks: Iterable[Mapping[str, Any]]) -> tuple[AnswerField, ...]:
    """Return the fields of a form by its blocks as Slack sends them, which are untrusted."""
    return tuple(field for block in blocks if (field := _field_as_drawn(block)) is not None)


def _field_as_drawn(block: Mapping[str, Any]) -> AnswerField | None:
    block_id = block.get("block_id")
    kind = kind_of(block_id) if isinstance(block_id, str) else None
    if kind is None or not isinstance(block_id, str):
        return None
    element = block.get("element")
    options = element.get("options") if isinstance(element, dict) else None
    values = [one.get("value") for one in options if isinstance(one, dict)] if isinstance(options, list) else []
    choices = tuple(choice for one in values if isinstance(one, str) and (choice := read_choice(one)))
    if kind in {"one", "several"} and not _fit(choices):
        return None
    name = block_id.split(":", 2)[2]
    label, hint = _text_of(block.get("label")) or name, _text_of(block.get("hint"))
    return AnswerField(name=name, kind=kind, label=label, hint=hint, choices=choices if kind != "flag" else ())


def _text_of(held: object) -> str:
    text = held.get("text") if isinstance(held, dict) else None
    return unescape(text) if isinstance(text, str) else ""
