"""The pretend Flashduty, listening on loopback."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Final, Self, Unpack

from aiohttp import web

from sandbox.browsers import ALSO_KNOWN_AS, only_own_pages
from sandbox.faults import Fault, misbehave
from sandbox.flashduty.control import control_routes
from sandbox.flashduty.model.account import ApiRequest
from sandbox.flashduty.operations import OPERATIONS
from sandbox.flashduty.service import FlashdutyService, FlashdutySettings
from sandbox.flashduty.webhooks.routes import webhook_routes
from sandbox.flashduty.wire.calls import Call
from sandbox.flashduty.wire.checks import Record, check_body
from sandbox.flashduty.wire.envelope import REQUEST_ID_HEADER, RequestIds, failure, success
from sandbox.flashduty.wire.keys import AppKey, key_of, require_permission
from sandbox.flashduty.wire.rate_limit import RateLimit
from sandbox.flashduty.wire.reading import LARGEST_BODY, given_keys, read_body, refuse_other_parameters, require_json
from sandbox.flashduty.wire.refusals import Refusal, prefers_chinese
from sandbox.late_answers import passed

_STOP_SECONDS: Final = 2.0
_TICK_SECONDS: Final = 1.0
_ANSWERED: Final = frozenset({"code", "error", "rate_limited"})


@dataclass
class _Progress:
    """The state of a request while it is handled."""

    request_id: str
    began: float
    body: Any = None
    key: AppKey | None = None
    status: int | None = None
    code: str | None = None
    fault: Fault | None = None

    @property
    def outcome(self) -> tuple[int | None, str | None]:
        """The status and code that the caller received, or the kind of a fault that suppressed the response."""
        if self.fault is None or self.fault.kind in _ANSWERED:
            return self.status, self.code
        if self.fault.kind in {"delay", "late"} and self.status is not None:
            return self.status, self.code
        return self.fault.status, self.fault.kind


class PretendFlashduty(FlashdutyService):
    """Flashduty's Open API on 127.0.0.1, at least as strict as the real one; use it with `async with`.

    `port` 0 takes a free one; `settings` are those of `FlashdutyService`.
    """

    def __init__(self, *, port: int = 0, **settings: Unpack[FlashdutySettings]) -> None:
        super().__init__(**settings)
        self._port = port
        self._request_ids = RequestIds()
        self._limits: dict[str, RateLimit] = {}
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._busy = asyncio.Event()
        self._under_way = 0
        self._runner: web.AppRunner | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._known_as: set[str] = set()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[only_own_pages])
        app[ALSO_KNOWN_AS] = self._known_as
        app.add_routes(control_routes(self))
        app.add_routes([*webhook_routes(self.webhooks, self.account), web.route("*", "/{path:.*}", self._serve)])
        self._stopping.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS, handler_cancellation=True)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        await self.webhooks.start()
        self._ticking = asyncio.create_task(self._pass_time())
        self.clock.on_move.append(self.pass_time)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._ticking is not None:
            # A test may have given it another clock meanwhile.
            if self.pass_time in self.clock.on_move:
                self.clock.on_move.remove(self.pass_time)
            await self._ticking
        await self.webhooks.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def reached_at(self, origin: str) -> None:
        """Accept this origin as well, for a TLS proxy in front of the server."""
        self._known_as.add(origin.partition("://")[2])

    @property
    def url(self) -> str:
        """The address to use instead of https://api.flashcat.cloud."""
        return f"http://127.0.0.1:{self._port}"

    async def busy(self) -> None:
        """Wait until a request is in progress."""
        await self._busy.wait()

    async def settled(self) -> None:
        """Wait until no request is in progress, and no webhook on its way."""
        await self.webhooks.settled()
        await self._idle.wait()

    async def _pass_time(self) -> None:
        """Let become due what does, whether anybody asks or not: a webhook tells of it."""
        while not await passed(_TICK_SECONDS, self._stopping):
            if self.webhooks.hooks:
                self.pass_time()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        progress = _Progress(self._request_ids.next(self.clock.now()), time.monotonic())
        self._under_way += 1
        self._idle.clear()
        self._busy.set()
        if self.on_request is not None:
            self.on_request(request.path)
        try:
            return await self._answer(request, progress)
        finally:
            self._note(request, progress)
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
                self._busy.clear()

    async def _answer(self, request: web.Request, progress: _Progress) -> web.StreamResponse:
        async def work() -> web.StreamResponse:
            return await self._work(request, progress)

        def refusal(fault: Fault) -> web.StreamResponse:
            return self._refused(request, progress, _refusal_of(fault))

        progress.fault = self._faults.take(request.path)
        if progress.fault is None:
            return await work()
        return await misbehave(progress.fault, request, work=work, refusal=refusal, stopping=self._stopping)

    async def _work(self, request: web.Request, progress: _Progress) -> web.Response:
        if self.habits.seconds:
            await passed(self.habits.seconds, self._stopping)
        try:
            data = await self._carry_out(request, progress)
        except Refusal as refusal:
            return self._refused(request, progress, refusal)
        progress.status = 200
        body = success(
            progress.request_id, data, adds_unknown_fields=self.adds_unknown_fields, ok_code=self.habits.ok_code
        )
        return _json(body, 200, self._headers(progress))

    def _headers(self, progress: _Progress) -> dict[str, str]:
        """Return the headers of every response; the time is that of the pretend clock."""
        sent_at = format_datetime(self.clock.now().astimezone(UTC), usegmt=True)
        return {REQUEST_ID_HEADER: progress.request_id, "Date": sent_at}

    async def _carry_out(self, request: web.Request, progress: _Progress) -> object:
        operation = OPERATIONS.get(request.path)
        if operation is None:
            raise Refusal("RouteNotFound")
        require_json(request)
        progress.key = key_of(given_keys(request), self.keys, self._now())
        self.rate_limit.take()
        if operation.limits is not None:
            self._limit_of(request.path, *operation.limits).take()
        refuse_other_parameters(request)
        progress.body = await read_body(request)
        require_permission(progress.key, self.account.allowed(progress.key.owner_id), operation.permissions)
        check_body(progress.body, operation.fields)
        self.pass_time()
        key = progress.key
        return self.habits.answer(
            request.path,
            progress.body,
            lambda body: operation.answer(
                ApiRequest(
                    account=self.account,
                    key=key,
                    now=self._now(),
                    body=body,
                    lag=self.habits.lag,
                    takes_any_form=self.habits.wants_forms,
                )
            ),
        )

    def _limit_of(self, path: str, per_minute: int, per_second: int) -> RateLimit:
        """Return the limit of one operation, which is on where that of the account is."""
        limit = self._limits.setdefault(path, RateLimit(per_minute=per_minute, per_second=per_second))
        limit.is_on, limit.monotonic = self.rate_limit.is_on, self.rate_limit.monotonic
        return limit

    def _refused(self, request: web.Request, progress: _Progress, refusal: Refusal) -> web.Response:
        progress.status, progress.code = refusal.status, refusal.code
        headers = self._headers(progress)
        if refusal.retry_after is not None:
            headers["Retry-After"] = str(refusal.retry_after)
        body = failure(
            progress.request_id,
            refusal,
            in_chinese=prefers_chinese(request.headers.get("Accept-Language", "")),
            adds_unknown_fields=self.adds_unknown_fields,
        )
        return _json(body, refusal.status, headers)

    def _note(self, request: web.Request, progress: _Progress) -> None:
        status, code = progress.outcome
        call = Call(
            path=request.path,
            body=progress.body,
            key_owner=progress.key.owner_id if progress.key else None,
            status=status,
            code=code,
            seconds=time.monotonic() - progress.began,
            at=self.clock.now().timestamp(),
            request_id=progress.request_id,
            language=request.headers.get("Accept-Language", ""),
        )
        self.calls.append(call)
        if self.on_call is not None:
            self.on_call(call)


def _refusal_of(fault: Fault) -> Refusal:
    if fault.kind == "rate_limited":
        return Refusal("RequestTooFrequently", retry_after=fault.retry_after)
    return Refusal(fault.word, fault.message or "", status=fault.status)


def _json(body: Record, status: int, headers: Mapping[str, str]) -> web.Response:
    return web.json_response(body, status=status, headers=headers)
