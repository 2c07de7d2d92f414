"""Getting something to the bot, waiting three seconds for its acknowledgement, and what happens without one.

Events that are not acknowledged come again: at once, after a minute, after five more (docs.slack.dev/apis/events-api).
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal

from sandbox.slack.delivery.http_delivery import HttpDelivery
from sandbox.slack.delivery.outcome import Outcome, Sending
from sandbox.slack.delivery.socket_mode import Sockets
from sandbox.slack.world import World

DeliveryKind = Literal[
    "none",
    "command",
    "block_actions",
    "block_suggestion",
    "shortcut",
    "message_action",
    "view_submission",
    "view_closed",
    "event",
    "url_verification",
    "ssl_check",
]

# What Slack reads one answer to, however often the question arrived.
_ANSWERED_ONCE: Final = frozenset({"view_submission", "block_suggestion"})
_NOT_SENT: Final = Outcome(acked=True)
_SHOW_A_SIGN: Final = frozenset({"block_actions", "block_suggestion", "shortcut", "message_action"})
_LATER: Final = (timedelta(minutes=1), timedelta(minutes=5))
_BY_ITSELF: Final = 1 + len(_LATER)


@dataclass
class Delivery:
    """Something that was, or was not, brought to the bot.

    `status` is the HTTP status, or "acked" in Socket Mode; `seconds` is how long the bot took; `shown_error` is what
    the person is shown, and `failure` Slack's word for it; `errors` holds a modal's errors by block_id; `message` is
    what the person said.
    """

    kind: DeliveryKind
    payload: dict[str, Any]
    what: str = ""
    user_id: str = ""
    acked: bool = False
    status: int | str | None = None
    seconds: float = 0.0
    shown_error: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    message: dict[str, Any] | None = None
    answer: Any = None
    attempts: int = 0
    failure: str = ""
    reason: str = ""
    no_retry: bool = False
    sending: Sending | None = field(default=None, repr=False)
    apply: Callable[["Delivery"], None] | None = field(default=None, repr=False)


def not_delivered(*, shown_error: str | None = None, message: dict[str, Any] | None = None) -> Delivery:
    """Report something the bot is not told of: fine, unless the person is shown an error."""
    return Delivery("none", {}, acked=shown_error is None, shown_error=shown_error, message=message)


class Deliveries:
    """Brings payloads to the bot: to an address over HTTP, or else over one of its sockets."""

    def __init__(self, world: World, sockets: Sockets, http: HttpDelivery, *, retries_events: bool) -> None:
        self._world = world
        self._sockets = sockets
        self._http = http
        self._retries_events = retries_events
        self._tasks: set[asyncio.Task[Any]] = set()
        self._twice_left = 0
        self._held_left = 0
        self._held: list[tuple[asyncio.Event, asyncio.Event]] = []
        self.failed: dict[int, Delivery] = {}
        self.url: str | None = None

    async def deliver(self, delivery: Delivery) -> Delivery:
        """Bring it there; an event that failed comes once more at once, and later again by the pretend clock."""
        delivery.sending = Sending(delivery.kind, delivery.payload)
        if self._held_left > 0:
            return await self._deliver_held(delivery)
        return await self._deliver(delivery)

    async def _deliver_held(self, delivery: Delivery) -> Delivery:
        self._held_left -= 1
        may_go, has_gone = asyncio.Event(), asyncio.Event()
        self._held.append((may_go, has_gone))
        self._world.notices.changed()
        await may_go.wait()
        try:
            return await self._deliver(delivery)
        finally:
            has_gone.set()

    async def _deliver(self, delivery: Delivery) -> Delivery:
        if self._twice_left > 0:
            self._twice_left -= 1
            await asyncio.gather(self._attempt(delivery), self.redeliver(delivery))
        else:
            await self._attempt(delivery)
        if self._retries_events and _is_due_again(delivery):
            await self.retry(delivery)
            if _is_due_again(delivery):
                self._soon(self._retry_later(delivery))
        return delivery

    def deliver_soon(self, delivery: Delivery) -> None:
        """Bring it there in the background, where there is a bot at all."""
        if self.url is not None or self._sockets.count:
            self._soon(self.deliver(delivery))

    def deliver_twice(self, times: int) -> None:
        """Bring each of the next so many things two times at once, as a proxy or a broken line does."""
        self._twice_left = times

    def hold_back(self, times: int) -> None:
        """Keep each of the next so many things on the way until `let_go`."""
        self._held_left = times

    @property
    def held(self) -> int:
        """Count what is kept on the way."""
        return len(self._held)

    async def let_go(self, *, newest_first: bool = False) -> None:
        """Bring what was held back, one after the other."""
        held, self._held, self._held_left = self._held, [], 0
        for may_go, has_gone in reversed(held) if newest_first else held:
            may_go.set()
            await has_gone.wait()

    async def again(self) -> list[Delivery]:
        """Try every event again that was never acknowledged, without waiting for its time."""
        return [await self.retry(one) for one in list(self.failed.values())]

    def _soon(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _retry_later(self, delivery: Delivery) -> None:
        clock = self._world.clock
        for pause in _LATER:
            await self._world.notices.at(clock, clock.now() + pause)
            if not _is_due_again(delivery):
                return
            await self.retry(delivery)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Bring the very same bytes, or the same envelope, a second time."""
        apply = None if delivery.kind in _ANSWERED_ONCE else delivery.apply
        again = Delivery(
            kind=delivery.kind, payload=delivery.payload, what=delivery.what, user_id=delivery.user_id, apply=apply
        )
        again.sending = delivery.sending
        return await self._attempt(again)

    async def retry(self, delivery: Delivery) -> Delivery:
        """Try an event again as Slack does: the same event, said to be a retry, signed anew."""
        delivery.sending = Sending(
            kind=delivery.kind, payload=delivery.payload, retry_number=delivery.attempts, retry_reason=delivery.reason
        )
        return await self._attempt(delivery)

    async def stop(self) -> None:
        """Give up on what is under way in the background."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _attempt(self, delivery: Delivery) -> Delivery:
        world = self._world
        began, at = world.tick(), world.clock.now()
        with world.notices.busy():
            outcome = await self._sent(delivery.sending)
            delivery.attempts += 1
            delivery.acked, delivery.status, delivery.answer = outcome.acked, outcome.status, outcome.answer
            delivery.failure, delivery.reason, delivery.no_retry = outcome.failure, outcome.reason, outcome.no_retry
            self._note_failed(delivery)
            delivery.seconds = world.tick() - began
            delivery.shown_error = None if outcome.acked else _shown(delivery, outcome.failure)
            if outcome.acked and delivery.apply is not None:
                delivery.apply(delivery)
            world.journal.note(
                direction="slack→bot",
                what=delivery.what or delivery.kind,
                status=outcome.status if outcome.acked else outcome.failure or outcome.status,
                seconds=delivery.seconds,
                at=at,
                note=delivery.shown_error or "",
            )
            if delivery.shown_error:
                told = {"user": delivery.user_id, "sentence": delivery.shown_error, "what": delivery.what}
                world.notices.tell("failure", told, {delivery.user_id})
        return delivery

    def _note_failed(self, delivery: Delivery) -> None:
        if delivery.kind == "event" and not delivery.acked:
            self.failed[id(delivery)] = delivery
        else:
            self.failed.pop(id(delivery), None)

    async def _sent(self, sending: Sending | None) -> Outcome:
        if sending is None:
            return _NOT_SENT
        if self.url is not None:
            return await self._http.post(self.url, sending)
        return await self._sockets.send(sending)


def _is_due_again(delivery: Delivery) -> bool:
    is_failed = delivery.kind == "event" and not delivery.acked
    return is_failed and not delivery.no_retry and delivery.attempts <= _BY_ITSELF


def _shown(delivery: Delivery, failure: str) -> str | None:
    """Say what Slack shows the person when an app fails."""
    if delivery.kind == "command":
        return f'{delivery.payload.get("command")} failed with the error "{failure}"'
    if delivery.kind == "view_submission":
        return f"We had some trouble connecting. Try again? ({failure})"
    return f"⚠ This app did not respond ({failure})" if delivery.kind in _SHOW_A_SIGN else None
