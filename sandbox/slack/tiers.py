"""How often a method may be called in a minute (docs.slack.dev/apis/web-api/rate-limits)."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Final

_MINUTE: Final = 60.0
_TIER_2: Final = 20
_TIER_3: Final = 50
_TIER_4: Final = 100

# Slack promises that many and allows bursts it does not publish; here the promise is the limit. What has a limit of
# another kind there, chat.postMessage above all, has none here.
CALLS_A_MINUTE: Final[Mapping[str, int]] = {
    "conversations.setTopic": _TIER_2,
    "usergroups.list": _TIER_2,
    "usergroups.users.list": _TIER_2,
    "usergroups.users.update": _TIER_2,
    "bots.info": _TIER_3,
    "chat.delete": _TIER_3,
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.info": _TIER_3,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "users.lookupByEmail": _TIER_3,
    "chat.postEphemeral": _TIER_4,
    "conversations.members": _TIER_4,
    "files.completeUploadExternal": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "users.info": _TIER_4,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
    "views.push": _TIER_4,
    "views.update": _TIER_4,
}


class Tiers:
    """Counts calls by method over the last sixty seconds of `tick`; a method without a limit is not counted."""

    def __init__(self, limits: Mapping[str, int], tick: Callable[[], float]) -> None:
        self._limits = limits
        self._tick = tick
        self._admitted: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, method: str) -> int:
        """Count a call; 0 lets it in, otherwise give the whole seconds after which one is let in again."""
        limit = self._limits.get(method)
        if limit is None:
            return 0
        now, admitted = self._tick(), self._admitted[method]
        while admitted and admitted[0] <= now - _MINUTE:
            admitted.popleft()
        if len(admitted) >= limit:
            return max(1, math.ceil(admitted[0] + _MINUTE - now))
        admitted.append(now)
        return 0
