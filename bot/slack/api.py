"""Calls to Slack's Web API and to the addresses Slack hands out; every failure is a SlackUnwilling."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbound.connection_failures import ConnectionFailure
from bot.runtime.redaction import NOTHING_KNOWN, Redaction
from bot.runtime.request_trail import Party, asking
from bot.slack.client import TOO_OFTEN, WORDS_FOR_TOO_OFTEN, UnusableAnswer, json_object, limited
from bot.slack.lanes import LaneFullError, Lanes
from bot.slack.session import SlackHindered

T = TypeVar("T")

RESPONSE_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
# Slack's own trouble: some of what was asked may have happened (docs.slack.dev/reference/methods/chat.postMessage).
UNCERTAIN: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# Nothing was done, and nothing is wrong with what was asked.
_NOT_SENT: Final = frozenset({TOO_OFTEN, "ClientConnectorError", "TimeoutError", *ConnectionFailure})
NOT_SENT_IN_TIME: Final = "TimeoutError"
# Our word for an answer that is not Slack's, or that lacks what was asked for.
UNUSABLE: Final = "unusable_answer"
# What stands at an address Slack gave answers "ok" or a short object; a page is longer and is none of Slack's.
MOST_ANSWERED_THERE: Final = 65_536
# Words for a token that Slack does not accept, or not for this.
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

_WORD: Final = re.compile(r"[a-z][a-z0-9_]{1,59}")


class SlackError(Exception):
    """Slack refused a call or did not answer; `code` is Slack's word for it.

    `may_be_done` says that Slack may have done all the same what it was asked to; `retry_after`, in seconds, that it
    was asked too often; `hindered` that a proxy or a certificate was in the way.
    """

    def __init__(
        self,
        method: str,
        code: str,
        *,
        may_be_done: bool = False,
        retry_after: float | None = None,
        hindered: SlackHindered | None = None,
    ) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code
        self.may_be_done = may_be_done
        self.retry_after = retry_after
        self.hindered = hindered

    @property
    def is_from_slack(self) -> bool:
        """Whether the code is a word of Slack's, and not the name of what went wrong on the way there."""
        return (
            _WORD.fullmatch(self.code) is not None and self.code != UNUSABLE and self.code not in set(ConnectionFailure)
        )

    @property
    def is_passing(self) -> bool:
        """Whether Slack could not be asked or could not answer, so that the same call may do better in a while."""
        return self.may_be_done or self.was_not_sent

    @property
    def was_not_sent(self) -> bool:
        """Whether Slack could not be asked, which says nothing of what it would have said."""
        return not self.may_be_done and self.code in _NOT_SENT


class CannotConnect(Exception):  # noqa: N818 - the sentence an operator reads
    """Socket Mode cannot start; the text says why and what to do."""


class SlackApi:
    """The way to Slack; `client` must not send anything again by itself, and ends every call.

    Each method has a share of the connections, so that one that hangs does not hold up the others.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        *,
        lanes: Lanes | None = None,
        hide: Redaction = NOTHING_KNOWN,
    ) -> None:
        self.client = client
        self.session = session
        self.lanes = lanes or Lanes()
        # Of what an address of Slack's says, and of what Flashduty said and people are about to be shown.
        self.hide = hide

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - Slack's own arguments
        """Call a method of the Web API, arguments that are None left out; raises SlackError."""
        given = self.hide.in_json({name: value for name, value in arguments.items() if value is not None})
        body: dict[str, Any] = {"json": given} if {"blocks", "files", "view"} & given.keys() else {"params": given}
        try:
            async with self.lanes.of(method):
                return (await ask(self.client, method, **body)).data
        except LaneFullError:
            raise SlackError(method, NOT_SENT_IN_TIME) from None

    async def send(self, url: str, content: bytes) -> None:
        """Send a file to the address Slack gave for it; raises SlackError."""
        await self._post("upload_url", url, data=content)

    async def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Post to a response_url, following no redirect; raises SlackError."""
        await self._post("response_url", url, json=self.hide.in_json(dict(body)))

    async def _post(self, what: str, url: str, **content: Any) -> None:  # noqa: ANN401 - aiohttp's own arguments
        try:
            async with (
                self.lanes.of(what),
                self.session.post(url, allow_redirects=False, timeout=RESPONSE_TIMEOUT, **content) as answer,
            ):
                said = await limited(answer, MOST_ANSWERED_THERE)
                _check(what, answer, said, hide=self.hide)
        except LaneFullError:
            raise SlackError(what, NOT_SENT_IN_TIME) from None
        except (UnusableAnswer, *NO_ANSWER) as error:
            raise _unwilling(what, error) from None


# What a call ends with that has no answer.
NO_ANSWER: Final = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True)
class SlackResponse:
    """What Slack answered."""

    data: Mapping[str, Any]
    headers: Mapping[str, str]


async def ask(client: AsyncWebClient, method: str, **body: Any) -> SlackResponse:  # noqa: ANN401 - slack_sdk's own arguments
    """Call a method with a body as slack_sdk takes it; raises SlackError, whatever goes wrong."""
    try:
        with asking(Party.SLACK):
            told = await client.api_call(method, **body)
    except SlackApiError as error:
        raise slack_error(method, error) from None
    except (UnusableAnswer, *NO_ANSWER) as error:
        raise _unwilling(method, error) from None
    if not isinstance(told.data, dict):
        raise SlackError(method, UNUSABLE, may_be_done=True)
    return SlackResponse(told.data, told.headers)


def slack_error(method: str, error: SlackApiError) -> SlackError:
    """Say what slack_sdk raises as one of ours."""
    data = getattr(error.response, "data", None)
    told = data.get("error") if isinstance(data, dict) else None
    code = told if isinstance(told, str) and told else UNUSABLE
    may_be_done = code == UNUSABLE or code in UNCERTAIN
    return SlackError(method, code, may_be_done=may_be_done, retry_after=_retry_after(error))


def _unwilling(method: str, error: Exception) -> SlackError:
    if isinstance(error, UnusableAnswer):
        return SlackError(method, UNUSABLE, may_be_done=True)
    if isinstance(error, SlackHindered):
        return SlackError(method, error.hindrance.value, hindered=error)
    # What could not be connected was not sent.
    is_sent = not isinstance(error, aiohttp.ClientConnectorError)
    return SlackError(method, type(error).__name__, may_be_done=is_sent)


def _check(what: str, answer: aiohttp.ClientResponse, said: bytes, hide: Redaction) -> None:
    """Judge what an address of Slack's answered, "ok" in plain text or an object; raises SlackError.

    Source: docs.slack.dev/interactivity/handling-user-interaction, docs.slack.dev/messaging/working-with-files
    """
    told = json_object(said)
    word = told.get("error") if told is not None else said.decode("latin-1").strip()
    is_refusal = isinstance(word, str) and _WORD.fullmatch(word) is not None and word != "ok"
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or (is_refusal and word in WORDS_FOR_TOO_OFTEN):
        raise SlackError(what, TOO_OFTEN)
    is_page = answer.content_type == "text/html"
    if answer.status == HTTPStatus.OK and not is_page and (told is None or told.get("ok") is not False):
        return
    if not is_refusal or is_page:
        raise SlackError(what, UNUSABLE, may_be_done=True)
    raise SlackError(what, hide(str(word)), may_be_done=answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR)


def needed(method: str, answer: object, name: str, *, kind: type[T]) -> T:
    """Take a field of a kind out of an answer.

    Raises SlackError where it is missing or something else: the call may have been carried out.
    """
    value = answer.get(name) if isinstance(answer, Mapping) else None
    if not isinstance(value, kind) or value == "":
        raise SlackError(method, UNUSABLE, may_be_done=True)
    return value


def list_in(method: str, answer: Mapping[str, Any], name: str, *, kind: type[T]) -> list[T]:
    """Take a list out of an answer, empty where it is missing; raises SlackError where it holds other things."""
    values = needed(method, answer, name, kind=list) if answer.get(name) is not None else []
    if not all(isinstance(value, kind) for value in values):
        raise SlackError(method, UNUSABLE, may_be_done=True)
    return values


def cursor_of(answer: Mapping[str, Any]) -> str | None:
    """Give the cursor of the next page, if there is one (docs.slack.dev/apis/web-api/pagination)."""
    metadata = answer.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, dict) else None
    return cursor if isinstance(cursor, str) and cursor else None


def _retry_after(error: SlackApiError) -> float | None:
    headers = getattr(error.response, "headers", None) or {}
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    return float(told) if isinstance(told, str) and re.fullmatch(r"[0-9]{1,6}", told) else None
