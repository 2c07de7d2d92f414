"""Rate limits of methods, calls a minute (docs.slack.dev/apis/web-api/rate-limits)."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Final

_MINUTE: Final = 60.0
_TIER_1: Final = 1
_TIER_2: Final = 20
_TIER_3: Final = 50
_TIER_4: Final = 100

# "Several hundred" for a workspace (docs.slack.dev/reference/methods/chat.postMessage), "hundreds" (…/auth.test and
# …/chat.getPermalink).
_HUNDREDS: Final = 300

# Slack guarantees these rates and allows unpublished bursts; here the rates are the limits.
CALLS_A_MINUTE: Final[Mapping[str, int]] = {
    "conversations.setTopic": _TIER_2,
    "usergroups.list": _TIER_2,
    "usergroups.users.list": _TIER_2,
    "usergroups.users.update": _TIER_2,
    "auth.test": _HUNDREDS,
    "bots.info": _TIER_3,
    "chat.delete": _TIER_3,
    "chat.getPermalink": _HUNDREDS,
    "chat.postMessage": _HUNDREDS,
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


# The same with apps.connections.open, once a minute: too strict for tests that reconnect often.
EVERY_LIMIT: Final[Mapping[str, int]] = {**CALLS_A_MINUTE, "apps.connections.open": _TIER_1}
# A channel takes one message a second; short bursts are allowed, their size is not documented.
_BURST: Final = 5


class Tiers:
    """Counts calls by method over the last sixty seconds of `tick`; methods without a limit are not counted.

    With `limits_channels` a channel takes one chat.postMessage a second, five at once after a silence.
    """

    def __init__(self, limits: Mapping[str, int], tick: Callable[[], float], *, limits_channels: bool = False) -> None:
        self.limits = limits
        self.limits_channels = limits_channels
        self._tick = tick
        self._admitted: dict[str, deque[float]] = defaultdict(deque)
        self._full_at: dict[str, float] = {}

    def wait_for_channel(self, channel: str) -> int:
        """Count a message to a channel; return 0 if it is admitted, otherwise the seconds to wait."""
        if not self.limits_channels:
            return 0
        now = self._tick()
        # When the full burst is available again.
        full_at = max(now, self._full_at.get(channel, now)) + 1
        if full_at - now > _BURST:
            return max(1, math.ceil(full_at - now - _BURST))
        self._full_at[channel] = full_at
        return 0

    def wait(self, method: str) -> int:
        """Count a call; return 0 if it is admitted, otherwise the seconds to wait."""
        limit = self.limits.get(method)
        if limit is None:
            return 0
        now, admitted = self._tick(), self._admitted[method]
        while admitted and admitted[0] <= now - _MINUTE:
            admitted.popleft()
        if len(admitted) >= limit:
            return max(1, math.ceil(admitted[0] + _MINUTE - now))
        admitted.append(now)
        return 0
