"""Surfaces of what the people who run the bot hear."""

from datetime import UTC, date, datetime

from bot.delivery import alert_messages
from bot.delivery.database_messages import database_away, database_back
from bot.delivery.operator_alerts import Cause
from bot.delivery.publisher import DeliveryFailure
from bot.storage.postings import PostingKey
from tests.bot.samples import HOSTILE_NAME

TUESDAY = date(2026, 11, 24)


def not_posted(kind, why, *, channel="C0PAYMENTS", final=False):
    return alert_messages.not_posted(DeliveryFailure("payments", kind, TUESDAY, channel, why, 3, is_final=final))


SINCE = datetime(2026, 11, 24, 7, 58, tzinfo=UTC)

WHY = "ReadOnlySQLTransactionError: cannot execute UPDATE in a read-only transaction"

MANY_POSTINGS = [
    PostingKey(f"team{number}", kind, TUESDAY) for number in range(4) for kind in ("digest", "shift 1795507200")
]


def behind(kind, why, channel="C0PAYMENTS"):
    return Cause.of(DeliveryFailure("payments", kind, TUESDAY, channel, why, 1, is_final=False))


SURFACES = {
    "admins-archived": not_posted("digest", "chat.postMessage: is_archived"),
    "admins-removed": not_posted("report", "chat.postMessage: not_in_channel"),
    "admins-chart": not_posted("report chart", "files.completeUploadExternal: is_archived"),
    "admins-final": not_posted("digest", "chat.postMessage: TimeoutError", final=True),
    "admins-shift": not_posted("shift 1795507200", "chat.postMessage: channel_not_found"),
    "admins-reminder": not_posted("reminder 1795507200 7002", "conversations.open: missing_scope", channel=None),
    "admins-nobody": not_posted("reminder 1795507200 7002", f"{HOSTILE_NAME}: nobody_with_that_address", channel=None),
    "admins-on-call-nobody": not_posted("oncall 7002", f"{HOSTILE_NAME}: nobody_with_that_address", channel=None),
    "admins-on-call-no-address": not_posted("oncall 7002", "Bob Müller: no_address_in_flashduty", channel=None),
    "admins-on-call-not-verified": not_posted("oncall 7002", "Bob Müller: address_not_verified", channel=None),
    "admins-on-call-no-responder": not_posted("oncall 7002", f"{HOSTILE_NAME}: no_responder", channel=None),
    "admins-on-call-soon": not_posted("oncall soon 7002", f"{HOSTILE_NAME}: nobody_with_that_address", channel=None),
    "admins-other": not_posted("group S0PAYONCALL 1a2b3c4d", "chat.postMessage: is_archived"),
    "admins-never-begun": alert_messages.never_begun(
        [PostingKey("payments", "digest", TUESDAY), PostingKey("search", "report", TUESDAY)]
    ),
    "admins-never-begun-many": alert_messages.never_begun(MANY_POSTINGS + MANY_POSTINGS),
    "admins-cured-channel": alert_messages.cured(behind("digest", "chat.postMessage: is_archived"), SINCE),
    "admins-cured-person": alert_messages.cured(
        behind("reminder 1795507200 7002", f"{HOSTILE_NAME}: {alert_messages.NOBODY}"), SINCE
    ),
    "admins-cured-on-call": alert_messages.cured(
        behind("oncall 7002", f"Bob Müller: {alert_messages.NOBODY}", None), SINCE
    ),
    "admins-cured-report": alert_messages.cured(behind("report", "/insight/team: InternalError", None), SINCE),
    "admins-cured-notices": alert_messages.cured(behind("shift 1795507200", "x: missing_scope", None), SINCE),
    "database-away": database_away(SINCE, WHY, ()),
    "database-away-with-a-digest": database_away(SINCE, HOSTILE_NAME, [PostingKey("payments", "digest", TUESDAY)]),
    "database-away-with-many": database_away(SINCE, WHY, MANY_POSTINGS),
    "database-back": database_back(SINCE),
}
