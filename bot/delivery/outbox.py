"""What did not fit into a message follows in its thread, also when the process ends or an answer is lost in between."""

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog

from bot.messages import Message, Written
from bot.slack.api import SlackError
from bot.slack.workspace import MessageMetadata, Workspace
from bot.storage.notes import Notes
from bot.storage.postings import PostingKey

log = structlog.get_logger(__name__)

THREADS: Final = "thread"
EVENT_TYPE: Final = "flashduty_bot_thread"
# Whoever posted the first message is through with the thread by then, or has ended.
LEFT_ALONE: Final = timedelta(minutes=2)
# Nobody wants the rest of a digest of yesterday.
KEPT: Final = timedelta(hours=12)

Find = Callable[[PostingKey], Awaitable[tuple[str, str] | None]]


@dataclass(frozen=True)
class ThreadOutbox:
    """Keeps the messages of a thread in the database until Slack has all of them; methods raise StoreUnavailable."""

    notes: Notes
    workspace: Workspace
    now: Callable[[], datetime]
    owner: str
    """This process's name among the replicas."""

    async def keep(self, key: PostingKey, messages: Sequence[Message]) -> None:
        """Keep what belongs under a message that is about to be posted."""
        if messages:
            body = {"at": self.now().isoformat(), "messages": [message.payload for message in messages]}
            await self.notes.write(key.team, THREADS, _name(key), json.dumps(body), self.now() + KEPT)

    async def finish(self, key: PostingKey, channel: str, address: str, *, is_first: bool) -> None:
        """Post what is kept for a message that is there; unless `is_first`, what is in the thread is left out.

        What fails is done by a later `catch_up`.
        """
        held = (await self.notes.read(key.team, THREADS, [_name(key)], self.now())).get(_name(key))
        if held is not None:
            await self._complete(key, channel, address, json.loads(held)["messages"], is_first=is_first)

    async def catch_up(self, find: Find) -> None:
        """Post what other attempts have left undone; `find` gives the address of a message by its row."""
        for team, name, body in await self.notes.all_of(THREADS, self.now()):
            kept, key = json.loads(body), _key(team, name)
            if self.now() - datetime.fromisoformat(kept["at"]) < LEFT_ALONE:
                continue
            posted = await find(key)
            if posted is None:
                continue
            if await self.notes.minute_is_mine(team, f"thread {name}", self.owner, self.now()):
                await self._complete(key, *posted, kept["messages"], is_first=False)

    async def _complete(
        self, key: PostingKey, channel: str, address: str, messages: list[dict[str, Any]], *, is_first: bool
    ) -> None:
        try:
            there = frozenset() if is_first else await self._there(channel, address)
            await self._post(key, channel, address, messages, there)
        except SlackError as refusal:
            log.warning("thread left for later", team=key.team, once=_name(key), code=refusal.code)
            return
        await self.notes.drop(key.team, THREADS, _name(key))

    async def _there(self, channel: str, address: str) -> frozenset[str]:
        """List the numbers of the messages that are in a thread; raises SlackError."""
        marks = await self.workspace.marks_in_thread(channel, address, EVENT_TYPE)
        return frozenset(str(mark.get("number")) for mark in marks)

    async def _post(
        self, key: PostingKey, channel: str, address: str, messages: list[dict[str, Any]], there: Collection[str]
    ) -> None:
        for number, payload in enumerate(messages, 1):
            if str(number) not in there:
                mark = MessageMetadata(EVENT_TYPE, {"number": str(number)})
                once = f"{key.kind} {key.team} {key.local_date} {number}"
                await self.workspace.post(channel, Written(payload), once=once, thread=address, mark=mark)


def _name(key: PostingKey) -> str:
    return f"{key.kind} {key.local_date}"


def _key(team: str, name: str) -> PostingKey:
    kind, _, local_date = name.rpartition(" ")
    return PostingKey(team, kind, date.fromisoformat(local_date))
