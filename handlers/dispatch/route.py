"""The rows of the routing tables: a command, a button, a form, a searching select."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, ClassVar

from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import ButtonValue
from bot.messages.changes.actions import ChangeWords
from bot.messages.errors import Retry
from bot.messages.forms import Form
from bot.messages.help import HelpLine
from bot.messages.language import Marked
from bot.messages.views import View, ViewValue
from bot.teams.access import Permission
from handlers.dispatch import retries
from handlers.dispatch.answers import FieldErrors, OpenForm, Options, Refusal, Reply
from handlers.dispatch.attached import OpenView
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.requests import FormSubmission, OptionsQuery
from handlers.dispatch.services import Services

Answer = Message | Refusal | Reply | OpenForm
Handler = Callable[[Request], Awaitable[Answer]]
Drawer = Callable[[Request, Any], Awaitable[Answer]]
"""Draws one kind of view."""
ChangeReader = Callable[[Audience, Incoming], ChangeWords]
"""Returns the words for what a request changes, for the person who made it."""


class Visibility(Enum):
    """Who sees the message of a route, and where."""

    PRIVATELY = auto()
    IN_PLACE = auto()
    IN_CHANNEL = auto()


@dataclass(frozen=True)
class MessageShortcut:
    """An entry in the menu of every message: its name, at most 24 characters, and what it does."""

    name: Marked
    description: Marked
    KIND: ClassVar[str] = "message"


@dataclass(frozen=True)
class GlobalShortcut:
    """An entry of the menu beside every message box: its name, at most 24 characters, what it does, and its view."""

    name: Marked
    description: Marked
    view: View
    KIND: ClassVar[str] = "global"


@dataclass(frozen=True, kw_only=True)
class Subcommand:
    """How the words behind a subcommand are read into a view, and how the menu lists it."""

    reads: Callable[[str], View]
    help: tuple[HelpLine, ...] = ()
    """Lines of the menu; the first one is also the command's part of the usage hint and of "did you mean"."""

    aliases: tuple[str, ...] = ()
    """Other first words for the same command."""

    shortcut: MessageShortcut | None = None
    """The message shortcut for the same view; its callback id is the name of the command."""

    global_shortcut: GlobalShortcut | None = None
    """The shortcut from anywhere, which has a view of its own; its callback id is the name of the command too."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How a view is drawn, and the permission that drawing it needs."""

    draw: Drawer
    permission: Permission = Permission.VIEW
    change: ChangeReader | None = None
    """The words for what drawing it changes; None for a view that only reads."""

    opens: Callable[[Incoming], Marked | None] | None = None
    """Returns the title of the form that opens before the person is looked up; None where no form opens."""

    name: str = ""
    """The name in the log; the view's own name when empty."""

    is_personal: bool = False
    """Whether only the person sees it, also after a mention in a channel."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """A handler with its permission, its visibility, and its control for a retry after a failure."""

    handle: Handler
    permission: Permission
    reads: type[ButtonValue] = ViewValue
    """The type of the values of its controls."""

    visibility: Visibility = Visibility.PRIVATELY
    retry: Callable[[Incoming, str], Retry | None] = retries.retry_by_drawing
    """Returns the control that repeats the request for a team, if there is one."""

    change: ChangeReader | None = None
    """The words for what the route changes; None for a route that only reads."""

    opens: Callable[[Incoming], Marked | None] | None = None
    """Returns the title of the form that opens before the person is looked up; None where no form opens."""

    is_personal: bool = False
    """Whether only the person sees the answer, also after a mention in a channel."""

    opens_for: ChangeReader | None = None
    """The words for what the form is opened for, which nothing has changed yet."""

    name: str = ""
    """The name in the log."""


def team_of_the_form(view: OpenView) -> str:
    """Return the team that a form was opened for."""
    return view.team


@dataclass(frozen=True, kw_only=True)
class FormRoute:
    """A form: how it is checked while Slack waits, handled afterwards, and drawn as it was filled in.

    `check` returns a message for each invalid field, from the contents of the form alone.
    """

    title: Marked
    check: Callable[[Audience, FormSubmission], Mapping[str, str]]
    handle: Callable[[Request, FormSubmission], Awaitable[Answer | FieldErrors]]
    draw: Callable[[Audience, FormSubmission], Form]
    permission: Permission
    team: Callable[[OpenView], str] = team_of_the_form
    """Returns the team of a form, where the person chooses it in the form."""

    change: ChangeReader | None = None
    keep: Callable[[Services, FormSubmission, datetime], Awaitable[None]] | None = None
    """Keeps what was typed into a form that is not taken, so that it is there when the form was closed."""

    name: str = ""


@dataclass(frozen=True, kw_only=True)
class OptionsRoute:
    """A searching select. The answer is the acknowledgement, so `handle` makes no call that can be slow.

    `fallback` returns the entries for a person without permission, and after an error or a timeout.
    """

    handle: Callable[[Request, OptionsQuery], Awaitable[Options]]
    fallback: Callable[[Audience, OptionsQuery], Options]
    permission: Permission
    team: Callable[[OpenView], str] = team_of_the_form
