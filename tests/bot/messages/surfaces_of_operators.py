"""What the people who run the bot are told, beside what was not posted."""

from datetime import UTC, date, datetime

from surfaces_of_shifts import HOSTILE

from bot.delivery import alert_messages
from bot.delivery.database_messages import database_away, database_back
from bot.delivery.operator_alerts import Cause
from bot.delivery.publisher import DeliveryFailure
from bot.storage.postings import PostingKey

SINCE = datetime(2026, 11, 24, 7, 58, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
WHY = "ReadOnlySQLTransactionError: cannot execute UPDATE in a read-only transaction"
MANY = [PostingKey(f"team{number}", kind, TUESDAY) for number in range(4) for kind in ("digest", "shift 1795507200")]


def behind(kind, why, channel="C0PAYMENTS"):
    return Cause.of(DeliveryFailure("payments", kind, TUESDAY, channel, why, 1, is_final=False))


SURFACES = {
    "admins-never-begun": alert_messages.never_begun(
        [PostingKey("payments", "digest", TUESDAY), PostingKey("search", "report", TUESDAY)]
    ),
    "admins-never-begun-many": alert_messages.never_begun(MANY + MANY),
    "admins-cured-channel": alert_messages.cured(behind("digest", "chat.postMessage: is_archived"), SINCE),
    "admins-cured-person": alert_messages.cured(
        behind("reminder 1795507200 7002", f"{HOSTILE}: {alert_messages.NOBODY}"), SINCE
    ),
    "admins-cured-on-call": alert_messages.cured(
        behind("oncall 7002", f"Bob Müller: {alert_messages.NOBODY}", None), SINCE
    ),
    "admins-cured-report": alert_messages.cured(behind("report", "/insight/team: InternalError", None), SINCE),
    "admins-cured-notices": alert_messages.cured(behind("shift 1795507200", "x: missing_scope", None), SINCE),
    "database-away": database_away(SINCE, WHY, ()),
    "database-away-with-a-digest": database_away(SINCE, HOSTILE, [PostingKey("payments", "digest", TUESDAY)]),
    "database-away-with-many": database_away(SINCE, WHY, MANY),
    "database-back": database_back(SINCE),
}
