"""The kinds of request; events become commands."""

from dataclasses import dataclass
from typing import final

from handlers.dispatch.attached import OpenView, SharedMessage
from handlers.dispatch.context import Incoming


@final
@dataclass(frozen=True)
class Command(Incoming):
    """Words typed behind the slash command, in a mention or in a direct message."""


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
class _InAView(Incoming):
    view: OpenView


@final
@dataclass(frozen=True, kw_only=True)
class FormSubmission(_InAView):
    """A form that was sent; `route` is its callback id."""


@final
@dataclass(frozen=True, kw_only=True)
class OptionsQuery(_InAView):
    """What was typed so far into a select that searches, `route`."""

    typed: str
