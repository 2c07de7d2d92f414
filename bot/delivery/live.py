"""Edits of messages that are kept equal to something: one queue over all channels, within Slack's rate."""

import asyncio
import random as randomness
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.runtime.defects import ErrorBoundary
from bot.slack.api import SlackError
from bot.slack.client import RATE_LIMITED
from bot.storage.database_errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

# Between two edits of one message for what comes in floods.
FLOOD_INTERVAL: Final = 10.0
# Edits of different messages at one time: Slack that hangs delays no more than these.
MAX_EDITS: Final = 8
FIRST_EDIT_PAUSE: Final = 2.0
LONGEST_EDIT_PAUSE: Final = 60.0
# Where Slack does not say for how long it wants no calls.
RATE_LIMIT_PAUSE: Final = 30.0

Edit = Callable[[], Awaitable[None]]
"""Draws a message as it is now and edits it. Raises SlackError or DatabaseUnavailable where it is to be tried again."""


@dataclass(frozen=True, kw_only=True)
class _Pending:
    """An edit that waits: `since` orders it among others, and `not_before` holds it back."""

    edit: Edit
    since: float
    not_before: float
    is_urgent: bool
    is_minor: bool = False
    attempts: int = 0

    @property
    def place(self) -> tuple[bool, bool, float]:
        """Its place among the edits that wait."""
        return not self.is_urgent, self.is_minor, self.since


class LiveEdits:
    """The edits that wait, at most one a message: a later one takes the place of an earlier one.

    Urgent ones go first, and minor ones last. What is drawn is drawn when its turn has come. `turn` waits for Slack's
    rate limit, which all replicas share.
    """

    def __init__(
        self,
        turn: Callable[[], Awaitable[None]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._turn = turn
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random
        self._pending: dict[Hashable, _Pending] = {}
        self._running: dict[Hashable, asyncio.Task[None]] = {}
        self._edited_at: dict[Hashable, float] = {}
        self._paused_until = float("-inf")
        self._changed = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """The number of edits that wait or run."""
        return len(self._pending) + len(self._running)

    def submit(
        self, key: Hashable, edit: Edit, *, is_urgent: bool = False, is_flood: bool = False, is_minor: bool = False
    ) -> None:
        """Edit a message when its turn has come; `is_flood` holds it back for ten seconds after the edit before.

        `is_minor` for an edit that says nothing new of its subject, of which there may be a thousand at once.
        """
        if self._is_closed:
            return
        now = self._monotonic()
        not_before = self._edited_at.get(key, float("-inf")) + FLOOD_INTERVAL if is_flood and not is_urgent else now
        pending = _Pending(
            edit=edit, since=now, not_before=max(now, not_before), is_urgent=is_urgent, is_minor=is_minor
        )
        earlier = self._pending.get(key)
        self._pending[key] = pending if earlier is None else _folded(earlier, pending)
        self._go_on()

    def is_minor(self, key: Hashable) -> bool:
        """Whether the edit of a message that waits is a minor one."""
        return key in self._pending and self._pending[key].is_minor

    def withdraw(self, key: Hashable) -> None:
        """Drop the edit of a message that waits, if there is one: the message shows already what it would draw."""
        self._pending.pop(key, None)

    def _go_on(self) -> None:
        self._changed.set()
        if self._pending and (self._pump is None or self._pump.done()):
            self._pump = asyncio.get_running_loop().create_task(self._send_all(), name="live edits")

    async def close(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - late edits are cancelled here
        """Drop the edits that wait, and let those that run end within `timeout` seconds, or cancel them."""
        self._is_closed = True
        self._pending.clear()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
        running = list(self._running.values())
        if running:
            _, late = await asyncio.wait(running, timeout=timeout)
            for task in late:
                log.warning("edit.cancelled", task=task.get_name())
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _send_all(self) -> None:
        while self._pending:
            if self._next() is None:
                await self._wait()
                continue
            await self._turn()
            # While the turn was awaited, a more urgent edit may have come, and Slack may have asked for a pause.
            key = self._next()
            if key is not None:
                self._start(key, self._pending.pop(key))

    def _next(self) -> Hashable | None:
        """Return the message whose edit is next; None while all are held back."""
        now = self._monotonic()
        if now < self._paused_until or len(self._running) >= MAX_EDITS:
            return None
        ready = [
            (one.place, key) for key, one in self._pending.items() if key not in self._running and one.not_before <= now
        ]
        return min(ready, key=lambda one: one[0])[1] if ready else None

    async def _wait(self) -> None:
        """Wait until an edit comes or ends, or one need not be held back any longer."""
        self._changed.clear()
        held = [one.not_before for key, one in self._pending.items() if key not in self._running]
        until = max(min(held, default=float("inf")), self._paused_until)
        left = until - self._monotonic()
        if left <= 0 or left == float("inf"):
            await self._changed.wait()
            return
        sleeping = asyncio.ensure_future(self._sleep(left))
        changing = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait({sleeping, changing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            changing.cancel()

    def _start(self, key: Hashable, pending: _Pending) -> None:
        self._running[key] = asyncio.get_running_loop().create_task(self._run(key, pending), name="live edit")

    async def _run(self, key: Hashable, pending: _Pending) -> None:
        try:
            with ErrorBoundary("edit.defect", key=str(key)):
                await self._try(key, pending)
        finally:
            self._running.pop(key, None)
            self._note_edit(key)
            self._go_on()

    async def _try(self, key: Hashable, pending: _Pending) -> None:
        try:
            await pending.edit()
        except SlackError as refusal:
            pause = refusal.retry_after or self._retry_pause(pending)
            if refusal.code == RATE_LIMITED:
                pause = refusal.retry_after or RATE_LIMIT_PAUSE
                self._paused_until = max(self._paused_until, self._monotonic() + pause)
            log.warning("edit.postponed", key=str(key), code=refusal.code, seconds=round(pause, 1))
        except DatabaseUnavailable as error:
            pause = self._retry_pause(pending)
            log.warning("edit.postponed", key=str(key), why=str(error), seconds=round(pause, 1))
        else:
            return
        if not self._is_closed:
            again = replace(pending, attempts=pending.attempts + 1, not_before=self._monotonic() + pause)
            # A newer edit of the same message draws the same, and need not wait longer than it would.
            self._pending.setdefault(key, again)

    def _retry_pause(self, pending: _Pending) -> float:
        grown = FIRST_EDIT_PAUSE * 2.0 ** min(pending.attempts, 10)
        return min(grown, LONGEST_EDIT_PAUSE) * (1 - self._random() / 4)

    def _note_edit(self, key: Hashable) -> None:
        now = self._monotonic()
        self._edited_at = {one: at for one, at in self._edited_at.items() if now - at < FLOOD_INTERVAL}
        self._edited_at[key] = now


def _folded(earlier: _Pending, later: _Pending) -> _Pending:
    """Put a later edit in the place of an earlier one, whose pause stays unless the later one is urgent."""
    keeps_pause = earlier.attempts and not later.is_urgent
    not_before = earlier.not_before if keeps_pause else min(earlier.not_before, later.not_before)
    return replace(
        earlier,
        edit=later.edit,
        not_before=not_before,
        is_urgent=earlier.is_urgent or later.is_urgent,
        is_minor=earlier.is_minor and later.is_minor,
        # What is new has waited since it came, and not since an earlier mark was wanted.
        since=later.since if earlier.is_minor and not later.is_minor else earlier.since,
    )
