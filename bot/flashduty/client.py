"""Flashduty's Open API: typed calls, paced, retried where that does no harm, every failure an exception of ours."""

import asyncio
import random as chance
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import httpx
import structlog
from pydantic import SecretStr, ValidationError

from bot.flashduty import operations as op
from bot.flashduty.errors import Code, FlashdutyError, Reason, Unreachable
from bot.flashduty.insight import Figures, FiguresTable, InsightQuery, Member, Members, NoisyCheck, NoisyChecks
from bot.flashduty.models import (
    Envelope,
    FlashdutyChannel,
    Incident,
    IncidentPage,
    IncidentQuery,
    KeyOwner,
    People,
    Person,
    Schedule,
    SchedulePage,
)
from bot.flashduty.operations import Operation
from bot.flashduty.pacing import Pacer
from bot.flashduty.retries import Backoff, RetryBudget
from bot.flashduty.transport import EXTENSION, KeyTransport

log = structlog.get_logger(__name__)

T = TypeVar("T")

PAGE: Final = 100
MOST_IDS: Final = 100
MESSAGE_LIMIT: Final = 500
REQUEST_ID_HEADER: Final = "Flashcat-Request-Id"
BAD_REQUEST: Final = 400
MOST_PAUSE: Final = 3600.0


@dataclass(frozen=True)
class Timeouts:
    """Limits in seconds: for connecting, for each read, and for a whole operation with its retries."""

    connect: float = 1.5
    read: float = 3.0
    operation: float = 3.5


@dataclass(frozen=True)
class Account:
    """What all teams of one Flashduty account share: its rate limit and its retries."""

    pacer: Pacer = field(default_factory=Pacer)
    budget: RetryBudget = field(default_factory=RetryBudget)


def open_pool(base_url: str, timeouts: Timeouts | None = None) -> httpx.AsyncClient:
    """Open the pool of connections that all teams share; close it with `async with` or `aclose`."""
    limits = timeouts or Timeouts()
    inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=50, max_keepalive_connections=20))
    return httpx.AsyncClient(
        base_url=base_url,
        transport=KeyTransport(inner),
        timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=limits.operation),
        headers={"Accept-Language": "en", "Accept": "application/json"},
        trust_env=False,
    )


@dataclass(frozen=True)
class Flashduty:
    """One team's view of Flashduty: a shared pool, and the team's own key."""

    pool: httpx.AsyncClient = field(repr=False)
    account: Account = field(repr=False)
    team: str
    app_key: SecretStr = field(repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts, repr=False)
    backoff: Backoff = field(default_factory=Backoff, repr=False)
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)
    random: Callable[[], float] = field(default=chance.random, repr=False)
    deadline: float | None = field(default=None, repr=False)

    def until(self, deadline: float) -> "Flashduty":
        """Give the same client with every call over by `deadline`, a time of the event loop."""
        return replace(self, deadline=deadline)

    async def list_incidents(self, query: IncidentQuery) -> IncidentPage:
        """Read one page of incidents (/en/api-reference/on-call/incidents/incident-list)."""
        return await self._call(op.INCIDENT_LIST, query.body(), Envelope[IncidentPage])

    async def incident(self, incident_id: str) -> Incident:
        """Read one incident (/en/api-reference/on-call/incidents/incident-info)."""
        return await self._call(op.INCIDENT_INFO, {"incident_id": incident_id}, Envelope[Incident])

    async def acknowledge(self, *incident_ids: str) -> None:
        """Acknowledge up to 100 incidents, as the owner of the key (…/incidents/incident-ack)."""
        await self._call(op.INCIDENT_ACK, {"incident_ids": _few(incident_ids)}, Envelope[Any])

    async def unacknowledge(self, *incident_ids: str) -> None:
        """Take the key owner's acknowledgement of up to 100 incidents back (…/incidents/incident-unack)."""
        await self._call(op.INCIDENT_UNACK, {"incident_ids": _few(incident_ids)}, Envelope[Any])

    async def schedules(
        self, start: datetime, end: datetime, *, team_ids: tuple[int, ...] = ()
    ) -> tuple[Schedule, ...]:
        """Read all schedules with their shifts in a window of less than 45 days (…/schedules/schedule-list)."""
        found: list[Schedule] = []
        body = {"start": int(start.timestamp()), "end": int(end.timestamp()), "limit": PAGE}
        if team_ids:
            body["team_ids"] = list(team_ids)  # type: ignore[assignment]
        while True:
            body["p"] = len(found) // PAGE + 1
            page = await self._call(op.SCHEDULE_LIST, body, Envelope[SchedulePage])
            found += page.items or ()
            if len(page.items or ()) < PAGE or len(found) >= page.total:
                return tuple(found)

    async def persons(self, ids: Iterable[int]) -> dict[int, Person]:
        """Look people up by id, 100 a call; no call for nobody (…/members/person-infos)."""
        wanted = list(dict.fromkeys(ids))
        found: dict[int, Person] = {}
        for first in range(0, len(wanted), MOST_IDS):
            body = {"person_ids": wanted[first : first + MOST_IDS]}
            people = await self._call(op.PERSON_INFOS, body, Envelope[People])
            found.update((person.id, person) for person in people.items or ())
        return found

    async def flashduty_channel(self, channel_id: int) -> FlashdutyChannel:
        """Read a Flashduty channel and who owns it (…/channels/channel-info)."""
        return await self._call(op.CHANNEL_INFO, {"channel_id": channel_id}, Envelope[FlashdutyChannel])

    async def key_owner(self) -> KeyOwner:
        """Tell whose key this is (…/members/member-info)."""
        return await self._call(op.MEMBER_INFO, {}, Envelope[KeyOwner])

    async def figures(self, query: InsightQuery) -> tuple[Figures, ...]:
        """Read the analytics of the query's teams, or of the account (…/analytics/insight-by-team, -by-account)."""
        operation = op.INSIGHT_TEAM if query.team_ids else op.INSIGHT_ACCOUNT
        return (await self._call(operation, query.body(), Envelope[FiguresTable])).items or ()

    async def noisiest_checks(self, query: InsightQuery, count: int) -> tuple[NoisyCheck, ...]:
        """Read the checks that raised the most alerts, 1 to 100 (…/analytics/insight-topk-alerts-by-label)."""
        body = query.body() | {"label": "check", "k": count, "orderby": "total_alert_cnt"}
        return (await self._call(op.NOISIEST_CHECKS, body, Envelope[NoisyChecks])).items or ()

    async def members(self, words: str) -> tuple[Member, ...]:
        """Find members by a part of a name or an e-mail address, 100 at most (…/members/member-list)."""
        body = {"query": words, "p": 1, "limit": PAGE}
        return (await self._call(op.MEMBER_LIST, body, Envelope[Members])).items or ()

    async def _call(self, operation: Operation, body: dict[str, Any], answer: type[Envelope[T]]) -> T:
        """Make one call, with its retries; raises FlashdutyError or Unreachable."""
        call = _Call(self, operation, body, answer, _loop_time())
        try:
            data = await call.carry_out()
        except FlashdutyError as error:
            call.note(error.reason if isinstance(error, Unreachable) else error.raw_code, error.request_id)
            raise
        call.note("OK", call.request_id)
        return data


@dataclass
class _Call(Generic[T]):
    """One call on its way: its attempts, its time, and what became of it."""

    client: Flashduty
    operation: Operation
    body: dict[str, Any]
    answer: type[Envelope[T]]
    began: float
    attempts: int = 0
    request_id: str | None = None

    @property
    def deadline(self) -> float:
        """When it must be over."""
        given = self.client.deadline
        return self.began + self.client.timeouts.operation if given is None else given

    async def carry_out(self) -> T:
        """Try until it works, or must not or need not be tried again."""
        self.client.account.budget.earn()
        while True:
            self.attempts += 1
            try:
                return await self._attempt()
            except FlashdutyError as error:
                pause = self._pause_before_next(error)
                if pause is None:
                    raise
            await self.client.sleep(pause)

    def _pause_before_next(self, error: FlashdutyError) -> float | None:
        """Say how long to wait before trying again; None where that may do harm, or comes too late."""
        client = self.client
        if not self._may_be_repeated(error) or self.attempts > client.backoff.retries:
            return None
        pause = error.retry_after
        if pause is None:
            pause = client.backoff.pause(self.attempts, client.random)
        if _loop_time() + pause >= self.deadline or not client.account.budget.spend():
            return None
        return pause

    def _may_be_repeated(self, error: FlashdutyError) -> bool:
        if isinstance(error, Unreachable):
            return error.reason != "too_busy" and (self.operation.may_be_repeated or not error.is_ambiguous)
        if error.code is Code.REQUEST_TOO_FREQUENTLY:
            return True
        return error.code in _OWN_TROUBLE and self.operation.may_be_repeated

    async def _attempt(self) -> T:
        if not await self.client.account.pacer.place(self._left()):
            raise self._unreachable("too_busy", is_ambiguous=False)
        try:
            async with asyncio.timeout_at(self.deadline):
                response = await self.client.pool.post(
                    self.operation.path, json=self.body, extensions={EXTENSION: self.client.app_key}
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise self._unreachable("no_connection", is_ambiguous=False) from None
        except (httpx.TimeoutException, TimeoutError):
            raise self._unreachable("timed_out", is_ambiguous=True) from None
        except httpx.HTTPError:
            raise self._unreachable("cut_off", is_ambiguous=True) from None
        return self._read(response)

    def _left(self) -> float:
        return self.deadline - _loop_time()

    def _read(self, response: httpx.Response) -> T:
        """Turn an answer into data or an exception; `error` is a failure whatever the HTTP status."""
        header = response.headers.get(REQUEST_ID_HEADER)
        try:
            envelope = self.answer.model_validate_json(response.content)
        except ValidationError:
            raise self._not_ours(response) from None
        self.request_id = envelope.request_id or header
        if envelope.error is not None:
            raise self._failure(envelope, response)
        if response.status_code >= BAD_REQUEST or (envelope.data is None and self.answer is not _NOTHING):
            raise self._not_ours(response)
        return envelope.data  # type: ignore[return-value]

    def _failure(self, envelope: Envelope[T], response: httpx.Response) -> FlashdutyError:
        error = envelope.error
        raw_code = (error.code or "") if error else ""
        failure = FlashdutyError(
            operation=self.operation,
            team=self.client.team,
            code=Code(raw_code),
            raw_code=raw_code,
            message=((error.message or "") if error else "")[:MESSAGE_LIMIT],
            status=response.status_code,
            request_id=self.request_id,
            retry_after=_seconds(response.headers.get("Retry-After")),
        )
        if failure.code is Code.REQUEST_TOO_FREQUENTLY and failure.retry_after:
            self.client.account.pacer.pause(failure.retry_after)
        return failure

    def _not_ours(self, response: httpx.Response) -> Unreachable:
        return Unreachable(
            "not_json",
            operation=self.operation,
            team=self.client.team,
            is_ambiguous=True,
            status=response.status_code,
            request_id=response.headers.get(REQUEST_ID_HEADER),
        )

    def _unreachable(self, reason: Reason, *, is_ambiguous: bool) -> Unreachable:
        return Unreachable(reason, operation=self.operation, team=self.client.team, is_ambiguous=is_ambiguous)

    def note(self, code: str, request_id: str | None) -> None:
        """Log what became of the call."""
        log.info(
            "flashduty",
            team=self.client.team,
            operation=self.operation.name,
            ms=round((_loop_time() - self.began) * 1000),
            attempts=self.attempts,
            code=code,
            request_id=request_id,
        )


_OWN_TROUBLE: Final = frozenset({Code.INTERNAL_ERROR, Code.SERVICE_UNAVAILABLE})
_NOTHING: Final = Envelope[Any]


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _few(ids: tuple[str, ...]) -> list[str]:
    if not 0 < len(ids) <= MOST_IDS:
        raise ValueError(f"{len(ids)} incidents in one call, Flashduty takes 1 to {MOST_IDS}")
    return list(ids)


def _seconds(header: str | None) -> float | None:
    """Read `Retry-After`, which Flashduty gives in seconds."""
    try:
        seconds = float(header) if header else None
    except ValueError:
        return None
    return seconds if seconds is not None and 0 <= seconds < MOST_PAUSE else None
