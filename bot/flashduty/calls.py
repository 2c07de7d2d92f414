"""Make API calls: rate limits, deadlines, retries and the log, the same for every operation."""

import asyncio
import math
import random as randomness
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final, Generic, Self, TypeVar

import structlog
from pydantic import SecretStr

from bot.flashduty.account import Account
from bot.flashduty.batches import Batches
from bot.flashduty.errors import Code, FlashdutyError, Reason, Unreachable
from bot.flashduty.http.exchange import NoResponse, post
from bot.flashduty.http.transport import Pool, Timeouts
from bot.flashduty.models.people import KeyOwner, Person
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.rate_limit import RateLimited, SleepFunction
from bot.flashduty.responses import Expected, ResponseReader
from bot.flashduty.retry import INTERACTIVE_BACKOFF, Backoff
from bot.outbound.connection_failures import ConnectionFailure
from bot.runtime.request_trail import Dependency, record_request_id, waiting_on
from bot.runtime.rotating_secret import RotatingSecret

log = structlog.get_logger(__name__)

T = TypeVar("T")
N = TypeVar("N", int, str)

DEFAULT_LANGUAGE: Final = "en"


class ApiCaller:
    """Make the calls of one team: with its key, the shared pool and account, and limits for time and retries.

    A key that rotates is read for every call. `sleep` and `random` are for the pauses between attempts.
    """

    def __init__(
        self,
        pool: Pool,
        account: Account,
        *,
        team: str,
        app_key: SecretStr | RotatingSecret[SecretStr],
        timeouts: Timeouts | None = None,
        backoff: Backoff = INTERACTIVE_BACKOFF,
        sleep: SleepFunction = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self.pool = pool
        self.account = account
        self.team = team
        self.app_key = RotatingSecret(app_key) if isinstance(app_key, SecretStr) else app_key
        self.timeouts = timeouts or Timeouts()
        self.backoff = backoff
        self.sleep = sleep
        self.random = random
        self.deadline: float | None = None
        """A time of the event loop, set by `until`."""
        self.call_timeout: float | None = None
        """The seconds each call may take, set by `until`."""
        self.language = DEFAULT_LANGUAGE
        """The language of the reader of error messages, set by `speaking`."""
        self.shared_limit: Callable[[], Awaitable[None]] | None = None
        """What each call waits for first, set by `with_shared_limit`."""

        self.is_background = False
        """Whether nobody waits for the calls, set by `in_background`."""

        self.person_cache: dict[int, Person] = {}
        """People by id, from earlier lookups; copies of the client share it."""

        self.owner_cache: dict[SecretStr, KeyOwner] = {}
        """The owner of the present key, from the last lookup; copies of the client share it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(team={self.team!r})"

    def copy_with(self, **changes: object) -> Self:
        """Return a copy with other attributes; mutable ones, such as the account, are shared."""
        copied = copy(self)
        vars(copied).update(changes)
        return copied

    def with_shared_limit(self, shared_limit: Callable[[], Awaitable[None]]) -> Self:
        """Return a copy whose calls await `shared_limit` first, a rate limit that all replicas share."""
        return self.copy_with(shared_limit=shared_limit)

    def in_background(self) -> Self:
        """Return a copy whose calls leave half of the account's limits to calls that somebody waits for."""
        return self.copy_with(is_background=True)

    def speaking(self, language: str) -> Self:
        """Return a copy that asks for error messages in a language, a code such as `en` or `zh-CN`."""
        return self.copy_with(language=language)

    def until(self, deadline: float, *, call_timeout: float | None = None) -> Self:
        """Return a copy whose calls end by `deadline`, a time of the event loop, and within `call_timeout` seconds.

        These replace the time-out for a whole call. Of a copy's limits and those it already had, the narrower hold.
        """
        return self.copy_with(
            deadline=deadline if self.deadline is None else min(deadline, self.deadline),
            call_timeout=min((one for one in (call_timeout, self.call_timeout) if one is not None), default=None),
        )

    def _unusable(self, operation: Operation) -> Unreachable:
        """Build the error for a response that holds no usable data."""
        return Unreachable("unusable", operation=operation, team=self.team, is_ambiguous=False)

    def _deadline_of_call(self, started: float) -> float:
        has_limits = self.deadline is not None or self.call_timeout is not None
        limit = self.call_timeout if has_limits else self.timeouts.operation
        own = math.inf if limit is None else started + limit
        return own if self.deadline is None else min(own, self.deadline)

    async def _call_for_each(
        self, operation: Operation, name: str, ids: Iterable[N], *, documented: int, expected: Expected[T]
    ) -> AsyncIterator[T]:
        """Make as many calls as it takes for a list of ids, each once; `name` is their field, `documented` its limit.

        A call that is refused is made again with half as many ids, which is remembered. Raises as `_call`.
        """
        batches = Batches(ids, self.account.batch_sizes, operation, documented=documented)
        for batch in batches:
            try:
                data = await self._call(operation, {name: batch}, expected)
            except FlashdutyError as error:
                batches.refused(batch, error)
                continue
            batches.taken(batch)
            yield data

    async def _call(self, operation: Operation, body: Mapping[str, Any], expected: Expected[T]) -> T:
        """Make one call, with its retries; raises FlashdutyError or Unreachable."""
        started = asyncio.get_running_loop().time()
        call = _Call(
            self,
            ResponseReader(operation, self.team, self.app_key.value, known=self.pool.redaction),
            body,
            expected=expected,
            deadline=self._deadline_of_call(started),
        )
        outcome, level = "unfinished", log.warning
        try:
            with waiting_on(Dependency.FLASHDUTY):
                data = await call.carry_out()
            outcome, level = "OK", log.debug
        except FlashdutyError as error:
            outcome = error.reason if isinstance(error, Unreachable) else error.raw_code or error.code
            call.request_id = error.request_id
            raise
        else:
            return data
        finally:
            record_request_id(call.request_id, is_write=operation.kind is not Kind.READ)
            level(
                "flashduty.call",
                team=self.team,
                operation=operation.name,
                duration_ms=round((asyncio.get_running_loop().time() - started) * 1000),
                attempts=call.attempts,
                code=outcome,
                request_id=call.request_id,
            )


@dataclass
class _Call(Generic[T]):
    """One call in progress."""

    client: ApiCaller
    reader: ResponseReader
    body: Mapping[str, Any]
    expected: Expected[T]
    deadline: float
    attempts: int = 0
    has_new_key: bool = False
    request_id: str | None = None

    async def carry_out(self) -> T:
        """Attempt the call until it succeeds or must not be repeated."""
        self.client.account.budget.earn()
        if self.client.shared_limit is not None:
            await self.client.shared_limit()
        await self._acquire_or_fail()
        is_ambiguous = False
        while True:
            try:
                return await self._attempt()
            except FlashdutyError as error:
                # An earlier attempt may have been carried out, however the last one ends.
                error.is_ambiguous = is_ambiguous = is_ambiguous or error.is_ambiguous
                self._pause_account(error)
                if not (await self._takes_new_key(error) or await self._may_retry(error)):
                    raise

    async def _acquire_or_fail(self) -> None:
        try:
            await self._acquire()
        except RateLimited as limited:
            reason: Reason = "too_busy" if self._time_left() > 0 else "timed_out"
            wait = limited.wait
        else:
            return
        raise self._unreachable(NoResponse(reason, is_ambiguous=False), retry_after=wait)

    async def _acquire(self) -> None:
        """Wait until the account's limits allow the call; raises RateLimited."""
        is_booked = self.client.shared_limit is not None
        await self.client.account.acquire(
            self.reader.operation, self._time_left(), is_booked=is_booked, is_background=self.client.is_background
        )

    async def _attempt(self) -> T:
        self.attempts += 1
        client = self.client
        response = await post(
            client.pool,
            self.reader.operation.path,
            self.body,
            app_key=self.reader.app_key,
            language=client.language,
            deadline=self.deadline,
        )
        if isinstance(response, NoResponse):
            raise self._unreachable(response)
        client.account.answered_at = response.sent_at
        data, self.request_id = self.reader.read(response, self.expected)
        return data

    async def _takes_new_key(self, error: FlashdutyError) -> bool:
        """Take the key that is in use by now instead of one that was refused, once a call."""
        if error.code is not Code.UNAUTHORIZED or self.has_new_key or not self._may_be_sent_again(error):
            return False
        key = self.client.app_key
        try:
            async with asyncio.timeout_at(self.deadline):
                self.has_new_key = await key.has_other_than(self.reader.app_key)
            if self.has_new_key:
                await self._acquire()
        except (TimeoutError, RateLimited):
            return False
        self.reader = replace(self.reader, app_key=key.value)
        return self.has_new_key

    def _may_be_sent_again(self, error: FlashdutyError) -> bool:
        return self.reader.operation.may_be_repeated or not error.is_ambiguous

    def _pause_account(self, error: FlashdutyError) -> None:
        """Pause all calls of the account for as long as Flashduty demands."""
        if error.retry_after and _is_too_frequent(error):
            self.client.account.limiter.pause(error.retry_after)

    async def _may_retry(self, error: FlashdutyError) -> bool:
        """Wait until the next attempt; False where it may do harm, would come too late, or add to an outage."""
        pause = error.retry_after or self.client.backoff.pause(self.attempts, self.client.random)
        if not self._is_retryable(error) or pause >= self._time_left() or not self.client.account.budget.spend():
            return False
        await self.client.sleep(pause)
        try:
            await self._acquire()
        except RateLimited:
            return False
        return True

    def _is_retryable(self, error: FlashdutyError) -> bool:
        if not self.reader.operation.may_be_repeated or self.attempts > self.client.backoff.retries:
            return False
        if isinstance(error, Unreachable) and error.status is None:
            return error.reason not in _PERMANENT_REASONS
        return error.code in _SERVER_ERRORS or _is_too_frequent(error) or error.is_of_server

    def _time_left(self) -> float:
        return self.deadline - asyncio.get_running_loop().time()

    def _unreachable(self, no_response: NoResponse, retry_after: float | None = None) -> Unreachable:
        return Unreachable(
            no_response.reason,
            operation=self.reader.operation,
            team=self.client.team,
            is_ambiguous=no_response.is_ambiguous,
            retry_after=retry_after,
            proxy_setting=self.client.pool.proxy_setting,
        )


# A second attempt would end the same way.
_PERMANENT_REASONS: Final = frozenset({"unusable", *ConnectionFailure} - {ConnectionFailure.PROXY_DOWN})
_SERVER_ERRORS: Final = frozenset({Code.INTERNAL_ERROR, Code.SERVICE_UNAVAILABLE})


def _is_too_frequent(error: FlashdutyError) -> bool:
    return error.code is Code.REQUEST_TOO_FREQUENTLY or error.status == HTTPStatus.TOO_MANY_REQUESTS
