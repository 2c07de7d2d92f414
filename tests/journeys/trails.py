"""What journeys read of the audit trail, on either database."""

from datetime import timedelta

from bot.storage.audit.audit_trail import AuditQuery, AuditTable
from bot.storage.database import open_database


async def trail(place):
    """Every attempt with its outcome, the oldest first."""
    async with open_database(place.settings.database_url.get_secret_value()) as database:
        query = AuditQuery(since=place.clock.now() - timedelta(days=30))
        return (await AuditTable(database).read(query, place.clock.now()))[::-1]


async def results(place):
    """Who did what to which incident, and what became of it."""
    return [
        (
            one.attempt.slack_user_id,
            one.attempt.action,
            one.attempt.incident_id,
            one.outcome.result if one.outcome else None,
        )
        for one in await trail(place)
    ]
