"""What a handler is given, and what it gives back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.clicks import Clicks
from bot.digest import Surroundings
from bot.flashduty import Flashduty, Incident
from bot.group_followers import GroupFollowers
from bot.hand_over import TakeOvers
from bot.messages import Message
from bot.morning import MorningDigests
from bot.teams import May, Needs, SlackPerson, Team
from bot.weekly import WeeklyReports


@dataclass(frozen=True)
class Place:
    """Where something was asked or pressed, and how an answer gets there."""

    workspace: str
    channel: str
    user: str
    thread: str | None = None
    response_url: str | None = None
    is_public: bool = False
    """Whether what was pressed stands where others see it too."""
    message: str | None = None
    """The address of the message that was pressed; a private one has none that a thread can hang on."""

    has_replies: bool = False
    """Whether a thread hangs on the message that was pressed."""

    @property
    def is_direct(self) -> bool:
        """Whether this is the person's own conversation with the bot."""
        return self.channel.startswith("D")


@dataclass(frozen=True)
class AtHand:
    """What handlers use besides Flashduty: what is remembered between requests, and what posts by itself."""

    clicks: Clicks
    surroundings: Surroundings
    take_overs: TakeOvers
    mornings: MorningDigests
    reports: WeeklyReports
    followers: GroupFollowers


@dataclass(frozen=True)
class Request:
    """One thing a person asks for, after it was allowed."""

    team: Team
    flashduty: Flashduty
    person: SlackPerson
    place: Place
    now: datetime
    deadline: float
    """The event loop's time by which the person must have an answer."""
    at_hand: AtHand
    may_act: Callable[[], Awaitable[May]]
    """Asks whether the person may act, for what others may do under a condition of its own, and for what is drawn."""
    words: str = ""
    """What was typed behind the command; for a press, the command that draws the message again."""
    incident: str = ""
    fresh: Incident | None = None
    """An incident as it was read just now, newer than what a list may say."""

    async def shows_acting(self) -> bool:
        """Tell whether controls that act are drawn: where all see them, or for somebody who may, or perhaps may.

        Where it is not known who may, the press decides, and says what is not known.
        """
        return self.place.is_public or await self.may_act() is not May.NO


@dataclass(frozen=True)
class Announcement:
    """A line for the whole channel; `once` names the occasion, so that two deliveries say it once.

    With `in_thread` it goes under the message that was pressed, where that is possible.
    """

    message: Message
    once: str
    in_thread: bool = False
    elsewhere: str | None = None
    """The team's own channel, when the thing was done in one that is not."""


@dataclass(frozen=True)
class Reply:
    """Everything there is to show.

    `again` draws the message that was pressed once more, around this incident as it is now.
    """

    private: Message | None = None
    redraw: Message | None = None
    public: Message | None = None
    again: Incident | None = None
    announcement: Announcement | None = None


Handler = Callable[[Request], Awaitable[Message | Reply]]


class Shows(Enum):
    """Where a route's message goes."""

    PRIVATELY = auto()
    IN_PLACE = auto()
    IN_CHANNEL = auto()


@dataclass(frozen=True)
class Route:
    """A function for something a person can do, and what it needs of them."""

    handle: Handler
    needs: Needs
    shows: Shows = Shows.PRIVATELY
