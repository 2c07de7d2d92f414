"""When what passed between the bot and both pretend services, and which calls followed upon one another."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.flashduty import PretendFlashduty
from sandbox.flashduty.wire.calls import Call as FlashdutyCall
from sandbox.slack import PretendSlack
from sandbox.slack.journal import Call as SlackCall

OPENINGS: Final = frozenset({"views.open", "views.update"})
SEEN: Final = OPENINGS | {"response_url", "chat.postEphemeral", "chat.update"}


@dataclass
class _Asked:
    path: str
    at: float
    answered_at: float = math.inf


class Wire:
    """Notes times since it was cleared; a time is 0 until there is one."""

    def __init__(self, slack: PretendSlack, flashduty: PretendFlashduty) -> None:
        self.clear()
        slack.journal.on_call = self._show
        flashduty.on_request = self._ask
        flashduty.on_call = self._answer

    def clear(self) -> None:
        """Begin anew."""
        self.opened_at = self.redrawn_at = self.edited_at = self._seen_at = 0.0
        self._asked: list[_Asked] = []

    @property
    def calls_in_a_row(self) -> int:
        """Count the calls before the last thing that was shown, each made after the one before was answered."""
        count, answered_at = 0, 0.0
        for one in sorted(self._asked, key=lambda one: one.answered_at):
            if one.at >= answered_at and one.answered_at <= self._seen_at:
                count, answered_at = count + 1, one.answered_at
        return count

    def _ask(self, path: str) -> None:
        self._asked.append(_Asked(path, time.perf_counter()))

    def _answer(self, call: FlashdutyCall) -> None:
        waiting = (one for one in self._asked if one.path == call.path and one.answered_at == math.inf)
        if (first := next(waiting, None)) is not None:
            first.answered_at = time.perf_counter()

    def _show(self, call: SlackCall) -> None:
        now = time.perf_counter()
        if call.error is None and call.method in SEEN:
            self._seen_at = now
        if call.method in OPENINGS:
            self.opened_at = self.opened_at or now
        if call.method == "response_url" and call.params.get("replace_original"):
            self.redrawn_at = now
        if call.method == "chat.update":
            self.edited_at = self.edited_at or now


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the least value that at least so many in a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
