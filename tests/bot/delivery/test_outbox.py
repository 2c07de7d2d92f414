"""Alerts of operators: stored before they are noted as sent, so that an end in between loses none."""

from datetime import date

import pytest
from recorded import NOW

from bot.delivery.model import DeliveryFailure
from bot.delivery.operator_alerts import OperatorAlerts
from bot.storage.alerts.operator_alerts import OperatorAlertTable
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.leases import Leases
from bot.storage.outbox import OutboxTable
from bot.storage.postings import PostingKind
from tests.bot.samples import ALONE

ARCHIVED = DeliveryFailure(
    team="payments",
    kind=PostingKind.DIGEST,
    local_date=date(2026, 11, 24),
    channel="C0PAY",
    why="chat.postMessage: is_archived",
    attempts=1,
    is_final=False,
)


class Slack:
    """Takes every message and keeps them."""

    def __init__(self):
        self.told = []

    async def post(self, user_id, _message, *, once):
        self.told.append((user_id, once))


class Readers:
    """Reads English, whoever it is."""

    async def of_user(self, _user_id):
        return ALONE


class AnotherIsFaster(Readers):
    """While the reader is looked up, another replica has alerted of the same."""

    def __init__(self, other):
        self._other = other

    async def of_user(self, user_id):
        await self._other.report(ARCHIVED)
        return await super().of_user(user_id)


class EndsBeforeItIsNoted(OperatorAlertTable):
    """A process that ends between the outbox and the note that somebody was alerted."""

    async def add(self, *_given, **_more):
        raise DatabaseUnavailable("the process has ended")


def admins(slack, database, owner="one", *, users=("U0ALICE", "U0BOB"), alerts=None, readers=None):
    return OperatorAlerts(
        users,
        slack,
        alerts=alerts or OperatorAlertTable(database),
        outbox=OutboxTable(database),
        leases=Leases(database, owner=owner, now=lambda: NOW, monotonic=lambda: 0.0),
        now=lambda: NOW,
        audiences=readers or Readers(),
    )


@pytest.fixture
def slack():
    return Slack()


async def test_an_end_before_it_is_noted__leaves_it_to_another_replica(database, slack):
    await admins(slack, database, alerts=EndsBeforeItIsNoted(database)).report(ARCHIVED)
    assert slack.told == []
    other = admins(slack, database, "two")
    await other.catch_up()
    await other.catch_up()
    assert [user for user, _ in slack.told] == ["U0ALICE", "U0BOB"]


async def test_the_same_failure_again__on_any_replica__is_alerted_once(database, slack):
    for owner in ("one", "two", "one"):
        await admins(slack, database, owner).report(ARCHIVED)
    assert len(slack.told) == 2


async def test_the_same_failure__while_another_replica_alerts_of_it__is_alerted_once(database, slack):
    other = admins(slack, database, "two")
    await admins(slack, database, readers=AnotherIsFaster(other)).report(ARCHIVED)
    await other.catch_up()
    assert [user for user, _ in slack.told] == ["U0ALICE", "U0BOB"]


async def test_without_admins__nothing_is_stored(database, slack):
    await admins(slack, database, users=()).report(ARCHIVED)
    assert await OutboxTable(database).messages(NOW) == []
