"""Answers other than a message or a reply: a form, a refusal, field errors, the entries of a select."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import Message
from bot.messages.forms import Choice, Form


@dataclass(frozen=True)
class OpenForm:
    """A form to fill in; `fallback` is shown where no form can be opened, as after a mention."""

    form: Form
    fallback: Message
    outcome: str = "form shown"


@dataclass(frozen=True)
class Refusal:
    """A message that says why there is nothing to show: only the person who asked sees it, also after a mention."""

    message: Message
    outcome: str = "told"


@dataclass(frozen=True)
class FieldErrors:
    """The problem of each field, by field name; the form stays as it was filled in."""

    errors: Mapping[str, str]


@dataclass(frozen=True)
class Options:
    """The entries of a select, best match first; Slack shows 100."""

    choices: tuple[Choice, ...] = ()
