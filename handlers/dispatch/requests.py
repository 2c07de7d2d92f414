"""The kinds of request; a mention and a direct message are commands."""

from dataclasses import dataclass, replace
from typing import Final, final

from bot.incidents.messages.actions.values import ActionValue, FormValue
from bot.messages.buttons import decode
from bot.messages.views import AllOpenIncidents, HomeTab, ViewValue
from handlers.dispatch.attached import OpenView, SharedMessage
from handlers.dispatch.context import Incoming

LIST_METADATA: Final = "all_open"
"""Marks the view of the list of all teams, so that there is a way back to it."""


@final
@dataclass(frozen=True)
class Command(Incoming):
    """A slash command, a mention or a direct message."""


@final
@dataclass(frozen=True)
class ButtonPress(Incoming):
    """A press of a control, in a message or in a view; `block_id` names the block of the control."""

    block_id: str = ""


@final
@dataclass(frozen=True)
class Shortcut(Incoming):
    """An entry of Slack's shortcut menus: a command without a channel, `route` its name."""

    shared: SharedMessage | None = None


@final
@dataclass(frozen=True, kw_only=True)
class HomeOpened(Incoming):
    """A person looks at the Home tab."""

    has_content: bool
    """Whether the tab shows what was published before; empty otherwise."""


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


def draws_home_tab(incoming: Incoming) -> bool:
    """Return whether a request draws the Home tab itself."""
    return isinstance(incoming.value, ViewValue) and isinstance(incoming.value.view, HomeTab)


def is_in_home(incoming: Incoming) -> bool:
    """Return whether a request comes from the person's Home tab."""
    return incoming.origin.view is not None and incoming.origin.view.is_home


def began_in_home(incoming: Incoming) -> bool:
    """Return whether a request comes from a form, or from a view, that was opened from the Home tab."""
    value = incoming.value
    if isinstance(incoming, FormSubmission):
        value = decode(FormValue, incoming.view.metadata) or value
    return isinstance(value, ActionValue) and isinstance(value.view, HomeTab)


def is_for_all_teams(incoming: Incoming) -> bool:
    """Return whether a request is about every team of the person; a channel or a name chooses one otherwise."""
    return isinstance(incoming, Shortcut) or draws_home_tab(incoming) or draws_all_incidents(incoming)


def draws_all_incidents(incoming: Incoming) -> bool:
    """Return whether a request draws the list of all teams of the person."""
    return isinstance(incoming.value, ViewValue) and isinstance(incoming.value.view, AllOpenIncidents)


def is_in_list(incoming: Incoming) -> bool:
    """Return whether a request is answered in the view that the list of all teams was opened in."""
    view = incoming.origin.view
    return view is not None and view.metadata == LIST_METADATA


def home_after(incoming: Incoming) -> HomeOpened:
    """Return the request that draws the Home tab after a press in it has changed something."""
    return HomeOpened(
        origin=replace(incoming.origin, view=OpenView(id="", title="", is_home=True)),
        once=f"{incoming.once} home",
        value=ViewValue(team="", view=HomeTab()),
        has_content=True,
    )
