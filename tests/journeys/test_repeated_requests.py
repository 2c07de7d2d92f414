"""A request that comes twice is carried out once: at another replica, and after a restart."""

import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import timedelta

import pytest
from harbor import ALICE, PAYMENTS, harbor_at, replica_of

from tests.proofs.chaos.postgres import cluster, fresh_database, skip_or_fail_without

HOW = pytest.mark.parametrize("how", ["another replica", "a restart"])
SENT = pytest.mark.parametrize("sent", ["the same bytes", "signed again"])


@pytest.fixture(scope="module")
def postgresql():
    skip_or_fail_without()
    with cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bot.db"
    return await fresh_database(request.getfixturevalue("postgresql"))


@asynccontextmanager
async def taking(place):
    """Let a process of the bot take what Slack delivers, until the block ends."""
    async with replica_of(place) as bot:
        place.slack.deliver_to(f"{bot.url}/slack/events")
        yield bot


@asynccontextmanager
async def carried_out(place, deed, how):
    """Have one process do something, and another take what comes then: beside the first one, or after its end."""
    async with taking(place):
        done = await deed(place)
        if how == "another replica":
            async with taking(place):
                yield done
    if how == "a restart":
        async with taking(place):
            yield done


async def repeated(place, delivery, sent):
    if sent == "the same bytes":
        again = await place.slack.redeliver(delivery)
    else:
        place.clock.shift(timedelta(minutes=1))
        again = await place.slack.retry(delivery)
    assert again.acked
    await place.slack.settled(90)


async def acknowledged_and_undone(place):
    """Acknowledge and take it back: a second acknowledgement would find nothing in its way."""
    record = place.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    press = await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{record['incident_id']}")
    confirmation = next(m for m in place.slack.seen_by(ALICE, PAYMENTS) if "You acknowledged" in m["text"])
    await place.presses(confirmation, "undo_acknowledge")
    return record, press


async def asked_for_a_digest(place):
    delivery = await place.slack.say(ALICE, PAYMENTS, "<@U0FLASHBOT> digest post")
    await place.slack.settled()
    return delivery


def digests(place):
    return sum("Digest of team *payments*" in text for text in place.sees())


@HOW
@SENT
async def test_a_press_that_comes_again__after_it_was_undone__changes_nothing(database, how, sent):
    """Slack repeats a request with a new signature, so the request's own key is noted in the database."""
    async with (
        harbor_at(socket_mode=False, DATABASE_URL=database) as place,
        carried_out(place, acknowledged_and_undone, how) as (record, press),
    ):
        seen, calls = place.sees(), len(place.flashduty.calls)
        await repeated(place, press, sent)
        assert place.flashduty.account.incidents[record["incident_id"]]["progress"] == "Triggered"
        assert place.sees() == seen
        assert len(place.flashduty.calls) == calls


@HOW
async def test_an_event_that_slack_sends_again__in_another_minute__posts_nothing(database, how):
    """A digest of another minute would be another occasion."""
    async with (
        harbor_at(socket_mode=False, DATABASE_URL=database) as place,
        carried_out(place, asked_for_a_digest, how) as delivery,
    ):
        assert digests(place) == 1
        await repeated(place, delivery, "signed again")
        assert digests(place) == 1


async def test_what_only_reads__is_not_written_down(tmp_path):
    async with harbor_at(socket_mode=False, DATABASE_URL=f"sqlite:///{tmp_path}/bot.db") as place:
        for words in ("incidents", "oncall", "me", "digest"):
            await place.types(f"/flashduty {words}")
        with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
            assert connection.execute("SELECT count(*) FROM seen_requests").fetchone() == (0,)


async def test_a_press__while_the_database_takes_nothing__is_carried_out_and_once(tmp_path):
    async with harbor_at(socket_mode=False, DATABASE_URL=f"sqlite:///{tmp_path}/bot.db") as place:
        record = place.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
        message = await place.types("/flashduty incidents")
        with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            press = await place.slack.press(ALICE, message, action_id=f"acknowledge:{record['incident_id']}")
            await place.slack.settled(90)
            calls = len(place.called("/incident/ack"))
            await repeated(place, press, "signed again")
            other.execute("ROLLBACK")
        assert place.flashduty.account.incidents[record["incident_id"]]["progress"] == "Processing"
        assert any("You acknowledged" in text for text in place.sees())
        assert calls == len(place.called("/incident/ack")) == 1
