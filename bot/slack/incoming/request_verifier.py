"""Lets in only what Slack signed: everything that can be refused is refused before it is parsed.

docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from bot.runtime.dedupe import SeenKeys
from bot.slack.incoming.http_bodies import BodyBudget, Receive, RequestRejected, body_of

Headers = Mapping[bytes, bytes]

MOST_BYTES: Final = 1024 * 1024
# An `ssl_check` is the one thing Slack may send without a signature, and it is tiny.
MOST_UNSIGNED_BYTES: Final = 4096
MOST_FIELDS: Final = 200
WINDOW_SECONDS: Final = 300
# A timestamp from the end of the window in the future stays good for twice the window.
REPLAY_SECONDS: Final = 610.0

# docs.slack.dev/reference/interaction-payloads/block_suggestion-payload: nothing in it differs from one to the next.
SEARCH: Final = "block_suggestion"

FORM: Final = b"application/x-www-form-urlencoded"
JSON: Final = b"application/json"

_TIMESTAMP: Final = re.compile(rb"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(rb"v0=[0-9a-f]{64}")
_LENGTH: Final = re.compile(rb"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Claim:
    """What the headers say about the sender, not yet believed."""

    timestamp: bytes
    signature: bytes


class RequestVerifier:
    """Checks one request after the other; remembers the signatures it has let in, and nothing else."""

    def __init__(self, signing_secret: str, *, now: Callable[[], datetime]) -> None:
        self._secret = signing_secret.encode()
        self._now = now
        self._once = SeenKeys(REPLAY_SECONDS, lambda: now().timestamp())
        self._room = BodyBudget()

    async def admit(self, headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> dict[str, Any] | None:
        """Give the parsed body of a request that Slack signed within the last five minutes.

        None stands for a request to be answered 200 and nothing more: an `ssl_check`, or one that was let in
        before, but for a search in a select. Bodies are limited to 1 MiB and 5 s. Raises Refused and Gone.
        """
        known = dict(headers)
        kind = media_type(known)
        claim = claim_of(known)
        if claim is None:
            await _only_ssl_check(known, receive, self._room)
            return None
        self._check_age(claim)
        check_length(known, MOST_BYTES)
        raw = await body_of(receive, MOST_BYTES, self._room)
        self._check_signature(claim, raw)
        body = parsed(raw, kind)
        if body.get("type") == SEARCH:
            # The same words typed twice within a second have the same bytes; answering both changes nothing.
            return body
        return body if self._once.add(claim.signature.decode()) else None

    def forget(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Let in once more a request that was let in and could not be taken."""
        claim = claim_of(dict(headers))
        if claim is not None:
            self._once.forget(claim.signature.decode())

    def _check_age(self, claim: Claim) -> None:
        if abs(self._now().timestamp() - int(claim.timestamp)) > WINDOW_SECONDS:
            raise RequestRejected(401, "The timestamp is more than five minutes away from the clock of this machine.")

    def _check_signature(self, claim: Claim, raw: bytes) -> None:
        signed = b"v0:" + claim.timestamp + b":" + raw
        expected = b"v0=" + hmac.new(self._secret, signed, hashlib.sha256).hexdigest().encode()
        if not hmac.compare_digest(expected, claim.signature):
            raise RequestRejected(
                401, "The signature does not fit the body. Is SLACK_SIGNING_SECRET the one of this app?"
            )


def media_type(headers: Headers) -> bytes:
    """Name the content type without its parameters; raises Refused unless it is a form or JSON."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind not in (FORM, JSON):
        raise RequestRejected(415, "Slack sends forms and JSON; this is neither.")
    return kind


def claim_of(headers: Headers) -> Claim | None:
    """Read the two headers of a signed request; None if it has neither, Refused if one cannot be right."""
    timestamp, signature = headers.get(b"x-slack-request-timestamp"), headers.get(b"x-slack-signature")
    if timestamp is None and signature is None:
        return None
    if timestamp is None or signature is None:
        raise RequestRejected(401, "X-Slack-Request-Timestamp and X-Slack-Signature belong together.")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        raise RequestRejected(401, "X-Slack-Request-Timestamp or X-Slack-Signature has the wrong form.")
    return Claim(timestamp, signature)


def check_length(headers: Headers, most: int) -> None:
    """Refuse a body that is announced to be longer than `most` bytes."""
    announced = headers.get(b"content-length")
    if announced is None:
        return
    if not _LENGTH.fullmatch(announced):
        raise RequestRejected(400, "Content-Length is not a sensible number.")
    if int(announced) > most:
        raise RequestRejected(413, f"The body is longer than {most} bytes.")


def parsed(raw: bytes, kind: bytes) -> dict[str, Any]:
    """Turn a body into what Slack meant: the form, the JSON object, or the object in the form's `payload`."""
    try:
        text = raw.decode()
        if kind == JSON:
            return _object(text)
        form = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
        return _object(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        raise RequestRejected(400, "The body is not what Slack sends.") from None


def _object(text: str) -> dict[str, Any]:
    told = json.loads(text)
    if not isinstance(told, dict):
        raise ValueError  # noqa: TRY004 - said to the sender in `parsed`, like every other fault of a body
    return told


async def _only_ssl_check(headers: Headers, receive: Receive, room: BodyBudget) -> None:
    # docs.slack.dev/interactivity/implementing-slash-commands: answered 200, signed or not.
    length = headers.get(b"content-length", b"")
    if _LENGTH.fullmatch(length) and int(length) <= MOST_UNSIGNED_BYTES:
        raw = await body_of(receive, MOST_UNSIGNED_BYTES, room)
        if b"ssl_check=1" in raw.split(b"&"):
            return
    raise RequestRejected(401, "The request is not signed.")
