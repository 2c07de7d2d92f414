"""Deliveries to the bot: three seconds for the acknowledgement, and retries.

Events that are not acknowledged are retried at once, after one minute and after five more
(docs.slack.dev/apis/events-api).
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

# Slack accepts one response to each of these, however often it was delivered.
_ANSWERED_ONCE: Final = frozenset({"view_submission", "block_suggestion"})
_NOT_SENT: Final = Outcome(acked=True)
_SHOW_A_SIGN: Final = frozenset({"block_actions", "block_suggestion", "shortcut", "message_action"})
_LATER: Final = (timedelta(minutes=1), timedelta(minutes=5))
_BY_ITSELF: Final = 1 + len(_LATER)


@dataclass
class Delivery:
    """A delivery to the bot and its result.

    `status` is the HTTP status, or "acked" in Socket Mode; `seconds` is the response time; `shown_error` is what
    the person is shown, and `failure` Slack's error word; `errors` holds a modal's errors by block_id; `message` is
    the message of the person.
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
    """Return a delivery that was not sent; `acked` unless the person is shown an error."""
    return Delivery("none", {}, acked=shown_error is None, shown_error=shown_error, message=message)


class Deliveries:
    """Sends payloads to the bot: over HTTP when a URL is set, otherwise over one of its sockets."""

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
        """Deliver; a failed event is retried at once, and later by the pretend clock."""
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
        """Deliver in the background, if a bot is connected."""
        if self.url is not None or self._sockets.count:
            self._soon(self.deliver(delivery))

    def deliver_twice(self, times: int) -> None:
        """Send each of the next deliveries twice at once, as a proxy or a broken connection does."""
        self._twice_left = times

    def hold_back(self, times: int) -> None:
        """Hold back each of the next deliveries until `let_go`."""
        self._held_left = times

    @property
    def held(self) -> int:
        """Count the deliveries held back."""
        return len(self._held)

    async def let_go(self, *, newest_first: bool = False) -> None:
        """Deliver what was held back, one after the other."""
        held, self._held, self._held_left = self._held, [], 0
        for may_go, has_gone in reversed(held) if newest_first else held:
            may_go.set()
            await has_gone.wait()

    async def again(self) -> list[Delivery]:
        """Retry every event that was never acknowledged, without waiting."""
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
        """Send the same bytes, or the same envelope, again."""
        apply = None if delivery.kind in _ANSWERED_ONCE else delivery.apply
        again = Delivery(
            kind=delivery.kind, payload=delivery.payload, what=delivery.what, user_id=delivery.user_id, apply=apply
        )
        again.sending = delivery.sending
        return await self._attempt(again)

    async def retry(self, delivery: Delivery) -> Delivery:
        """Retry an event as Slack does: the same event with retry headers and a new signature."""
        delivery.sending = Sending(
            kind=delivery.kind, payload=delivery.payload, retry_number=delivery.attempts, retry_reason=delivery.reason
        )
        return await self._attempt(delivery)

    async def stop(self) -> None:
        """Cancel background deliveries."""
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
                notice = {"user": delivery.user_id, "sentence": delivery.shown_error, "what": delivery.what}
                world.notices.send("failure", notice, {delivery.user_id})
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
    """Return what Slack shows the person when an app fails."""
    if delivery.kind == "command":
        return f'{delivery.payload.get("command")} failed with the error "{failure}"'
    if delivery.kind == "view_submission":
        return f"We had some trouble connecting. Try again? ({failure})"
    return f"⚠ This app did not respond ({failure})" if delivery.kind in _SHOW_A_SIGN else None
