"""What goes wrong on the way of a webhook, planned event by event."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal, get_args

WebhookFault = Literal["twice", "lost", "delayed", "held"]


@dataclass
class _Planned:
    kind: WebhookFault
    seconds: float
    left: int | None


@dataclass
class WebhookFaults:
    """The faults of the next events, in the order they were planned.

    `twice`: delivered two times. `lost`: never sent, and in no history. `delayed`: sent after `seconds`. `held`: kept
    until it is let go, in reverse where wanted.
    """

    _planned: deque[_Planned] = field(default_factory=deque)

    def plan(self, kind: WebhookFault, *, times: int | None = 1, seconds: float = 0.0) -> None:
        """Plan a fault for the next `times` events, or for all with None; raises ValueError for an unknown one."""
        if kind not in get_args(WebhookFault):
            raise ValueError(f"the fault of a webhook is one of {', '.join(get_args(WebhookFault))}")
        if (times is not None and times < 1) or seconds < 0:
            raise ValueError("times is a positive number, or null for every time, and seconds are not negative")
        self._planned.append(_Planned(kind, seconds, times))

    def clear(self) -> None:
        """Clear the plan."""
        self._planned.clear()

    def take(self) -> tuple[WebhookFault | None, float]:
        """Return the fault of the next event and its seconds."""
        if not self._planned:
            return None, 0.0
        first = self._planned[0]
        if first.left is not None:
            first.left -= 1
            if not first.left:
                self._planned.popleft()
        return first.kind, first.seconds
