"""Accepts only requests that Slack signed, and rejects all others before they are parsed.

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
from bot.slack.incoming.http_bodies import BodyBudget, Receive, RequestRejected, receive_body

Headers = Mapping[bytes, bytes]

MAX_BODY_BYTES: Final = 1024 * 1024
# An `ssl_check` is the only request that Slack may send without a signature, and it is small.
MAX_UNSIGNED_BYTES: Final = 4096
MAX_FORM_FIELDS: Final = 200
TIMESTAMP_TOLERANCE: Final = 300
# A timestamp may be up to the tolerance in the future, and then stays valid for twice the tolerance.
SIGNATURE_RETENTION: Final = 610.0

# docs.slack.dev/reference/interaction-payloads/block_suggestion-payload: no field
# differs between two searches for the same text.
SELECT_SEARCH: Final = "block_suggestion"

FORM: Final = b"application/x-www-form-urlencoded"
JSON: Final = b"application/json"

_TIMESTAMP: Final = re.compile(rb"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(rb"v0=[0-9a-f]{64}")
_LENGTH: Final = re.compile(rb"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class SignatureHeaders:
    """The headers of a signed request, not yet verified."""

    timestamp: bytes
    signature: bytes


class RequestVerifier:
    """Verifies requests, and remembers the signatures it has accepted."""

    def __init__(self, signing_secret: str, *, now: Callable[[], datetime]) -> None:
        self._secret = signing_secret.encode()
        self._now = now
        self._accepted = SeenKeys(SIGNATURE_RETENTION, lambda: now().timestamp())
        self._budget = BodyBudget()

    async def admit(self, headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> dict[str, Any] | None:
        """Return the parsed body of a request that Slack signed within the last five minutes.

        None stands for a request that only needs the status 200: an `ssl_check`, or one that was accepted before,
        except for a search in a select. Bodies are limited to 1 MiB and 5 s. Raises RequestRejected and
        ClientDisconnected.
        """
        by_name = dict(headers)
        content_type = media_type(by_name)
        signed = signature_headers(by_name)
        if signed is None:
            await _accept_ssl_check(by_name, receive, self._budget)
            return None
        self._check_age(signed)
        check_length(by_name, MAX_BODY_BYTES)
        raw = await receive_body(receive, MAX_BODY_BYTES, self._budget)
        self._check_signature(signed, raw)
        body = parse_body(raw, content_type)
        if body.get("type") == SELECT_SEARCH:
            # The same text typed twice within a second has the same bytes; responding to both changes nothing.
            return body
        return body if self._accepted.add(signed.signature.decode()) else None

    def forget(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Accept a request a second time, because its first delivery could not be handled."""
        signed = signature_headers(dict(headers))
        if signed is not None:
            self._accepted.forget(signed.signature.decode())

    def _check_age(self, signed: SignatureHeaders) -> None:
        if abs(self._now().timestamp() - int(signed.timestamp)) > TIMESTAMP_TOLERANCE:
            raise RequestRejected(401, "The timestamp is more than five minutes away from the clock of this machine.")

    def _check_signature(self, signed: SignatureHeaders, raw: bytes) -> None:
        content = b"v0:" + signed.timestamp + b":" + raw
        expected = b"v0=" + hmac.new(self._secret, content, hashlib.sha256).hexdigest().encode()
        if not hmac.compare_digest(expected, signed.signature):
            raise RequestRejected(
                401, "The signature does not fit the body. Is SLACK_SIGNING_SECRET the one of this app?"
            )


def media_type(headers: Headers) -> bytes:
    """Return the content type without its parameters; raises RequestRejected unless it is a form or JSON."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind not in (FORM, JSON):
        raise RequestRejected(415, "Slack sends forms and JSON; this is neither.")
    return kind


def signature_headers(headers: Headers) -> SignatureHeaders | None:
    """Read the two headers of a signed request; None without both, RequestRejected if one is missing or malformed."""
    timestamp, signature = headers.get(b"x-slack-request-timestamp"), headers.get(b"x-slack-signature")
    if timestamp is None and signature is None:
        return None
    if timestamp is None or signature is None:
        raise RequestRejected(401, "X-Slack-Request-Timestamp and X-Slack-Signature belong together.")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        raise RequestRejected(401, "X-Slack-Request-Timestamp or X-Slack-Signature has the wrong form.")
    return SignatureHeaders(timestamp, signature)


def check_length(headers: Headers, max_bytes: int) -> None:
    """Reject a body whose Content-Length is over `max_bytes`; raises RequestRejected."""
    announced = headers.get(b"content-length")
    if announced is None:
        return
    if not _LENGTH.fullmatch(announced):
        raise RequestRejected(400, "Content-Length is not a sensible number.")
    if int(announced) > max_bytes:
        raise RequestRejected(413, f"The body is longer than {max_bytes} bytes.")


def parse_body(raw: bytes, content_type: bytes) -> dict[str, Any]:
    """Parse a body: a form, a JSON object, or the object in the form's `payload`; raises RequestRejected."""
    try:
        text = raw.decode()
        if content_type == JSON:
            return _object(text)
        form = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS))
        return _object(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        raise RequestRejected(400, "The body is not what Slack sends.") from None


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004 - `parse_body` rejects it like every other malformed body
    return value


async def _accept_ssl_check(headers: Headers, receive: Receive, budget: BodyBudget) -> None:
    # docs.slack.dev/interactivity/implementing-slash-commands: the status is 200, signed or not.
    length = headers.get(b"content-length", b"")
    if _LENGTH.fullmatch(length) and int(length) <= MAX_UNSIGNED_BYTES:
        raw = await receive_body(receive, MAX_UNSIGNED_BYTES, budget)
        if b"ssl_check=1" in raw.split(b"&"):
            return
    raise RequestRejected(401, "The request is not signed.")
