"""Calls of `check` to Slack, and the findings when Slack refuses or something else answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.cli.check.results import Finding, failed, not_checked
from bot.slack.api import UNUSABLE_RESPONSE, SlackError, call_method
from bot.slack.client import RATE_LIMITED, SlackClient
from bot.slack.session import SlackUnreachable

APPS_PAGE: Final = "https://api.slack.com/apps"
# Not one of Slack's error codes: those have underscores.
_NO_ANSWER: Final = "no answer"
NOT_SLACK: Final = f"{_NO_ANSWER} of its own: something else, a proxy perhaps, is at that address"
# Fifty channels with a time-out of ten seconds each would take longer than anybody waits.
MAX_TIMEOUTS: Final = 2
_RATE_LIMITED: Final = "not looked at: Slack limits how often it may be asked; run the check again in a minute"
_NETWORK_REMEDY: Final = "Look at SLACK_API_URL and the network between this machine and Slack."


@dataclass(frozen=True)
class ProbeResponse:
    """Slack's response to one call: the body, or why there is none.

    `error` is Slack's error code, or text beginning with `_NO_ANSWER`; `unreachable` is set where a proxy or a
    certificate prevented the call.
    """

    data: Mapping[str, Any]
    headers: Mapping[str, str]
    error: str | None = None
    unreachable: SlackUnreachable | None = None

    def object(self, name: str) -> Mapping[str, Any]:
        """Give an object of the body; empty where the value has another type."""
        value = self.data.get(name)
        return value if isinstance(value, dict) else {}

    def objects(self, name: str) -> list[Mapping[str, Any]]:
        """Give the objects of a list in the body; none where the value has another type."""
        value = self.data.get(name)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


class SlackProbe:
    """Calls Slack for `check`; after `MAX_TIMEOUTS` time-outs it makes no further call."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._timeouts = 0

    async def call(self, method: str, **arguments: str) -> ProbeResponse:
        """Call a method; never raises SlackError, which becomes the response's `error`."""
        if self._timeouts >= MAX_TIMEOUTS:
            return ProbeResponse({}, {}, f"{_NO_ANSWER} in time")
        try:
            response = await call_method(self._client, method, params=arguments)
        except SlackError as error:
            self._timeouts += error.code == "TimeoutError"
            return ProbeResponse({}, {}, _error_text(error), unreachable=error.unreachable)
        return ProbeResponse(response.data, response.headers)

    async def call_for(self, name: str, kind: type, method: str, **arguments: str) -> ProbeResponse:
        """Call a method whose body must hold a value of type `kind` under `name`; any other body is not Slack's."""
        response = await self.call(method, **arguments)
        if response.error is None and not isinstance(response.data.get(name), kind):
            return ProbeResponse({}, {}, NOT_SLACK)
        return response


def _error_text(error: SlackError) -> str:
    """Give Slack's error code, or describe why there was no response of Slack."""
    if error.is_from_slack:
        return error.code
    if error.code == UNUSABLE_RESPONSE:
        return NOT_SLACK
    if error.code == "TimeoutError":
        return f"{_NO_ANSWER} in time"
    why = "the connection broke" if error.may_be_done else "it cannot be reached from this machine"
    return f"{_NO_ANSWER}: {why}"


def slack_failure(subject: str, response: ProbeResponse, remedies: Mapping[str, str] | None = None) -> Finding:
    """Report a call that failed; `remedies` are those of this subject, by error code."""
    error, unreachable = response.error or "", response.unreachable
    if unreachable is not None:
        return failed(subject, unreachable.what, unreachable.remedy)
    if error == RATE_LIMITED:
        return not_checked(subject, _RATE_LIMITED)
    what = f"Slack gave {error}" if error.startswith(_NO_ANSWER) else f"Slack refuses: {error}"
    return failed(subject, what, (remedies or {}).get(error) or _default_remedy(error))


def _default_remedy(error: str) -> str:
    if error == "missing_scope":
        return "Add the missing scopes and install the app again (see the line on scopes)."
    return _NETWORK_REMEDY if error.startswith(_NO_ANSWER) else f"See what Slack says about it: {APPS_PAGE}."
