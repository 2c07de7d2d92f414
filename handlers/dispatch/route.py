"""What a routing table says about one thing a person can do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.messages import Message
from bot.messages.changes.actions import ChangeWords
from bot.messages.errors import Retry
from bot.messages.help import HelpLine
from bot.teams.access import Permission
from handlers.dispatch import retries
from handlers.dispatch.context import Incoming, Reply, Request

Handler = Callable[[Request], Awaitable[Message | Reply]]


class Visibility(Enum):
    """Where a route's message goes."""

    PRIVATELY = auto()
    IN_PLACE = auto()
    IN_CHANNEL = auto()


@dataclass(frozen=True, kw_only=True)
class Route:
    """A handler, what it needs of a person, where its message goes, and how it is asked for again after a failure."""

    handle: Handler
    permission: Permission
    visibility: Visibility = Visibility.PRIVATELY
    retry: Callable[[Incoming, str], Retry] = retries.draw_again
    """Gives the control that asks for the same again, for a team."""

    change: Callable[[Incoming], ChangeWords] | None = None
    """The words for what the route changes; None for a route that only reads."""

    help: tuple[HelpLine, ...] = ()
    """Lines of the menu; the first one is also the command's part of the usage hint and of "did you mean"."""

    aliases: tuple[str, ...] = ()
    """Other first words for the same command."""

    name: str = ""
    """The name in the log."""
