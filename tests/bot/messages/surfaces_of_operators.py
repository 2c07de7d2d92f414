"""What the people who run the bot are told, beside what was not posted."""

from datetime import UTC, date, datetime

from surfaces_of_shifts import HOSTILE

from bot.messages.database import database_away, database_back
from bot.store import Key

SINCE = datetime(2026, 11, 24, 7, 58, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
WHY = "ReadOnlySQLTransactionError: cannot execute UPDATE in a read-only transaction"
MANY = [Key(f"team{number}", kind, TUESDAY) for number in range(4) for kind in ("digest", "shift 1795507200")]

SURFACES = {
    "database-away": database_away(SINCE, WHY, ()),
    "database-away-with-a-digest": database_away(SINCE, HOSTILE, [Key("payments", "digest", TUESDAY)]),
    "database-away-with-many": database_away(SINCE, WHY, MANY),
    "database-back": database_back(SINCE),
}
