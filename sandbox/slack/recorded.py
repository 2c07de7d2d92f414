"""Handling of one request of the bot: planned faults, and the entry in the journal."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from sandbox.faults import Fault, misbehave
from sandbox.slack.journal import Call
from sandbox.slack.refusal import Refusal
from sandbox.slack.world import World

# Faults without a response.
_UNANSWERED: Final = frozenset({"hang", "reset", "lost_answer"})


@dataclass
class Progress:
    """The state of a request; `params` holds its arguments, without tokens."""

    name: str
    params: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    error: str | None = "cut_off"


Work = Callable[[Progress], Awaitable[web.StreamResponse]]


async def recorded(
    world: World, request: web.Request, name: str, work: Work, *, refusal_status: int
) -> web.StreamResponse:
    """Answer a request by `work`, or by its planned fault; Refusal becomes Slack's JSON."""
    progress = Progress(name)
    began, at = world.tick(), world.clock.now()
    with world.notices.busy():
        try:
            return await _answered(world, request, progress=progress, work=work, refusal_status=refusal_status)
        finally:
            seconds = world.tick() - began
            world.journal.note_call(
                Call(
                    method=name,
                    params=progress.params,
                    status=progress.status,
                    error=progress.error,
                    seconds=seconds,
                    at=at,
                )
            )


async def _answered(
    world: World, request: web.Request, *, progress: Progress, work: Work, refusal_status: int
) -> web.StreamResponse:
    async def proper() -> web.StreamResponse:
        try:
            answer = await work(progress)
        except Refusal as refusal:
            progress.status, progress.error = refusal.status, refusal.error
            return web.json_response(refusal.as_json(), status=refusal.status, headers=refusal.headers)
        progress.status, progress.error = answer.status, None
        return answer

    def refusal(fault: Fault) -> web.StreamResponse:
        return _refused(fault, progress, refusal_status)

    fault = _too_often(world, progress.name) or world.faults.take(progress.name)
    if fault is None:
        return await proper()
    answer = await misbehave(fault, request, work=proper, refusal=refusal, stopping=world.stopping)
    if fault.kind in {"html", "half_body", "says", "redirect"}:
        progress.status, progress.error = answer.status, fault.kind
    elif fault.kind in _UNANSWERED:
        progress.status, progress.error = 0, fault.kind
    return answer


def _too_often(world: World, name: str) -> Fault | None:
    seconds = world.tiers.wait(name)
    return Fault.rate_limited(retry_after=seconds) if seconds else None


def _refused(fault: Fault, progress: Progress, usual_status: int) -> web.StreamResponse:
    is_limit = fault.kind == "rate_limited"
    progress.status = int(HTTPStatus.TOO_MANY_REQUESTS) if is_limit else fault.status or usual_status
    progress.error = "ratelimited" if is_limit else fault.word
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return web.json_response({"ok": False, "error": progress.error}, status=progress.status, headers=headers)
