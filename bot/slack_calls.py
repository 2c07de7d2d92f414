"""Calls to Slack's Web API and to the addresses Slack hands out; every failure is a SlackUnwilling."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

CALL_SECONDS: Final = 10.0
RESPONSE_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
# Our word where Slack gave none.
UNKNOWN: Final = "unknown_error"
# Slack's own trouble: some of what was asked may have happened (docs.slack.dev/reference/methods/chat.postMessage).
UNCERTAIN: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# Nothing was done, and nothing is wrong with what was asked.
PASSING: Final = frozenset({"ratelimited", "ClientConnectorError", "TimeoutError"})
# Our word for an answer that says "ok" and lacks what was asked for.
UNUSABLE: Final = "unusable_answer"


class SlackUnwilling(Exception):  # noqa: N818 - reads as what happened
    """Slack refused a call or did not answer; `code` is Slack's word for it.

    `may_be_done` says that Slack may have done all the same what it was asked to; `retry_after`, in seconds, that it
    was asked too often.
    """

    def __init__(self, method: str, code: str, *, may_be_done: bool = False, retry_after: float | None = None) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code
        self.may_be_done = may_be_done
        self.retry_after = retry_after

    @property
    def is_passing(self) -> bool:
        """Whether Slack could not be asked or could not answer, so that the same call may do better in a while."""
        return self.may_be_done or self.code in PASSING


@dataclass(frozen=True)
class SlackCalls:
    """The way to Slack; `client` must not send anything again by itself."""

    client: AsyncWebClient = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - Slack's own arguments
        """Call a method of the Web API, arguments that are None left out; raises SlackUnwilling."""
        given = {name: value for name, value in arguments.items() if value is not None}
        body: dict[str, Any] = {"json": given} if {"blocks", "files"} & given.keys() else {"params": given}
        try:
            # slack_sdk does not apply its own time limit to a session it was given.
            async with asyncio.timeout(CALL_SECONDS):
                answer = await self.client.api_call(method, **body)
        except SlackApiError as error:
            code = code_of(error)
            may_be_done = code == UNKNOWN or code in UNCERTAIN
            raise SlackUnwilling(method, code, may_be_done=may_be_done, retry_after=_retry_after(error)) from None
        except aiohttp.ClientConnectorError as error:
            raise SlackUnwilling(method, type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackUnwilling(method, type(error).__name__, may_be_done=True) from None
        return answer.data if isinstance(answer.data, dict) else {}

    async def send(self, url: str, content: bytes) -> None:
        """Send a file to the address Slack gave for it; raises SlackUnwilling."""
        try:
            async with self.session.post(url, data=content, allow_redirects=False, timeout=RESPONSE_TIMEOUT) as answer:
                if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
                    raise SlackUnwilling("upload_url", str(answer.status))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SlackUnwilling("upload_url", type(error).__name__) from None

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Post to a response_url, following no redirect; raises SlackUnwilling."""
        try:
            async with self.session.post(url, json=body, allow_redirects=False, timeout=RESPONSE_TIMEOUT) as answer:
                if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
                    raise SlackUnwilling("response_url", (await answer.text())[:60] or str(answer.status))
        except aiohttp.ClientConnectorError as error:
            raise SlackUnwilling("response_url", type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SlackUnwilling("response_url", type(error).__name__, may_be_done=True) from None


def needed(method: str, answer: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - Slack's own answers
    """Take a field out of an answer; raises SlackUnwilling where it is missing: the call may have been carried out."""
    if answer.get(name) is None:
        raise SlackUnwilling(method, UNUSABLE, may_be_done=True)
    return answer[name]


def code_of(error: SlackApiError) -> str:
    """Give Slack's word for a refusal."""
    # An answer that is no JSON comes here as aiohttp's own response, or with its text as the data.
    data = error.response.data if isinstance(error.response, AsyncSlackResponse) else None
    told = data.get("error") if isinstance(data, dict) else None
    return str(told or UNKNOWN)


def _retry_after(error: SlackApiError) -> float | None:
    headers = getattr(error.response, "headers", None) or {}
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    return float(told) if isinstance(told, str) and told.isdigit() else None
