"""Posts what must come exactly once: claim, look, make, post, mark; and again after a while when something failed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from bot.ledger import Ledger, Occasion
from bot.messages import Posting
from bot.store import Entry, Key, StoreUnavailable
from bot.workspace import Mark, SlackUnwilling, Workspace

log = structlog.get_logger(__name__)

EVENT_TYPE: Final = "flashduty_bot_once"
# Between tries to note that a message is there; after these the next tick goes on.
MARK_PAUSES: Final = (0.2, 1.0)
# A clock of ours may be wrong, Slack's is not.
LOOK_BACK: Final = timedelta(hours=36)

Compose = Callable[[], Awaitable[Posting]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Trouble:
    """A message that could not be posted: `why` in Slack's or the database's word, `is_final` when its time is over."""

    team: str
    kind: str
    on: date
    channel: str | None
    why: str
    attempts: int
    is_final: bool


# May raise SlackUnwilling.
Report = Callable[[Trouble], Awaitable[None]]


async def in_the_log_only(trouble: Trouble) -> None:
    """Report to nobody else: every trouble is in the log already."""


class Poster:
    """Brings each occasion's message to its channel once, whatever this process, Slack or the database do."""

    def __init__(
        self,
        ledger: Ledger,
        workspace: Workspace,
        now: Callable[[], datetime],
        *,
        report: Report = in_the_log_only,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._workspace = workspace
        self._now = now
        self._report = report
        self._sleep = sleep
        self._unmarked: dict[Key, tuple[str, str]] = {}
        self._under_way: set[Key] = set()
        self._complaint: str | None = None

    def complaint(self) -> str | None:
        """Say what is wrong with the database, if it did not answer at the last look."""
        return self._complaint

    async def catch_up(self) -> None:
        """Note what could not be noted when it was posted, and report what did not come in its time."""
        try:
            for key, (channel, ts) in list(self._unmarked.items()):
                await self._ledger.done(key, channel, ts)
                self._unmarked.pop(key, None)
            given_up = await self._ledger.given_up(self._now())
        except StoreUnavailable as error:
            self._complaint = "the database does not answer"
            log.error("database unavailable", why=str(error))  # noqa: TRY400 - the driver's words say it
            return
        self._complaint = None
        for entry in given_up:
            await self._tell(entry, entry.trouble or "it was begun and never ended", is_final=True)

    async def deliver(self, occasion: Occasion, channel: str, compose: Compose) -> None:
        """Post an occasion's message, unless it is there, somebody else is at it, or it is too early to try again.

        What fails is in the log and is reported; nothing of it is raised.
        """
        if occasion.key in self._unmarked or occasion.key in self._under_way:
            return
        self._under_way.add(occasion.key)
        try:
            mine = await self._ledger.claim(occasion, self._now())
            if mine is not None:
                await self._attempt(mine, occasion, channel, compose)
        except StoreUnavailable as error:
            log.error("database unavailable", why=str(error), **_named(occasion.key))  # noqa: TRY400 - same
        finally:
            self._under_way.discard(occasion.key)

    async def _attempt(self, mine: Entry, occasion: Occasion, channel: str, compose: Compose) -> None:
        mark = _mark(occasion.key)
        message = await self._prepared(mine, mark, compose)
        begun = await self._ledger.begin(mine, channel) if message else None
        if message is None or begun is None:
            return
        try:
            ts = await self._workspace.post(channel, message.first, once=_once(occasion.key), mark=mark)
        except SlackUnwilling as refusal:
            await self._failed(begun, str(refusal), may_be_posted=refusal.may_be_done)
            return
        await self._note(mine.key, channel, ts)
        await self._continue(occasion.key, channel, ts, message)
        log.info("posted", ts=ts, attempts=mine.attempts, **_named(mine.key))

    async def _continue(self, key: Key, channel: str, ts: str, message: Posting) -> None:
        """Post what did not fit into the thread; the first message stands without it."""
        for number, further in enumerate(message.thread, 1):
            try:
                await self._workspace.post(channel, further, once=f"{_once(key)} {number}", thread=ts)
            except SlackUnwilling as refusal:
                log.error("thread not continued", code=refusal.code, **_named(key))  # noqa: TRY400 - the code says it
                return

    async def _prepared(self, mine: Entry, mark: Mark, compose: Compose) -> Posting | None:
        """Make the message, or do what there is to do instead: it is there, or it cannot be made."""
        try:
            if mine.is_posting and await self._is_there(mine, mark):
                return None
            return await compose()
        except SlackUnwilling as refusal:
            await self._failed(mine, str(refusal), may_be_posted=mine.is_posting)
        except asyncio.CancelledError:
            await self._ledger.give_back(mine)
            raise
        except Exception as defect:
            log.exception("not made", **_named(mine.key))
            await self._failed(mine, type(defect).__name__, may_be_posted=mine.is_posting)
        return None

    async def _is_there(self, mine: Entry, mark: Mark) -> bool:
        """Look for the message of an attempt whose end nobody knows; raises SlackUnwilling when that may yet work."""
        if mine.channel is None:
            return False
        try:
            ts = await self._workspace.find(mine.channel, mark, self._now() - LOOK_BACK)
        except SlackUnwilling as refusal:
            if refusal.may_be_done or refusal.code in {"ratelimited", "ClientConnectorError", "TimeoutError"}:
                raise
            # Without leave to look, a message that may come twice is better than one that does not come.
            log.warning("cannot look for the message", code=refusal.code, **_named(mine.key))
            return False
        if ts is not None:
            await self._note(mine.key, mine.channel, ts)
            log.info("found posted", ts=ts, **_named(mine.key))
        return ts is not None

    async def _note(self, key: Key, channel: str, ts: str) -> None:
        self._unmarked[key] = (channel, ts)
        for wait in (*MARK_PAUSES, None):
            try:
                await self._ledger.done(key, channel, ts)
            except StoreUnavailable as error:
                log.error("posted and not noted", why=str(error), **_named(key))  # noqa: TRY400 - same
                if wait is not None:
                    await self._sleep(wait)
            else:
                self._unmarked.pop(key, None)
                return

    async def _failed(self, mine: Entry, why: str, *, may_be_posted: bool) -> None:
        await self._ledger.failed(mine, self._now(), why, may_be_posted=may_be_posted)
        await self._tell(mine, why, is_final=False)

    async def _tell(self, entry: Entry, why: str, *, is_final: bool) -> None:
        told = "not posted, given up" if is_final else "not posted, will be tried again"
        log.error(told, why=why, attempts=entry.attempts, **_named(entry.key))
        trouble = Trouble(entry.team, entry.kind, entry.nominal, entry.channel, why, entry.attempts, is_final)
        try:
            await self._report(trouble)
        except SlackUnwilling as refusal:
            log.error("trouble not reported", code=refusal.code, **_named(entry.key))  # noqa: TRY400 - the code says it


def _once(key: Key) -> str:
    return f"{key.kind} {key.team} {key.nominal}"


def _mark(key: Key) -> Mark:
    return Mark(EVENT_TYPE, {"team": key.team, "kind": key.kind, "date": key.nominal.isoformat()})


def _named(key: Key) -> dict[str, str]:
    return {"team": key.team, "kind": key.kind, "on": key.nominal.isoformat()}
