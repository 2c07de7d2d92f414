"""Calls to Slack's Web API and to the URLs that Slack provides; every failure is a SlackError."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbound.connection_failures import ConnectionFailure
from bot.runtime.redaction import NO_SECRETS, Redaction
from bot.runtime.request_trail import Dependency, waiting_on
from bot.slack.client import RATE_LIMIT_ERRORS, RATE_LIMITED, UnusableResponse, json_object, read_limited
from bot.slack.lanes import LaneFullError, Lanes
from bot.slack.session import SlackUnreachable

T = TypeVar("T")

RESPONSE_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
# Slack's own failures: part of the request may have been carried out
# (docs.slack.dev/reference/methods/chat.postMessage).
MAY_BE_DONE_ERRORS: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# Nothing was done, and nothing is wrong with the request.
_NOT_SENT_ERRORS: Final = frozenset({RATE_LIMITED, "ClientConnectorError", "TimeoutError", *ConnectionFailure})
NOT_SENT_IN_TIME: Final = "TimeoutError"
# The bot's own code for a response that is not Slack's, or that lacks a required field.
UNUSABLE_RESPONSE: Final = "unusable_answer"
# A URL from Slack responds with "ok" or a short object; a longer response is a page, and not Slack's.
MAX_URL_RESPONSE_BYTES: Final = 65_536
# Codes for a token that Slack does not accept, or not for this method.
TOKEN_ERRORS: Final = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
        "missing_scope",
        "no_permission",
    }
)

_ERROR_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,59}")


class SlackError(Exception):
    """Slack refused a call or did not respond; `code` is Slack's error code.

    `may_be_done` is true when Slack may have carried out the request all the same; `retry_after`, in seconds, is set by
    a rate limit; `unreachable` is set when a proxy or a certificate prevented the connection.
    """

    def __init__(
        self,
        method: str,
        code: str,
        *,
        may_be_done: bool = False,
        retry_after: float | None = None,
        unreachable: SlackUnreachable | None = None,
    ) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code
        self.may_be_done = may_be_done
        self.retry_after = retry_after
        self.unreachable = unreachable

    @property
    def is_from_slack(self) -> bool:
        """Whether the code is Slack's, and not the name of a connection error."""
        return (
            _ERROR_CODE.fullmatch(self.code) is not None
            and self.code != UNUSABLE_RESPONSE
            and self.code not in set(ConnectionFailure)
        )

    @property
    def is_passing(self) -> bool:
        """Whether Slack was not reached or could not respond, so that the same call may succeed later."""
        return self.may_be_done or self.was_not_sent

    @property
    def was_not_sent(self) -> bool:
        """Whether the request did not reach Slack, so that Slack's decision is unknown."""
        return not self.may_be_done and self.code in _NOT_SENT_ERRORS


class CannotConnect(Exception):  # noqa: N818 - its text is for the operator
    """Socket Mode cannot start; the text says why and what to do."""


class SlackApi:
    """Sends calls to Slack; `client` must not retry by itself, and must limit the time of each call.

    Each method has its own lane of connections, so that a method that hangs does not block the others.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        *,
        lanes: Lanes | None = None,
        redact: Redaction = NO_SECRETS,
    ) -> None:
        self.client = client
        self.session = session
        self.lanes = lanes or Lanes()
        # Applied to error texts of Slack's URLs, and to texts of Flashduty's before people see them.
        self.redact = redact

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - Slack's own arguments
        """Call a method of the Web API, without arguments that are None; raises SlackError."""
        present = self.redact.redact_body({name: value for name, value in arguments.items() if value is not None})
        body: dict[str, Any] = (
            {"json": present} if {"blocks", "files", "view"} & present.keys() else {"params": present}
        )
        try:
            async with self.lanes.of(method):
                return (await call_method(self.client, method, **body)).data
        except LaneFullError:
            raise SlackError(method, NOT_SENT_IN_TIME) from None

    async def send(self, url: str, content: bytes) -> None:
        """Send a file to its upload URL; raises SlackError."""
        await self._post("upload_url", url, data=content)

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Post to a response_url without following redirects; raises SlackError."""
        await self._post("response_url", url, json=self.redact.redact_body(dict(body)))

    async def _post(self, name: str, url: str, **content: Any) -> None:  # noqa: ANN401 - aiohttp's own arguments
        try:
            async with (
                self.lanes.of(name),
                self.session.post(url, allow_redirects=False, timeout=RESPONSE_TIMEOUT, **content) as response,
            ):
                body = await read_limited(response, MAX_URL_RESPONSE_BYTES)
                _check_response(name, response, body, redact=self.redact)
        except LaneFullError:
            raise SlackError(name, NOT_SENT_IN_TIME) from None
        except (UnusableResponse, *TRANSPORT_ERRORS) as error:
            raise _transport_error(name, error) from None


# How a call fails that has no response.
TRANSPORT_ERRORS: Final = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True)
class SlackResponse:
    """Slack's response to a call."""

    data: Mapping[str, Any]
    headers: Mapping[str, str]


async def call_method(client: AsyncWebClient, method: str, **body: Any) -> SlackResponse:  # noqa: ANN401 - slack_sdk's own arguments
    """Call a method with a body in slack_sdk's form; raises SlackError for every failure."""
    try:
        with waiting_on(Dependency.SLACK):
            response = await client.api_call(method, **body)
    except SlackApiError as error:
        raise slack_error(method, error) from None
    except (UnusableResponse, *TRANSPORT_ERRORS) as error:
        raise _transport_error(method, error) from None
    if not isinstance(response.data, dict):
        raise SlackError(method, UNUSABLE_RESPONSE, may_be_done=True)
    return SlackResponse(response.data, response.headers)


def slack_error(method: str, error: SlackApiError) -> SlackError:
    """Convert slack_sdk's error to a SlackError."""
    data = getattr(error.response, "data", None)
    error_code = data.get("error") if isinstance(data, dict) else None
    code = error_code if isinstance(error_code, str) and error_code else UNUSABLE_RESPONSE
    may_be_done = code == UNUSABLE_RESPONSE or code in MAY_BE_DONE_ERRORS
    return SlackError(method, code, may_be_done=may_be_done, retry_after=_retry_after(error))


def _transport_error(method: str, error: Exception) -> SlackError:
    if isinstance(error, UnusableResponse):
        return SlackError(method, UNUSABLE_RESPONSE, may_be_done=True)
    if isinstance(error, SlackUnreachable):
        return SlackError(method, error.reason.value, unreachable=error)
    # Without a connection nothing was sent.
    is_sent = not isinstance(error, aiohttp.ClientConnectorError)
    return SlackError(method, type(error).__name__, may_be_done=is_sent)


def _check_response(name: str, response: aiohttp.ClientResponse, body: bytes, *, redact: Redaction) -> None:
    """Check the response of one of Slack's URLs, "ok" in plain text or an object; raises SlackError.

    Source: docs.slack.dev/interactivity/handling-user-interaction, docs.slack.dev/messaging/working-with-files
    """
    data = json_object(body)
    code = data.get("error") if data is not None else body.decode("latin-1").strip()
    is_refusal = isinstance(code, str) and _ERROR_CODE.fullmatch(code) is not None and code != "ok"
    if response.status == HTTPStatus.TOO_MANY_REQUESTS or (is_refusal and code in RATE_LIMIT_ERRORS):
        raise SlackError(name, RATE_LIMITED)
    is_page = response.content_type == "text/html"
    if response.status == HTTPStatus.OK and not is_page and (data is None or data.get("ok") is not False):
        return
    if not is_refusal or is_page:
        raise SlackError(name, UNUSABLE_RESPONSE, may_be_done=True)
    raise SlackError(name, redact(str(code)), may_be_done=response.status >= HTTPStatus.INTERNAL_SERVER_ERROR)


def required_field(method: str, response: object, name: str, *, kind: type[T]) -> T:
    """Return a field of a response.

    Raises SlackError where it is missing or of another type: the call may have been carried out.
    """
    value = response.get(name) if isinstance(response, Mapping) else None
    if not isinstance(value, kind) or value == "":
        raise SlackError(method, UNUSABLE_RESPONSE, may_be_done=True)
    return value


def list_field(method: str, response: Mapping[str, Any], name: str, *, kind: type[T]) -> list[T]:
    """Return a list of a response, empty where it is missing; raises SlackError where an element has another type."""
    values = required_field(method, response, name, kind=list) if response.get(name) is not None else []
    if not all(isinstance(value, kind) for value in values):
        raise SlackError(method, UNUSABLE_RESPONSE, may_be_done=True)
    return values


def next_cursor(response: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page, if there is one (docs.slack.dev/apis/web-api/pagination)."""
    metadata = response.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, dict) else None
    return cursor if isinstance(cursor, str) and cursor else None


def _retry_after(error: SlackApiError) -> float | None:
    headers = getattr(error.response, "headers", None) or {}
    seconds = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    return float(seconds) if isinstance(seconds, str) and re.fullmatch(r"[0-9]{1,6}", seconds) else None
