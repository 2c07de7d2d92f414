"""What the routing tables say about one thing a person can do: a command or a button, a form, a searching select."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from bot.messages import Message
from bot.messages.buttons import ButtonValue
from bot.messages.changes.actions import ChangeWords
from bot.messages.errors import Retry
from bot.messages.forms import Form
from bot.messages.help import HelpLine
from bot.messages.views import View, ViewValue
from bot.teams.access import Permission
from handlers.dispatch import retries
from handlers.dispatch.answers import FieldErrors, OpenForm, Options
from handlers.dispatch.attached import OpenView
from handlers.dispatch.context import Incoming, Reply, Request
from handlers.dispatch.requests import FormSubmission, OptionsQuery

Answer = Message | Reply | OpenForm
Handler = Callable[[Request], Awaitable[Answer]]
Drawer = Callable[[Request, Any], Awaitable[Answer]]
"""Draws the one kind of view that the table names it for."""


class Visibility(Enum):
    """Where a route's message goes."""

    PRIVATELY = auto()
    IN_PLACE = auto()
    IN_CHANNEL = auto()


@dataclass(frozen=True)
class MessageShortcut:
    """An entry in the menu of every message: its name, at most 24 characters, and what it does."""

    name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Subcommand:
    """How the words behind a subcommand are read into a view, and what people are told of it."""

    reads: Callable[[str], View]
    help: tuple[HelpLine, ...] = ()
    """Lines of the menu; the first one is also the command's part of the usage hint and of "did you mean"."""

    aliases: tuple[str, ...] = ()
    """Other first words for the same command."""

    shortcut: MessageShortcut | None = None
    """The entry in the menu of a message that asks for the same; its callback id is the name of the command."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How a view is drawn, and what that needs of a person."""

    draw: Drawer
    permission: Permission = Permission.VIEW
    change: Callable[[Incoming], ChangeWords] | None = None
    """The words for what drawing it changes; None for a view that only reads."""

    opens: Callable[[Incoming], str | None] | None = None
    """Gives the title of the form that opens before anybody is looked up; None for a view that needs no form."""

    name: str = ""
    """The name in the log; the view's own name when empty."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """A handler, what it needs of a person, where its message goes, and how it is asked for again after a failure."""

    handle: Handler
    permission: Permission
    reads: type[ButtonValue] = ViewValue
    """The record that its controls carry."""

    visibility: Visibility = Visibility.PRIVATELY
    retry: Callable[[Incoming, str], Retry | None] = retries.retry_by_drawing
    """Gives the control that asks for the same again, for a team, if there is one."""

    change: Callable[[Incoming], ChangeWords] | None = None
    """The words for what the route changes; None for a route that only reads."""

    opens: Callable[[Incoming], str | None] | None = None
    """Gives the title of the form that opens before anybody is looked up; None for words that need no form."""

    name: str = ""
    """The name in the log."""


def team_of_the_form(view: OpenView) -> str:
    """Give the team that a form was opened for."""
    return view.team


@dataclass(frozen=True, kw_only=True)
class FormRoute:
    """A form: what is checked while Slack waits, what is done then, and how it is drawn as it was filled in.

    `check` gives a sentence for each field that cannot be sent, judged by what stands in the form alone.
    """

    title: str
    check: Callable[[FormSubmission], Mapping[str, str]]
    handle: Callable[[Request, FormSubmission], Awaitable[Answer | FieldErrors]]
    draw: Callable[[FormSubmission], Form]
    permission: Permission
    team: Callable[[OpenView], str] = team_of_the_form
    """Names the team that a form is for, where the person chooses it in the form."""

    change: Callable[[Incoming], ChangeWords] | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class OptionsRoute:
    """A select that searches. The answer is the acknowledgement, so `handle` makes no call that can be slow.

    `otherwise` gives the entries for whoever is refused, and for when there is no answer in time.
    """

    handle: Callable[[Request, OptionsQuery], Awaitable[Options]]
    otherwise: Callable[[OptionsQuery], Options]
    permission: Permission
    team: Callable[[OpenView], str] = team_of_the_form
