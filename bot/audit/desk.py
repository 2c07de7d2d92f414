"""The audit trail for the people of ADMINS: who may read it, the rows, and the file by direct message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from bot.audit.export import as_csv_file
from bot.audit.messages import audit_file_failed, audit_file_follows
from bot.audit.model import AuditAction, AuditEntry, AuditResult, incident_number
from bot.messages.audience import Audience
from bot.runtime.tasks import BackgroundTasks
from bot.slack.api import SlackError
from bot.slack.files import Document
from bot.slack.workspace import Workspace
from bot.storage.audit.audit_trail import AuditedAttempt, AuditQuery, AuditTable

log = structlog.get_logger(__name__)

# A file of so many rows has about 3 MB.
MAX_ROWS_READ: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class AuditRows:
    """Rows of the trail; without `is_complete` there are others."""

    rows: tuple[AuditedAttempt, ...]
    is_complete: bool = True

    def entries(self, limit: int) -> tuple[AuditEntry, ...]:
        """Return the first rows as people read them."""
        return tuple(_entry(one) for one in self.rows[:limit])


class AuditDesk:
    """Gives the audit trail to the people of ADMINS."""

    def __init__(
        self, table: AuditTable, workspace: Workspace, *, admins: Sequence[str], tasks: BackgroundTasks
    ) -> None:
        self._table = table
        self._workspace = workspace
        self._tasks = tasks
        self.admins = tuple(admins)

    def may_read(self, user_id: str) -> bool:
        """Whether a person reads the trail."""
        return user_id in self.admins

    async def read(self, query: AuditQuery, now: datetime, *, name: str = "") -> AuditRows:
        """Read rows, of people whose name contains `name`, at most 10,000; raises DatabaseUnavailable."""
        found: list[AuditedAttempt] = []
        page: AuditQuery | None = query
        while page is not None and len(found) < MAX_ROWS_READ:
            rows = await self._table.read(page, now)
            found += [one for one in rows if name.casefold() in one.attempt.slack_user_name.casefold()]
            page = page.next_page(rows)
        return AuditRows(rows=tuple(found[:MAX_ROWS_READ]), is_complete=page is None and len(found) <= MAX_ROWS_READ)

    def send_file(self, user_id: str, to: Audience, team: str, rows: Sequence[AuditedAttempt], *, once: str) -> None:
        """Send rows as a file by direct message, in the background; a failure is told there."""
        self._tasks.start(self._send_file(user_id, to, team, rows=rows, once=once), name=f"audit file {once}")

    async def _send_file(
        self, user_id: str, to: Audience, team: str, rows: Sequence[AuditedAttempt], *, once: str
    ) -> None:
        file = Document(f"audit-{team}-{to.now:%Y-%m-%d}.csv", as_csv_file(rows), title=f"audit-{team}.csv")
        try:
            above = audit_file_follows(to, team, len(rows))
            channel, ts = await self._workspace.post_directly(user_id, above, once=f"audit {once}")
        except SlackError as refusal:
            log.warning("audit.file_not_announced", user=user_id, code=refusal.code)
            return
        try:
            await self._workspace.upload(channel, file)
        except SlackError as refusal:
            log.warning("audit.file_not_sent", user=user_id, code=refusal.code)
            await self._tell_failure(channel, ts, to, team=team, code=refusal.code)

    async def _tell_failure(self, channel: str, ts: str, to: Audience, team: str, *, code: str) -> None:
        try:
            await self._workspace.update(channel, ts, audit_file_failed(to, team, code))
        except SlackError as refusal:
            log.warning("audit.failure_not_told", code=refusal.code)


def _entry(row: AuditedAttempt) -> AuditEntry:
    attempt, outcome = row.attempt, row.outcome
    return AuditEntry(
        at=attempt.attempted_at,
        who=attempt.slack_user_name,
        action=AuditAction(attempt.action),
        result=AuditResult(outcome.result) if outcome is not None else AuditResult.NOT_KNOWN,
        number=incident_number(attempt.incident_id),
        subject=attempt.subject,
        asked=attempt.asked,
        reason=outcome.reason if outcome is not None else "",
    )
