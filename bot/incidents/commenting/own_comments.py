"""Which comments of a timeline the bot wrote: by its own record, since anybody can write one of the same form."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from bot.flashduty.models.timeline import TimelineEntry
from bot.incidents.commenting.attribution_words import is_attribution
from bot.incidents.commenting.comments import fingerprint, is_from_slack
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.requests.written_comments import WrittenComments

log = structlog.get_logger(__name__)


class OwnComments:
    """Notes each comment before it is written, and finds them again."""

    def __init__(self, table: WrittenComments, now: Callable[[], datetime], *, retention: timedelta) -> None:
        self._table = table
        self._now = now
        self._retention = retention

    async def note(self, team: str, incident_id: str, text: str) -> None:
        """Store a comment that is about to be written; a failure does not stop it."""
        kept_until = self._now() + self._retention
        try:
            await self._table.add(team, incident_id, fingerprint(text), kept_until=kept_until)
        except DatabaseUnavailable as error:
            log.warning("comment.not_noted", team=team, incident=incident_id, why=str(error))

    async def among(self, team: str, incident_id: str, entries: Iterable[TimelineEntry]) -> frozenset[str]:
        """Return the fingerprints of the comments among entries that were written here; raises DatabaseUnavailable."""
        like_ours = {fingerprint(one.comment) for one in entries if one.comment and _is_like_ours(one.comment)}
        return await self._table.among(team, incident_id, like_ours) if like_ours else frozenset()


def _is_like_ours(comment: str) -> bool:
    """Whether a comment has the form of those that people write from Slack, or of those that say who did something."""
    return is_from_slack(comment) or is_attribution(comment)
