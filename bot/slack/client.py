"""The client for Slack's Web API: slack_sdk's, with limits of time and size, and one error for whatever is no answer.

docs.slack.dev/apis/web-api: every answer is a JSON object that says `ok`, and where that is false, a word for it.
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
from bot.runtime.redaction import NOTHING_KNOWN, Redaction

CALL_SECONDS: Final = 10.0
# Unpacked; Slack's longest pages, a thousand messages, stay far below.
MOST_ANSWERED: Final = MAX_RESPONSE_BYTES
TOO_OFTEN: Final = "ratelimited"
# Slack's documentation has both words.
WORDS_FOR_TOO_OFTEN: Final = frozenset({TOO_OFTEN, "rate_limited"})


class UnusableAnswer(Exception):  # noqa: N818 - what came
    """Something answered that is not Slack, or not in its right mind; what was asked may have been done."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a usable answer: {why}")


class SlackClient(AsyncWebClient):
    """slack_sdk's client; nothing is sent twice, no redirect is followed.

    Raises SlackApiError for a refusal, whose word for too many calls is always `ratelimited`, UnusableAnswer, and
    what aiohttp raises. `hide` is passed by what a refusal says. `seconds` limits each call: slack_sdk does not apply
    its limit to a session it was given.
    """

    def __init__(
        self,
        token: str | None,
        base_url: str,
        session: aiohttp.ClientSession,
        *,
        seconds: float = CALL_SECONDS,
        hide: Redaction = NOTHING_KNOWN,
    ) -> None:
        super().__init__(token=token, base_url=base_url, session=session, retry_handlers=[])
        self._seconds = seconds
        self._pool = session
        self._hide = hide

    async def _request(self, *, http_verb: str, api_url: str, req_args: Mapping[str, Any]) -> dict[str, Any]:
        async with (
            asyncio.timeout(self._seconds),
            self._pool.request(http_verb, api_url, allow_redirects=False, **req_args) as answer,
        ):
            data = _judged(await limited(answer), answer.status)
            if data["ok"] is not True:
                # The door: whatever Slack refuses with may repeat a secret.
                data = self._hide.everywhere(data)
            return {"data": data, "headers": answer.headers, "status_code": answer.status}

    async def apps_connections_open(self, *, app_token: str, **others: object) -> AsyncSlackResponse:
        """Ask for the address of a Socket Mode connection; slack_sdk connects to whatever comes back."""
        told = await super().apps_connections_open(app_token=app_token, **others)
        address = told.get("url")
        if not isinstance(address, str) or not address.startswith(("wss://", "ws://")):
            raise UnusableAnswer("no address for Socket Mode")
        return told


async def limited(answer: aiohttp.ClientResponse, most: int = MOST_ANSWERED) -> bytes:
    """Read a body of at most `most` bytes, counted unpacked as they come; raises UnusableAnswer."""
    chunks, length = [], 0
    async for chunk in answer.content.iter_chunked(65_536):
        length += len(chunk)
        if length > most:
            answer.close()
            raise UnusableAnswer(f"more than {most} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _judged(body: bytes, status: int) -> dict[str, Any]:
    """Take an answer for what it is: an object that says ok, or why not."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        # Also where a proxy says it, with a page.
        return {"ok": False, "error": TOO_OFTEN}
    data = json_object(body)
    if data is None:
        raise UnusableAnswer(f"no JSON object at status {status}")
    if data.get("ok") is True and status == HTTPStatus.OK:
        return data
    word = data.get("error")
    if data.get("ok") is not False or not isinstance(word, str) or not word:
        raise UnusableAnswer(f"neither ok nor a word for why not at status {status}")
    return {**data, "error": TOO_OFTEN} if word in WORDS_FOR_TOO_OFTEN else data


def json_object(body: bytes) -> dict[str, Any] | None:
    """Read a JSON object; None for anything else, however it is broken."""
    try:
        told = json.loads(body) if is_parseable(body) else None
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
