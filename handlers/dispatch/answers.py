"""Answers besides a message and a reply: a form, sentences beside its fields, the entries of a menu."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import Message
from bot.messages.forms import Choice, Form


@dataclass(frozen=True)
class OpenForm:
    """A form to fill in; `otherwise` is told where none can be opened, as after a mention."""

    form: Form
    otherwise: Message
    outcome: str = "form shown"


@dataclass(frozen=True)
class FieldErrors:
    """What is wrong with fields, by name; the form stays as it was filled in."""

    errors: Mapping[str, str]


@dataclass(frozen=True)
class Options:
    """The entries a select offers, the best first; Slack shows 100."""

    choices: tuple[Choice, ...] = ()
