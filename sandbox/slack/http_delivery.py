"""Delivery by signed HTTP requests (docs.slack.dev/authentication/verifying-requests-from-slack)."""

import asyncio
import hashlib
import hmac
import json
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.outcome import FAILED, TIMED_OUT, Outcome, Sending
from sandbox.slack.world import World

_FORM: Final = "application/x-www-form-urlencoded"
_OK: Final = 200
_SUCCESS: Final = range(200, 300)
_MOST_ANSWERED: Final = 1_000_000


class HttpDelivery:
    """Posts to the bot through one session."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the session; Slack has no limit on simultaneous requests that an app would notice."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
        )

    async def stop(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, sending: Sending) -> Outcome:
        """Send it and wait for the answer as long as Slack does."""
        if sending.body is None:
            sending.body = _encoded(sending)
            sending.headers = self._headers(sending)
        try:
            async with asyncio.timeout(self._world.ack_seconds):
                return await self._asked(url, sending)
        except TimeoutError:
            return Outcome(acked=False, failure=TIMED_OUT)
        except (aiohttp.ClientError, OSError) as error:
            return Outcome(acked=False, status=type(error).__name__, failure=FAILED)

    async def _asked(self, url: str, sending: Sending) -> Outcome:
        assert self._session is not None  # noqa: S101 - started with the server
        async with self._session.post(url, data=sending.body, headers=sending.headers, allow_redirects=False) as answer:
            body = (await answer.content.read(_MOST_ANSWERED)).decode("utf-8", "replace")
            acked = answer.status in _SUCCESS if sending.kind == "event" else answer.status == _OK
            if not acked:
                return Outcome(acked=False, status=answer.status, failure=FAILED)
            is_json = answer.content_type == "application/json"
            return Outcome(acked=True, status=answer.status, answer=_decoded(body, is_json=is_json))

    def _headers(self, sending: Sending) -> dict[str, str]:
        timestamp = str(int(self._world.clock.now().timestamp()))
        signed = b":".join((b"v0", timestamp.encode(), sending.body or b""))
        digest = hmac.new(self._world.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json" if sending.kind == "event" else _FORM,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        if sending.retry_number:
            headers["X-Slack-Retry-Num"] = str(sending.retry_number)
            headers["X-Slack-Retry-Reason"] = sending.retry_reason
        return headers


def _encoded(sending: Sending) -> bytes:
    if sending.kind == "command":
        return urlencode(sending.payload).encode()
    text = json.dumps(sending.payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode() if sending.kind == "event" else urlencode({"payload": text}).encode()


def _decoded(body: str, *, is_json: bool) -> Any:  # noqa: ANN401 - any JSON
    if not body.strip():
        return None
    if not is_json:
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body
