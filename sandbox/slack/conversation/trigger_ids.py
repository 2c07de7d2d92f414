"""Trigger ids: the short-lived permission to open a modal that comes with an interaction."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sandbox.clock import Clock
from sandbox.slack.refusal import Refusal

LIFE_SECONDS: Final = 3.0
_MAX_ISSUED: Final = 5000


@dataclass
class Trigger:
    """The person of an interaction, and its view if any."""

    user_id: str
    view_id: str | None
    at: datetime
    tick: float
    is_spent: bool = False


class TriggerIds:
    """Issues trigger ids and accepts each once, within 3 s of both the pretend and the real clock.

    Sources: docs.slack.dev/interactivity/handling-user-interaction, docs.slack.dev/reference/methods/views.open
    """

    def __init__(self, clock: Clock, tick: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tick = tick
        self._issued: OrderedDict[str, Trigger] = OrderedDict()

    def issue(self, user_id: str, view_id: str | None = None) -> str:
        """Return a new id."""
        name = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[name] = Trigger(user_id=user_id, view_id=view_id, at=self._clock.now(), tick=self._tick())
        if len(self._issued) > _MAX_ISSUED:
            self._issued.popitem(last=False)
        return name

    def exchange(self, name: str) -> Trigger:
        """Use an id; raises Refusal when it is unknown, used or older than 3 s."""
        trigger = self._issued.get(name)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.is_spent:
            raise Refusal("exchanged_trigger_id")
        if self._is_old(trigger):
            raise Refusal("expired_trigger_id")
        trigger.is_spent = True
        return trigger

    def _is_old(self, trigger: Trigger) -> bool:
        pretended = (self._clock.now() - trigger.at).total_seconds()
        return max(pretended, self._tick() - trigger.tick) > LIFE_SECONDS
