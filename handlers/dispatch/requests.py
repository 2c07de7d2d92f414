"""The kinds of request; a mention and a direct message are commands."""

from dataclasses import dataclass
from typing import final

from handlers.dispatch.attached import OpenView, SharedMessage
from handlers.dispatch.context import Incoming


@final
@dataclass(frozen=True)
class Command(Incoming):
    """A slash command, a mention or a direct message."""


@final
@dataclass(frozen=True)
class ButtonPress(Incoming):
    """A press of a control, in a message or in a view."""


@final
@dataclass(frozen=True)
class Shortcut(Incoming):
    """An entry of Slack's shortcut menus: a command without a channel, `route` its name."""

    shared: SharedMessage | None = None


@dataclass(frozen=True, kw_only=True)
class _ViewRequest(Incoming):
    view: OpenView


@final
@dataclass(frozen=True, kw_only=True)
class FormSubmission(_ViewRequest):
    """A submitted form; `route` is its callback id."""


@final
@dataclass(frozen=True, kw_only=True)
class OptionsQuery(_ViewRequest):
    """What was typed so far into a searching select; `route` is its action."""

    typed: str
