"""The audit trail: what people did, written before it is sent, and what became of it. Rows are added, never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, Self

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit.audit_tables import audit_attempts, audit_outcomes
from bot.storage.audit.owed_comments import OwedComment, put_comments
from bot.storage.fingerprints import key_fingerprint
from bot.storage.statements import batched, insert_new, is_kept
from bot.storage.transactions import Database, one_transaction

# Rows of a page, each with its outcomes.
AUDIT_PAGE: Final = 500
_NOT_KNOWN: Final = "not_known"


@dataclass(frozen=True, kw_only=True)
class StoredAttempt:
    """An attempt; `request_key` is the fingerprint of the request's deduplication key."""

    attempt_id: str
    attempted_at: datetime
    team: str
    workspace: str
    slack_user_id: str
    slack_user_name: str
    action: str
    incident_id: str
    subject: str
    asked: str
    request_key: str


@dataclass(frozen=True, kw_only=True)
class StoredOutcome:
    """What became of an attempt."""

    attempt_id: str
    result: str
    noted_at: datetime
    reason: str = ""
    old_value: str = ""
    new_value: str = ""
    key_owner_id: int | None = None
    key_owner_name: str = ""
    request_id: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditedAttempt:
    """An attempt and what is known of its outcome; None where nothing was noted."""

    attempt: StoredAttempt
    outcome: StoredOutcome | None = None


@dataclass(frozen=True, kw_only=True)
class AuditQuery:
    """Which attempts are read, the newest first unless `oldest_first`; None, or nothing, for all.

    `number` is an incident's id, or how it ends.
    """

    since: datetime
    until: datetime | None = None
    teams: tuple[str, ...] = ()
    slack_user_id: str | None = None
    number: str = ""
    oldest_first: bool = False
    after: tuple[datetime, str] | None = None
    """The time and id of the last attempt of the page before."""

    def next_page(self, page: Sequence[AuditedAttempt]) -> Self | None:
        """Return the query for the page behind one; None behind the last."""
        if len(page) < AUDIT_PAGE:
            return None
        last = page[-1].attempt
        return replace(self, after=(last.attempted_at, last.attempt_id))


class AuditTable:
    """The audit trail of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def add(self, connection: AsyncConnection, attempts: Iterable[StoredAttempt], kept_until: datetime) -> None:
        """Add attempts; those that are there stay as they are."""
        await _add(connection, attempts, kept_until)

    @one_transaction
    async def conclude(
        self,
        connection: AsyncConnection,
        ended: Sequence[tuple[StoredAttempt, StoredOutcome]],
        *,
        comments: Sequence[OwedComment] = (),
        kept_until: datetime,
    ) -> None:
        """Add outcomes, the attempts where they are missing, and the comments they owe: all or nothing."""
        await _add(connection, [attempt for attempt, _ in ended], kept_until)
        for _, outcome in ended:
            await insert_new(connection, audit_outcomes, {**asdict(outcome), "kept_until": kept_until})
        await put_comments(connection, comments)

    @one_transaction
    async def unconcluded(self, connection: AsyncConnection, request_name: str) -> list[StoredAttempt]:
        """List the attempts of a request whose outcome is not known."""
        known = select(audit_outcomes.c.attempt_id).where(audit_outcomes.c.result != _NOT_KNOWN)
        wanted = select(audit_attempts).where(
            audit_attempts.c.request_key == key_fingerprint(request_name), audit_attempts.c.attempt_id.not_in(known)
        )
        rows = await connection.execute(wanted.order_by(audit_attempts.c.attempted_at, audit_attempts.c.attempt_id))
        return [_attempt(row) for row in rows]

    @one_transaction
    async def on_incidents(
        self,
        connection: AsyncConnection,
        team: str,
        action: str,
        incident_ids: Sequence[str],
        *,
        since: datetime,
        until: datetime,
        now: datetime,
    ) -> list[AuditedAttempt]:
        """List the attempts of one kind on incidents from `since` to `until`, the oldest first."""
        table = audit_attempts.c
        those = and_(table.team == team, table.action == action, table.attempted_at.between(since, until))
        attempts: list[StoredAttempt] = []
        for some in batched(incident_ids):
            wanted = select(audit_attempts).where(those, table.incident_id.in_(some), is_kept(audit_attempts, now))
            attempts += [_attempt(row) for row in await connection.execute(wanted.order_by(table.attempted_at))]
        return await _with_outcomes(connection, attempts)

    @one_transaction
    async def last_result(
        self, connection: AsyncConnection, team: str, *, done: str, refused: str, since: datetime
    ) -> str | None:
        """Return the result of the last attempt on an incident that was `done`, or not for the reason `refused`."""
        attempts, outcomes = audit_attempts.c, audit_outcomes.c
        wanted = (
            select(outcomes.result)
            .join(audit_attempts, attempts.attempt_id == outcomes.attempt_id)
            .where(
                attempts.team == team,
                attempts.attempted_at > since,
                attempts.incident_id != "",
                or_(outcomes.result == done, outcomes.reason == refused),
            )
            .order_by(outcomes.noted_at.desc(), attempts.attempt_id.desc())
            .limit(1)
        )
        return (await connection.execute(wanted)).scalar_one_or_none()

    @one_transaction
    async def read(self, connection: AsyncConnection, query: AuditQuery, now: datetime) -> list[AuditedAttempt]:
        """Read a page of attempts with their outcomes; one that is not full is the last."""
        wanted = select(audit_attempts).where(*_conditions(query), is_kept(audit_attempts, now))
        keys = (audit_attempts.c.attempted_at, audit_attempts.c.attempt_id)
        order = keys if query.oldest_first else [key.desc() for key in keys]
        attempts = [_attempt(row) for row in await connection.execute(wanted.order_by(*order).limit(AUDIT_PAGE))]
        return await _with_outcomes(connection, attempts)


async def _with_outcomes(connection: AsyncConnection, attempts: Sequence[StoredAttempt]) -> list[AuditedAttempt]:
    outcomes: dict[str, StoredOutcome] = {}
    for some in batched([one.attempt_id for one in attempts]):
        of_them = select(audit_outcomes).where(audit_outcomes.c.attempt_id.in_(some))
        for row in await connection.execute(of_them.order_by(audit_outcomes.c.noted_at)):
            _add_outcome(outcomes, _outcome(row))
    return [AuditedAttempt(attempt=one, outcome=outcomes.get(one.attempt_id)) for one in attempts]


async def _add(connection: AsyncConnection, attempts: Iterable[StoredAttempt], kept_until: datetime) -> None:
    for attempt in attempts:
        await insert_new(connection, audit_attempts, {**asdict(attempt), "kept_until": kept_until})


def _add_outcome(outcomes: dict[str, StoredOutcome], outcome: StoredOutcome) -> None:
    """Keep what was found out last; that it was not known says less than anything else."""
    if outcome.attempt_id not in outcomes or outcome.result != _NOT_KNOWN:
        outcomes[outcome.attempt_id] = outcome


def _conditions(query: AuditQuery) -> list[Any]:
    table = audit_attempts.c
    conditions: list[Any] = [table.attempted_at >= query.since]
    if query.until is not None:
        conditions.append(table.attempted_at < query.until)
    if query.teams:
        conditions.append(table.team.in_(query.teams))
    if query.slack_user_id is not None:
        conditions.append(table.slack_user_id == query.slack_user_id)
    if query.number:
        conditions.append(table.incident_id.endswith(query.number.lower(), autoescape=True))
    if query.after is not None:
        at, last = query.after
        is_later = table.attempted_at > at if query.oldest_first else table.attempted_at < at
        is_behind = table.attempt_id > last if query.oldest_first else table.attempt_id < last
        conditions.append(or_(is_later, and_(table.attempted_at == at, is_behind)))
    return conditions


def _attempt(row: Row[Any]) -> StoredAttempt:
    return StoredAttempt(**{name: getattr(row, name) for name in StoredAttempt.__dataclass_fields__})


def _outcome(row: Row[Any]) -> StoredOutcome:
    return StoredOutcome(**{name: getattr(row, name) for name in StoredOutcome.__dataclass_fields__})
