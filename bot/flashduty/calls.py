"""A team's line to Flashduty: how a call is placed, sent, tried again and logged, whatever it asks for."""

import asyncio
import math
import random as chance
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Generic, Self, TypeVar

import structlog
from pydantic import SecretStr

from bot.flashduty.account import Account
from bot.flashduty.errors import Code, FlashdutyError, Reason, Unreachable
from bot.flashduty.http.exchange import NoResponse, post
from bot.flashduty.http.transport import Pool, Timeouts
from bot.flashduty.models.people import Person
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.rate_limit import PaceSleep, RateLimited
from bot.flashduty.responses import Expected, ResponseReader
from bot.flashduty.retry import WHILE_SOMEBODY_WAITS, Backoff
from bot.outbound.connection_failures import ConnectionFailure
from bot.runtime.request_trail import Party, asking, heard

log = structlog.get_logger(__name__)

T = TypeVar("T")


class ApiCaller:
    """A team's calls: a shared pool and a shared account, one team's key, and how long and how often to try.

    `sleep` and `random` are for the pauses between attempts.
    """

    def __init__(
        self,
        pool: Pool,
        account: Account,
        *,
        team: str,
        app_key: SecretStr,
        timeouts: Timeouts | None = None,
        backoff: Backoff = WHILE_SOMEBODY_WAITS,
        sleep: PaceSleep = asyncio.sleep,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self.pool = pool
        self.account = account
        self.team = team
        self.app_key = app_key
        self.timeouts = timeouts or Timeouts()
        self.backoff = backoff
        self.sleep = sleep
        self.random = random
        self.deadline: float | None = None
        """A time of the event loop, set by `until`."""
        self.each: float | None = None
        """The seconds each call may take, set by `until`."""
        self.turn: Callable[[], Awaitable[None]] | None = None
        """What each call waits for first, set by `in_turn`."""

        self.persons_seen: dict[int, Person] = {}
        """The people that were looked up; copies share them."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(team={self.team!r})"

    def varied(self, **changes: object) -> Self:
        """Give a copy with other attributes; what is mutable, such as the account, is shared."""
        twin = copy(self)
        vars(twin).update(changes)
        return twin

    def in_turn(self, turn: Callable[[], Awaitable[None]]) -> Self:
        """Give the same client with every call waiting for `turn` first: for work that other processes do as well."""
        return self.varied(turn=turn)

    def until(self, deadline: float, *, each: float | None = None) -> Self:
        """Give the same client with every call over by `deadline`, a time of the event loop, and within `each` seconds.

        It takes the place of the time-out for a whole call. On a client that has a limit the narrower one holds.
        """
        return self.varied(
            deadline=deadline if self.deadline is None else min(deadline, self.deadline),
            each=min((limit for limit in (each, self.each) if limit is not None), default=None),
        )

    def _unusable(self, operation: Operation) -> Unreachable:
        """Make the error for a call whose answer holds nothing that can be used."""
        return Unreachable("unusable", operation=operation, team=self.team, is_ambiguous=False)

    def _ends(self, began: float) -> float:
        limit = self.timeouts.operation if self.deadline is None and self.each is None else self.each
        own = math.inf if limit is None else began + limit
        return own if self.deadline is None else min(own, self.deadline)

    async def _call(self, operation: Operation, body: Mapping[str, Any], expected: Expected[T]) -> T:
        """Make one call, with its retries; raises FlashdutyError or Unreachable."""
        began = asyncio.get_running_loop().time()
        call = _Call(
            self,
            ResponseReader(operation, self.team, self.app_key, known=self.pool.hide),
            body,
            expected=expected,
            deadline=self._ends(began),
        )
        outcome, level = "unfinished", log.warning
        try:
            with asking(Party.FLASHDUTY):
                data = await call.carry_out()
            outcome, level = "OK", log.debug
        except FlashdutyError as error:
            outcome = error.reason if isinstance(error, Unreachable) else error.raw_code or error.code
            call.request_id = error.request_id
            raise
        else:
            return data
        finally:
            heard(call.request_id, is_write=operation.kind is not Kind.READ)
            level(
                "flashduty.call",
                team=self.team,
                operation=operation.name,
                duration_ms=round((asyncio.get_running_loop().time() - began) * 1000),
                attempts=call.attempts,
                code=outcome,
                request_id=call.request_id,
            )


@dataclass
class _Call(Generic[T]):
    """One call on its way."""

    line: ApiCaller
    caller: ResponseReader
    body: Mapping[str, Any]
    expected: Expected[T]
    deadline: float
    attempts: int = 0
    request_id: str | None = None

    async def carry_out(self) -> T:
        """Try until it works, or must not or need not be tried again."""
        self.line.account.budget.earn()
        if self.line.turn is not None:
            await self.line.turn()
        await self._first_place()
        is_ambiguous = False
        while True:
            try:
                return await self._attempt()
            except FlashdutyError as error:
                # What an earlier attempt may have done stays done, however the last one ends.
                error.is_ambiguous = is_ambiguous = is_ambiguous or error.is_ambiguous
                self._heed(error)
                if not await self._may_go_again(error):
                    raise

    async def _first_place(self) -> None:
        try:
            await self._place()
        except RateLimited as busy:
            reason: Reason = "too_busy" if self._left() > 0 else "timed_out"
            wait = busy.wait
        else:
            return
        raise self._unreachable(NoResponse(reason, is_ambiguous=False), retry_after=wait)

    async def _place(self) -> None:
        """Wait for a place within the account's limits; raises RateLimited."""
        is_booked = self.line.turn is not None
        await self.line.account.place(self.caller.operation, self._left(), is_booked=is_booked)

    async def _attempt(self) -> T:
        self.attempts += 1
        line = self.line
        answer = await post(
            line.pool, self.caller.operation.path, self.body, app_key=line.app_key, deadline=self.deadline
        )
        if isinstance(answer, NoResponse):
            raise self._unreachable(answer)
        data, self.request_id = self.caller.read(answer, self.expected)
        return data

    def _heed(self, error: FlashdutyError) -> None:
        """Hold back the whole account when Flashduty says for how long."""
        if error.retry_after and _is_too_frequent(error):
            self.line.account.pacer.pause(error.retry_after)

    async def _may_go_again(self, error: FlashdutyError) -> bool:
        """Wait until the next attempt; False where it may do harm, would come too late, or add to an outage."""
        pause = error.retry_after or self.line.backoff.pause(self.attempts, self.line.random)
        if not self._is_worth_another(error) or pause >= self._left() or not self.line.account.budget.spend():
            return False
        await self.line.sleep(pause)
        try:
            await self._place()
        except RateLimited:
            return False
        return True

    def _is_worth_another(self, error: FlashdutyError) -> bool:
        if not self.caller.operation.may_be_repeated or self.attempts > self.line.backoff.retries:
            return False
        if isinstance(error, Unreachable) and error.status is None:
            return error.reason not in _LASTING
        return error.code in _OWN_TROUBLE or _is_too_frequent(error) or _is_from(500, error)

    def _left(self) -> float:
        return self.deadline - asyncio.get_running_loop().time()

    def _unreachable(self, nothing: NoResponse, retry_after: float | None = None) -> Unreachable:
        return Unreachable(
            nothing.reason,
            operation=self.caller.operation,
            team=self.line.team,
            is_ambiguous=nothing.is_ambiguous,
            retry_after=retry_after,
            through=self.line.pool.through,
        )


# A second attempt would find it no better.
_LASTING: Final = frozenset({"unusable", *ConnectionFailure} - {ConnectionFailure.PROXY_DOWN})
_OWN_TROUBLE: Final = frozenset({Code.INTERNAL_ERROR, Code.SERVICE_UNAVAILABLE})


def _is_too_frequent(error: FlashdutyError) -> bool:
    return error.code is Code.REQUEST_TOO_FREQUENTLY or error.status == HTTPStatus.TOO_MANY_REQUESTS


def _is_from(status: int, error: FlashdutyError) -> bool:
    return error.status is not None and error.status >= status
