"""Sends webhooks: gives up after the time limit, tries again once and only then, and keeps a history.

An answer other than 2xx is a failure that is not repeated: the event is lost (the guide's
`/en/on-call/integration/webhooks/incident-webhook`).
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from sandbox.clock import Clock
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.model.history import TimelineEntry
from sandbox.flashduty.webhooks.bodies import Event, body_of, pushed_incident, pushed_person
from sandbox.flashduty.webhooks.faults import WebhookFaults
from sandbox.flashduty.webhooks.hook import HookKind, Webhook
from sandbox.flashduty.wire.checks import Record

ATTEMPTS: Final = 2
_AT_ONCE: Final = 20
_FIRST_ID: Final = 9_500
_KEPT_BYTES: Final = 4_096
_CHINA: Final = timezone(timedelta(hours=8))


class Webhooks:
    """The webhooks of an account. Without `start` nothing is sent: what happens before that reaches nobody.

    `faults` is what goes wrong on the way; `on_attempt` is called with each attempt as the history has it.
    """

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._held: list[tuple[Webhook, Event]] = []
        self._events = 0
        self.hooks: list[Webhook] = []
        self.faults = WebhookFaults()
        self.on_attempt: Callable[[Record], None] | None = None
        account.timeline.on_note.append(self._noted)
        account.on_alert.append(self._alerted)

    async def start(self) -> None:
        """Begin to send."""
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Stop at once; what is on its way is lost."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        self._session = None

    @property
    def is_busy(self) -> bool:
        """Return whether anything is on its way; what is held back is not."""
        return bool(self._tasks)

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def add(self, **given: object) -> Webhook:
        """Configure a webhook (the fields of `Webhook`); raises ValueError."""
        hook = Webhook.from_json(given, _FIRST_ID + len(self.hooks) + 1)
        self.hooks.append(hook)
        return hook

    def clear(self) -> None:
        """Remove all webhooks."""
        self.hooks.clear()

    def push(self, event_type: str, incident: Record, *, by: int = 0, detail: Record | None = None) -> None:
        """Send an event about an incident as it is now, of any type, documented or not."""
        now = int(self._clock.now().timestamp() * 1_000)
        self._happened("incident", event_type, self._incident(incident, event_type), at=now, by=by, detail=detail)

    @property
    def held(self) -> int:
        """Count what is held back."""
        return len(self._held)

    def let_go(self, *, newest_first: bool = False) -> int:
        """Send what was held back, one after the other, in reverse with `newest_first`; returns how many."""
        held, self._held = self._held, []
        self._spawn(self._deliver_in_turn(held[::-1] if newest_first else held))
        return len(held)

    async def _deliver_in_turn(self, held: list[tuple[Webhook, Event]]) -> None:
        for hook, event in held:
            await self._deliver(hook, event)

    def _noted(self, entry: TimelineEntry) -> None:
        if not self.hooks or not entry.what.startswith("i_"):
            return
        record = self._incident(self._account.incidents[entry.incident_id], entry.what)
        self._happened("incident", entry.what, record, at=entry.at, by=entry.person_id, detail=entry.detail)
        if entry.what == "i_custom":
            self._happened("action", entry.what, record, at=entry.at, by=entry.person_id, detail=entry.detail)

    def _alerted(self, what: str, alert: Record) -> None:
        if self.hooks:
            self._happened("alert", what, dict(alert), at=int(self._clock.now().timestamp() * 1_000))

    def _incident(self, incident: Record, event_type: str) -> Record:
        return pushed_incident(self._account, incident, is_new=event_type == "i_new")

    def _happened(
        self, kind: HookKind, event_type: str, record: Record, *, at: int, by: int = 0, detail: Record | None = None
    ) -> None:
        wanting = [hook for hook in self.hooks if hook.wants(kind, event_type, record["channel_id"])]
        if self._session is None or not wanting:
            return
        self._events += 1
        event = Event(
            kind=kind,
            event_id=hashlib.sha256(f"event {self._account.account_id} {self._events}".encode()).hexdigest()[:32],
            event_type=event_type,
            event_time=at,
            record=record,
            person=pushed_person(self._account, by),
            detail=detail,
        )
        fault, seconds = self.faults.take()
        for hook in wanting:
            if fault == "held":
                self._held.append((hook, event))
            elif fault != "lost":
                for _ in range(2 if fault == "twice" else 1):
                    self._spawn(self._deliver(hook, event, after=seconds))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, hook: Webhook, event: Event, *, after: float = 0.0) -> None:
        if after:
            await asyncio.sleep(after)
        body = body_of(hook, event)
        async with self._slots:
            for attempt in range(1, ATTEMPTS + 1):
                if not await self._is_too_slow(hook, event, body=body, attempt=attempt):
                    return

    async def _is_too_slow(self, hook: Webhook, event: Event, *, body: str, attempt: int) -> bool:
        """Send once, and note it; True where the answer did not come in time."""
        headers = {"Content-Type": "application/json", "User-Agent": "Flashduty-Webhook/1.0", **hook.headers}
        told: Record = {"status_code": 0, "error_message": ""}
        began, is_too_slow = time.monotonic(), False
        try:
            told |= await self._post(hook, headers=headers, body=body)
        except TimeoutError:
            told["error_message"] = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            is_too_slow = True
        except (aiohttp.ClientError, OSError) as error:
            told["error_message"] = type(error).__name__
        is_ok = HTTPStatus.OK <= told["status_code"] < HTTPStatus.MULTIPLE_CHOICES
        record = {
            "integration_id": hook.integration_id,
            "event_id": self._delivery_id(),
            "webhook_type": "alert" if event.kind == "alert" else "incident",
            "event_type": event.event_type,
            "channel_id": event.record["channel_id"],
            "ref_id": event.ref_id,
            "request_headers": json.dumps(headers),
            "request_body": body,
            "endpoint": hook.url,
            "attempt": attempt,
            "duration": round((time.monotonic() - began) * 1_000),
            "status": "success" if is_ok else "failed",
            "event_time": datetime.fromtimestamp(event.event_time / 1_000, UTC).astimezone(_CHINA).isoformat(),
            **told,
        }
        self._account.deliveries.append(record)
        if self.on_attempt is not None:
            self.on_attempt(record)
        return is_too_slow

    async def _post(self, hook: Webhook, *, headers: Record, body: str) -> Record:
        if self._session is None:
            raise aiohttp.ClientConnectionError
        limit = aiohttp.ClientTimeout(total=hook.limit)
        async with self._session.post(
            hook.url, data=body.encode(), headers=headers, timeout=limit, allow_redirects=False
        ) as answer:
            text = (await answer.content.read(_KEPT_BYTES)).decode(errors="replace")
            return {
                "status_code": answer.status,
                "response_headers": json.dumps(dict(answer.headers)),
                "response_body": text,
            }

    def _delivery_id(self) -> str:
        """Return an id of an attempt in the format of the document's example: the day first."""
        rest = hashlib.sha256(f"attempt {len(self._account.deliveries)}".encode()).hexdigest()[:22]
        return f"{self._clock.now():%Y%m%d}{rest}"
