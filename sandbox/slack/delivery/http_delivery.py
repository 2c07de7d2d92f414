"""Delivery by signed HTTP requests.

docs.slack.dev/authentication/verifying-requests-from-slack
Redirects and reasons of retries: docs.slack.dev/apis/events-api
"""

import asyncio
import hashlib
import hmac
import json
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.delivery.outcome import FAILED, TIMED_OUT, Outcome, Sending
from sandbox.slack.world import World

_FORM: Final = "application/x-www-form-urlencoded"
_OK: Final = 200
_SUCCESS: Final = range(200, 300)
_MOST_ANSWERED: Final = 1_000_000
# Redirects followed for an event; other requests follow none.
_REDIRECTS: Final = 2
# Kinds with a JSON body; the others are forms.
_AS_JSON: Final = frozenset({"event", "url_verification"})


class HttpDelivery:
    """Sends requests to the bot through one session."""

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
        """Send a request and wait for the response as long as Slack does."""
        if sending.body is None:
            sending.body = _encoded(sending)
            sending.headers = self._headers(sending)
        try:
            async with asyncio.timeout(self._world.ack_seconds):
                return await self._send(url, sending)
        except TimeoutError:
            return Outcome(acked=False, failure=TIMED_OUT, reason="http_timeout")
        except (aiohttp.ClientError, OSError) as error:
            return Outcome(acked=False, status=type(error).__name__, failure=FAILED, reason=_reason(error))

    async def _send(self, url: str, sending: Sending) -> Outcome:
        assert self._session is not None  # noqa: S101 - started with the server
        is_event = sending.kind == "event"
        async with self._session.post(
            url, data=sending.body, headers=sending.headers, allow_redirects=is_event, max_redirects=_REDIRECTS + 1
        ) as answer:
            body = (await answer.content.read(_MOST_ANSWERED)).decode("utf-8", "replace")
            acked = answer.status in _SUCCESS if is_event else answer.status == _OK
            if not acked:
                no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
                return Outcome(
                    acked=False, status=answer.status, failure=FAILED, reason="http_error", no_retry=no_retry
                )
            is_json = answer.content_type == "application/json"
            return Outcome(acked=True, status=answer.status, answer=_decoded(body, is_json=is_json))

    def _headers(self, sending: Sending) -> dict[str, str]:
        timestamp = str(int(self._world.clock.now().timestamp()))
        signed = b":".join((b"v0", timestamp.encode(), sending.body or b""))
        digest = hmac.new(self._world.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json" if sending.kind in _AS_JSON else _FORM,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if sending.kind != "ssl_check":
            headers |= {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
        if sending.retry_number:
            headers["X-Slack-Retry-Num"] = str(sending.retry_number)
            headers["X-Slack-Retry-Reason"] = sending.retry_reason
        return headers


def _encoded(sending: Sending) -> bytes:
    if sending.kind in {"command", "ssl_check"}:
        return urlencode(sending.payload, errors="surrogatepass").encode()
    text = json.dumps(sending.payload, separators=(",", ":"))
    return text.encode() if sending.kind in _AS_JSON else urlencode({"payload": text}).encode()


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.TooManyRedirects):
        return "too_many_redirects"
    return "ssl_error" if isinstance(error, aiohttp.ClientSSLError) else "connection_failed"


def _decoded(body: str, *, is_json: bool) -> Any:  # noqa: ANN401 - any JSON
    if not body.strip():
        return None
    if not is_json:
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body
