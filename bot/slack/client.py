"""The client for Slack's Web API: slack_sdk's, with limits of time and size, and one error for unusable responses.

docs.slack.dev/apis/web-api: every response is a JSON object with `ok`, and where that is false, an error code.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.outbound.response_size import MAX_RESPONSE_BYTES, is_parseable
from bot.runtime.redaction import NO_SECRETS, Redaction

SLACK_CALL_TIMEOUT: Final = 10.0
# Decompressed; Slack's longest pages, a thousand messages, stay far below.
MAX_SLACK_RESPONSE_BYTES: Final = MAX_RESPONSE_BYTES
RATE_LIMITED: Final = "ratelimited"
# Slack's documentation uses both codes.
RATE_LIMIT_ERRORS: Final = frozenset({RATE_LIMITED, "rate_limited"})


class UnusableResponse(Exception):  # noqa: N818 - named for the response
    """A response is not Slack's, or is malformed; the request may have been carried out."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a usable answer: {why}")


class SlackClient(AsyncWebClient):
    """slack_sdk's client, without retries and without following redirects.

    Raises SlackApiError for a refusal, whose code for a rate limit is always `ratelimited`, UnusableResponse, and
    aiohttp's errors. `redact` is applied to refusals. `call_timeout` limits each call, in seconds: slack_sdk does not
    apply its own limit to a session that it is given.
    """

    def __init__(
        self,
        token: str | None,
        base_url: str,
        session: aiohttp.ClientSession,
        *,
        call_timeout: float = SLACK_CALL_TIMEOUT,
        redact: Redaction = NO_SECRETS,
    ) -> None:
        super().__init__(token=token, base_url=base_url, session=session, retry_handlers=[])
        self._call_timeout = call_timeout
        self._shared_session = session
        self._redact = redact

    async def _request(self, *, http_verb: str, api_url: str, req_args: Mapping[str, Any]) -> dict[str, Any]:
        async with (
            asyncio.timeout(self._call_timeout),
            self._shared_session.request(http_verb, api_url, allow_redirects=False, **req_args) as response,
        ):
            data = _checked_data(await read_limited(response), response.status)
            if data["ok"] is not True:
                # The text of a refusal may repeat a secret.
                data = self._redact.redact_json(data)
            return {"data": data, "headers": response.headers, "status_code": response.status}

    async def apps_connections_open(self, *, app_token: str, **others: object) -> AsyncSlackResponse:
        """Request the URL of a Socket Mode connection; slack_sdk connects to it without a check of its own."""
        response = await super().apps_connections_open(app_token=app_token, **others)
        address = response.get("url")
        if not isinstance(address, str) or not address.startswith(("wss://", "ws://")):
            raise UnusableResponse("no address for Socket Mode")
        return response


async def read_limited(response: aiohttp.ClientResponse, max_bytes: int = MAX_SLACK_RESPONSE_BYTES) -> bytes:
    """Read a body of at most `max_bytes`, counted decompressed while reading; raises UnusableResponse."""
    chunks, length = [], 0
    async for chunk in response.content.iter_chunked(65_536):
        length += len(chunk)
        if length > max_bytes:
            response.close()
            raise UnusableResponse(f"more than {max_bytes} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _checked_data(body: bytes, status: int) -> dict[str, Any]:
    """Return a response's object, with `ok` or an error code; raises UnusableResponse."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        # Also from a proxy, with a page.
        return {"ok": False, "error": RATE_LIMITED}
    data = json_object(body)
    if data is None:
        raise UnusableResponse(f"no JSON object at status {status}")
    if data.get("ok") is True and status == HTTPStatus.OK:
        return data
    code = data.get("error")
    if data.get("ok") is not False or not isinstance(code, str) or not code:
        raise UnusableResponse(f"neither ok nor a word for why not at status {status}")
    return {**data, "error": RATE_LIMITED} if code in RATE_LIMIT_ERRORS else data


def json_object(body: bytes) -> dict[str, Any] | None:
    """Parse a JSON object; None for anything else."""
    try:
        value = json.loads(body) if is_parseable(body) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
