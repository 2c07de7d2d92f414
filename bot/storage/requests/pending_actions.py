"""Changes whose outcome was not reported to the person yet. They survive the end of the process."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.fingerprints import key_fingerprint
from bot.storage.statements import insert_new, is_kept
from bot.storage.tables import pending_actions
from bot.storage.transactions import Database, one_transaction


@dataclass(frozen=True, kw_only=True)
class PendingAction:
    """A change in progress: what, for whom, by which replica, and how to reach the person.

    `request_name` is unique for each request; `value` is the value of the pressed control; `in_doubt` is the sentence
    for an unknown outcome. The response URL permits writing to the person: it is never shown or logged.
    """

    request_name: str
    team: str
    incident_id: str
    slack_user_id: str
    slack_user_name: str
    action: str
    value: str
    occasion: str
    in_doubt: str
    owner: str
    channel: str
    thread: str | None
    response_url: str | None = field(repr=False)
    noted_at: datetime


class PendingActionTable:
    """The open actions of all replicas; every method is one transaction and raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @one_transaction
    async def add(self, connection: AsyncConnection, action: PendingAction, *, kept_until: datetime) -> None:
        """Store an action before it is carried out."""
        key = key_fingerprint(action.request_name)
        await insert_new(connection, pending_actions, {"request_key": key, **asdict(action), "kept_until": kept_until})

    @one_transaction
    async def specify(
        self, connection: AsyncConnection, request_name: str, *, action: str, incident_id: str, value: str
    ) -> None:
        """Replace what an action is, and what it carries."""
        known = {"action": action, "incident_id": incident_id, "value": value}
        await connection.execute(update(pending_actions).where(_is(request_name)).values(known))

    @one_transaction
    async def remove(self, connection: AsyncConnection, request_name: str) -> None:
        """Delete an action whose outcome was reported, and its response URL with it."""
        await connection.execute(delete(pending_actions).where(_is(request_name)))

    @one_transaction
    async def open_actions(self, connection: AsyncConnection, now: datetime) -> list[PendingAction]:
        """List the actions whose outcome was not reported, the oldest first."""
        columns = [pending_actions.c[name] for name in PendingAction.__dataclass_fields__]
        wanted = select(*columns).where(is_kept(pending_actions, now)).order_by(pending_actions.c.noted_at)
        return [PendingAction(**row) for row in (await connection.execute(wanted)).mappings()]

    @one_transaction
    async def take(self, connection: AsyncConnection, action: PendingAction, owner: str) -> bool:
        """Take over an action for `owner`; False when another replica was faster, or the outcome was reported."""
        taken = update(pending_actions).where(
            _is(action.request_name), pending_actions.c.owner == action.owner
        ).values(owner=owner).returning(pending_actions.c.request_key)  # fmt: skip
        return (await connection.execute(taken)).first() is not None

    @one_transaction
    async def forget_url(self, connection: AsyncConnection, request_name: str) -> None:
        """Delete a response URL that is no longer valid."""
        await connection.execute(update(pending_actions).where(_is(request_name)).values(response_url=None))


def _is(request_name: str) -> ColumnElement[bool]:
    return pending_actions.c.request_key == key_fingerprint(request_name)
