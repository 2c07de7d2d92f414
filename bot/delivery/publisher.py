"""Posts what must come exactly once: claim, look, make, post, mark; and again after a while when something failed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from weakref import WeakValueDictionary

import structlog

from bot.delivery.ledger import Ledger, ScheduledPost, is_by_hand
from bot.delivery.targets import Target
from bot.runtime.defects import Contained
from bot.slack.api import PASSING, SlackError
from bot.slack.workspace import MessageMetadata
from bot.storage.postings import DatabaseUnavailable, Posting, PostingKey

log = structlog.get_logger(__name__)

EVENT_TYPE: Final = "flashduty_bot_once"
# Between tries to note that a message is there; after these the next tick goes on.
MARK_PAUSES: Final = (0.2, 1.0)
# A clock of ours may be wrong, Slack's is not.
LOOK_BACK: Final = timedelta(hours=36)
# Slack could not be asked, which says nothing of what it would have said.
NOT_ASKED: Final = PASSING

C = TypeVar("C")
Look = Callable[[str, MessageMetadata, datetime], Awaitable[str | None]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class DeliveryFailure:
    """A message that could not be posted: `why` in Slack's or the database's word, `is_final` when its time is over."""

    team: str
    kind: str
    on: date
    channel: str | None
    why: str
    attempts: int
    is_final: bool
    may_be_posted: bool = False
    """Whether Slack may have posted it all the same."""

    @property
    def code(self) -> str:
        """The word for it, without the method."""
        return self.why.rpartition(": ")[2]


class NotYetError(Exception):
    """The content cannot be made now and may be in a while; the text says why, in a word or two."""


# May raise SlackUnwilling.
Report = Callable[[DeliveryFailure], Awaitable[None]]


# Told of everything that is there; never raises.
Heard = Callable[[PostingKey, str], Awaitable[None]]


async def in_the_log_only(trouble: DeliveryFailure) -> None:
    """Report to nobody else: every trouble is in the log already."""


async def nobody_hears(key: PostingKey, channel: str) -> None:
    """Tell nobody that something is there."""


class Publisher:
    """Brings each occasion's message to its channel once, whatever this process, Slack or the database do."""

    def __init__(
        self,
        ledger: Ledger,
        now: Callable[[], datetime],
        *,
        report: Report = in_the_log_only,
        heard: Heard = nobody_hears,
        look: Look | None = None,
        made_anew_at: Callable[[], datetime | None] = lambda: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._now = now
        self._report = report
        self._heard = heard
        self._look = look
        self._made_anew_at = made_anew_at
        self._sleep = sleep
        self._askers: dict[PostingKey, Report] = {}
        self._unmarked: dict[PostingKey, tuple[str, str]] = {}
        self._at_it: WeakValueDictionary[PostingKey, asyncio.Lock] = WeakValueDictionary()
        self._unclaimed: set[PostingKey] = set()
        self._standing: tuple[Posting, ...] = ()

    def unclaimed(self) -> tuple[PostingKey, ...]:
        """Name what was due at the last try and could not be begun, because the database failed."""
        return tuple(self._unclaimed)

    def not_posted(self) -> int:
        """Count what is waiting to be posted, or was given up within a day; as the database last had it."""
        return len(self._standing)

    async def address(self, key: PostingKey) -> tuple[str, str] | None:
        """Give the channel and the address of what was posted; raises DatabaseUnavailable."""
        if key in self._unmarked:
            return self._unmarked[key]
        entry = await self._ledger.posted(key)
        return (entry.channel, entry.ts) if entry and entry.channel and entry.ts else None

    async def catch_up(self) -> None:
        """Note what could not be noted when it was posted, and report what did not come in its time."""
        self._unclaimed.clear()
        try:
            for key, (channel, ts) in list(self._unmarked.items()):
                await self._ledger.done(key, channel, ts)
                self._unmarked.pop(key, None)
            given_up = await self._ledger.given_up(self._now())
            self._standing = await self._ledger.standing(self._now())
        except DatabaseUnavailable as error:
            log.error("database unavailable", why=str(error))  # noqa: TRY400 - the driver's words say it
            return
        for entry in given_up:
            if not await self._is_there_after_all(entry):
                await self._tell(entry, entry.trouble or "it was begun and never ended", is_final=True)

    async def _is_there_after_all(self, entry: Posting) -> bool:
        """Look once more for a message whose posting was begun, before somebody is told that it is missing."""
        if self._look is None or not entry.is_posting or entry.channel is None:
            return False
        try:
            address = await self._look(entry.channel, _mark(entry.key), self._now() - LOOK_BACK)
        except SlackError:
            return False
        if address is not None:
            await self._note(entry.key, entry.channel, address)
        return address is not None

    async def by_hand(
        self, occasion: ScheduledPost, channel: str, compose: Callable[[], Awaitable[C]], way: Target[C]
    ) -> tuple[str, str] | DeliveryFailure | None:
        """Post what somebody asks for; give the channel and the address it is at, or why it may not be there.

        None while another replica is at it. Trouble is told to the asker, by the caller, and to nobody else. Raises
        StoreUnavailable.
        """
        troubles: list[DeliveryFailure] = []

        async def heard(trouble: DeliveryFailure) -> None:
            troubles.append(trouble)

        self._askers[occasion.key] = heard
        try:
            await self.deliver(occasion, channel, compose, way)
        finally:
            self._askers.pop(occasion.key, None)
        return troubles[-1] if troubles else await self.address(occasion.key)

    async def deliver(
        self, occasion: ScheduledPost, channel: str, compose: Callable[[], Awaitable[C]], way: Target[C]
    ) -> str | None:
        """Post what an occasion calls for, unless it is there, somebody else is at it, or it is too early to try again.

        Gives its address when it was posted now. What fails is in the log and is reported; nothing of it is raised, but
        StoreUnavailable to whoever asked by hand.
        """
        # Whoever comes while the last one is at it finds the message there.
        async with self._at_it.setdefault(occasion.key, asyncio.Lock()):
            if occasion.key in self._unmarked:
                return None
            try:
                mine = await self._claim(occasion)
                return None if mine is None else await self._attempt(mine, channel, compose, way)
            except DatabaseUnavailable as error:
                log.error("database unavailable", why=str(error), **_named(occasion.key))  # noqa: TRY400 - same
                if occasion.key in self._askers:
                    # Somebody waits, and is told whose fault it was.
                    raise
                return None

    async def _claim(self, occasion: ScheduledPost) -> Posting | None:
        self._unclaimed.add(occasion.key)
        mine = await self._ledger.claim(occasion, self._now())
        self._unclaimed.discard(occasion.key)
        return mine

    async def _attempt(
        self, mine: Posting, channel: str, compose: Callable[[], Awaitable[C]], way: Target[C]
    ) -> str | None:
        mark = _mark(mine.key)
        content = await self._prepared(mine if mine.channel else replace(mine, channel=channel), mark, compose, way)
        begun = await self._ledger.begin(mine, channel) if content is not None else None
        if content is None or begun is None:
            return None
        try:
            address = await way.send(channel, content, mine.key, mark)
        except SlackError as refusal:
            return await self._refused(begun, mark, way, refusal)
        await self._note(mine.key, channel, address)
        await way.finish(channel, address, mine.key, is_first=not mine.is_posting)
        log.info("posted", ts=address, attempts=mine.attempts, **_named(mine.key))
        return address

    async def _refused(self, begun: Posting, mark: MessageMetadata, way: Target[C], refusal: SlackError) -> str | None:
        """Look at once for what may be there all the same; what is not is tried again later."""
        if refusal.may_be_done:
            try:
                address = await self._found(begun, mark, way)
            except SlackError as silence:
                log.warning("not looked for", code=silence.code, **_named(begun.key))
            else:
                if address is not None:
                    return address
        await self._failed(begun, str(refusal), may_be_posted=refusal.may_be_done)
        return None

    async def _prepared(
        self, mine: Posting, mark: MessageMetadata, compose: Callable[[], Awaitable[C]], way: Target[C]
    ) -> C | None:
        """Make the content, or do what there is to do instead: it is there, or it cannot be made."""
        why = ""
        with Contained("not made", **_named(mine.key)) as kept:
            try:
                if self._may_be_there(mine) and await self._found(mine, mark, way) is not None:
                    return None
                return await compose()
            except (SlackError, NotYetError) as known:
                why = str(known)
            except asyncio.CancelledError:
                await self._ledger.give_back(mine)
                raise
        await self._failed(mine, why or f"defect {kept.reference}: {kept.defect}", may_be_posted=mine.is_posting)
        return None

    def _may_be_there(self, mine: Posting) -> bool:
        """Tell whether an attempt before may have posted it, also one that went with the rows of a ledger made anew."""
        made = self._made_anew_at()
        return mine.is_posting or (made is not None and self._now() - made < LOOK_BACK)

    async def _found(self, mine: Posting, mark: MessageMetadata, way: Target[C]) -> str | None:
        """Look for what an attempt whose end nobody knows sent; raises SlackError when that may yet work."""
        if mine.channel is None:
            return None
        try:
            address = await way.find(mine.channel, mark, self._now() - LOOK_BACK)
        except SlackError as refusal:
            if refusal.may_be_done or refusal.code in NOT_ASKED:
                raise
            # Without leave to look, a message that may come twice is better than one that does not come.
            log.warning("cannot look for the message", code=refusal.code, **_named(mine.key))
            return None
        if address is not None:
            await self._note(mine.key, mine.channel, address)
            await way.finish(mine.channel, address, mine.key, is_first=False)
            log.info("found posted", ts=address, **_named(mine.key))
        return address

    async def _note(self, key: PostingKey, channel: str, ts: str) -> None:
        self._unmarked[key] = (channel, ts)
        for wait in (*MARK_PAUSES, None):
            try:
                await self._ledger.done(key, channel, ts)
            except DatabaseUnavailable as error:
                log.error("posted and not noted", why=str(error), **_named(key))  # noqa: TRY400 - same
                if wait is not None:
                    await self._sleep(wait)
            else:
                self._unmarked.pop(key, None)
                await self._heard(key, channel)
                return

    async def _failed(self, mine: Posting, why: str, *, may_be_posted: bool) -> None:
        await self._ledger.failed(mine, self._now(), why, may_be_posted=may_be_posted)
        await self._tell(mine, why, is_final=False, may_be_posted=may_be_posted)

    async def _tell(self, entry: Posting, why: str, *, is_final: bool, may_be_posted: bool = False) -> None:
        again = "not posted" if is_by_hand(entry.kind) else "not posted, will be tried again"
        told = "not posted, given up" if is_final else again
        log.error(told, why=why, attempts=entry.attempts, **_named(entry.key))
        trouble = DeliveryFailure(
            entry.team, entry.kind, entry.local_date, entry.channel, why, entry.attempts, is_final, may_be_posted
        )
        # What was asked for by hand is told to whoever waits for it, and has no end that others should hear of.
        report = in_the_log_only if is_by_hand(entry.kind) else self._report
        try:
            await self._askers.get(entry.key, report)(trouble)
        except SlackError as refusal:
            log.error("trouble not reported", code=refusal.code, **_named(entry.key))  # noqa: TRY400 - the code says it


def _mark(key: PostingKey) -> MessageMetadata:
    return MessageMetadata(EVENT_TYPE, {"team": key.team, "kind": key.kind, "date": key.local_date.isoformat()})


def _named(key: PostingKey) -> dict[str, str]:
    return {"team": key.team, "kind": key.kind, "on": key.local_date.isoformat()}
