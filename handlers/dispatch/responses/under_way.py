"""Tells a person after a moment that what they want changed is under way; what comes of it follows."""

import asyncio
from types import TracebackType
from typing import Self

from bot.messages import Message
from bot.messages.changes.actions import ChangeWords
from bot.messages.changes.under_way import in_a_line, in_place_of
from handlers.dispatch.context import Incoming
from handlers.dispatch.responses.responder import ReplySender


class ProgressNotice:
    """Around work that changes something: after `seconds` without its end the person is told that it is under way.

    Where the private message with the pressed control is known the control makes room for it, and `covered` is that
    message; elsewhere it is a line of its own. A second press of the same while the first is `under_way` says nothing.
    """

    def __init__(
        self,
        delivery: ReplySender,
        incoming: Incoming,
        change: ChangeWords | None,
        seconds: float,
        under_way: set[tuple[str, ...]],
    ) -> None:
        self.covered: Message | None = None
        self._delivery = delivery
        self._incoming = incoming
        self._change = change
        self._seconds = seconds
        self._under_way = under_way
        self._name = (incoming.origin.user, incoming.route or "", incoming.subject)
        self._task: asyncio.Task[None] | None = None
        self._has_begun = False

    async def __aenter__(self) -> Self:
        if self._change is not None and self._name not in self._under_way:
            self._under_way.add(self._name)
            self._task = asyncio.create_task(self._tell_later(self._change))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is None:
            return
        self._under_way.discard(self._name)
        if self._has_begun and kind is None:
            # What comes of it must not be overtaken by the word that it is under way.
            await asyncio.wait({self._task}, timeout=self._delivery.limits.attempt)
        self._task.cancel()

    async def _tell_later(self, change: ChangeWords) -> None:
        await asyncio.sleep(self._seconds)
        self._has_begun = True
        if not await self._told_in_the_row(change):
            await self._delivery.privately(in_a_line(change.under_way))

    async def _told_in_the_row(self, change: ChangeWords) -> bool:
        origin, pressed = self._incoming.origin, self._incoming.pressed
        if origin.is_public or origin.response_url is None or pressed is None:
            return False
        action_id, value = pressed
        shown = self._delivery.shown.with_control(origin, action_id, value)
        marked = in_place_of(shown, action_id, value, said=change.under_way) if shown is not None else None
        if marked is None:
            return False
        self.covered = shown
        return await self._delivery.redraw(marked, attempts=1)
