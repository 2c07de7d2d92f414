"""The private messages people have in front of them: with a press, Slack sends along only what everybody sees."""

from collections import deque
from typing import Final

from bot.messages import Message
from bot.messages.changes.under_way import has_control
from handlers.dispatch.context import Origin

SHOWN_MESSAGE_LIMIT: Final = 200


class ShownMessages:
    """Knows the last messages with controls that were shown to single people, 200 in all, by this process."""

    def __init__(self, most: int = SHOWN_MESSAGE_LIMIT) -> None:
        self._kept: deque[tuple[str, str, Message]] = deque(maxlen=most)

    def keep(self, origin: Origin, message: Message) -> None:
        """Remember what a person was shown."""
        self._kept.append((origin.user, origin.channel, message))

    def with_control(self, origin: Origin, action_id: str, value: str) -> Message | None:
        """Find the newest message of a person's in a channel in which a control stands."""
        here = (origin.user, origin.channel)
        mine = (shown for user, channel, shown in reversed(self._kept) if (user, channel) == here)
        return next((message for message in mine if has_control(message, action_id, value)), None)
