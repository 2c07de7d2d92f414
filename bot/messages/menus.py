"""Overflow menus: each entry does what a button of some route does, or opens a web page.

An entry holds 150 characters, so it carries ids and no view. The view that contains a menu stands in the `block_id` of
its block, which Slack returns with the press; a menu in whose block the view has no room offers nothing that needs it.
"""

from dataclasses import dataclass
from typing import Final

from pydantic_core import from_json
from slack_sdk.models.blocks import OverflowMenuElement

from bot.messages.blocks import overflow
from bot.messages.buttons import MENU, OPTION_VALUE, ButtonValue, compact_json, encode, route_of
from bot.messages.text import Label, web_address
from bot.messages.views import View, read_view, written_view

# docs.slack.dev/reference/block-kit/blocks/section-block
BLOCK_ID_LIMIT: Final = 255
# Slack reports a chosen link as well; its value has no route.
_LINK_VALUE: Final = "link"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry that does what a button of the route with this value does."""

    label: Label
    route: str
    value: ButtonValue

    @property
    def written(self) -> str:
        """What Slack returns when the entry is chosen."""
        return f"{self.route} {encode(self.value)}"


@dataclass(frozen=True, kw_only=True)
class Link:
    """An entry that opens a web page."""

    label: Label
    url: str


def overflow_menu(suffix: str, *entries: Entry | Link | None) -> OverflowMenuElement | None:
    """Draw the menu, without entries that do not fit Slack's limits and links to anything but web pages."""
    options = [option for entry in entries if entry is not None and (option := _option(entry)) is not None]
    return overflow(f"{MENU}:{suffix}", options) if options else None


def _option(entry: Entry | Link) -> tuple[str, str, str | None] | None:
    if isinstance(entry, Entry):
        return (entry.label, entry.written, None) if len(entry.written) <= OPTION_VALUE else None
    address = web_address(entry.url)
    return (entry.label, _LINK_VALUE, address) if address else None


def pressed_value(action_id: str, value: str) -> tuple[str, str]:
    """Return the route of a pressed control and the value for it; the route is empty for a link."""
    if route_of(action_id) != MENU:
        return route_of(action_id), value
    route, _, written = value.partition(" ")
    return (route, written) if written else ("", "")


def block_of(suffix: str, view: View) -> str | None:
    """Return the `block_id` of a block whose menu is in a view; None where the view has no room in it."""
    written = f"{suffix} {compact_json(written_view(view))}"
    return written if len(written) <= BLOCK_ID_LIMIT else None


def state_block_id(suffix: str) -> str:
    """Return the `block_id` of the line with the state of what the controls with this suffix change."""
    return f"state {suffix}"


def is_state_block(block_id: str | None) -> bool:
    """Whether a block is the line with the state of something."""
    return block_id is not None and block_id.startswith(state_block_id(""))


def view_of_block(block_id: str) -> View | None:
    """Return the view that a pressed menu is in; None where its block names none."""
    try:
        return read_view(from_json(block_id.partition(" ")[2]))
    except ValueError:
        return None
