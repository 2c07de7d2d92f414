"""Who in Slack has which address: asked once, remembered for all replicas, and never too often."""

from datetime import timedelta

import pytest
from recorded import NOW

from bot.people.slack_profiles import LOOKUPS_A_MINUTE, SlackProfiles
from bot.slack.api import SlackError
from bot.storage.people.slack_profiles import SlackProfileTable
from bot.teams.access import MemberStatus, SlackPerson

ALICE = SlackPerson("U0ALICE", "Alice Chen", MemberStatus.MEMBER)
GINA = SlackPerson("U0GINA", "Gina Park", MemberStatus.GUEST)


class Slack:
    """Answers by address, and counts."""

    def __init__(self, **people):
        self.people, self.asked, self.refusal = people, [], None

    async def person_with_email(self, email):
        self.asked.append(email)
        if self.refusal:
            raise SlackError("users.lookupByEmail", self.refusal)
        return self.people.get(email.partition("@")[0])


class Hands:
    """Both clocks."""

    def __init__(self):
        self.passed = timedelta()

    def now(self):
        return NOW + self.passed

    def monotonic(self):
        return self.passed.total_seconds()


@pytest.fixture
def hands():
    return Hands()


def acquainted(slack, database, hands):
    # A busy machine must not decide whether the database answers.
    return SlackProfiles(
        workspace=slack,
        table=SlackProfileTable(database),
        now=hands.now,
        monotonic=hands.monotonic,
        database_timeout=60.0,
    )


def of(*names):
    return frozenset(f"{name}@harbor.example" for name in names)


async def test_by_email__a_second_time_on_another_replica__asks_nobody(database, hands):
    slack, other = Slack(alice=ALICE, gina=GINA), Slack()
    first = await acquainted(slack, database, hands).by_email(of("alice", "gina", "nobody"))
    second = await acquainted(other, database, hands).by_email(of("alice", "gina", "nobody"))
    assert (
        first == second == {"alice@harbor.example": ALICE, "gina@harbor.example": None, "nobody@harbor.example": None}
    )
    assert other.asked == []


async def test_by_email__after_two_hours__asks_again_for_whom_it_did_not_find(database, hands):
    slack = Slack(alice=ALICE)
    known = acquainted(slack, database, hands)
    await known.by_email(of("alice", "bob"))
    hands.passed = timedelta(hours=2, minutes=1)
    slack.people["bob"] = SlackPerson("U0BOB", "Bob", MemberStatus.MEMBER)
    assert (await known.by_email(of("alice", "bob")))["bob@harbor.example"].id == "U0BOB"
    assert slack.asked.count("alice@harbor.example") == 1


async def test_by_email__after_three_days__asks_again_for_everybody(database, hands):
    slack = Slack(alice=ALICE)
    known = acquainted(slack, database, hands)
    await known.by_email(of("alice"))
    hands.passed = timedelta(days=3, minutes=1)
    del slack.people["alice"]
    assert await known.by_email(of("alice")) == {"alice@harbor.example": None}


@pytest.mark.parametrize("refusal", ["ratelimited", "missing_scope", "internal_error"])
async def test_by_email__when_slack_does_not_tell__leaves_out_instead_of_saying_nobody(database, hands, refusal):
    slack = Slack(alice=ALICE)
    slack.refusal = refusal
    assert await acquainted(slack, database, hands).by_email(of("alice")) == {}


async def test_by_email__for_more_than_slack_takes_in_a_minute__leaves_out_the_rest_until_later(database, hands):
    slack = Slack()
    known = acquainted(slack, database, hands)
    many = of(*(f"person{number}" for number in range(100)))
    assert len(await known.by_email(many)) == LOOKUPS_A_MINUTE
    assert len(await known.by_email(many)) == LOOKUPS_A_MINUTE
    for _ in range(2):
        hands.passed += timedelta(seconds=61)
        await known.by_email(many)
    assert len(slack.asked) == len(await known.by_email(many)) == 100


async def test_forget__asks_again_at_once(database, hands):
    slack = Slack(alice=ALICE)
    known = acquainted(slack, database, hands)
    await known.by_email(of("alice"))
    await known.forget(of("alice", "bob"))
    slack.people["alice"] = GINA
    assert await known.by_email(of("alice")) == {"alice@harbor.example": None}


async def test_addresses__stand_nowhere_in_the_database(database, hands):
    await acquainted(Slack(alice=ALICE), database, hands).by_email(of("alice"))
    async with database.transaction() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM slack_profiles")).all()
    assert len(rows) == 1
    assert "harbor.example" not in str(rows)
