"""What is learnt of the custom actions of an account: from any timeline, for every replica, also after a restart."""

from datetime import timedelta

import pytest

from bot.flashduty.models.customs import CustomAction
from bot.storage.account.learnt_actions import LearntActionTable
from bot.storage.database_errors import DatabaseUnavailable
from bot.teams.learnt_actions import LearntActions
from tests.bot.cards.entries import entry
from tests.bot.recorded import NOW

CHANNEL = 5001
RESTART = CustomAction("Restart", 9101)


class Table(LearntActionTable):
    """The table, whose database may be away, and how often it was written to."""

    is_away = False
    written = 0

    async def add(self, *given, **more):
        if self.is_away:
            raise DatabaseUnavailable("injected")
        self.written += 1
        await super().add(*given, **more)

    async def of(self, *given):
        if self.is_away:
            raise DatabaseUnavailable("injected")
        return await super().of(*given)


@pytest.fixture
def table(database):
    return Table(database)


def learning(table):
    return LearntActions(table, lambda: NOW, retention=timedelta(days=90))


def run(number=9101, name="Restart", **given):
    return entry("i_custom", integration_id=number, integration_name=name, **given)


async def test_an_action__is_known_to_every_replica_and_after_a_restart(table):
    await learning(table).learn("payments", CHANNEL, [entry("i_ack"), run()])
    assert await learning(table).of("payments", CHANNEL) == (RESTART,)
    assert await learning(table).of("payments", 5002) == ()
    assert await learning(table).of("search", CHANNEL) == ()


async def test_a_timeline_that_is_read_again__is_not_stored_again(table):
    actions = learning(table)
    for ago in (600, 300, 0):
        await actions.learn("payments", CHANNEL, [run(ago=ago)])
    assert table.written == 1
    await actions.learn("payments", CHANNEL, [run(name="Restart now")])
    assert table.written == 2
    assert await actions.of("payments", CHANNEL) == (CustomAction("Restart now", 9101),)


@pytest.mark.parametrize(
    "none",
    [
        run(number=0),
        run(number=-4),
        run(number=2**63),
        run(number="x"),
        run(name=""),
        run(name=" \n "),
        run(name=None),
        entry("i_comm", integration_id=9101, integration_name="Restart", comment="x"),
    ],
)
async def test_what_names_no_action__is_not_learnt(table, none):
    await learning(table).learn("payments", CHANNEL, [none])
    assert await learning(table).of("payments", CHANNEL) == ()
    assert table.written == 0


async def test_a_name__is_one_line_of_sixty_characters_that_can_be_stored(table):
    await learning(table).learn("payments", CHANNEL, [run(name="a\0b\n\ud800" + "长" * 100)])
    (learnt,) = await learning(table).of("payments", CHANNEL)
    assert len(learnt.name) == 60
    assert learnt.name.startswith("a\N{REPLACEMENT CHARACTER}b ?长")


async def test_a_channel__has_five_at_most__and_a_run_that_is_long_over_is_none(table):
    await learning(table).learn("payments", CHANNEL, [run(number=n, ago=100 - n) for n in range(1, 9)])
    assert len(await learning(table).of("payments", CHANNEL)) == 5
    await learning(table).learn("payments", 5002, [run(ago=91 * 86_400)])
    assert await learning(table).of("payments", 5002) == ()
    await learning(table).learn("payments", 0, [run()])
    assert await learning(table).of("payments", 0) == ()


async def test_while_the_database_is_away__what_is_learnt_is_offered_here__and_stored_afterwards(table):
    actions = learning(table)
    table.is_away = True
    await actions.learn("payments", CHANNEL, [run()])
    assert await actions.of("payments", CHANNEL) == (RESTART,)
    table.is_away = False
    assert await learning(table).of("payments", CHANNEL) == ()
    await actions.learn("payments", CHANNEL, [run()])
    assert await learning(table).of("payments", CHANNEL) == (RESTART,)
