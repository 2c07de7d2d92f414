"""Receives Flashduty's webhooks: whoever knows the team's secret may say that an incident may have changed."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import structlog
from pydantic import SecretStr

from bot.cards.hints import CardHints
from bot.cards.webhooks.address import SECRET_HEADER
from bot.cards.webhooks.bodies import read_delivery
from bot.runtime.rotating_secret import RotatingSecret
from bot.runtime.tally import Tally
from bot.slack.incoming.http_bodies import BodyBudget, Receive, RequestRejected, receive_body
from bot.slack.incoming.request_verifier import check_length

log = structlog.get_logger(__name__)

MAX_WEBHOOK_BYTES: Final = 1024 * 1024
# Only who knows a secret has a body read at all; Flashduty's are a few KiB.
MAX_HELD_WEBHOOK_BYTES: Final = 4 * 1024 * 1024
ACCEPTED: Final = "Accepted."
UNREADABLE: Final = "Accepted, but no incident can be read from it: put the webhook's default body back."
UNKNOWN_CALLER: Final = f"Unknown team, or not its secret in {SECRET_HEADER}."

# Operators are told once by the database; this only spares it the question at every delivery.
REPORT_INTERVAL: Final = 600.0

_SECRET_HEADER: Final = SECRET_HEADER.lower().encode()
_UTF_8: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})

HeaderPairs = Iterable[tuple[bytes, bytes]]
ReportUnreadable = Callable[[str], None]


class WebhookReceiver:
    """Checks deliveries and passes on which incidents they name.

    `report_unreadable` is called with the team of deliveries in which no incident can be found; it must not wait.
    """

    def __init__(
        self,
        team_secrets: Mapping[str, RotatingSecret[tuple[SecretStr, ...]]],
        hints: CardHints,
        *,
        report_unreadable: ReportUnreadable,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._secrets = team_secrets
        # Known to nobody.
        self._filler = secrets.token_bytes(32)
        self._hints = hints
        self._report_unreadable = report_unreadable
        self._reported_at: dict[str, float] = {}
        self._monotonic = monotonic
        self._unreadable = {team: Tally("webhook.unreadable", team=team) for team in team_secrets}
        self._budget = BodyBudget(MAX_HELD_WEBHOOK_BYTES)

    async def answer(self, team: str, headers: HeaderPairs, receive: Receive) -> str:
        """Take one delivery for a team, and return the text of the answer, whose status is 200.

        Raises RequestRejected and ClientDisconnected. An unknown team, a wrong secret and none take the same work and
        get the same answer, before any of the body is read.
        """
        if not _is_among(self._known(team), headers):
            raise RequestRejected(401, UNKNOWN_CALLER)
        by_name = dict(headers)
        _check_encoding(by_name)
        check_length(by_name, MAX_WEBHOOK_BYTES)
        delivery = read_delivery(await receive_body(receive, MAX_WEBHOOK_BYTES, self._budget))
        incident_ids = [delivery.incident_id] if delivery.incident_id else []
        # Something has changed in any case.
        await self._hints.received(team, incident_ids, poll_now=delivery.poll_now or not delivery.is_readable)
        if delivery.is_readable:
            return ACCEPTED
        self._note_unreadable(team)
        return UNREADABLE

    def _known(self, team: str) -> list[bytes]:
        """List the secrets of a team, and for every team as many as the one with the most has."""
        found = [one.get_secret_value().encode() for one in self._secrets[team].value] if team in self._secrets else []
        most = max(len(one.value) for one in self._secrets.values())
        return found + [self._filler] * (most - len(found))

    def _note_unreadable(self, team: str) -> None:
        self._unreadable[team].count("deliveries")
        now = self._monotonic()
        if now - self._reported_at.get(team, -REPORT_INTERVAL) >= REPORT_INTERVAL:
            self._reported_at[team] = now
            self._report_unreadable(team)


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def _is_among(known: Iterable[bytes], headers: HeaderPairs) -> bool:
    """Whether the one secret in the headers is among these; all are hashed and compared, whichever fits."""
    given = [value for name, value in headers if name == _SECRET_HEADER]
    digest = _digest(given[0] if len(given) == 1 else b"")
    fits = [hmac.compare_digest(digest, _digest(one)) for one in known]
    return any(fits)


def _check_encoding(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a compressed body, and one that says it is not UTF-8; raises RequestRejected."""
    if headers.get(b"content-encoding", b"identity").strip().lower() not in {b"identity", b""}:
        raise RequestRejected(415, "The body must not be compressed.")
    for parameter in headers.get(b"content-type", b"").decode("latin-1").lower().split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in _UTF_8:
            raise RequestRejected(415, "The body must be UTF-8.")
