"""The private messages that people see: Slack sends the message with a press only for a public one."""

from collections import deque
from typing import Final

from bot.messages import Message
from bot.messages.changes.under_way import has_control
from handlers.dispatch.context import Origin

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
