"""Words to admins: kept before they are noted as told, so that an end in between loses none."""

from datetime import date

import pytest
from recorded import NOW

from bot.delivery.operator_alerts import TOLD, OperatorAlerts
from bot.delivery.publisher import DeliveryFailure
from bot.storage.notes import Notes
from bot.storage.postings import DatabaseUnavailable

ARCHIVED = DeliveryFailure(
    "payments", "digest", date(2026, 11, 24), "C0PAY", "chat.postMessage: is_archived", 1, is_final=False
)


class Slack:
    """Takes every message and keeps them."""

    def __init__(self):
        self.told = []

    async def post(self, user_id, _message, *, once):
        self.told.append((user_id, once))


class EndsBeforeItIsNoted(Notes):
    """A process that ends between the outbox and the note that somebody was told."""

    async def first(self, team, kind, name, body, kept_until=None):
        if kind == TOLD:
            raise DatabaseUnavailable("the process has ended")
        return await super().first(team, kind, name, body, kept_until)


def admins(slack, notes, owner="one"):
    return OperatorAlerts(("U0ALICE", "U0BOB"), slack, notes, lambda: NOW, owner)


@pytest.fixture
def slack():
    return Slack()


async def test_an_end_before_it_is_noted__leaves_it_to_another_replica(store, slack):
    await admins(slack, EndsBeforeItIsNoted(store)).report(ARCHIVED)
    assert slack.told == []
    other = admins(slack, Notes(store), "two")
    await other.catch_up()
    await other.catch_up()
    assert [user for user, _ in slack.told] == ["U0ALICE", "U0BOB"]


async def test_the_same_trouble_again__on_any_replica__is_told_once(store, slack):
    for owner in ("one", "two", "one"):
        await admins(slack, Notes(store), owner).report(ARCHIVED)
    assert len(slack.told) == 2


async def test_without_admins__nothing_is_kept(store, slack):
    await OperatorAlerts((), slack, Notes(store), lambda: NOW, "one").report(ARCHIVED)
    assert await Notes(store).all_of("admins to tell", NOW) == []
