"""What our controls are called and what they carry; `handlers` routes by these names."""

import json
from dataclasses import dataclass
from typing import Final, Literal

from slack_sdk.models.blocks import ButtonElement

from bot.messages.blocks import button
from bot.runtime.encodable import can_be_written

ACKNOWLEDGE: Final = "acknowledge"
UNDO: Final = "undo_acknowledge"
REFRESH: Final = "again"
SHOW_PRIVATELY: Final = "open"
DETAILS: Final = "details"
SHARE: Final = "share"
TAKE_OVER: Final = "take_over"
ANNOUNCE: Final = "tell_channel"
APPROVE_SYNC: Final = "follow_group"
DECLINE_SYNC: Final = "leave_group"
# The place of a control that tries again: the message it stands in is an error, and makes room for the answer.
RETRY: Final = "retry"

WORDS_LIMIT: Final = 280
# Teams, incidents, occasions and messages have shorter names than that.
NAME_LIMIT: Final = 64
# docs.slack.dev/reference/block-kit/block-elements/button-element, and composition-objects/option-object
BUTTON_VALUE: Final = 2000
OPTION_VALUE: Final = 150
# Slack brings these back as entities (github.com/slackapi/bolt-python/issues/513); so written, JSON survives that.
_ESCAPES: Final = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}

Style = Literal["primary", "danger"]


@dataclass(frozen=True)
class ButtonValue:
    """What a control brings back when pressed: untrusted like everything that arrives, and small (2,000 characters).

    `words` is the command that draws the message the control stands in. `occasion` is when a thing that must come once
    was first asked for, `thread` the message under which it belongs.
    """

    team: str
    words: str = ""
    incident: str = ""
    occasion: str = ""
    thread: str = ""

    def packed(self, limit: int = BUTTON_VALUE) -> str:
        """Write it as a control's `value`; the words end where there would be more than `limit` characters."""
        words = self.words[:WORDS_LIMIT]
        while len(value := self._written(words)) > limit and words:
            words = words[:-1]
        return value

    def _written(self, words: str) -> str:
        held = {"t": self.team, "w": words, "i": self.incident, "o": self.occasion, "h": self.thread}
        value = json.dumps({name: text for name, text in held.items() if text}, ensure_ascii=False)
        for character, escape in _ESCAPES.items():
            value = value.replace(character, escape)
        return value

    @classmethod
    def unpacked(cls, value: str) -> "ButtonValue":
        """Read a `value`; raises ValueError when it is none of ours."""
        try:
            held = json.loads(value)
        except RecursionError:
            raise ValueError("not a value of ours") from None
        if not isinstance(held, dict) or not all(isinstance(item, str) for item in held.values()):
            raise ValueError("not a value of ours")
        if not all(can_be_written(item) for item in held.values()):
            raise ValueError("not a value of ours")
        if any(len(held.get(name, "")) > NAME_LIMIT for name in ("t", "i", "o", "h")):
            raise ValueError("not a value of ours")
        return cls(*(held.get(name, "") for name in ("t", "w", "i", "o", "h")))


def control(
    label: str,
    route: str,
    carried: ButtonValue,
    *,
    place: str = "",
    style: Style | None = None,
    spoken: str | None = None,
) -> ButtonElement:
    """Offer a routed press.

    An action id may stand once in a message, so `place` tells equal controls apart; the route is the part before the colon.
    """
    return button(label, f"{route}:{place}" if place else route, carried.packed(), style=style, spoken=spoken)


def route_of(action_id: str) -> str:
    """Name the route of a pressed control."""
    return action_id.partition(":")[0]


def is_retry(action_id: str) -> bool:
    """Tell whether a pressed control stood in an error."""
    return action_id.endswith(f":{RETRY}")
