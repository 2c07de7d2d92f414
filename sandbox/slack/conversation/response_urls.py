"""Response URLs of commands and interactions.

docs.slack.dev/interactivity/handling-user-interaction: five times within 30 minutes.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.clock import Clock
from sandbox.slack.conversation.messages import Message
from sandbox.slack.refusal import Refusal

USES: Final = 5
LIFE: Final = timedelta(minutes=30)
# As behind hooks.slack.com: the workspace, a number and a secret.
RESPONSE_PATH: Final = "/hooks/{kind}/{team}/{number}/{secret}"
METHOD: Final = "response_url"

_KNOWN: Final = frozenset(
    (
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "mrkdwn",
        "parse",
        "link_names",
        "metadata",
    )
)
_FLAGS: Final = ("replace_original", "delete_original", "unfurl_links", "unfurl_media", "mrkdwn")
_NOT_FOUND: Final = 404
_BAD: Final = 400


@dataclass
class ResponseUrl:
    """One response URL: its person, its channel, and the message it may replace (none for a command)."""

    user_id: str
    channel: str
    source: Message | None
    expires: datetime
    kind: str
    team: str
    number: int = field(default_factory=lambda: secrets.randbelow(10**13))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    uses_left: int = USES

    @property
    def path(self) -> str:
        """Return the path on the pretend Slack."""
        return RESPONSE_PATH.format(kind=self.kind, team=self.team, number=self.number, secret=self.secret)


@dataclass(frozen=True)
class Answer:
    """A parsed body."""

    body: Mapping[str, Any]
    deletes: bool
    replaces: bool
    is_public: bool
    thread_ts: str | None


class ResponseUrls:
    """Issues response URLs and counts their uses."""

    def __init__(self, clock: Clock, team: str) -> None:
        self._clock = clock
        self._team = team
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, user_id: str, channel: str, source: Message | None = None) -> ResponseUrl:
        """Issue a response URL for an interaction."""
        kind = "commands" if source is None else "actions"
        url = ResponseUrl(
            user_id=user_id,
            channel=channel,
            source=source,
            expires=self._clock.now() + LIFE,
            kind=kind,
            team=self._team,
        )
        self._issued[url.secret] = url
        return url

    def use(self, path: str) -> ResponseUrl:
        """Count a use; raises Refusal for an unknown, expired or used-up URL."""
        url = self._issued.get(path.rpartition("/")[2])
        if url is None or url.path != path:
            raise Refusal("no_team", status=_NOT_FOUND)
        if self._clock.now() > url.expires:
            raise Refusal("expired_url", status=_NOT_FOUND)
        if url.uses_left <= 0:
            raise Refusal("used_url", status=_NOT_FOUND)
        url.uses_left -= 1
        return url


def read_answer(body: Mapping[str, Any], source: Message | None) -> Answer:
    """Parse a body and check its parameters; raises Refusal."""
    _check_names(body)
    deletes, replaces = bool(body.get("delete_original")), bool(body.get("replace_original"))
    is_public = body.get("response_type") == "in_channel"
    if deletes and set(body) != {"delete_original"}:
        raise Refusal("invalid_arguments", "delete_original must stand alone", status=_BAD)
    if (deletes or replaces) and source is None:
        raise Refusal("message_not_found", "a command has no message to replace or delete", status=_NOT_FOUND)
    if replaces and is_public and source is not None and source.is_ephemeral:
        raise Refusal("invalid_arguments", "an ephemeral message cannot become in_channel", status=_BAD)
    thread_ts = body.get("thread_ts")
    if thread_ts is not None and (not is_public or body.get("replace_original") is not False):
        raise Refusal(
            "invalid_arguments", "thread_ts needs response_type in_channel and replace_original false", status=_BAD
        )
    return Answer(body=body, deletes=deletes, replaces=replaces, is_public=is_public, thread_ts=thread_ts)


def _check_names(body: Mapping[str, Any]) -> None:
    unknown = sorted(set(body) - _KNOWN)
    if unknown:
        raise Refusal("invalid_arguments", f"unknown parameters: {', '.join(unknown)}", status=_BAD)
    if body.get("response_type", "ephemeral") not in {"ephemeral", "in_channel"}:
        raise Refusal("invalid_arguments", "response_type is ephemeral or in_channel", status=_BAD)
    for name in _FLAGS:
        if name in body and not isinstance(body[name], bool):
            raise Refusal("invalid_arguments", f"{name} must be true or false", status=_BAD)
