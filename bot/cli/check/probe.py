"""How `check` asks Slack, and what it says when Slack refuses or something else answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.cli.check.results import Finding, bad, unseen
from bot.slack.api import UNUSABLE, SlackError, ask
from bot.slack.client import TOO_OFTEN, SlackClient
from bot.slack.session import SlackHindered

APPS_PAGE: Final = "https://api.slack.com/apps"
# A word of ours: Slack's have underscores.
_NO_ANSWER: Final = "no answer"
NOT_SLACK: Final = f"{_NO_ANSWER} of its own: something else, a proxy perhaps, is at that address"
# Fifty channels at ten seconds each would be more than anybody waits for.
MOST_SILENCES: Final = 2
_SLOW_DOWN: Final = "not looked at: Slack limits how often it may be asked; run the check again in a minute"
_NETWORK: Final = "Look at SLACK_API_URL and the network between this machine and Slack."


@dataclass(frozen=True)
class SlackAnswer:
    """What Slack said: the body, or the word it refused with; `hindered` is what stood in the way."""

    data: Mapping[str, Any]
    headers: Mapping[str, str]
    error: str | None = None
    hindered: SlackHindered | None = None

    def object(self, name: str) -> Mapping[str, Any]:
        """Give an object of the answer, empty where it is something else."""
        told = self.data.get(name)
        return told if isinstance(told, dict) else {}

    def objects(self, name: str) -> list[Mapping[str, Any]]:
        """Give the objects of a list, none where it is something else."""
        told = self.data.get(name)
        return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


class SlackProbe:
    """Where `check` asks Slack; whoever never answers is not asked again and again."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._silences = 0

    async def ask(self, method: str, **arguments: str) -> SlackAnswer:
        """Call a method; whatever goes wrong is in the answer."""
        if self._silences >= MOST_SILENCES:
            return SlackAnswer({}, {}, f"{_NO_ANSWER} in time")
        try:
            answer = await ask(self._client, method, params=arguments)
        except SlackError as error:
            self._silences += error.code == "TimeoutError"
            return SlackAnswer({}, {}, _said(error), hindered=error.hindered)
        return SlackAnswer(answer.data, answer.headers)

    async def ask_for(self, name: str, kind: type, method: str, **arguments: str) -> SlackAnswer:
        """Call a method whose answer has to hold something by a name; any other answer is none of Slack's."""
        answer = await self.ask(method, **arguments)
        if answer.error is None and not isinstance(answer.data.get(name), kind):
            return SlackAnswer({}, {}, NOT_SLACK)
        return answer


def _said(error: SlackError) -> str:
    """Give Slack's own word for why it refuses, or say that there was none."""
    if error.is_from_slack:
        return error.code
    if error.code == UNUSABLE:
        return NOT_SLACK
    if error.code == "TimeoutError":
        return f"{_NO_ANSWER} in time"
    why = "the connection broke" if error.may_be_done else "it cannot be reached from this machine"
    return f"{_NO_ANSWER}: {why}"


def refusal_found(subject: str, answer: SlackAnswer, cures: Mapping[str, str] | None = None) -> Finding:
    """Report a refusal, with a cure of the subject's own where there is one."""
    error, hindered = answer.error or "", answer.hindered
    if hindered is not None:
        return bad(subject, hindered.what, hindered.cure)
    if error == TOO_OFTEN:
        return unseen(subject, _SLOW_DOWN)
    what = f"Slack gave {error}" if error.startswith(_NO_ANSWER) else f"Slack refuses: {error}"
    return bad(subject, what, (cures or {}).get(error) or _general(error))


def _general(error: str) -> str:
    if error == "missing_scope":
        return "Add the missing scopes and install the app again (see the line on scopes)."
    return _NETWORK if error.startswith(_NO_ANSWER) else f"See what Slack says about it: {APPS_PAGE}."
