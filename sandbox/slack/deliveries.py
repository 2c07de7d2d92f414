"""Getting something to the bot, waiting three seconds for its acknowledgement, and what people see without one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.outcome import Outcome, Sending
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.world import World

Kind = Literal["none", "command", "block_actions", "view_submission", "view_closed", "event"]

_NOT_SENT: Final = Outcome(acked=True)
_RETRY_REASONS: Final = {"operation_timeout": "http_timeout", "dispatch_failed": "http_error"}


@dataclass
class Delivery:
    """Something that was, or was not, brought to the bot.

    `status` is the HTTP status, or "acked" in Socket Mode; `seconds` is how long the bot took; `shown_error` is what
    the person is shown, and `failure` Slack's word for it; `errors` holds a modal's errors by block_id; `message` is
    what the person said.
    """

    kind: Kind
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
        self._tasks: set[asyncio.Task[Delivery]] = set()
        self.url: str | None = None

    async def deliver(self, delivery: Delivery) -> Delivery:
        """Bring it there; for an event that failed, once more if that was asked for."""
        delivery.sending = Sending(delivery.kind, delivery.payload)
        await self._attempt(delivery)
        if delivery.kind == "event" and not delivery.acked and self._retries_events:
            await self.retry(delivery)
        return delivery

    def deliver_soon(self, delivery: Delivery) -> None:
        """Bring it there in the background, where there is a bot at all."""
        if self.url is None and not self._sockets.count:
            return
        task = asyncio.create_task(self.deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Bring the very same bytes, or the same envelope, a second time."""
        again = Delivery(delivery.kind, delivery.payload, delivery.what, delivery.user_id, apply=delivery.apply)
        again.sending = delivery.sending
        return await self._attempt(again)

    async def retry(self, delivery: Delivery) -> Delivery:
        """Try an event again as Slack does: the same event, said to be a retry, signed anew."""
        reason = _RETRY_REASONS.get(delivery.failure, "http_error")
        delivery.sending = Sending(delivery.kind, delivery.payload, delivery.attempts, reason)
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
            delivery.failure = outcome.failure
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

    async def _sent(self, sending: Sending | None) -> Outcome:
        if sending is None:
            return _NOT_SENT
        if self.url is not None:
            return await self._http.post(self.url, sending)
        return await self._sockets.send(sending)


def _shown(delivery: Delivery, failure: str) -> str | None:
    """Say what Slack shows the person when an app fails."""
    if delivery.kind == "command":
        return f'{delivery.payload["command"]} failed with the error "{failure}"'
    if delivery.kind == "view_submission":
        return f"We had some trouble connecting. Try again? ({failure})"
    return f"⚠ This app did not respond ({failure})" if delivery.kind == "block_actions" else None
