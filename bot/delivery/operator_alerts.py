"""Alerts the operators by direct message of causes of failed deliveries, and of their end."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

import structlog

from bot.delivery.alert_messages import never_started, resolved, webhook_unreadable
from bot.delivery.card_alert_messages import alert, needs_operator
from bot.delivery.direct_messages import is_settled
from bot.delivery.model import NO_RESPONDER, Cause, DeliveryFailure, ResponderProblem
from bot.messages import Message, Written
from bot.messages.audience import Audience
from bot.people.audiences import Audiences
from bot.slack.workspace import Workspace
from bot.storage.alerts.operator_alerts import OperatorAlertTable, StoredAlert
from bot.storage.columns import SUBJECT_LENGTH
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.fingerprints import bounded_key
from bot.storage.leases import Leases
from bot.storage.outbox import OutboxMessage, OutboxTable
from bot.storage.postings import Posting, PostingKey, PostingKind

log = structlog.get_logger(__name__)

OPERATORS_LEASE: Final = "outbox operators"
# An unresolved cause is alerted again after a week.
ALERT_RETENTION: Final = timedelta(days=7)
# An alert of yesterday is of no use.
MESSAGE_RETENTION: Final = timedelta(days=1)
# The code and the kind of an alert that no message of a team has to do with.
WEBHOOK_UNREADABLE: Final = "webhook_unreadable"


class OperatorAlerts:
    """Alerts the people of ADMINS once of each cause that needs an operator, and once of its end.

    A temporary cause is alerted when a message's window has ended. Alerts are stored until Slack accepts them.
    """

    def __init__(
        self,
        user_ids: Sequence[str],
        workspace: Workspace,
        *,
        alerts: OperatorAlertTable,
        outbox: OutboxTable,
        leases: Leases,
        now: Callable[[], datetime],
        audiences: Audiences,
    ) -> None:
        self._audiences = audiences
        self.user_ids = tuple(user_ids)
        self._workspace = workspace
        self._alerts = alerts
        self._outbox = outbox
        self._leases = leases
        self._now = now
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.incident_title: Callable[[str, str], Awaitable[str]] = _no_title
        """Reads the title of a team's incident by its id, empty where that cannot be read; never raises."""

    async def report(self, failure: DeliveryFailure) -> None:
        """Alert all operators once of the cause of a failure; the caller has logged the failure."""
        if not self.user_ids or not (failure.is_final or needs_operator(failure)):
            return
        try:
            await self._alert(Cause.of(failure), failure)
        except DatabaseUnavailable as error:
            log.error("operator.alert_not_stored", why=str(error))  # noqa: TRY400 - the driver's text suffices

    async def _alert(self, cause: Cause, failure: DeliveryFailure) -> None:
        """Store the messages before the alert, so that a crash in between loses none, and send them."""
        now = self._now()
        if await self._alerts.is_alerted(cause.key, now):
            return
        named = failure
        if failure.incident_id:
            title = await self.incident_title(failure.team, failure.incident_id)
            named = replace(failure, incident_title=title)
        at = await self._put(cause.key, lambda to: alert(to, named))
        await self._alerts.add(_stored(cause, at), now=now, kept_until=now + ALERT_RETENTION)
        await self._send(cause.key)

    async def posted(self, posting: Posting, channel: str) -> None:
        """Report the causes that a posted message proves resolved. Never raises."""
        if self.user_ids:
            await self._resolve_matching(lambda cause: cause.is_resolved_by(posting, channel))

    async def able_to_act(self, team: str, person_ids: Iterable[int]) -> None:
        """Report that people on call for a team who could not act in Slack now can. Never raises."""
        able = frozenset(person_ids)

        def is_resolved(cause: Cause) -> bool:
            is_of_team = cause.code != NO_RESPONDER or cause.team == team
            return cause.kind is ResponderProblem.ON_CALL and cause.person_id in able and is_of_team

        if able:
            await self._resolve_matching(is_resolved)

    async def webhook_unreadable(self, team: str) -> None:
        """Alert once of webhooks of a team in which no incident can be found. Never raises."""
        alert_key, now = bounded_key(f"{WEBHOOK_UNREADABLE} {team}", SUBJECT_LENGTH), self._now()
        try:
            if not self.user_ids or await self._alerts.is_alerted(alert_key, now):
                return
            at = await self._put(alert_key, lambda to: webhook_unreadable(to, team))
            stored = StoredAlert(
                alert_key=alert_key,
                code=WEBHOOK_UNREADABLE,
                team=team,
                kind=WEBHOOK_UNREADABLE,
                channel=None,
                person_id=None,
                person_name="",
                alerted_at=at,
            )
            await self._alerts.add(stored, now=now, kept_until=now + ALERT_RETENTION)
            await self._send(alert_key)
        except DatabaseUnavailable as error:
            log.error("operator.alert_not_stored", why=str(error))  # noqa: TRY400 - same

    async def _resolve_matching(self, is_resolved: Callable[[Cause], bool]) -> None:
        try:
            for alert in await self._alerts.list_open(self._now()):
                if alert.kind != WEBHOOK_UNREADABLE and is_resolved(cause := _cause(alert)):
                    await self._resolve(alert, cause)
        except DatabaseUnavailable as error:
            log.error("operator.alert_not_stored", why=str(error))  # noqa: TRY400 - same

    async def _resolve(self, alert: StoredAlert, cause: Cause) -> None:
        if await self._outbox.drop_messages(alert.alert_key):
            # Not all operators have the alert yet; the rest no longer need it.
            await self._alerts.close(alert.alert_key)
            return
        over = bounded_key(f"over {alert.alert_key}", SUBJECT_LENGTH)
        await self._put(over, lambda to: resolved(to, cause, alert.alerted_at))
        await self._alerts.close(alert.alert_key)
        await self._send(over)

    async def missed(self, keys: Sequence[PostingKey]) -> None:
        """Alert of posts that were not started within their window; raises DatabaseUnavailable."""
        if not self.user_ids or not keys:
            return
        first = min(keys, key=lambda key: (key.local_date, key.team, key.kind))
        alert_key = bounded_key(f"missed {first.local_date} {first.team} {first.kind}", SUBJECT_LENGTH)
        await self._put(alert_key, lambda to: never_started(to, keys))
        await self._send(alert_key)

    async def _put(self, alert_key: str, draw: Callable[[Audience], Message]) -> datetime:
        """Store a message to each operator; return when it was first stored, perhaps by another replica."""
        now = self._now()
        readers = await asyncio.gather(*map(self._audiences.of_user, self.user_ids))
        return await self._outbox.put_messages(
            alert_key,
            payloads={user: draw(to).payload for user, to in zip(self.user_ids, readers, strict=True)},
            created_at=now,
            kept_until=now + MESSAGE_RETENTION,
        )

    async def catch_up(self) -> None:
        """Send the messages that Slack has not accepted yet; raises DatabaseUnavailable."""
        for alert_key in dict.fromkeys(owed.alert_key for owed in await self._outbox.messages(self._now())):
            await self._send(alert_key)

    async def _send(self, alert_key: str) -> None:
        """Send the stored messages of an alert, from one replica and one task at a time."""
        async with self._locks.setdefault(alert_key, asyncio.Lock()):
            owed = await self._outbox.messages(self._now(), alert_key=alert_key)
            if owed and await self._leases.hold(OPERATORS_LEASE):
                for message in owed:
                    await self._send_one(message)

    async def _send_one(self, owed: OutboxMessage) -> None:
        once = f"{owed.alert_key} {owed.created_at.isoformat()}"
        if await is_settled(self._workspace, owed.slack_user_id, Written(dict(owed.payload)), once=once):
            await self._outbox.drop_message(owed)


async def _no_title(_team: str, _incident_id: str) -> str:
    return ""


def _stored(cause: Cause, at: datetime) -> StoredAlert:
    return StoredAlert(
        alert_key=cause.key,
        code=cause.code,
        team=cause.team,
        kind=cause.kind.value,
        channel=cause.channel,
        person_id=cause.person_id,
        person_name=cause.person_name,
        alerted_at=at,
    )


def _cause(alert: StoredAlert) -> Cause:
    is_responder = alert.kind in set(ResponderProblem)
    return Cause(
        code=alert.code,
        team=alert.team,
        kind=ResponderProblem(alert.kind) if is_responder else PostingKind(alert.kind),
        channel=alert.channel,
        person_id=alert.person_id,
        person_name=alert.person_name,
    )
