"""Show a progress notice while a change takes longer than a moment."""

import asyncio
from types import TracebackType
from typing import Self

from bot.messages import Message
from bot.messages.changes.actions import ChangeWords
from bot.messages.changes.under_way import notice_message, replace_control
from handlers.dispatch.responses.responder import ReplySender
from handlers.dispatch.serving import ServedRequest


class ProgressNotice:
    """Shows the person that a change is under way when it is not done after `seconds`.

    Where the private message with the pressed control is known the notice replaces the control, and `replaced` is the
    original message; in a view it replaces the contents; elsewhere it is a message of its own. A second press while the
    first is `under_way` shows none.
    """

    def __init__(
        self,
        sender: ReplySender,
        served: ServedRequest,
        seconds: float,
        under_way: set[tuple[str, ...]],
    ) -> None:
        self.replaced: Message | None = None
        self._sender = sender
        self._served = served
        self._incoming = incoming = served.incoming
        self._seconds = seconds
        self._under_way = under_way
        self._name = (incoming.origin.user, incoming.route or "", incoming.subject)
        self._task: asyncio.Task[None] | None = None
        self._has_begun = False

    async def __aenter__(self) -> Self:
        # A submitted form shows it already.
        is_silent = self._served.draw_submission is None
        if is_silent and self._served.route.change is not None and self._name not in self._under_way:
            self._under_way.add(self._name)
            self._task = asyncio.create_task(self._show_later())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is None:
            return
        self._under_way.discard(self._name)
        if self._has_begun and kind is None:
            # The outcome must not arrive before the notice.
            await asyncio.wait({self._task}, timeout=self._sender.limits.attempt)
        self._task.cancel()

    async def _show_later(self) -> None:
        await asyncio.sleep(self._seconds)
        self._has_begun = True
        change = self._served.change
        if change is not None and not await self._show_in_row(change):
            await self._sender.privately(notice_message(change.under_way))

    async def _show_in_row(self, change: ChangeWords) -> bool:
        origin, pressed = self._incoming.origin, self._incoming.pressed
        if origin.is_public or origin.response_url is None or pressed is None:
            return False
        action_id, value = pressed
        shown = self._sender.shown.with_control(origin, action_id, value)
        marked = replace_control(shown, action_id, value, notice=change.under_way) if shown is not None else None
        if marked is None:
            return False
        self.replaced = shown
        return await self._sender.redraw(marked, attempts=1)
