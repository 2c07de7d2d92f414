"""What is on the screen: Slack sends it with a press, except a private message, which is remembered here."""

from collections import deque
from typing import Final

from bot.messages import Message
from bot.messages.buttons import INCIDENT_DETAILS, MENU, REFRESH, REFRESH_SUFFIX
from bot.messages.changes.posted import posted_message
from bot.messages.changes.under_way import has_control
from bot.messages.size import MESSAGE, VIEW
from handlers.dispatch.context import Incoming, Origin
from handlers.dispatch.requests import HomeOpened

SHOWN_MESSAGE_LIMIT: Final = 200


class ShownMessages:
    """The last private messages that this process has shown, 200 in all."""

    def __init__(self, most: int = SHOWN_MESSAGE_LIMIT) -> None:
        self._messages: deque[tuple[str, str, Message]] = deque(maxlen=most)

    def remember(self, origin: Origin, message: Message) -> None:
        """Remember a message that a person was shown."""
        self._messages.append((origin.user, origin.channel, message))

    def with_control(self, origin: Origin, action_id: str, value: str) -> Message | None:
        """Find a person's newest message in a channel with this control."""
        here = (origin.user, origin.channel)
        mine = (shown for user, channel, shown in reversed(self._messages) if (user, channel) == here)
        return next((message for message in mine if has_control(message, action_id, value)), None)

    def standing(self, incoming: Incoming) -> Message | None:
        """Return what a request draws again, as it stands; None for another request, and where that is not known."""
        origin, pressed = incoming.origin, incoming.pressed
        if not (isinstance(incoming, HomeOpened) or _is_refresh(incoming)):
            return None
        if origin.blocks:
            is_view = isinstance(incoming, HomeOpened) or origin.view is not None
            return posted_message(origin.blocks, origin.attachments, size=VIEW if is_view else MESSAGE)
        return self.with_control(origin, *pressed) if pressed is not None and origin.view is None else None


def _is_refresh(incoming: Incoming) -> bool:
    """Whether the control draws the very message it is in, and no other page, search or view."""
    if incoming.pressed is None or incoming.route not in {REFRESH, INCIDENT_DETAILS}:
        return False
    route, _, suffix = incoming.pressed[0].partition(":")
    return route == MENU or suffix == REFRESH_SUFFIX
